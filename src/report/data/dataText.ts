import { formatCount } from '../../counted.js'
import type { VerifiedFile } from '../../data/core/source.js'
import type { DataStatus } from '../../data/datasets.js'
import type { DatasetDescription } from '../../study/describeDataset.js'
import { bars } from '../bars.js'
import { formatDigits } from '../format.js'
import { textLines, textTable } from '../textTable.js'
import { dataLines } from '../words.js'

/** The data sets there are, for people at a terminal. No colours. */
export function dataListText(list: readonly DataStatus[]): string {
  const rows = list.map(({ name, counts, sample, classes, where = 'not on this machine' }) => {
    const n = counts.reduce((sum, count) => sum + count, 0)
    return [name, formatCount(n), sample.join(' × '), classes.join(', '), where]
  })
  const missing = list.filter(({ where }) => where === undefined)
  return textLines([
    textTable(['data set', 'samples', 'shape', 'classes', 'where'], rows, {
      align: 'lrlll',
      widths: [null, null, null, 40, null],
    }),
    'Any CSV, TSV, JSONL, Parquet, NPY or NPZ file with a column of classes is one too.',
    ...missing.map(({ name }) => `\`scoring-bias data fetch ${name}\` downloads ${name}.`),
  ])
}

/** What was verified of a data set. */
export function dataVerifyText(name: string, files: readonly VerifiedFile[]): string {
  if (files.length === 0) return `${name}: simulated, there is nothing to verify.`
  const lines = files.map(({ path, sha256 }) => `  ${path}${sha256 === undefined ? '' : `  SHA-256 ${sha256}`}`)
  return textLines([
    `${name}: ${files.length} ${files.length === 1 ? 'file is as it' : 'files are as they'} should be.`,
    ...lines,
  ])
}

/** A data set's classes: counts, distances and class means as small bars. No colours. */
export function dataShowText(data: DatasetDescription): string {
  const { title, simulated, n, sample, distance, classes, standardised, range } = data
  const profiles = classes.flatMap(({ profile }) => profile.filter(Number.isFinite))
  const [low, high] = [Math.min(...profiles), Math.max(...profiles)]
  const what = distance === 'euclidean' ? 'Euclidean' : 'the mean squared difference'
  const scale = standardised
    ? 'standardised features'
    : `features from ${range.map((x) => formatDigits(x, 3)).join(' to ')}`
  const nColumns = sample.at(-1) ?? 0
  const nDrawn = classes[0]?.profile.length ?? nColumns
  const averaged = nDrawn < nColumns ? `, its ${formatCount(nColumns)} numbers averaged to ${nDrawn}` : ''
  return textLines([
    `${title}${simulated ? ' (simulated, not measured)' : ''}: ${formatCount(n)} samples of ${sample.join(' × ')}, ${scale}.`,
    classTable(data, low, high),
    `Distances are ${what} between class means. Class means along the last axis${averaged}, from ${low.toFixed(2)} (▁) to ${high.toFixed(2)} (█).`,
    ...dataLines(data),
  ])
}

function classTable({ normal, distance, classes }: DatasetDescription, low: number, high: number): string {
  const hasParts = classes.some(({ nTest }) => nTest !== undefined)
  const head = ['class', 'n', ...(hasParts ? ['of them test'] : []), `distance to ${normal}`, 'class mean']
  const rows = classes.map((one) => [
    one.name,
    formatCount(one.n),
    ...(one.nTest === undefined ? [] : [formatCount(one.nTest)]),
    one.distance === null ? 'none' : one.distance.toFixed(distance === 'euclidean' ? 2 : 4),
    bars(one.profile, low, high),
  ])
  return textTable(head, rows, { align: hasParts ? 'lrrrl' : 'lrrl' })
}
