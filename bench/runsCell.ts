import * as random from '../src/rooms/random.js'
import { normalCdf, normalQuantile } from '../src/special.js'
import { runConfidenceDraws } from '../src/stats/bootstrap/runConfidenceDraws.js'
import { meanSd } from '../src/stats/meanSd.js'
import { runFamily } from '../src/stats/runs/runFamily.js'
import { type RunMean, runMean, trainingError } from '../src/stats/runs/runMean.js'
import type { TableShares } from './shares.js'

/** A table of a study, or of a matrix, and the law that its scores come from. */
export interface RunsTable {
  /** Labelled classes, one of a study. */
  readonly rows: number
  readonly classes: number
  /** Anomalies of each class; `all` that could be, so that training alone is left to chance. */
  readonly size: number | 'all'
  readonly nNormal: number
  readonly runs: number
  /**
   * What training does to the anomalies' scores of a class, anew for each run, detector and row: shifts of this standard
   * deviation, `normal`, or of two values as likely.
   */
  readonly training: number
  readonly effects: 'normal' | 'two-valued'
  /** Of the anomalies' mean score, baseline and candidate: the first is 1. ξ is 0 where the other is, too. */
  readonly candidate: 1 | 2
}

export type RunsCoverage = RunsTable & TableShares

const fpr = 0.05
const correlation = 0.5
const usual = { rows: 1, classes: 9, nNormal: 200, effects: 'normal', candidate: 1 } as const

/** What dominates: samples, neither, training. */
const sources = [
  { size: 20, training: 0 },
  { size: 50, training: 0.2 },
  { size: 100, training: 0.5 },
] as const

export const runsTables: readonly RunsTable[] = [
  ...sources.flatMap((source) => [1, 2, 3, 5, 10].map((runs) => ({ ...usual, ...source, runs }))),
  ...sources.map((source) => ({ ...usual, ...source, runs: 5, candidate: 2 as const })),
  ...[20, 40].flatMap((nNormal) => [2, 5].map((runs) => ({ ...usual, size: 50, training: 0, nNormal, runs }))),
  ...[3, 5, 10].map((runs) => ({ ...usual, size: 100, training: 0.5, effects: 'two-valued' as const, runs })),
  { ...usual, size: 20, training: 0, rows: 10, runs: 5 },
  ...[3, 5, 10].map((runs) => ({ ...usual, size: 50, training: 0.5, rows: 10, runs })),
  ...[3, 5, 10].map((runs) => ({ ...usual, size: 'all' as const, training: 0.5, rows: 10, runs })),
]

/** Simulates tables. Number `d` of table `number` reads streams of its own. */
export async function simulateRuns(table: RunsTable, number: number, dataSets: number): Promise<RunsCoverage> {
  const truth = expectedRecall(table, table.candidate) - expectedRecall(table, 1)
  const tally = { joint: 0, alone: 0, arrows: 0, wrong: 0, length: 0 }
  for (let d = 0; d < dataSets; d++) {
    const quantities = await tableOf(table, number, d)
    const { answers } = runFamily(quantities, { level: 0.95, seed: d, stream: number, most: 1, tolerant: true })
    const holds = ([low, high]: readonly [number, number]) => low <= truth && truth <= high
    if (answers.every(({ simultaneous }) => holds(simultaneous))) tally.joint++
    if (answers.some(({ direction }) => direction !== 'none')) tally.arrows++
    if (answers.some(({ direction }) => direction === 'down' || (direction === 'up' && truth === 0))) tally.wrong++
    for (const { interval, simultaneous } of answers) {
      if (holds(interval)) tally.alone += 1 / answers.length
      tally.length += (simultaneous[1] - simultaneous[0]) / answers.length
    }
  }
  const share = (count: number) => Number((count / dataSets).toFixed(4))
  return {
    ...{ number, ...table, dataSets },
    ...{ joint: share(tally.joint), alone: share(tally.alone), arrows: share(tally.arrows) },
    ...{ falseArrows: share(tally.wrong), meanLength: share(tally.length) },
  }
}

const z = normalQuantile(1 - fpr)
const resamplesOf = ({ rows }: RunsTable): number => (rows > 1 ? 3999 : 999)

/** Recall on average over training. */
function expectedRecall({ training, effects }: RunsTable, mean: number): number {
  if (effects === 'normal') return normalCdf((mean - z) / Math.sqrt(1 + training ** 2))
  return (normalCdf(mean + training - z) + normalCdf(mean - training - z)) / 2
}

/** Normal variates, each from a stream of its own. */
type Normals = (n: number) => Float64Array

/** ξ in every cell, as far as runs and samples show it. */
async function tableOf(table: RunsTable, number: number, replicate: number): Promise<RunMean[]> {
  let stream = 0
  const normals: Normals = (n) => random.normal(n, { seed: number + 1, stream: stream++, replicate })
  const { training, effects, size } = table
  const effect = () => {
    const [x = Number.NaN] = normals(1)
    return training * (effects === 'normal' ? x : Math.sign(x))
  }
  const seed = number * 1_000_003 + replicate
  return size === 'all' ? trainedCells(table, effect) : scoredCells({ ...table, size }, { normals, effect, seed })
}

/** Of all samples that could be: recalls are exact. */
function trainedCells({ rows, classes, runs, candidate, ...table }: RunsTable, effect: () => number): RunMean[] {
  const resamples = resamplesOf({ rows, classes, runs, candidate, ...table })
  const recalls = (mean: number) =>
    Array.from({ length: classes }, () => Float64Array.from({ length: runs }, () => normalCdf(mean + effect() - z)))
  const baselines = recalls(1)
  return Array.from({ length: rows }, () => recalls(candidate)).flatMap((row) =>
    row.map((own, k) => {
      const values = own.map((tpr, run) => tpr - (baselines[k]?.[run] ?? Number.NaN))
      const { mean } = meanSd(values)
      return { values, mean, samples: new Float64Array(resamples).fill(mean), training: trainingError(values) }
    }),
  )
}

interface Scored {
  readonly normals: Normals
  readonly effect: () => number
  readonly seed: number
}

async function scoredCells(
  table: RunsTable & { readonly size: number },
  { normals, effect, seed }: Scored,
): Promise<RunMean[]> {
  const { rows, classes, size, nNormal, runs, candidate } = table
  const shared = [normals(nNormal), ...Array.from({ length: classes }, () => normals(size))]
  const around = (common: Float64Array, shift: number) => {
    const own = normals(common.length)
    return common.map(
      (x, i) => shift + Math.sqrt(correlation) * x + Math.sqrt(1 - correlation) * (own[i] ?? Number.NaN),
    )
  }
  const detector = (mean: number) => {
    const [normal, ...anomalous] = shared.map((common, i) => around(common, i === 0 ? 0 : mean + effect()))
    if (normal === undefined) throw new Error('normal samples come first')
    return { normal, anomalous }
  }
  const detectors = (mean: number) => Array.from({ length: runs }, () => detector(mean))
  // A baseline that learns nothing from labelled anomalies is that of all rows.
  const baselines = detectors(1)
  const resamples = resamplesOf(table)
  const cells: RunMean[] = []
  for (let row = 0; row < rows; row++) {
    const drawn = await runConfidenceDraws([...baselines, ...detectors(candidate)], {
      ...{ fpr, resamples, threads: 1, seed },
    })
    const difference = (tpr: Float64Array, begin: number, run: number) =>
      (tpr[begin + runs + run] ?? Number.NaN) - (tpr[begin + run] ?? Number.NaN)
    for (let k = 0; k < classes; k++) {
      const ofRuns = (tpr: Float64Array, cell: number) => (run: number) => difference(tpr, 2 * runs * cell, run)
      const values = Float64Array.from({ length: runs }, (_, run) => ofRuns(drawn.observed.observedTpr, k)(run))
      const draws = Array.from({ length: runs }, (_, run) =>
        Float64Array.from({ length: resamples }, (_, b) => ofRuns(drawn.tpr, b * classes + k)(run)),
      )
      cells.push(runMean(values, draws))
    }
  }
  return cells
}

/** The grid in per cent as a Markdown table. */
export function runsTable(cells: readonly RunsCoverage[]): string {
  const percent = (share: number) => (100 * share).toFixed(1)
  const rows = cells.map((cell) => {
    const training = cell.training === 0 ? 'none' : `${cell.training}${cell.effects === 'normal' ? '' : ' two-valued'}`
    return [
      ...[cell.rows * cell.classes, cell.size, cell.nNormal, training, cell.candidate === 1 ? '0' : '≠ 0', cell.runs],
      ...[cell.alone, cell.joint, cell.falseArrows, cell.arrows].map(percent),
      ...[cell.meanLength.toFixed(2), cell.dataSets],
    ]
  })
  const head = ['cells', 'of', 'normals', 'training', 'ξ', 'runs']
  const measured = ['alone', 'joint', 'false arrows', 'arrows', 'length', 'data sets']
  const columns = [...head, ...measured]
  return [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
