import { type Command, InvalidArgumentError, type Option } from 'commander'
import { type Imputation, imputations } from '../data/core/columnScale.js'
import { dataFolderVariable } from '../data/core/dataFolders.js'
import type { DatasetOptions } from '../data/core/dataset.js'
import { type DatasetName, dataSource, datasetInfo, datasetNames, filesOfDataset } from '../data/datasets.js'
import type { AnomalyClasses, AnomalyShare } from '../data/splits/anomalyMixture.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { readLabelledTable } from '../data/tables/readLabelledTable.js'
import { ScoringBiasError } from '../errors.js'
import { splitNames } from '../flagText.js'
import { adding, choice, decimalHint, flagName, fraction, names, number, repeated } from './flags.js'

/** Flags that say which samples of a data set with a name. */
export type DatasetFlags = Omit<DatasetOptions, 'signal'>

/** Flags that say which samples of which data. */
export interface DataFlags extends DatasetFlags {
  normal?: string[]
  label?: string | false
  ignore?: string[]
  oneHot?: string[]
  impute?: Imputation
}

/** And which anomalies are labelled. */
export interface LabelledFlags extends DataFlags {
  anomaly?: string[] | AnomalyShare[]
}

/** What a command's argument of data may be. */
export const dataArgument = `${datasetNames.join(', ')}, or a CSV, TSV, JSONL, Parquet, NPY or NPZ file; - is CSV from stdin`

/** Of data sets that take less than all where no share is asked for. */
const otherShares = datasetNames
  .map((name) => [name, dataSource(name).simulatedShare])
  .flatMap(([name, share]) => (share === undefined ? [] : [`; ${name}: ${share}`]))
  .join('')

/** Adds the flags of {@link DataFlags}. */
export function addDataFlags(command: Command): Command {
  return addDatasetFlags(
    command
      .option(
        '--normal <classes>',
        'class that counts as normal, or several that do, with commas (default: depends on the data)',
        repeated,
      )
      .option('--label <column>', "the file's column of classes, 0 and 1 or names (default: label, if there is one)")
      .option('--no-label', 'the file has no labels: all samples are normal, and every column is a feature')
      .option('--ignore <columns>', 'columns of the file that are no features, with commas', names)
      .option(...oneHotFlag)
      .addOption(imputeFlag()),
  )
}

/** Columns of categories. */
export const oneHotFlag = [
  '--one-hot <columns>',
  'columns of the file with categories, with commas: each category is a feature of 0 and 1',
  names,
] as const

/** What becomes of missing features. */
export function imputeFlag(): Option {
  const what =
    'what stands for missing features: the median over the normal samples trained on (default: none may be missing)'
  return choice('--impute <how>', what, imputations)
}

/** Adds the flags of {@link DatasetFlags}. */
export function addDatasetFlags(command: Command): Command {
  return command
    .option(
      '--data-dir <folder>',
      `folder with the data set's files (default: $${dataFolderVariable}, then where Debian's package and data fetch put them)`,
    )
    .option('--share <x>', `share of every class to take, at random (default: 1${otherShares})`, fraction)
    .option('--data-seed <n>', 'seed of simulated samples and of those drawn for --share', number)
}

/** Adds the flags of {@link LabelledFlags}. */
export function addLabelledFlags(command: Command): Command {
  return addDataFlags(command).option(
    '--anomaly <classes>',
    'class of the labelled anomalies; several with their shares, as in shirt=0.9,sneaker=0.1, or, where they may be ' +
      'drawn from as one, with commas (default: depends on the data)',
    adding(shares, bothShares),
  )
}

/**
 * The data that an argument names, a file read, and which of its samples are meant: options of all that trains. A file
 * needs labels unless `labelled` is false.
 * Errors: those of `readLabelledTable`; `UNKNOWN_NAME` for a data set; `OUT_OF_RANGE` for flags of the other kind of data.
 */
export async function samplesOf(source: string, flags: DataFlags, signal: AbortSignal, labelled = true) {
  const { normal, label, ignore, oneHot, impute, dataDir, share, dataSeed } = flags
  const isFile = isFileName(source)
  if (!isFile) datasetInfo(source)
  for (const [name, value] of Object.entries(isFile ? { dataDir } : { label, ignore, oneHot, impute })) {
    if (value === undefined) continue
    const [takes, is] = isFile ? ['data sets with a name', 'a file'] : ['data from a file', 'a data set with a name']
    const flag = `--${flagName(name)}`
    throw new ScoringBiasError('OUT_OF_RANGE', `${flag} is for ${takes}, and ${source} is ${is}. Leave ${flag} out`)
  }
  const dataset = isFile
    ? await readLabelledTable(source, { label, labelled, ignore, oneHot, impute, signal })
    : (source as DatasetName)
  return { dataset, normal: normal && classesOf(normal, dataset), dataDir, share, dataSeed, signal }
}

/** The same, and the classes of the labelled anomalies. */
export async function labelledOf(source: string, flags: LabelledFlags, signal: AbortSignal, labelled = true) {
  const samples = await samplesOf(source, flags, signal, labelled)
  const { anomaly: given } = flags
  const anomaly: AnomalyClasses | undefined = given && (areNames(given) ? classesOf(given, samples.dataset) : given)
  return { ...samples, anomaly }
}

/**
 * The class, or the classes, that values of a flag name. A value that is a class as it stands is that class, commas and
 * all; in any other, commas stand between classes.
 */
function classesOf(values: readonly string[], data: DatasetName | LabelledTable): string | string[] {
  const { classes } = typeof data === 'string' ? datasetInfo(data) : data
  const named = values.flatMap((value) => (classes.includes(value) ? [value] : splitNames(value)))
  const [only, ...others] = named
  return only !== undefined && others.length === 0 ? only : named
}

/** Classes as they are, or a mixture such as `shirt=0.9,sneaker=0.1`: whatever has an equals sign is one. */
function shares(text: string): string[] | AnomalyShare[] {
  if (!text.includes('=')) return [text]
  return splitNames(text).map((part) => {
    const at = part.lastIndexOf('=')
    if (at < 0) throw new InvalidArgumentError([`'${part}' has no weight.`, ...decimalHint(text)].join(' '))
    const [name, weight] = [part.slice(0, at).trim(), part.slice(at + 1)]
    return { class: name, weight: weightOf(name, weight) }
  })
}

function weightOf(name: string, weight: string): number {
  try {
    return fraction(weight)
  } catch {
    throw new InvalidArgumentError(`The weight of '${name}' is '${weight}', not a number.`)
  }
}

function areNames(classes: readonly string[] | readonly AnomalyShare[]): classes is readonly string[] {
  return classes.every((one) => typeof one === 'string')
}

function bothShares(earlier: string[] | AnomalyShare[], more: string[] | AnomalyShare[]): string[] | AnomalyShare[] {
  if (areNames(earlier) && areNames(more)) return [...earlier, ...more]
  if (!areNames(earlier) && !areNames(more)) return [...earlier, ...more]
  const [name] = areNames(earlier) ? earlier : areNames(more) ? more : []
  throw new InvalidArgumentError(`'${name}' has no weight, and others have.`)
}

/** The files that an argument of data is read from. */
export function filesOf(source: string, { dataDir }: DatasetFlags): string[] {
  if (isFileName(source)) return [source]
  const isKnown = (datasetNames as readonly string[]).includes(source)
  return isKnown ? [...filesOfDataset(source, dataDir)] : []
}

/** A data set's name is one word; everything with an ending, a folder or a dash is a file. */
function isFileName(source: string): boolean {
  return !(datasetNames as readonly string[]).includes(source) && (source === '-' || /[./\\]/.test(source))
}
