import { throwIfAborted } from '../../abort.js'
import { requireOptions } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { delimitedLayout } from './delimitedLayout.js'
import { DelimitedScanner } from './delimitedScanner.js'
import { JsonScanner } from './jsonScanner.js'
import { CountingSink, type Decoding, fill, type RowScanner, RowSink } from './rowSink.js'
import { requireColumns, type TableBatch, type TableReader, type WantedColumns, wantedChecks } from './tableReader.js'
import { placeOfLine, type TextFile } from './textBytes.js'
import { TextWindow } from './textWindow.js'

/** Opens delimited text, whose first line names the columns. Errors: `BAD_FILE`, `ABORTED`. */
export async function openDelimited(
  file: TextFile,
  format: 'csv' | 'tsv',
  signal: AbortSignal | undefined,
): Promise<TableReader> {
  const { columns, delimiter, nBefore } = await delimitedLayout(file, format, signal)
  return new TextTable(file, columns, async (window) => {
    await fill(window, new DelimitedScanner(delimiter, undefined), new CountingSink(nBefore), signal)
    return new DelimitedScanner(delimiter, columns.length)
  })
}

/** Opens objects, one after another or in one array; their keys are read once for the columns. Errors: `BAD_FILE`, `ABORTED`. */
export async function openJson(file: TextFile, signal: AbortSignal | undefined): Promise<TableReader> {
  const scanner = new JsonScanner(undefined)
  const window = new TextWindow(file)
  const rows = new LayoutSink(window)
  try {
    await fill(window, scanner, rows, signal)
  } finally {
    await window.close()
  }
  if (rows.count === 0) throw new ScoringBiasError('BAD_FILE', `${file.name} is empty`)
  if (rows.count === 1 && rows.isNested) {
    const way = "With pandas write it anew: df.to_json('file.json', orient='records')"
    const what = 'is one object of whole columns or rows, not an object for each row'
    throw new ScoringBiasError('BAD_FILE', `${file.name} ${what}. ${way}`)
  }
  return new TextTable(file, scanner.columns, async () => new JsonScanner(scanner.columns))
}

/** Counts records, and sees whether all fields of the last hold values within values. */
class LayoutSink extends CountingSink {
  readonly #window: TextWindow
  isNested = false

  constructor(window: TextWindow) {
    super(Number.POSITIVE_INFINITY)
    this.#window = window
  }

  override field(column: number, from: number, to: number, decoded: Decoding): void {
    const { bytes } = this.#window
    const isFirst = this.nFields === 0
    const isString = bytes[from - 1] === 0x22
    this.isNested = (isFirst || this.isNested) && !isString && (bytes[from] === 0x7b || bytes[from] === 0x5b)
    super.field(column, from, to, decoded)
  }

  override restart(): void {
    this.nFields = 0
  }
}

class TextTable implements TableReader {
  readonly named = true
  readonly streamed = true
  readonly name: string
  readonly columns: readonly string[]
  readonly #file: TextFile
  readonly #begin: (window: TextWindow) => Promise<RowScanner>

  /** @param begin takes what comes before the first row, and gives a scanner of rows */
  constructor(file: TextFile, columns: readonly string[], begin: (window: TextWindow) => Promise<RowScanner>) {
    this.name = file.name
    this.columns = columns
    this.#file = file
    this.#begin = begin
  }

  async *batches(wanted: WantedColumns): AsyncGenerator<TableBatch, void, undefined> {
    const {
      numbers,
      texts = [],
      longestText,
      glimpsed = [],
      ...asked
    } = requireOptions('batches', wanted, wantedChecks)
    const { keepMissing, exact, ifMissing, ifNoNumber, signal } = asked
    throwIfAborted(signal)
    const sought = {
      numbers: requireColumns(this, numbers),
      texts: requireColumns(this, texts),
      glimpsed: requireColumns(this, glimpsed),
      ...{ keepMissing, exact, ifMissing, ifNoNumber },
      longestText: longestText ?? Number.POSITIVE_INFINITY,
    }
    const window = new TextWindow(this.#file)
    try {
      const scanner = await this.#begin(window)
      const sink = new RowSink(window, this.columns, sought)
      for (let ended = false; !ended; ) {
        ended = await fill(window, scanner, sink, signal)
        const batch = sink.take(sought)
        if (batch.nRows > 0) yield batch
      }
    } finally {
      await window.close()
    }
  }

  async place(row: number): Promise<string> {
    const window = new TextWindow(this.#file)
    try {
      const scanner = await this.#begin(window)
      const rows = new CountingSink(row + 1)
      await fill(window, scanner, rows, undefined)
      return placeOfLine(this.#file, rows.line)
    } finally {
      await window.close()
    }
  }

  async close(): Promise<void> {}
}
