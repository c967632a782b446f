import { constants, createWriteStream, open } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { abortedError } from '../../abort.js'
import { abortSignal, type Check, filePath, type OptionChecks, oneOf, requireOptions, wrongType } from '../../check.js'
import { cannotRead, reasonOf, ScoringBiasError } from '../../errors.js'
import { isNoSpace } from '../../noSpace.js'
import { requireFile } from '../../requireFile.js'
import { firstBytesRead, formatByBytes, type TableFormat, tableFormat, tableFormats } from './tableFormat.js'
import type { TableReader } from './tableReader.js'

/** Options of {@link openTable}. */
export interface OpenTableOptions {
  /** How the file is written. Default: told by its name, or else by its first bytes. */
  readonly format?: TableFormat | undefined
  /** What `-` reads. Default: the process's standard input. */
  readonly stdin?: AsyncIterable<Uint8Array | string> | undefined
  readonly signal?: AbortSignal | undefined
}

const readable: Check = (name, value) => {
  if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value) return
  throw wrongType(name, 'a readable stream', value)
}

export const openChecks: OptionChecks<OpenTableOptions> = {
  format: oneOf('format', tableFormats),
  stdin: readable,
  signal: abortSignal,
}

/**
 * Opens a file of samples: CSV, TSV, JSON (an object a row, one after another or in one array; each of these three also
 * packed with gzip), Parquet, NPY or NPZ, told by its name or its first bytes; `-` is any of them from standard input, kept
 * in a temporary file meanwhile, as what a named pipe gives is, and refused by its first bytes where it is none. Rows are read in
 * batches, so that only NPZ needs memory that grows with the file.
 *
 * Text is UTF-8, or UTF-16 that is marked. Delimiters are commas, semicolons, tabs, bars or blanks, as the first line shows or
 * Excel's `sep=` says. JSON is read twice: its columns are the keys of all rows, exactly as they are written. In 1,000,000
 * columns, records of 32 MB and names of 1,000 characters a table has room; values in JSON nested 1,000
 * deep, and text of 32 MB or arrays of 256 MB that are packed more than 50 to 1, are refused.
 *
 * Errors: `BAD_FILE`, with the path, `UNKNOWN_NAME` for a format or an option, `WRONG_TYPE`, `NOT_INSTALLED` for Parquet where DuckDB was left out,
 * `ABORTED`.
 */
export async function openTable(path: string, options: OpenTableOptions = {}): Promise<TableReader> {
  filePath('path', path)
  const { format, stdin = process.stdin, signal } = requireOptions('openTable', options, openChecks)
  if (path === '-') return openStream(() => stdin, 'standard input', { format, signal })
  const isPipe = (await stat(path).catch(cannotRead(path))).isFIFO()
  if (isPipe) return openStream(() => pipeStream(path), path, { format, signal })
  await requireFile(path)
  return openFile(path, path, format, signal)
}

async function openFile(
  path: string,
  name: string,
  given: TableFormat | undefined,
  signal: AbortSignal | undefined,
): Promise<TableReader> {
  const { format, packed } = await tableFormat(path, name, given)
  // Of the readers only the one that is needed is loaded.
  if (format === 'npy') return (await import('./numpyTable.js')).openNpyTable(path, name)
  if (format === 'npz') return (await import('./numpyTable.js')).openNpzTable(path, name)
  if (format === 'parquet') return (await import('./parquetTable.js')).openParquet(path, name)
  const { openDelimited, openJson } = await import('./textTable.js')
  const file = { path, name, packed }
  return format === 'jsonl' ? openJson(file, signal) : openDelimited(file, format, signal)
}

/** A table over a copy of what arrives: headers and types, and a second pass, need a file. */
async function openStream(
  arriving: () => AsyncIterable<Uint8Array | string> | Promise<Socket>,
  name: string,
  { format, signal }: Pick<OpenTableOptions, 'format' | 'signal'>,
): Promise<TableReader> {
  const noTemporary = cannotKeep(name)
  const folder = await mkdtemp(join(tmpdir(), 'scoring-bias-')).catch(noTemporary)
  const discard = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'copy')
    const known = (chunks: AsyncIterable<string | Uint8Array>) => ofKnownFormat(chunks, name, format)
    const stream = await arriving()
    await pipeline(stream, known, createWriteStream(path), { signal }).catch((error) => {
      if (signal?.aborted) throw abortedError(signal)
      if (error instanceof ScoringBiasError) throw error
      noTemporary(error)
    })
    if ((await stat(path)).size === 0) throw new ScoringBiasError('BAD_FILE', `${name} is empty`)
    const table = await openFile(path, name, format, signal)
    const close = table.close.bind(table)
    return Object.assign(table, { close: () => close().then(discard) })
  } catch (error) {
    await discard()
    throw error
  }
}

/** What arrives, where its first bytes are those of a table: nobody waits for the rest of anything else. Errors: `BAD_FILE`. */
async function* ofKnownFormat(
  chunks: AsyncIterable<string | Uint8Array>,
  name: string,
  given: TableFormat | undefined,
) {
  let begin = new Uint8Array()
  for await (const chunk of chunks) {
    if (begin.length < firstBytesRead) {
      begin = Buffer.concat([begin, Buffer.from(chunk)]).subarray(0, firstBytesRead)
      if (begin.length === firstBytesRead) formatByBytes(begin, name, given)
    }
    yield chunk
  }
}

/** Throws the error for what arrives and cannot be kept in a temporary file. */
function cannotKeep(name: string): (cause: unknown) => never {
  return (cause) => {
    const full = isNoSpace(cause)
    throw new ScoringBiasError(
      full ? 'NO_SPACE' : 'BAD_FILE',
      `cannot keep ${name} in the folder ${tmpdir()}: ${full ? 'no space left' : reasonOf(cause)}. ` +
        'Set TMPDIR to another folder, or name a file',
      { cause },
    )
  }
}

/**
 * What is written into a pipe. It is opened without waiting for who writes: that wait, of a thread in the system, nothing could end; a
 * socket's can.
 */
async function pipeStream(path: string): Promise<Socket> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(cannotRead(path))
  return new Socket({ fd, readable: true, writable: false })
}
