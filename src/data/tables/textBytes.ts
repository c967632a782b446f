import { createReadStream } from 'node:fs'
import { TextDecoder } from 'node:util'
import { createGunzip } from 'node:zlib'
import { cannotRead, reasonOf, ScoringBiasError } from '../../errors.js'

/** A file of text, plain or packed with gzip. */
export interface TextFile {
  readonly path: string
  /** What messages call it. */
  readonly name: string
  readonly packed: boolean
}

/** How many times its size a file may unpack to: scores, samples and their classes are never packed so tightly. */
const mostTimes = 50

/** Text that may unpack to more than that. */
const mostText = 2 ** 25

/** Requires a file not to be made to exhaust the memory. Errors: `BAD_FILE`. */
export function requireNoBomb(name: string, unpacked: number, packed: number, most: number): void {
  if (unpacked <= most || unpacked <= mostTimes * packed) return
  throw new ScoringBiasError('BAD_FILE', `${name} unpacks to more than ${mostTimes} times its size. Unpack it first`)
}

/** A line of a file, for messages. */
export function placeOfLine({ name, packed }: TextFile, line: number): string {
  return `${name} line ${line}${packed ? ' of the unpacked text' : ''}`
}

/**
 * The text of a file in UTF-8, in chunks, without the mark of its encoding; UTF-16 that is marked as such is read, too.
 * Errors: `BAD_FILE`.
 */
export async function* textBytes(file: TextFile): AsyncGenerator<Uint8Array, void, undefined> {
  let decoder: TextDecoder | undefined
  let first = true
  for await (let chunk of unpacked(file)) {
    if (first) {
      decoder = decoderOf(chunk)
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3)
      first = false
    }
    yield decoder === undefined ? chunk : utf8(decoder, chunk)
  }
  if (decoder !== undefined) yield utf8(decoder)

  function utf8(utf16: TextDecoder, chunk?: Uint8Array): Uint8Array {
    try {
      return Buffer.from(chunk === undefined ? utf16.decode() : utf16.decode(chunk, { stream: true }))
    } catch (cause) {
      throw new ScoringBiasError('BAD_FILE', `${file.name} is damaged UTF-16. Save it as UTF-8`, { cause })
    }
  }
}

function decoderOf(start: Uint8Array): TextDecoder | undefined {
  const mark = Buffer.from(start.subarray(0, 2)).toString('hex')
  if (mark !== 'fffe' && mark !== 'feff') return undefined
  return new TextDecoder(mark === 'fffe' ? 'utf-16le' : 'utf-16be', { fatal: true })
}

async function* unpacked({ path, name, packed }: TextFile): AsyncGenerator<Uint8Array, void, undefined> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 })
  const gunzip = packed ? createGunzip({ chunkSize: 1 << 18 }) : undefined
  // Pipes do not hand errors on.
  if (gunzip !== undefined) file.on('error', (error) => gunzip.destroy(error))
  let read = 0
  try {
    for await (const chunk of gunzip === undefined ? file : file.pipe(gunzip)) {
      read += chunk.length
      if (gunzip !== undefined) requireNoBomb(name, read, gunzip.bytesWritten, mostText)
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof ScoringBiasError) throw cause
    if (!packed || file.errored) return cannotRead(name)(cause)
    const what = `${name} is gzip that is cut short or damaged: ${reasonOf(cause)}. Get the file again`
    throw new ScoringBiasError('BAD_FILE', what, { cause })
  } finally {
    file.destroy()
  }
}
