import type { Redis } from 'ioredis'
import { abortedError, throwIfAborted } from '../abort.js'
import { reasonOf, ScoringBiasError } from '../errors.js'
import { networkReason } from '../networkReason.js'
import { refusedTls, withoutClients } from './refusedTls.js'

/** What a connection to Redis tells. */
export interface RedisListener {
  /** What people should know, in words: a server that went away or came back, one that may drop what it has. */
  readonly onNotice: (text: string) => void
}

/**
 * Connections are tried this often before there is one, and without end afterwards; no longer than this, so that a server which says
 * nothing, as one without TLS says nothing to its greeting, is given up after one try.
 */
const firstTries = 5
const firstMs = 5000
const pauseMs = 500
const longestPauseMs = 2000

/** Loads an optional package. Errors: `NOT_INSTALLED`. */
async function optional<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    const message =
      'a queue needs bullmq and ioredis, which are not installed. Install them with `npm install bullmq@6 ioredis@6`'
    throw new ScoringBiasError('NOT_INSTALLED', message, { cause })
  }
}

/** BullMQ, which is optional. Errors: `NOT_INSTALLED`. */
export function loadBullmq(): Promise<typeof import('bullmq')> {
  return optional(() => import('bullmq'))
}

/**
 * An address of Redis, `redis://` or `rediss://` with TLS, without what is secret in it. Errors: `OUT_OF_RANGE` for what is
 * none; the message does not repeat a password.
 */
export function redisPlace(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:')) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'this is no address of a Redis server. Give one as in redis://localhost:6379, or rediss://user:password@host:6379 with TLS',
    )
  }
  const { protocol, host, pathname } = parsed
  if (!/^\/?\d*$/.test(pathname)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${pathname.slice(1)} is no database of a Redis server. Databases have numbers, as in redis://localhost:6379/1`,
    )
  }
  return `${protocol}//${host || 'localhost'}${pathname === '/' ? '' : pathname}`
}

/**
 * Connects to a Redis or Valkey server, which later may go away and come back: what is asked of it meanwhile waits.
 *
 * Errors: those of {@link redisPlace}; `NO_QUEUE` where none answers after some tries, refuses the password, has no such
 * database, or a certificate that is not good for it; `NOT_INSTALLED`, `ABORTED`.
 */
export async function connectRedis(url: string, { onNotice }: RedisListener, signal?: AbortSignal): Promise<Redis> {
  const place = redisPlace(url)
  throwIfAborted(signal)
  const { Redis: Client } = await optional(() => import('ioredis'))
  let isReady = false
  let tries = 0
  const began = performance.now()
  const isFirst = () => tries < firstTries && performance.now() - began < firstMs
  const client: Redis = new Client(url, {
    lazyConnect: true,
    // As BullMQ's workers want it: they wait for a server that is away.
    maxRetriesPerRequest: null,
    connectTimeout: firstMs,
    retryStrategy: (times) => {
      if (!isReady) tries = times
      return !leaving.has(client) && (isReady || isFirst())
        ? Math.min(longestPauseMs, pauseMs * Math.min(times, 4))
        : null
    },
  })
  let refused: unknown
  client.on('error', (error: unknown) => {
    refused = error
  })
  try {
    const first = async () => {
      await connected(client, place, () => noAnswer(place, { tries, cause: refused }))
      await requireDatabase(client, place)
      isReady = true
      tellOfBreaks(client, place, onNotice)
      await warnOfEviction(client, place, onNotice)
    }
    await unlessAborted(first(), signal)
    return client
  } catch (error) {
    // Between two tries nothing comes of it, but there is nothing left that waits for it.
    leaving.add(client)
    client.disconnect()
    throw error
  }
}

/** What a promise gives, or the error of a signal that fires first: a client between two tries tells nobody that it has been left. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let abort = () => {}
  try {
    return await new Promise<T>((resolve, reject) => {
      abort = () => reject(abortedError(signal))
      signal.addEventListener('abort', abort, { once: true })
      work.then(resolve, reject)
    })
  } finally {
    signal.removeEventListener('abort', abort)
    // Rather than that of the connection which has been left.
    throwIfAborted(signal)
  }
}

/** Waits for the first connection. Errors: `NO_QUEUE`. */
async function connected(client: Redis, place: string, failure: () => ScoringBiasError): Promise<void> {
  let silence: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve)
      client.once('end', () => reject(failure()))
      client.on('error', (cause: unknown) => {
        const refusal = refusalOf(place, cause)
        if (refusal !== undefined) reject(new ScoringBiasError('NO_QUEUE', refusal, { cause }))
      })
      client.on('connect', () => {
        clearTimeout(silence)
        silence = setTimeout(() => client.stream.bytesRead === 0 && reject(saysNothing(place)), firstMs)
      })
      client.connect().catch(() => undefined)
    })
  } finally {
    clearTimeout(silence)
  }
}

/** One that says something may be loading its data, which takes its time. */
function saysNothing(place: string): ScoringBiasError {
  const tls = place.startsWith('redis:') ? '. If it is Redis with TLS, its address begins with rediss://' : ''
  const what = `what listens at ${place} takes connections and says nothing. Look whether it is Redis, and whether it hangs`
  return new ScoringBiasError('NO_QUEUE', `${what}${tls}`)
}

/** What to tell of a server that answers, and will refuse whoever tries again; undefined for any other error. */
function refusalOf(place: string, error: unknown): string | undefined {
  if (!/WRONGPASS|NOAUTH|invalid username|invalid password/i.test(reasonOf(error))) return refusedTls(place, error)
  const scheme = place.startsWith('rediss:') ? 'rediss' : 'redis'
  return `Redis at ${place} refuses the password. Give it in the address, as in ${scheme}://:password@host:6379`
}

function noAnswer(
  place: string,
  { tries, cause }: { readonly tries: number; readonly cause: unknown },
): ScoringBiasError {
  const [has, scheme] = place.startsWith('rediss:') ? ['no TLS', 'redis://'] : ['TLS', 'rediss://']
  // Who is refused for lack of a certificate may see the connection go before the alert that says so.
  const reset = has === 'no TLS' && /ECONNRESET|EPIPE/.test(reasonOf(cause))
  const how = `Start one with \`redis-server\`, or give its address. If it has ${has}, its address begins with ${scheme}`
  const certificate = reset ? `. If it wants a certificate of its clients, ${withoutClients}` : ''
  const tried = `tried ${tries === 1 ? 'once' : `${tries} times`}: ${networkReason(cause)}`
  return new ScoringBiasError('NO_QUEUE', `no Redis answers at ${place} (${tried}). ${how}${certificate}`, { cause })
}

/** Without such a database the client would go on with another one, which may be somebody's. */
async function requireDatabase(client: Redis, place: string): Promise<void> {
  const { db = 0 } = client.options
  try {
    await client.select(db)
  } catch (cause) {
    const words = `Redis at ${place} has no database ${db} (${reasonOf(cause)}). Give a smaller number, or none`
    throw new ScoringBiasError('NO_QUEUE', words, { cause })
  }
}

const leaving = new WeakSet<Redis>()

/** Ends a connection, and all that waits for it: nobody is told that the server is away. */
export function leaveRedis(client: Redis): void {
  leaving.add(client)
  // Between two tries there is nothing to end, and what waits would wait on: the next try is the last.
  if (client.status === 'reconnecting') client.once('connect', () => client.disconnect())
  else client.disconnect()
}

/** How long a process that is stopped may take back, or give back, its units: within the time that the program leaves a command. */
const graceMs = 2000

/**
 * Has whatever is asked of a server that does not answer fail once the signal has fired: it would wait for it without end.
 * Returns what ends that.
 */
export function leaveWhenAborted(client: Redis, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined
  const abort = () => {
    timer = setTimeout(() => leaveRedis(client), client.status === 'ready' ? graceMs : 0)
  }
  signal?.addEventListener('abort', abort, { once: true })
  return () => {
    signal?.removeEventListener('abort', abort)
    clearTimeout(timer)
  }
}

function tellOfBreaks(client: Redis, place: string, onNotice: RedisListener['onNotice']): void {
  let isAway = false
  client.on('close', () => {
    if (!isAway && !leaving.has(client)) onNotice(`Redis at ${place} is away. Waiting for it`)
    isAway = true
  })
  client.on('ready', () => {
    if (isAway) onNotice(`Redis at ${place} is back`)
    isAway = false
  })
}

/** A server that drops keys when its memory is full loses units, which then are queued again: it works, but it may take long. */
async function warnOfEviction(client: Redis, place: string, onNotice: RedisListener['onNotice']): Promise<void> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await client.info('memory'))?.[1]
  if (policy === undefined || policy === 'noeviction') return
  onNotice(
    `Redis at ${place} drops what it holds when its memory is full (maxmemory-policy ${policy}). Set it to noeviction`,
  )
}
