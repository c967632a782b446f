import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gunzipSync, constants as zlib } from 'node:zlib'
import { abortedError } from '../../abort.js'
import { cannotRead, reasonOf, ScoringBiasError } from '../../errors.js'

export const tableFormats = ['csv', 'tsv', 'jsonl', 'parquet', 'npy', 'npz'] as const

/** How a file of samples is written. */
export type TableFormat = (typeof tableFormats)[number]

/** By the end of a file's name, before `.gz`. */
const endings: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  txt: 'csv',
  tsv: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  npy: 'npy',
  npz: 'npz',
}

const packable: ReadonlySet<TableFormat> = new Set(['csv', 'tsv', 'jsonl'])

/**
 * The format of a file, and whether it is packed with gzip: as given, else by the ending of its name, else by its first bytes, where CSV is any text that is
 * not JSON. Text is packed when it begins as gzip does.
 *
 * Errors: `BAD_FILE` where nothing tells.
 */
export async function tableFormat(
  path: string,
  name: string,
  given: TableFormat | undefined,
): Promise<{ format: TableFormat; packed: boolean }> {
  const start = await firstBytes(path, name)
  const packed = start[0] === 0x1f && start[1] === 0x8b
  if (!packed && name.toLowerCase().endsWith('.gz')) {
    throw new ScoringBiasError('BAD_FILE', `${name}: is not gzip, as its name says`)
  }
  const [, ending = ''] = /\.(\w+?)(\.gz)?$/.exec(name.toLowerCase()) ?? []
  const format = given ?? endings[ending] ?? sniffed(packed ? unpackedStart(start) : start)
  if (format !== undefined && (!packed || packable.has(format))) return { format, packed }
  throw new ScoringBiasError(
    'BAD_FILE',
    format === undefined
      ? `${name}: cannot tell the format by the name or the first bytes; known endings: ${Object.keys(endings).join(', ')}`
      : `${name}: ${format} is not read from gzip; unpack it first`,
  )
}

/**
 * Reads a gzip file to its end, which checks its checksum: a reader that takes what there is would take half a file for
 * the whole. About 0.3 s per 100 MB of text. Errors: `BAD_FILE`, `ABORTED`.
 */
export async function requireWholeGzip(path: string, name: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pipeline(
      createReadStream(path),
      createGunzip(),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const _ of chunks);
      },
      { signal },
    )
  } catch (cause) {
    if (signal?.aborted) throw abortedError(signal)
    throw new ScoringBiasError('BAD_FILE', `${name} is gzip that is cut short or damaged: ${reasonOf(cause)}`, {
      cause,
    })
  }
}

function sniffed(start: Uint8Array): TableFormat | undefined {
  const text = Buffer.from(start).toString('latin1')
  if (text.startsWith('PAR1')) return 'parquet'
  if (text.startsWith('\x93NUMPY')) return 'npy'
  // A zip may be a spreadsheet; only one of arrays is read.
  if (text.startsWith('PK')) return /\.npy/.test(text) ? 'npz' : undefined
  if (text === '' || text.includes('\0')) return undefined
  return /^(\xef\xbb\xbf)?\s*\{/.test(text) ? 'jsonl' : 'csv'
}

function unpackedStart(start: Uint8Array): Uint8Array {
  try {
    return gunzipSync(start, { finishFlush: zlib.Z_SYNC_FLUSH })
  } catch {
    return new Uint8Array()
  }
}

async function firstBytes(path: string, name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(4096)
  const file = await open(path).catch(cannotRead(name))
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0).catch(cannotRead(name))
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
