import { reasonOf } from '../errors.js'

/** Faults of a certificate by Node's codes, beside those that begin with `CERT_`. */
const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
])

/** What Node says of an answer that is no TLS: words of Redis, or of another server. */
const notTls: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_RECORD_LAYER_FAILURE',
])

/** What to do about a server that wants what no worker has. */
export const withoutClients = 'start it with --tls-auth-clients no, and a password'

/** What to tell of a server at some address with which TLS fails for good; undefined for any other error. */
export function refusedTls(place: string, error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined
  const { code } = error
  const its = `the certificate of Redis at ${place}`
  if (untrusted.has(code)) {
    const way = 'Name the file with the certificate of its authority in the variable NODE_EXTRA_CA_CERTS'
    return `${its} is not trusted (${error.message}). ${way}`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `${its} is for another host (${namesOf(error)}). Give the address with a name of the certificate`
  }
  if (code === 'CERT_HAS_EXPIRED') return `${its} has expired. Give the server a new one`
  if (code === 'CERT_NOT_YET_VALID') return `${its} is not valid yet. Compare the clocks of both machines`
  if (code.startsWith('CERT_')) return `${its} is refused (${reasonOf(error)}). Give the server another one`
  if (notTls.has(code)) return `what listens at ${place} has no TLS. If it is Redis, its address begins with redis://`
  if (code.endsWith('_ALERT_CERTIFICATE_REQUIRED')) {
    return `Redis at ${place} wants a certificate of its clients, and there is none: ${withoutClients}`
  }
  return undefined
}

/** The hosts that a certificate is for, as far as it tells. */
function namesOf(error: Error): string {
  const { subjectaltname } = ('cert' in error ? error.cert : {}) as { readonly subjectaltname?: string }
  return subjectaltname ?? reasonOf(error)
}
