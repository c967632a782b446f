import * as random from '../src/rooms/random.js'
import { normalCdf, normalQuantile } from '../src/special.js'
import { runConfidenceDraws } from '../src/stats/bootstrap/runConfidenceDraws.js'
import { runFamily } from '../src/study/runFamily.js'
import { type RunMean, sampleDraws } from '../src/study/runMean.js'

/** A table of a study, or of a matrix, and the law that its scores come from. */
export interface RunsTable {
  /** Labelled classes, one of a study. */
  readonly rows: number
  readonly classes: number
  /** Anomalies of each class. */
  readonly size: number
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

export interface RunsCoverage extends RunsTable {
  readonly number: number
  readonly dataSets: number
  /** Fraction of tables in which all simultaneous intervals hold ξ. */
  readonly joint: number
  /** Fraction of intervals of one cell that hold it. */
  readonly alone: number
  /** Fractions of tables with an arrow, and with one that points away from ξ (any, where ξ is 0). */
  readonly arrows: number
  readonly falseArrows: number
  readonly meanLength: number
}

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

/** Recall on average over training. */
function expectedRecall({ training, effects }: RunsTable, mean: number): number {
  const z = normalQuantile(1 - fpr)
  if (effects === 'normal') return normalCdf((mean - z) / Math.sqrt(1 + training ** 2))
  return (normalCdf(mean + training - z) + normalCdf(mean - training - z)) / 2
}

/** ξ in every cell, as far as runs and samples show it. */
async function tableOf(table: RunsTable, number: number, replicate: number): Promise<RunMean[]> {
  const { rows, classes, size, nNormal, runs, training, effects, candidate } = table
  let stream = 0
  const normals = (n: number) => random.normal(n, { seed: number + 1, stream: stream++, replicate })
  const effect = () => {
    const [z = Number.NaN] = normals(1)
    return training * (effects === 'normal' ? z : Math.sign(z))
  }
  const shared = [normals(nNormal), ...Array.from({ length: classes }, () => normals(size))]
  const around = (common: Float64Array, shift: number) => {
    const own = normals(common.length)
    return common.map(
      (z, i) => shift + Math.sqrt(correlation) * z + Math.sqrt(1 - correlation) * (own[i] ?? Number.NaN),
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
  const cells: RunMean[] = []
  for (let row = 0; row < rows; row++) {
    const resamples = rows * classes > 10 ? 3999 : 999
    const drawn = await runConfidenceDraws([...baselines, ...detectors(candidate)], {
      ...{ fpr, resamples, threads: 1, seed: number * 1_000_003 + replicate },
    })
    for (let k = 0; k < classes; k++) {
      const difference = (tpr: Float64Array, begin: number) => (run: number) =>
        (tpr[begin + runs + run] ?? Number.NaN) - (tpr[begin + run] ?? Number.NaN)
      const values = Float64Array.from({ length: runs }, (_, run) =>
        difference(drawn.observed.observedTpr, 2 * runs * k)(run),
      )
      const draws = Array.from({ length: runs }, (_, run) =>
        Float64Array.from({ length: resamples }, (_, b) => difference(drawn.tpr, 2 * runs * (b * classes + k))(run)),
      )
      cells.push({ values, samples: sampleDraws(values, draws) })
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
