import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ScoringBiasError } from '../errors.js'
import { type PrintedDetector, paperDetectors, printedName } from './paperDetectors.js'

/** A recall as printed: mean ± standard deviation over runs, two decimals each. */
export interface PrintedRecall {
  readonly mean: number
  readonly sd: number
  /** `null` where no arrow is printed: always with detectors that train on normal samples only. */
  readonly arrow: 'up' | 'down' | null
}

/** A line of a table: one class of anomalies, tested by itself. */
export interface PrintedRow {
  /** The class as this package's data sets name it. */
  readonly class: string
  /** By the paper's names of its detectors. */
  readonly tpr: Readonly<Record<PrintedDetector, PrintedRecall>>
  /** Printed distance to each class of the labelled anomalies. */
  readonly l2: Readonly<Record<string, number>>
}

/** One of Tables 3–11. */
export interface PrintedTable {
  readonly table: number
  readonly normal: string
  /** The class of the labelled anomalies, or the mixture in words, as in `50% shirt and 50% sneaker`. */
  readonly abnormal: string
  readonly rows: readonly PrintedRow[]
}

const asset = fileURLToPath(new URL('./assets/paper-tables.json', import.meta.url))

const recall = z.strictObject({
  mean: z.number().min(0).max(1),
  sd: z.number().min(0),
  arrow: z.enum(['up', 'down']).nullable(),
})
const schema = z.array(
  z.strictObject({
    table: z.int(),
    normal: z.string(),
    abnormal: z.string(),
    rows: z.array(
      z.strictObject({
        class: z.string(),
        tpr: z.record(z.enum(paperDetectors.map(printedName)), recall),
        l2: z.record(z.string(), z.number()),
      }),
    ),
  }),
)

/** Classes that the paper's tables call otherwise than the data's authors. */
const ourNames: Readonly<Record<string, string>> = { 'vegetable soil': 'vegetation stubble' }

/**
 * Tables 3–11 of Ye, Chen and Zheng (2021, Appendix E) as printed, misprints included, over 100 runs each. Detectors have
 * the paper's names, classes those of this package's data; rows are in the printed order. Reads the installed file, once per call.
 * Errors: `BAD_FILE`.
 */
export async function printedTables(): Promise<PrintedTable[]> {
  let text: string
  try {
    text = await readFile(asset, 'utf8')
  } catch (cause) {
    throw new ScoringBiasError('BAD_FILE', `cannot read ${asset}. Reinstall the package`, { cause })
  }
  return parsePrintedTables(text)
}

/** Reads the file's text. Errors: `BAD_FILE`, naming the place in it. */
export function parsePrintedTables(text: string): PrintedTable[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ScoringBiasError('BAD_FILE', 'paper-tables.json is not JSON. Reinstall the package', { cause })
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    throw new ScoringBiasError('BAD_FILE', `paper-tables.json: ${z.prettifyError(parsed.error)}. Reinstall the package`)
  }
  return parsed.data.map(({ rows, ...table }) => ({
    ...table,
    rows: rows.map(({ class: name, ...row }) => ({ class: ourNames[name] ?? name, ...row })),
  }))
}
