import { ScoringBiasError } from '../../errors.js'
import { DelimitedScanner } from './delimitedScanner.js'
import { CountingSink, type Decoding, fill } from './rowSink.js'
import { requireNames } from './tableReader.js'
import type { TextFile } from './textBytes.js'
import { TextWindow } from './textWindow.js'

/** How a delimited file is written. */
export interface DelimitedLayout {
  readonly columns: readonly string[]
  readonly delimiter: string
  /** Records before the first row. */
  readonly nBefore: number
}

/** The first line of a file, without blanks around its fields, and the number of fields of the next. */
interface Parted {
  readonly delimiter: string
  readonly header?: readonly string[] | undefined
  readonly nRow?: number | undefined
}

/**
 * The delimiter of a file and the names of its columns. The first line may be Excel's `sep=;`; else the delimiter is the
 * one of comma, semicolon and tab that the header has most of, or, where it has none, a bar or blanks that part header
 * and first row into equally many fields. Errors: `BAD_FILE`, `ABORTED`.
 */
export async function delimitedLayout(
  file: TextFile,
  format: 'csv' | 'tsv',
  signal: AbortSignal | undefined,
): Promise<DelimitedLayout> {
  const bad = (what: string) => new ScoringBiasError('BAD_FILE', `${file.name}${what}`)
  const first = await parted(file, format === 'tsv' ? '\t' : ',', 0, signal)
  const line = first.header?.join(first.delimiter)
  if (line === undefined) throw bad(' is empty')
  const given = /^sep=(.?)$/i.exec(line)
  if (given !== null) {
    const { delimiter, header = [] } = await parted(file, given[1] || '\t', 1, signal)
    return { columns: columnsOf(header, file), delimiter, nBefore: 2 }
  }
  const all = [first]
  for (const delimiter of format === 'tsv' ? [] : [';', '\t', '|', ' ']) {
    all.push(await parted(file, delimiter, 0, signal).catch(() => ({ delimiter, header: [], nRow: undefined })))
  }
  const { delimiter, header = [] } = likeliest(all)
  if (header.length === 1 && header[0]?.startsWith('#') && all.some(({ nRow = 0 }) => nRow > 1)) {
    throw bad(" line 1 begins with '#'. Take lines of comments out: the first line must name the columns")
  }
  return { columns: columnsOf(header, file), delimiter, nBefore: 1 }
}

function likeliest(all: readonly Parted[]): Parted {
  const most = (parts: readonly Parted[]) => parts.reduce((best, one) => (nFields(one) > nFields(best) ? one : best))
  const usual = most(all.slice(0, 3))
  const rare = all.slice(3).filter((one) => nFields(one) > 1 && one.nRow === nFields(one))
  return nFields(usual) > 1 ? usual : most([usual, ...rare])
}

function nFields({ header = [] }: Parted): number {
  return header.length
}

/** Names of columns that are empty get a number. Errors: `BAD_FILE` for what can be no header. */
function columnsOf(fields: readonly string[], { name }: TextFile): string[] {
  const columns = fields.map((field, i) => (field === '' ? `column${i + 1}` : field))
  if (columns.every((column) => Number.isFinite(Number(column)))) {
    throw new ScoringBiasError('BAD_FILE', `${name} line 1: the first line must name the columns, it holds numbers`)
  }
  requireNames(`${name} line 1`, columns)
  return columns
}

/** The first two records after some, as a delimiter parts them. */
async function parted(
  file: TextFile,
  delimiter: string,
  nBefore: number,
  signal: AbortSignal | undefined,
): Promise<Parted> {
  const window = new TextWindow(file)
  try {
    const scanner = new DelimitedScanner(delimiter, undefined)
    await fill(window, scanner, new CountingSink(nBefore), signal)
    const header = new HeaderSink(window)
    if (await fill(window, scanner, header, signal)) return { delimiter }
    const row = new CountingSink(1)
    const isAlone = await fill(window, scanner, row, signal)
    return { delimiter, header: header.fields, nRow: isAlone ? undefined : row.nFields }
  } finally {
    await window.close()
  }
}

class HeaderSink extends CountingSink {
  fields: string[] = []
  readonly #window: TextWindow

  constructor(window: TextWindow) {
    super(1)
    this.#window = window
  }

  override field(_: number, from: number, to: number, decoded: Decoding): void {
    const written = this.#window.text(from, to, this.line)
    this.fields.push((decoded?.(written) ?? written).trim())
  }

  override restart(): void {
    this.fields = []
  }
}
