import { throwIfAborted } from '../abort.js'
import { at } from '../check.js'
import type { ScoreArray } from '../native.js'
import type { ScorePair } from '../stats/bias/types.js'
import { countAboveSorted, sortedScores } from '../stats/ranks/sortedScores.js'
import { thresholds } from '../stats/ranks/threshold.js'
import type { Detectors } from '../theory/options.js'
import type { CheckedScores } from './convergeOptions.js'
import type { NormalLaw } from './normalLaw.js'

/** Samples that are drawn and scored at once: scores fit the processor's cache, and calls cost little beside them. */
export const samplesPerBlock = 1 << 14

/** One size and one fraction of anomalies. */
export interface CellPlan {
  readonly n: number
  readonly alpha: number
  /** Anomalies that ξ̂ is measured on. */
  readonly nAnomalous: number
}

/** What the runs of a cell gave, [runs] each. */
export interface CellRuns extends CellPlan {
  readonly xi: Float64Array
  readonly fpr: Detectors<Float64Array>
}

/** Every α with every size, with as many anomalies as the kind of test set says, at least one. */
export function planCells({ sizes, alphas, test, nTest }: CheckedScores): CellPlan[] {
  return alphas.flatMap((alpha) =>
    sizes.map((n) => ({
      n,
      alpha,
      nAnomalous: Math.max(1, Math.round(test === 'fresh' ? (alpha * n) / (1 - alpha) : alpha * nTest)),
    })),
  )
}

/** Samples that all runs draw. */
export function samplesOfRuns({ runs, test }: CheckedScores, cells: readonly CellPlan[]): number {
  return cells.reduce((sum, { n, nAnomalous }) => sum + runs * (n + (test === 'fresh' ? nAnomalous : 0)), 0)
}

/**
 * Draws all runs, block by block on as many lanes as the source has, and reads thresholds, ξ̂ and FPR off each.
 *
 * Results depend neither on the number of lanes nor on who draws what. Memory: that of a block for each lane.
 *
 * @param onSamples told how many more samples are done
 */
export async function sampleRuns(
  source: ConvergeSource,
  cells: readonly CellPlan[],
  options: CheckedScores,
  onSamples: (nSamples: number) => void,
): Promise<CellRuns[]> {
  const { runs, signal } = options
  const results = cells.map((cell) => ({
    ...cell,
    xi: new Float64Array(runs),
    fpr: { baseline: new Float64Array(runs), candidate: new Float64Array(runs) },
  }))
  const falseAlarms = {
    baseline: await falseAlarmsOf(source, 'baseline', signal),
    candidate: await falseAlarmsOf(source, 'candidate', signal),
  }
  const { test } = source
  const anomalies = test && (await Promise.all(cells.map(({ nAnomalous }) => testAnomalies(test, nAnomalous))))
  const blocks = blocksOf(cells, options)
  const work = async (draw: DrawRuns): Promise<void> => {
    for (let block = blocks.next(); !block.done; block = blocks.next()) {
      throwIfAborted(signal)
      const { iCell, first, count, nNormal, nAnomalous } = block.value
      const drawn = await draw(block.value)
      const read = (role: keyof Detectors<unknown>) =>
        readRuns(
          block.value,
          drawn[role],
          { fpr: falseAlarms[role], anomalous: anomalies && at(anomalies, iCell)[role] },
          options,
        )
      const [baseline, candidate] = await Promise.all([read('baseline'), read('candidate')])
      const result = at(results, iCell)
      result.fpr.baseline.set(baseline.fpr, first)
      result.fpr.candidate.set(candidate.fpr, first)
      result.xi.set(
        candidate.tpr.map((tpr, run) => tpr - at(baseline.tpr, run)),
        first,
      )
      onSamples(count * (nNormal + nAnomalous))
    }
  }
  await Promise.all(source.lanes.map(work))
  return results
}

function* blocksOf(cells: readonly CellPlan[], { runs, test }: CheckedScores): Generator<RunBlock, undefined> {
  for (const [iCell, { n, nAnomalous: measured }] of cells.entries()) {
    const nAnomalous = test === 'fresh' ? measured : 0
    const most = Math.max(1, Math.floor(samplesPerBlock / (n + nAnomalous)))
    for (let first = 0; first < runs; first += most) {
      yield { iCell, first, count: Math.min(most, runs - first), nNormal: n, nAnomalous }
    }
  }
}

/** The false-positive rate of a threshold: on the test set where there is one, else on the law that runs are drawn from. */
async function falseAlarmsOf(
  { test, normals, population }: ConvergeSource,
  role: keyof Detectors<unknown>,
  signal: AbortSignal | undefined,
): Promise<(tau: number) => number> {
  if (test === undefined && normals !== undefined) return normals[role].above
  const sorted = await sortedScores(`${role}.normal`, (test ?? population)[role].normal, { signal })
  return (tau) => countAboveSorted(sorted, tau) / sorted.length
}

/** The sorted anomalies of a fixed test set that a cell takes. */
async function testAnomalies(test: Detectors<ScorePair>, n: number): Promise<Detectors<ScoreArray>> {
  return {
    baseline: await sortedScores('baseline.anomalous', test.baseline.anomalous.subarray(0, n)),
    candidate: await sortedScores('candidate.anomalous', test.candidate.anomalous.subarray(0, n)),
  }
}

/** Rates of each run of a block by one detector; anomalies that are `judged` are sorted. */
async function readRuns(
  { count, nNormal, nAnomalous }: RunBlock,
  drawn: ScorePair,
  judged: { readonly fpr: (tau: number) => number; readonly anomalous: ScoreArray | undefined },
  options: CheckedScores,
): Promise<{ fpr: Float64Array; tpr: Float64Array }> {
  const read = { fprs: [options.fpr], thresholdRule: options.thresholdRule, threads: 1 }
  const found = await Promise.all(
    Array.from({ length: count }, (_, run) =>
      thresholds(drawn.normal.subarray(run * nNormal, (run + 1) * nNormal), read),
    ),
  )
  const taus = Float64Array.from(found, (ofRun) => at(ofRun, 0).threshold)
  const { fpr, anomalous } = judged
  return {
    fpr: taus.map(fpr),
    tpr: taus.map((tau, run) =>
      anomalous === undefined
        ? countAbove(drawn.anomalous.subarray(run * nAnomalous, (run + 1) * nAnomalous), tau) / nAnomalous
        : countAboveSorted(anomalous, tau) / anomalous.length,
    ),
  }
}

function countAbove(scores: ScoreArray, tau: number): number {
  let above = 0
  for (const score of scores) if (score > tau) above++
  return above
}

export const detectorRoles = ['baseline', 'candidate'] as const

/** Runs number `first` to first + count − 1 of a cell. */
export interface RunBlock {
  readonly iCell: number
  readonly first: number
  readonly count: number
  /** Samples that each run draws. */
  readonly nNormal: number
  readonly nAnomalous: number
}

/** Draws the samples of a block and scores them: arrays [count, nNormal] and [count, nAnomalous], the caller's to keep. */
export type DrawRuns = (block: RunBlock) => Promise<Detectors<ScorePair>>

/** Where the scores of runs come from. */
export interface ConvergeSource {
  /** The law that runs are drawn from, as samples: those that it is made of, or enough of them to stand in for it. */
  readonly population: Detectors<ScorePair>
  /** The law of the normal scores, where it is made of the population. */
  readonly normals?: Detectors<NormalLaw>
  /** Scores of a fixed test set, for the studies that have one. */
  readonly test?: Detectors<ScorePair>
  /** Functions that may each draw a block at the same time. A block's scores do not depend on which of them drew it. */
  readonly lanes: readonly DrawRuns[]
}
