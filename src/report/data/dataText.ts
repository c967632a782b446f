import Table from 'cli-table3'
import type { DataStatus } from '../../data/dataStatus.js'
import type { VerifiedFile } from '../../data/source.js'
import type { DatasetDescription } from '../../study/describeDataset.js'

const look = { head: [], border: [], compact: true }

/** The data sets there are, for people at a terminal. No colours. */
export function dataListText(list: readonly DataStatus[]): string {
  const rows = new Table({
    head: ['data set', 'samples', 'shape', 'classes', 'where'],
    colAligns: ['left', 'right', 'left', 'left', 'left'],
    colWidths: [null, null, null, 40, null],
    wordWrap: true,
    style: look,
  })
  for (const { name, counts, sample, classes, where } of list) {
    const n = counts.reduce((sum, count) => sum + count, 0)
    rows.push([name, n.toLocaleString('en'), sample.join(' × '), classes.join(', '), where ?? 'not on this machine'])
  }
  const missing = list.filter(({ where }) => where === undefined)
  return [
    rows.toString(),
    'Any CSV, TSV, JSONL, Parquet, NPY or NPZ file with a column of classes is one too.',
    ...missing.map(({ name }) => `\`scoring-bias data fetch ${name}\` downloads ${name}.`),
  ].join('\n')
}

/** What was verified of a data set. */
export function dataVerifyText(name: string, files: readonly VerifiedFile[]): string {
  if (files.length === 0) return `${name}: simulated, there is nothing to verify.`
  const lines = files.map(({ path, sha256 }) => `  ${path}${sha256 === undefined ? '' : `  SHA-256 ${sha256}`}`)
  return [
    `${name}: ${files.length} ${files.length === 1 ? 'file is as it' : 'files are as they'} should be.`,
    ...lines,
  ].join('\n')
}

/** A data set's classes: counts, distances and class means as small bars. No colours. */
export function dataShowText(data: DatasetDescription): string {
  const { title, simulated, n, sample, normal, distance, classes, standardised, range, attribution } = data
  const hasParts = classes.some(({ nTest }) => nTest !== undefined)
  const profiles = classes.flatMap(({ profile }) => profile.filter(Number.isFinite))
  const [low, high] = [Math.min(...profiles), Math.max(...profiles)]
  const rows = new Table({
    head: ['class', 'n', ...(hasParts ? ['of them test'] : []), `distance to ${normal}`, 'class mean'],
    colAligns: ['left', 'right', ...(hasParts ? ['right' as const] : []), 'right', 'left'],
    style: look,
  })
  for (const one of classes) {
    rows.push([
      one.name,
      one.n.toLocaleString('en'),
      ...(hasParts ? [String(one.nTest ?? 0)] : []),
      one.distance === null ? 'none' : one.distance.toFixed(distance === 'euclidean' ? 2 : 4),
      bars(one.profile, low, high),
    ])
  }
  const what = distance === 'euclidean' ? 'Euclidean' : 'the mean squared difference'
  const scale = standardised
    ? 'standardised features'
    : `features from ${range.map((x) => Number(x.toPrecision(3))).join(' to ')}`
  return [
    `${title}${simulated ? ' (simulated, not measured)' : ''}: ${n.toLocaleString('en')} samples of ${sample.join(' × ')}, ${scale}.`,
    rows.toString(),
    `Distances are ${what} between class means. Class means along the last axis, from ${low.toFixed(2)} (▁) to ${high.toFixed(2)} (█).`,
    ...(attribution === '' ? [] : [`Data: ${attribution}.`]),
  ].join('\n')
}

function bars(profile: readonly number[], low: number, high: number): string {
  const heights = '▁▂▃▄▅▆▇█'
  return profile
    .map((value) => heights[Math.min(7, Math.floor((8 * (value - low)) / (high - low || 1)))] ?? ' ')
    .join('')
}
