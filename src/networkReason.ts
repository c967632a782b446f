import { reasonOf } from './errors.js'

/** Why a server is not reached, by the system's code. */
const byCode: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  ETIMEDOUT: 'no answer came in time',
  EHOSTUNREACH: 'no way leads to this host',
  ENETUNREACH: 'no way leads to this network',
}

/** What an error of the network says, for the end of a message: in words with the system's code, if it has one that is known. */
export function networkReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return Object.hasOwn(byCode, code) ? `${byCode[code]} (${code})` : reasonOf(error)
}
