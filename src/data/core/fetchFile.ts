import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { abortedError } from '../../abort.js'
import { reasonOf, ScoringBiasError } from '../../errors.js'
import { isNoSpace } from '../../noSpace.js'
import type { FetchDatasetOptions } from './source.js'

/**
 * Downloads a file over HTTP, going on where an earlier call stopped: what is at `path` is taken for its beginning, and only
 * the rest is asked for. A server that does not know ranges sends it whole, from the start.
 *
 * What has arrived stays at `path` when the download fails or is aborted. Nothing here tells whether it is the right file:
 * check it, and remove it if it is not.
 *
 * Progress counts the bytes that are there of those there will be, infinitely many where the server does not say.
 * Errors: `NO_DATA` with the address and the reason, `NO_SPACE`, `ABORTED`.
 */
export async function fetchFile(
  url: string,
  path: string,
  options: Pick<FetchDatasetOptions, 'signal' | 'onProgress'> = {},
): Promise<void> {
  const { signal, onProgress } = options
  const present = await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
  // Not packed once more on the way: ranges count the bytes of the file.
  const headers = { 'accept-encoding': 'identity', ...(present > 0 && { range: `bytes=${present}-` }) }
  const response = await reached(url, signal, () => fetch(url, { headers, ...(signal && { signal }) }))
  if (response.status === 416) {
    // There is nothing after what is here, which may be the whole file or too much of another one.
    await response.body?.cancel()
    if (Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]) === present) return
    await rm(path)
    return fetchFile(url, path, options)
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel()
    throw new ScoringBiasError(
      'NO_DATA',
      `cannot download ${url}: the server answers ${response.status} ${response.statusText}`,
    )
  }
  const continues = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${present}-`)
  let done = continues ? present : 0
  const length = response.headers.get('content-length')
  const total = length === null ? Number.POSITIVE_INFINITY : done + Number(length)
  const phase = `downloading ${basename(new URL(url).pathname)}`
  const count = new Transform({
    transform(chunk: Uint8Array, _, next) {
      done += chunk.length
      onProgress?.({ phase, done, total })
      next(null, chunk)
    },
  })
  const { body } = response
  await reached(url, signal, () =>
    pipeline(Readable.fromWeb(body), count, createWriteStream(path, { flags: continues ? 'a' : 'w', flush: true }), {
      signal,
    }),
  )
}

/** Awaits a step of a download; whatever stops it becomes one error that says where and why. */
async function reached<T>(url: string, signal: AbortSignal | undefined, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (signal?.aborted) throw abortedError(signal)
    if (isNoSpace(cause)) throw new ScoringBiasError('NO_SPACE', `cannot download ${url}: no space left`, { cause })
    throw new ScoringBiasError('NO_DATA', `cannot download ${url}: ${networkReason(cause)}`, { cause })
  }
}

/** Node's fetch says only that it failed; its cause says why. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof AggregateError) return networkReason(cause.errors[0])
  return reasonOf(cause instanceof Error ? cause : error)
}
