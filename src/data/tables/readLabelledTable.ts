import { resolve } from 'node:path'
import { at, flag, list, type OptionChecks, oneOf, requireOptions, text, textOrFalse } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { className } from '../../scores/scoreCollector.js'
import { type Imputation, imputations } from '../core/columnScale.js'
import { sampleSize } from '../core/dataset.js'
import { requireFeatures } from './labelColumns.js'
import { type LabelledTable, type SampleKind, sampleKinds } from './labelledTable.js'
import { categoryOf, oneHotColumns, oneHotNames, requireOneHot, sameName, withOneHot } from './oneHot.js'
import { type OpenTableOptions, openChecks, openTable } from './openTable.js'
import {
  listed,
  longestName,
  notANumber,
  repeated,
  requireColumns,
  type TableBatch,
  type TableReader,
  withArrays,
} from './tableReader.js'

/** Options of {@link readLabelledTable}. */
export interface LabelledTableOptions extends Pick<OpenTableOptions, 'stdin' | 'signal'> {
  /**
   * The column of classes: names, or numbers such as 0 and 1. Default: the column `label`, where there is one; without it,
   * or with false, all samples are of one class, `normal`, and every column is a feature.
   */
  readonly label?: string | false | undefined
  /** Whether several classes are needed: a file without labels is then refused. Default false. */
  readonly labelled?: boolean | undefined
  /** Columns that are no features, such as identifiers. Of NPZ the name of an array stands for all of its columns, here and in `oneHot`. */
  readonly ignore?: readonly string[] | undefined
  /**
   * Columns of categories, texts or numbers: each category is a feature `column=category` of 0 and 1, behind the other features. A missing one
   * is 0 in all of them, and needs `impute`.
   */
  readonly oneHot?: readonly string[] | undefined
  /** What stands for missing features, once it is known which samples are trained on. Default: none may be missing. */
  readonly impute?: Imputation | undefined
}

const { format: _, ...streamChecks } = openChecks
const checks: OptionChecks<LabelledTableOptions> = {
  ...streamChecks,
  label: textOrFalse,
  labelled: flag,
  ignore: list(text),
  oneHot: list(text),
  impute: oneOf('imputation', imputations),
}

/** As many as a byte tells apart: a column with more is hardly one of classes. */
const mostClasses = 256

/**
 * Reads samples to train on from a CSV, TSV, JSONL, Parquet, NPY or NPZ file (see `openTable`); `-` is CSV from standard
 * input. Every column is a feature but the label, those to ignore and those of `oneHot`, whose categories are. Features are kept as float32. Where all are of one array of
 * NPY or NPZ with more axes than two, as images are, the samples keep its shape. The name of an array in NPZ may say what they are: `images`,
 * `train_images`, `pixels` or `sequences`, `signals`, `spectrograms` (`LabelledTable.sampleKind`).
 *
 * A column with the name of a label (y, target, class, outlier, …) and few values is no feature unless `label` is given: a
 * detector that is trained on the answer is worth nothing. The error names it; so does that for columns of texts.
 *
 * Errors: `BAD_FILE` and `NOT_A_NUMBER` with line and column, `UNKNOWN_NAME` for columns that do not exist,
 * `EMPTY_SAMPLE`, `OUT_OF_RANGE` for more than 256 classes, `WRONG_TYPE`, `ABORTED`.
 */
export async function readLabelledTable(path: string, options: LabelledTableOptions = {}): Promise<LabelledTable> {
  const { impute, labelled = false, stdin, signal, ...asked } = requireOptions('readLabelledTable', options, checks)
  const reader = await openTable(path, { stdin, signal })
  try {
    const [ignore, oneHot] = [withArrays(reader, asked.ignore), withArrays(reader, asked.oneHot)]
    const usual = asked.label ?? (reader.columns.includes('label') ? 'label' : undefined)
    const label = usual === undefined || usual === false ? undefined : labelColumn(reader, usual)
    requireColumns(reader, [...(label === undefined ? [] : [label]), ...ignore, ...oneHot])
    requireOneHot(oneHot, { label, ignore })
    const others = new Set([label, ...ignore, ...oneHot])
    const numbers = reader.columns.filter((column) => !others.has(column))
    if (numbers.length + oneHot.length === 0) {
      throw new ScoringBiasError('EMPTY_SAMPLE', `${reader.name} has no features, only ${listed(reader.columns)}`)
    }
    await requireFeatures(reader, numbers, { label: usual, labelled, ignore, oneHot })
    const { oneHot: columns, ...samples } = await readSamples(reader, { numbers, oneHot, label, impute, signal })
    const featureNames = [...numbers, ...columns.flatMap(oneHotNames)]
    const twice = repeated(featureNames)
    if (twice !== undefined) throw sameName(reader.name, twice)
    if (samples.labels.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `${reader.name} has no rows`)
    const file = path === '-' ? {} : { path: resolve(path) }
    const shape = shapeOf(reader, numbers, oneHot)
    const gaps = { ...(oneHot.length > 0 && { oneHot: columns }), ...(impute !== undefined && { impute }) }
    return { name: reader.name, ...file, attribution: '', featureNames, ...shape, ...gaps, ...samples }
  } finally {
    await reader.close()
  }
}

/** The column of labels by its name, or by that of an array of one column. */
function labelColumn(reader: TableReader, name: string): string {
  const [column = name, ...more] = withArrays(reader, [name])
  return more.length === 0 ? column : name
}

/** The arrays that features are of, and the shape and kind of samples that are one whole array with more axes than rows and columns. */
function shapeOf(
  reader: TableReader,
  numbers: readonly string[],
  oneHot: readonly string[],
): Pick<LabelledTable, 'sample' | 'sampleKind' | 'arrays'> {
  const read = reader.arrays?.(numbers) ?? []
  const arrays = read.flatMap(({ name, shape }) => (shape.length === 0 ? [] : [{ name, shape }]))
  if (arrays.length === 0) return {}
  const [{ name, shape }, ...others] = [at(read, 0), ...read.slice(1)]
  const isWhole = others.length + oneHot.length === 0 && sampleSize({ sample: shape }) === numbers.length
  if (!isWhole || shape.length < 2) return { arrays }
  const sampleKind = reader.named ? kindOf(name) : undefined
  return { arrays, sample: shape, ...(sampleKind && { sampleKind }) }
}

/** Words in the names of arrays that say what their samples are. */
const kindWords: Readonly<Record<SampleKind, RegExp>> = {
  images: /(^|[^a-z])(images?|imgs?|pictures?|photos?|pixels)([^a-z]|$)/i,
  sequences: /(^|[^a-z])(sequences?|seqs?|series|signals?|waveforms?|spectrograms?|traces?)([^a-z]|$)/i,
}

/** What an array's name says of its samples; undefined where it says nothing, or both. */
function kindOf(array: string): SampleKind | undefined {
  const [kind, ...others] = sampleKinds.filter((one) => kindWords[one].test(array))
  return others.length === 0 ? kind : undefined
}

interface SoughtSamples extends Pick<LabelledTableOptions, 'impute' | 'signal'> {
  readonly numbers: readonly string[]
  readonly oneHot: readonly string[]
  readonly label: string | undefined
}

/** What to do about a feature that is missing or no number. */
const waysOut = {
  ifMissing: 'Fill it in, leave the row out, or let the median stand for it: --impute median',
  ifNoNumber:
    'Correct the file, or leave the column out with the option ignore. ' +
    'If it holds the classes of the samples, name it with the option label',
}

async function readSamples(reader: TableReader, { numbers, oneHot, label, impute, signal }: SoughtSamples) {
  const blocks: Float32Array[] = []
  const labels: number[] = []
  const classes = new Map<string, number>(label === undefined ? [['normal', 0]] : [])
  const categories = oneHot.map((): string[] => [])
  const texts = [...oneHot, ...(label === undefined ? [] : [label])]
  const missing = { keepMissing: impute !== undefined, ...waysOut }
  for await (const batch of reader.batches({ numbers, texts, longestText: longestName, ...missing, signal })) {
    blocks.push(await rowMajor(reader, numbers, batch, missing.keepMissing))
    for (const [i, column] of oneHot.entries()) {
      const own = at(batch.texts, i)
      const gone = impute === undefined ? own.findIndex((value) => categoryOf(value) === undefined) : -1
      if (gone >= 0) throw notANumber(await reader.place(batch.firstRow + gone), column, at(own, gone), waysOut)
      at(categories, i).push(...own)
    }
    const column = label === undefined ? undefined : at(batch.texts, oneHot.length)
    for (let row = 0; row < batch.nRows; row++) {
      const name = column === undefined ? 'normal' : className(at(column, row))
      if (name === '') {
        const place = await reader.place(batch.firstRow + row)
        throw new ScoringBiasError('BAD_FILE', `${place}: column '${label}' is empty. Every sample needs a label`)
      }
      const known = classes.get(name) ?? classes.size
      classes.set(name, known)
      labels.push(known)
    }
    if (classes.size > mostClasses) {
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `${reader.name}: column '${label}' has more than ${mostClasses} different values. Is it the label?`,
      )
    }
  }
  const columns = oneHotColumns(reader.name, new Map(oneHot.map((column, i) => [column, at(categories, i)])))
  const features = withOneHot(joined(blocks), columns, { texts: categories, nRows: labels.length })
  return { features, labels: Uint8Array.from(labels), classes: [...classes.keys()], oneHot: columns }
}

/**
 * Columns as samples in float32, [nRows, columns]. Errors: `OUT_OF_RANGE` where a number is infinite or too large for
 * float32, with its place. NaN is a number that is missing, where the batch keeps these.
 */
export async function rowMajor(
  reader: TableReader,
  names: readonly string[],
  { firstRow, nRows, numbers: columns }: Pick<TableBatch, 'firstRow' | 'nRows' | 'numbers'>,
  keepMissing = false,
): Promise<Float32Array> {
  const block = new Float32Array(nRows * columns.length)
  for (const [j, column] of columns.entries()) {
    for (let row = 0; row < nRows; row++) block[row * columns.length + j] = at(column, row)
  }
  const bad = block.findIndex((x) => !(Number.isFinite(x) || (keepMissing && Number.isNaN(x))))
  if (bad < 0) return block
  const [row, j] = [Math.floor(bad / columns.length), bad % columns.length]
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${await reader.place(firstRow + row)}: column '${names[j]}' is ${columns[j]?.[row]}, which is not a finite float32`,
  )
}

/** Blocks of rows, joined. */
export function joined(blocks: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0))
  let begin = 0
  for (const block of blocks) {
    whole.set(block, begin)
    begin += block.length
  }
  return whole
}
