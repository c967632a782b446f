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

/** How a delimiter parts the first line of a file, without blanks around its fields, and the next. */
interface Parted {
  readonly delimiter: string
  readonly header?: readonly string[] | undefined
  /** Fields of the first line; where it cannot be read, as many as its delimiters would part. */
  readonly nFields: number
  /** Fields of the next; undefined where there is none. */
  readonly nRow?: number | undefined
  /** Why one of both cannot be read. */
  readonly problem?: ScoringBiasError | undefined
}

/**
 * The delimiter of a file and the names of its columns. The first line may be Excel's `sep=;`; else the delimiter is the
 * one of comma, semicolon and tab that the header has most of, where there is one among those that part the first row into
 * as many fields; or, where it has none, a bar or blanks that part header and first row into equally many. Errors:
 * `BAD_FILE`, where no delimiter can be right the error of the likeliest; `ABORTED`.
 */
export async function delimitedLayout(
  file: TextFile,
  format: 'csv' | 'tsv',
  signal: AbortSignal | undefined,
): Promise<DelimitedLayout> {
  const bad = (what: string) => new ScoringBiasError('BAD_FILE', `${file.name}${what}`)
  const first = await parted(file, format === 'tsv' ? '\t' : ',', 0, signal)
  const given = /^sep=(.?)$/i.exec(first.header?.join(first.delimiter) ?? '')
  if (given !== null) {
    const { header = [], delimiter } = readable(await parted(file, given[1] || '\t', 1, signal))
    return { columns: columnsOf(header, file), delimiter, nBefore: 2 }
  }
  const all = [first]
  // One that is wrong may see quotes within fields, and is no reason to refuse the file.
  for (const delimiter of format === 'tsv' ? [] : [';', '\t', '|', ' ']) {
    all.push(await parted(file, delimiter, 0, signal))
  }
  const { delimiter, header } = readable(likeliest(all))
  if (header === undefined) throw bad(' is empty')
  if (header.length === 1 && header[0]?.startsWith('#') && all.some(({ nRow = 0 }) => nRow > 1)) {
    throw bad(" line 1 begins with '#'. Take lines of comments out: the first line must name the columns")
  }
  return { columns: columnsOf(header, file), delimiter, nBefore: 1 }
}

function readable(one: Parted): Parted {
  if (one.problem !== undefined) throw one.problem
  return one
}

function likeliest(all: readonly Parted[]): Parted {
  const most = (parts: readonly Parted[]) => parts.reduce((best, one) => (one.nFields > best.nFields ? one : best))
  const usual = all.slice(0, 3)
  const fitting = usual.filter((one) => one.nFields > 1 && fits(one))
  if (fitting.length > 0) return most(fitting)
  const best = most(usual)
  if (best.nFields > 1 && best.header !== undefined) return best
  const rare = all.slice(3).filter((one) => one.nFields > 1 && one.nRow === one.nFields && fits(one))
  if (rare.length > 0) return most(rare)
  // Where no usual one reads the line, that which parts it most says best what is wrong.
  return best.header === undefined ? most(all) : best
}

/** Whether the first row has the fields that the header names; a delimiter more may end it. */
function fits({ problem, nFields, nRow = nFields }: Parted): boolean {
  return problem === undefined && (nRow === nFields || nRow === nFields + 1)
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

/** The first two records after some, as a delimiter parts them. Errors: all but `BAD_FILE`, which is told in the result. */
async function parted(
  file: TextFile,
  delimiter: string,
  nBefore: number,
  signal: AbortSignal | undefined,
): Promise<Parted> {
  const window = new TextWindow(file)
  const header = new HeaderSink(window)
  try {
    const scanner = new DelimitedScanner(delimiter, undefined)
    await fill(window, scanner, new CountingSink(nBefore), signal)
    if (await fill(window, scanner, header, signal)) return { delimiter, nFields: 0 }
    const row = new CountingSink(1)
    const isAlone = await fill(window, scanner, row, signal)
    const { fields } = header
    return { delimiter, header: fields, nFields: fields.length, nRow: isAlone ? undefined : row.nFields }
  } catch (problem) {
    if (!(problem instanceof ScoringBiasError) || problem.code !== 'BAD_FILE') throw problem
    const { fields } = header
    if (header.isFull) return { delimiter, header: fields, nFields: fields.length, problem }
    return { delimiter, nFields: written(window, delimiter), problem }
  } finally {
    await window.close()
  }
}

/** The fields that delimiters part the line into at which reading stopped, whatever is quoted. */
function written({ bytes, at: from, end }: TextWindow, delimiter: string): number {
  const [line = ''] = bytes.toString('latin1', from, end).split(/[\r\n]/, 1)
  return line.split(delimiter).length
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
