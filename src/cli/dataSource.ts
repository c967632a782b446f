import type { Command } from 'commander'
import { dataFolderVariable } from '../data/core/dataFolders.js'
import { type DatasetName, dataSource, datasetInfo, datasetNames } from '../data/datasets.js'
import type { NormalClasses } from '../data/splits/normalClasses.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { readLabelledTable } from '../data/tables/readLabelledTable.js'
import { names, number, repeated } from './flags.js'

/** Flags that say which samples of which data. */
export interface DataFlags {
  label?: string
  ignore?: string[]
  dataDir?: string
  share?: number
  dataSeed?: number
}

/** What a command's argument of data may be. */
export const dataArgument = `${datasetNames.join(', ')}, or a CSV, TSV, JSONL, Parquet, NPY or NPZ file; - is CSV from stdin`

/** Adds the flags of {@link DataFlags}. */
export function addDataFlags(command: Command): Command {
  return addDatasetFlags(
    command
      .option('--label <column>', "the file's column of classes, 0 and 1 or names (default: label, if there is one)")
      .option('--ignore <columns>', 'columns of the file that are no features, with commas', names),
  )
}

/** Of data sets that take less than all where no share is asked for. */
const otherShares = datasetNames
  .map((name) => [name, dataSource(name).simulatedShare])
  .flatMap(([name, share]) => (share === undefined ? [] : [`; ${name}: ${share}`]))
  .join('')

/** Adds those flags that hold for data sets with a name. */
export function addDatasetFlags(command: Command): Command {
  return command
    .option(
      '--data-dir <folder>',
      `folder with the data set's files (default: $${dataFolderVariable}, then usual places)`,
    )
    .option('--share <x>', `share of every class to take, at random (default: 1${otherShares})`, number)
    .option('--data-seed <n>', 'seed of simulated samples and of those drawn for --share', number)
}

/** The data that an argument names: a data set's name as it is, a file read. Errors: those of `readLabelledTable`. */
export async function readSource(
  source: string,
  { label, ignore }: DataFlags,
  signal: AbortSignal,
): Promise<DatasetName | LabelledTable> {
  return isFile(source) ? readLabelledTable(source, { label, ignore, signal }) : (source as DatasetName)
}

/** Adds `--normal`, whose values {@link normalOf} reads. */
export function addNormalFlag(command: Command): Command {
  return command.option(
    '--normal <classes>',
    'class that counts as normal, or several that do, with commas (default: depends on the data)',
    repeated,
  )
}

/**
 * The classes that values of `--normal` name. A value that is a class as it stands is that class, commas and all; in any
 * other, commas stand between classes. Errors: `UNKNOWN_NAME` for a data set.
 */
export function normalOf(
  values: readonly string[] | undefined,
  data: DatasetName | LabelledTable,
): { normal?: NormalClasses } {
  if (values === undefined) return {}
  const [only, ...others] = classesOf(values, data)
  if (only === undefined) return {}
  return { normal: others.length === 0 ? only : [only, ...others] }
}

/** The classes that values of a flag name, as those of {@link normalOf}. Errors: `UNKNOWN_NAME` for a data set. */
export function classesOf(values: readonly string[], data: DatasetName | LabelledTable): string[] {
  const { classes } = typeof data === 'string' ? datasetInfo(data) : data
  return values.flatMap((value) => (classes.includes(value) ? [value] : names(value)))
}

/** A data set's name is one word; everything with an ending, a folder or a dash is a file. */
function isFile(source: string): boolean {
  return !(datasetNames as readonly string[]).includes(source) && (source === '-' || /[./\\]/.test(source))
}
