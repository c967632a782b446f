import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { abortedError, throwIfAborted } from '../../abort.js'
import { reasonOf, ScoringBiasError } from '../../errors.js'
import { requireFile } from '../../requireFile.js'
import { AtomicFile } from '../../writeFile.js'
import { isSummary } from './isSummary.js'
import type { ScoreSummary } from './scoreSummary.js'
import { ArrayFiller, type ArrayHead, bytesOf, type SummaryArray } from './summaryArrays.js'
import { requireHead, type SummaryHead, scoresOf, summaryFormat, summaryParts } from './summaryHead.js'

const longestHead = 2 ** 28
const pieceBytes = 2 ** 20

interface JobOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes a summary, whole or not at all: gzip of a line of JSON and of the arrays that it lists (docs/summaries.md). Returns
 * its bytes. Errors: `BAD_FILE`, `NO_SPACE`, `ABORTED`.
 */
export async function writeSummary(
  path: string,
  { data, version, sources, question, keep }: Omit<ScoreSummary, 'digest'>,
  { signal }: JobOptions = {},
): Promise<number> {
  const { head, arrays } = summaryParts(data)
  const hash = createHash('sha256')
  for (const [, values] of arrays) hash.update(bytesOf(values))
  const listed = arrays.map(([name, values]): ArrayHead => {
    return { name, type: values instanceof Uint32Array ? 'uint32' : 'float64', length: values.length }
  })
  const whole: SummaryHead = { version, sources, question, keep, ...head, arrays: listed, sha256: hash.digest('hex') }
  const text = `${JSON.stringify({ 'scoring-bias summary': summaryFormat, ...whole })}\n`
  const file = await AtomicFile.create(path)
  try {
    const packed = Readable.from(pieces(text, arrays)).pipe(createGzip({ level: 4 }))
    let bytes = 0
    for await (const piece of packed) {
      throwIfAborted(signal)
      await file.write(piece)
      bytes += piece.length
    }
    await file.commit()
    return bytes
  } catch (error) {
    await file.discard()
    throw signal?.aborted ? abortedError(signal) : error
  }
}

function* pieces(text: string, arrays: readonly (readonly [string, SummaryArray])[]): Generator<Uint8Array> {
  yield Buffer.from(text)
  for (const [, values] of arrays) {
    const bytes = bytesOf(values)
    for (let i = 0; i < bytes.length; i += pieceBytes) yield bytes.subarray(i, i + pieceBytes)
  }
}

/**
 * Reads a summary. Memory: what it holds. Errors: `BAD_FILE` for what is no summary, damaged, or of a format that this
 * version does not read, and `ABORTED`.
 */
export async function readSummary(path: string, { signal }: JobOptions = {}): Promise<ScoreSummary> {
  await requireFile(path)
  if (!(await isSummary(path))) {
    throw new ScoringBiasError('BAD_FILE', `${path} is no summary of scores. Make one with scoring-bias summarise`)
  }
  try {
    const { size } = await stat(path)
    let head: SummaryHead | undefined
    let filler: ArrayFiller | undefined
    const begun: Buffer[] = []
    for await (const piece of unpacked(path)) {
      throwIfAborted(signal)
      const end = filler === undefined ? piece.indexOf(10) : -1
      if (filler !== undefined) filler.add(piece)
      else begun.push(end < 0 ? piece : piece.subarray(0, end))
      if (begun.reduce((sum, { length }) => sum + length, 0) > longestHead) throw new Error('its head is too long')
      if (end < 0) continue
      head = requireHead(JSON.parse(Buffer.concat(begun).toString('utf8')))
      filler = new ArrayFiller(head.arrays, size)
      filler.add(piece.subarray(end + 1))
    }
    if (head === undefined || filler === undefined) throw new Error('it ends too early')
    const { version, sources, question, keep, sha256 } = head
    return { version, sources, question, keep, data: scoresOf(head, filler.finish(sha256)), digest: sha256 }
  } catch (cause) {
    if (signal?.aborted) throw abortedError(signal)
    throw new ScoringBiasError(
      'BAD_FILE',
      `${path} is a damaged summary: ${reasonOf(cause)}. Make it or copy it again`,
      { cause },
    )
  }
}

async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const packed = createReadStream(path)
  const gunzip = createGunzip()
  packed.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const piece of packed.pipe(gunzip)) yield piece
  } finally {
    packed.destroy()
  }
}
