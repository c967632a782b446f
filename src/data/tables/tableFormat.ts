import { open } from 'node:fs/promises'
import { gunzipSync, constants as zlib } from 'node:zlib'
import { cannotRead, ScoringBiasError } from '../../errors.js'
import { frozen } from '../../frozen.js'
import { foreignFormat } from './foreignFormat.js'

/** The formats of files that are read. */
export const tableFormats = frozen(['csv', 'tsv', 'jsonl', 'parquet', 'npy', 'npz'] as const)

/** How a file of samples is written. */
export type TableFormat = (typeof tableFormats)[number]

/** By the end of a file's name, before `.gz`. */
const endings: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  txt: 'csv',
  tsv: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'jsonl',
  parquet: 'parquet',
  npy: 'npy',
  npz: 'npz',
}

/** Bytes that tell a format. */
export const firstBytesRead = 4096

const packable: ReadonlySet<TableFormat> = new Set(['csv', 'tsv', 'jsonl'])

/**
 * The format of a file, and whether it is packed with gzip: as given, else by the ending of its name, else by its first bytes, where CSV is any text that is
 * not JSON. Text is packed when it begins as gzip does.
 *
 * Errors: `BAD_FILE` where nothing tells, where the file begins as another format than that does, and for formats that are known and not read, with the way out.
 */
export async function tableFormat(
  path: string,
  name: string,
  given: TableFormat | undefined,
): Promise<{ format: TableFormat; packed: boolean }> {
  return formatByBytes(await firstBytes(path, name), name, given)
}

/** {@link tableFormat} of what begins with `begin`: its first 4,096 bytes, or all that there are. */
export function formatByBytes(
  begin: Uint8Array,
  name: string,
  given: TableFormat | undefined,
): { format: TableFormat; packed: boolean } {
  const packed = begin[0] === 0x1f && begin[1] === 0x8b
  if (!packed && name.toLowerCase().endsWith('.gz')) {
    throw new ScoringBiasError('BAD_FILE', `${name}: is not gzip, as its name says`)
  }
  const start = packed ? unpackedStart(begin) : begin
  const foreign = foreignFormat(start)
  if (foreign !== undefined) throw new ScoringBiasError('BAD_FILE', `${name} is ${foreign}`)
  const [, ending = ''] = /\.(\w+?)(\.gz)?$/.exec(name.toLowerCase()) ?? []
  const ended = Object.hasOwn(endings, ending) ? endings[ending] : undefined
  const format = given ?? ended ?? sniffed(start)
  if (format !== undefined) requireLooks(name, start, { format, isGiven: given !== undefined })
  if (format !== undefined && (!packed || packable.has(format))) return { format, packed }
  throw new ScoringBiasError(
    'BAD_FILE',
    format === undefined
      ? `${name}: cannot tell the format by the name or the first bytes. Known endings: ${Object.keys(endings).join(', ')}`
      : `${name}: ${format} is not read from gzip. Unpack it first`,
  )
}

/** Requires a file not to begin as one of another format does; text of one kind may be of another. */
function requireLooks(
  name: string,
  start: Uint8Array,
  { format, isGiven }: { readonly format: TableFormat; readonly isGiven: boolean },
): void {
  const looks = sniffed(start)
  if (looks === undefined || looks === format) return
  // A header of CSV may begin with the letters that Parquet and archives begin with, but for their zeros.
  const isText = packable.has(looks) || !start.includes(0)
  const isJson = looks === 'jsonl' && /^[\s[\ufeff]*\{\s*"/.test(Buffer.from(start).toString())
  if (isText && packable.has(format) && !isJson) return
  const said = isGiven ? 'the option format' : 'its name'
  const [what, way] = isJson ? ['JSON', looks] : isText ? ['text', 'csv, tsv or jsonl'] : [looks, looks]
  throw new ScoringBiasError(
    'BAD_FILE',
    `${name} looks like ${what}, and ${said} says ${format}. Say ${way} with the option format${isGiven ? ', or leave it out' : ''}`,
  )
}

function sniffed(start: Uint8Array): TableFormat | undefined {
  const text = Buffer.from(start).toString('latin1')
  if (text.startsWith('PAR1')) return 'parquet'
  if (text.startsWith('\x93NUMPY')) return 'npy'
  if (text.startsWith('PK')) return 'npz'
  if (/^(\xff\xfe|\xfe\xff)/.test(text)) return /^..\0?\s*[{[]/.test(text) ? 'jsonl' : 'csv'
  if (text === '' || text.includes('\0')) return undefined
  return /^(\xef\xbb\xbf)?\s*[{[]/.test(text) ? 'jsonl' : 'csv'
}

function unpackedStart(start: Uint8Array): Uint8Array {
  try {
    return gunzipSync(start, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, firstBytesRead)
  } catch {
    return new Uint8Array()
  }
}

async function firstBytes(path: string, name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(firstBytesRead)
  const file = await open(path).catch(cannotRead(name))
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0).catch(cannotRead(name))
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
