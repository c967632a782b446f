import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { abortedError } from '../../abort.js'
import { ScoringBiasError } from '../../errors.js'
import { type DuckdbFormat, openDuckdbTable } from './duckdbTable.js'
import { openNpyTable, openNpzTable } from './numpyTable.js'
import type { TableReader } from './tableReader.js'

/** By the end of a file's name; text may be packed with gzip as well (`.csv.gz`). */
const formats: Readonly<Record<string, DuckdbFormat | 'npy' | 'npz'>> = {
  csv: 'csv',
  txt: 'csv',
  tsv: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  npy: 'npy',
  npz: 'npz',
}

/**
 * Opens a file of samples: CSV, TSV, JSONL (each also with `.gz`), Parquet, NPY or NPZ, told by its name; `-` is CSV from
 * standard input, kept in a temporary file meanwhile. Rows are read in batches, so that only NPZ needs memory that grows
 * with the file.
 *
 * Errors: `BAD_FILE`, with the path.
 */
export async function openTable(
  path: string,
  { stdin = process.stdin, signal }: { readonly stdin?: Readable; readonly signal?: AbortSignal | undefined } = {},
): Promise<TableReader> {
  if (path === '-') return openStdin(stdin, signal)
  const format = formatOf(path)
  await requireFile(path)
  if (format === 'npy') return openNpyTable(path, path)
  if (format === 'npz') return openNpzTable(path, path)
  return openDuckdbTable(path, format, path)
}

/** A table over a copy of what arrives: headers and types, and a second pass, need a file. */
async function openStdin(stdin: Readable, signal: AbortSignal | undefined): Promise<TableReader> {
  const folder = await mkdtemp(join(tmpdir(), 'scoring-bias-'))
  const discard = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'stdin.csv')
    await pipeline(stdin, createWriteStream(path), { signal })
    const table = await openDuckdbTable(path, 'csv', 'standard input')
    return {
      name: table.name,
      columns: table.columns,
      named: table.named,
      batches: (wanted) => table.batches(wanted),
      place: (row) => table.place(row),
      close: async () => {
        await table.close()
        await discard()
      },
    }
  } catch (error) {
    await discard()
    throw signal?.aborted ? abortedError(signal) : error
  }
}

function formatOf(path: string): DuckdbFormat | 'npy' | 'npz' {
  const [, ending = '', packed] = /\.(\w+?)(\.gz)?$/.exec(path.toLowerCase()) ?? []
  const format = formats[ending]
  if (format === undefined || (packed && !['csv', 'tsv', 'jsonl'].includes(format))) {
    throw new ScoringBiasError(
      'BAD_FILE',
      `${path}: cannot tell the format by the name; known endings: ${Object.keys(formats).join(', ')}`,
    )
  }
  return format
}

async function requireFile(path: string): Promise<void> {
  let isFile: boolean
  try {
    isFile = (await stat(path)).isFile()
  } catch (cause) {
    throw new ScoringBiasError('BAD_FILE', `cannot read ${path}: there is no such file`, { cause })
  }
  if (!isFile) throw new ScoringBiasError('BAD_FILE', `cannot read ${path}: it is not a file`)
}
