import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, describe, it } from 'node:test'
import { program } from '../sources.js'
import { alone, answerOf, coordinator, endAll, folder, noRedis, Parts, Server, start, startWorker } from './machines.js'

const noOpenssl =
  spawnSync('openssl', ['version']).status !== 0 && process.env.REQUIRE_OPENSSL !== '1'
    ? '`apt-get install openssl` brings what makes certificates'
    : false
/** Redis says what is wrong with the value, or, compiled without TLS, that there is no such setting. */
const { stderr: refusal } = spawnSync('redis-server', ['--tls-port', 'none'], { encoding: 'utf8' })
const noTls = noRedis || (/Bad directive/.test(refusal) && 'this redis-server was compiled without TLS')
const skip = noTls || noOpenssl

/** An authority of two days, and certificates that it signs. */
class Authority {
  readonly #folder = folder()
  readonly file = join(this.#folder, 'authority.crt')

  constructor() {
    this.#openssl('req', '-x509', ...this.#key('authority'), '-out', this.file, '-days', '2')
  }

  /** Redis' flags with a certificate for a host, as openssl writes them, that expires in so many days. */
  flags(host: string, days: number): string[] {
    const name = host.replace(/\W/g, '-')
    const [request, extensions, certificate] = ['csr', 'ext', 'crt'].map((end) => join(this.#folder, `${name}.${end}`))
    assert.ok(request && extensions && certificate)
    writeFileSync(extensions, `subjectAltName=${host}\n`)
    this.#openssl('req', ...this.#key(name), '-out', request)
    const signed = ['-CA', this.file, '-CAkey', join(this.#folder, 'authority.key'), '-CAcreateserial']
    const made = ['-extfile', extensions, '-days', String(days), '-out', certificate]
    this.#openssl('x509', '-req', '-in', request, ...signed, ...made)
    const own = ['--tls-cert-file', certificate, '--tls-key-file', join(this.#folder, `${name}.key`)]
    return [...own, '--tls-ca-cert-file', this.file]
  }

  #key(name: string): string[] {
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    return [...kind, '-keyout', join(this.#folder, `${name}.key`), '-subj', `/CN=${name}`]
  }

  #openssl(...args: string[]): void {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8', cwd: this.#folder })
    assert.equal(status, 0, stderr)
  }
}

describe('a queue with TLS', { skip }, () => {
  after(endAll)
  const authority = skip ? undefined : new Authority()
  const trusting = { ...process.env, NODE_EXTRA_CA_CERTS: authority?.file }
  const secret = ['--tls-auth-clients', 'no', '--requirepass', 'secret']
  const serve = (host: string, days: number, ...flags: string[]) => {
    assert.ok(authority)
    return Server.startTls(...authority.flags(host, days), ...(flags.length > 0 ? flags : secret))
  }
  const withPassword = (url: string, password = 'secret') => url.replace('//', `//:${password}@`)

  it('gives the answer of one process', async () => {
    const parts = new Parts()
    const study = parts.study('--runs', '10')
    const url = withPassword((await serve('IP:127.0.0.1', 2)).url)
    const worker = await startWorker(url, { table: parts.path, env: trusting })
    const asked = await coordinator(url, study, { env: trusting })
    const { code, stdout, stderr } = await asked.finish()
    assert.equal(code, 0, stderr)
    assert.deepEqual(answerOf(stdout), await alone(study))
    assert.ok(!/secret/.test(stdout + stderr + worker.said()))
    parts.remove()
  })

  interface Client {
    readonly env?: NodeJS.ProcessEnv
    readonly password?: string
  }
  const refused: readonly [string, () => Promise<Server>, Client, RegExp][] = [
    [
      'a certificate of an authority that is not known',
      () => serve('IP:127.0.0.1', 2),
      {},
      /certificate of Redis at rediss:\/\/127\.0\.0\.1:\d+ is not trusted \(self-signed certificate in .*\)\. Name .* NODE_EXTRA_CA_CERTS$/,
    ],
    [
      'a certificate of another host',
      () => serve('DNS:elsewhere.example', 2),
      { env: trusting },
      /is for another host \(DNS:elsewhere\.example\)\. Give the address with a name of the certificate$/,
    ],
    [
      'a certificate that has expired',
      () => serve('IP:127.0.0.1', -1),
      { env: trusting },
      /has expired\. Give the server a new/,
    ],
    [
      'a server that wants certificates of its clients',
      () => serve('IP:127.0.0.1', 2, '--tls-auth-clients', 'yes'),
      { env: trusting },
      /wants a certificate of its clients, (and there is none: )?start it with --tls-auth-clients no, and a password$/,
    ],
    [
      'another password',
      () => serve('IP:127.0.0.1', 2),
      { env: trusting, password: 'secreter' },
      /refuses the password\. Give it in the address, as in rediss:\/\/:password@host:6379$/,
    ],
  ]
  for (const [what, server, { env = process.env, password = 'secret' }, message] of refused) {
    it(`refuses ${what}, in one message without the password`, async () => {
      const url = withPassword((await server()).url, password)
      const { child, said } = start(process.execPath, [...program, 'worker', url], { env })
      const code = await new Promise((resolve) => child.once('close', resolve))
      assert.equal(code, 1, said())
      assert.match(said().trim(), message)
      assert.match(said(), /^error: [^\n]*\n$/)
      assert.ok(!/secret/.test(said()), said())
    })
  }

  it('says that an address without TLS may be one with it', async () => {
    const url = withPassword((await serve('IP:127.0.0.1', 2)).url.replace('rediss', 'redis'))
    const { child, said } = start(process.execPath, [...program, 'worker', url])
    await new Promise((resolve) => child.once('close', resolve))
    assert.match(said(), /^error: no Redis answers at .*If it has TLS, its address begins with rediss:\/\/\n$/)
  })
})
