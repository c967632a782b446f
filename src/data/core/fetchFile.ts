import { constants, createWriteStream } from 'node:fs'
import { type FileHandle, lstat, open, rm } from 'node:fs/promises'
import { posix } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { abortedError } from '../../abort.js'
import { reasonOf, ScoringBiasError } from '../../errors.js'
import { networkReason } from '../../networkReason.js'
import { isNoSpace } from '../../noSpace.js'
import type { FetchDatasetOptions } from './source.js'

/** What is downloaded, and how much of it. */
export interface FetchFileOptions extends Pick<FetchDatasetOptions, 'signal' | 'onProgress'> {
  /** Bytes that the file has at most: what sends more is stopped there. Default: no bound. */
  readonly mostBytes?: number | undefined
}

/**
 * Downloads a file over HTTP, going on where an earlier call stopped: what is at `path` is taken for its beginning, and only
 * the rest is asked for. A server that does not know ranges sends it whole, from the start.
 *
 * What has arrived stays at `path` when the download fails or is aborted, unless it was too much. Nothing here tells whether
 * it is the right file: check it, and remove it if it is not. What is at `path` must be a file of its own, no link.
 *
 * Progress counts the bytes that are there of those there will be, infinitely many where the server does not say.
 * Errors: `NO_DATA` with the address, without user, password and query, and the reason; `BAD_FILE` for what is at `path`
 * and for a body that is too long, `OUT_OF_RANGE` for another address than one of HTTP; `NO_SPACE`, `ABORTED`.
 */
export async function fetchFile(address: string | URL, path: string, options: FetchFileOptions = {}): Promise<void> {
  const { signal } = options
  const url = httpAddress('the address', address)
  const present = await ownSize(path)
  const response = await reached(url, signal, () => ask(url, present, signal))
  try {
    if (response.status === 416 && present > 0) {
      // There is nothing after what is here, which may be the whole file or too much of another one.
      if (Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]) === present) return
      await rm(path)
    } else return await store(response, { url, path, present, ...options })
  } finally {
    // Whatever was not read.
    if (response.body?.locked === false) await response.body.cancel().catch(() => undefined)
  }
  return fetchFile(address, path, options)
}

/** An address of HTTP. Errors: `OUT_OF_RANGE`, without what may be secret in it. */
export function httpAddress(name: string, address: string | URL): URL {
  const text = String(address)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') {
    if (isEscaped(url.username) && isEscaped(url.password)) return url
    const way = "Write each '%' of them as '%25'"
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${name} has a '%' in its user or password that begins no escape. ${way}`,
    )
  }
  const shown = `'${text.replace(/^([^/]*\/\/)?.*@/s, '$1').replace(/[?#].*/s, '')}'`
  if (url === undefined && /^https?:/i.test(text)) {
    const way = 'Write it as in https://host/folder'
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} is no address: ${shown} cannot be read as a URL. ${way}`)
  }
  const what = url === undefined ? shown : `one that begins with ${url.protocol}`
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${name} must be an address that begins with http:// or https://, got ${what}`,
  )
}

function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** An address as messages show it: without user, password, query and fragment. */
export function shownAddress({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

function ask(url: URL, present: number, signal: AbortSignal | undefined): Promise<Response> {
  const { username, password } = url
  const bare = Object.assign(new URL(url), { username: '', password: '' })
  const user = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const headers = {
    // Not packed once more on the way: ranges count the bytes of the file.
    'accept-encoding': 'identity',
    ...(present > 0 && { range: `bytes=${present}-` }),
    ...(username + password !== '' && { authorization: `Basic ${user}` }),
  }
  return fetch(bare, { headers, ...(signal && { signal }) })
}

interface Arriving extends FetchFileOptions {
  readonly url: URL
  readonly path: string
  /** Bytes that are there. */
  readonly present: number
}

/** Writes what a server sends to where it belongs. */
async function store(response: Response, { url, path, present, ...options }: Arriving): Promise<void> {
  const { signal, onProgress, mostBytes = Number.POSITIVE_INFINITY } = options
  const failed = (why: string) => new ScoringBiasError('NO_DATA', `cannot download ${shownAddress(url)}: ${why}`)
  const { status, statusText, headers, body } = response
  if (!response.ok || body === null) throw failed(`the server answers ${status} ${statusText}`.trimEnd())
  const continues = status === 206
  if (continues && !headers.get('content-range')?.startsWith(`bytes ${present}-`)) {
    throw failed(`the server sends another part of the file than the one after ${present} bytes`)
  }
  let done = continues ? present : 0
  const length = headers.get('content-length')
  const total = length === null ? Number.POSITIVE_INFINITY : done + Number(length)
  const phase = `downloading ${posix.basename(url.pathname)}`
  const count = new Transform({
    transform(chunk: Uint8Array, _, next) {
      done += chunk.length
      if (done > mostBytes) return next(new TooLong())
      onProgress?.({ phase, done, total })
      next(null, chunk)
    },
  })
  try {
    if (length !== null && total > mostBytes) throw new TooLong()
    const file = await openOwn(path, continues)
    await reached(url, signal, () =>
      pipeline(Readable.fromWeb(body), count, createWriteStream(path, { fd: file, flush: true }), { signal }),
    )
  } catch (cause) {
    const isTooLong = cause instanceof TooLong || (cause instanceof Error && cause.cause instanceof TooLong)
    if (!isTooLong) throw cause
    await rm(path, { force: true })
    const way = 'It was stopped and removed. Use another server'
    throw new ScoringBiasError(
      'BAD_FILE',
      `${shownAddress(url)} is not the file: it is longer than ${mostBytes} bytes. ${way}`,
      { cause },
    )
  }
}

class TooLong extends Error {}

/** Bytes of the beginning that is there. Errors: `BAD_FILE` for what may be another's: a folder, or what a link leads to. */
async function ownSize(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return 0
  if (found.isFile() && found.nlink === 1) return found.size
  const what = found.isDirectory() ? 'a folder' : found.isFile() ? 'a file with another name too' : 'no file of its own'
  throw new ScoringBiasError('BAD_FILE', `cannot download to ${path}: it is ${what}. Remove it`)
}

/** Opens the file to go on with, or to start anew, and no link that was put there meanwhile. */
async function openOwn(path: string, continues: boolean): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC, O_NOFOLLOW = 0 } = constants
  try {
    return await open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | (continues ? O_APPEND : O_TRUNC))
  } catch (cause) {
    throw new ScoringBiasError('BAD_FILE', `cannot download to ${path}: ${reasonOf(cause)}`, { cause })
  }
}

/** Awaits a step of a download; whatever stops it becomes one error that says where and why. */
async function reached<T>(url: URL, signal: AbortSignal | undefined, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (signal?.aborted) throw abortedError(signal)
    const what = `cannot download ${shownAddress(url)}`
    if (isNoSpace(cause)) throw new ScoringBiasError('NO_SPACE', `${what}: no space left`, { cause })
    throw new ScoringBiasError('NO_DATA', `${what}: ${fetchReason(cause)}`, { cause })
  }
}

/** Node's fetch says only that it failed; its cause says why. */
function fetchReason(error: unknown): string {
  const reason = networkReason(causeOf(error))
  return Object.hasOwn(plain, reason) ? String(plain[reason]) : reason
}

/** What Node's fetch calls two answers that send elsewhere. */
const plain: Readonly<Record<string, string>> = {
  'URL scheme must be a HTTP(S) scheme': 'the server sends on to an address that is none of HTTP',
  'redirect count exceeded': 'the server sends on from address to address without end',
}

function causeOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof AggregateError) return causeOf(cause.errors[0])
  return cause instanceof Error ? cause : error
}
