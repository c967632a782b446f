import { throwIfAborted } from '../abort.js'
import { at } from '../check.js'
import type { ScoreArray } from '../native.js'
import type { ScorePair } from '../stats/bias/types.js'
import { countAboveSorted, sortedScores } from '../stats/ranks/sortedScores.js'
import { thresholds } from '../stats/ranks/threshold.js'
import type { CheckedScores } from './convergeOptions.js'
import type { Both, ConvergeSource, DrawRuns, RunBlock } from './source.js'

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
  readonly fpr: Both<Float64Array>
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
  const judged = source.test ?? source.population
  const normals = {
    baseline: await sortedScores('baseline.normal', judged.baseline.normal, { signal }),
    candidate: await sortedScores('candidate.normal', judged.candidate.normal, { signal }),
  }
  const { test } = source
  const anomalies = test && (await Promise.all(cells.map(({ nAnomalous }) => testAnomalies(test, nAnomalous))))
  const blocks = blocksOf(cells, options)
  const work = async (draw: DrawRuns): Promise<void> => {
    for (let block = blocks.next(); !block.done; block = blocks.next()) {
      throwIfAborted(signal)
      const { iCell, first, count, nNormal, nAnomalous } = block.value
      const drawn = await draw(block.value)
      const read = (role: keyof Both<unknown>) =>
        readRuns(
          block.value,
          drawn[role],
          { normal: normals[role], anomalous: anomalies && at(anomalies, iCell)[role] },
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

/** The sorted anomalies of a fixed test set that a cell takes. */
async function testAnomalies(test: Both<ScorePair>, n: number): Promise<Both<ScoreArray>> {
  return {
    baseline: await sortedScores('baseline.anomalous', test.baseline.anomalous.subarray(0, n)),
    candidate: await sortedScores('candidate.anomalous', test.candidate.anomalous.subarray(0, n)),
  }
}

/** Rates of each run of a block by one detector; what is `judged` is sorted. */
async function readRuns(
  { count, nNormal, nAnomalous }: RunBlock,
  drawn: ScorePair,
  judged: { readonly normal: ScoreArray; readonly anomalous: ScoreArray | undefined },
  options: CheckedScores,
): Promise<{ fpr: Float64Array; tpr: Float64Array }> {
  const taus = await runThresholds(drawn.normal, count, nNormal, options)
  const { normal, anomalous } = judged
  return {
    fpr: taus.map((tau) => countAboveSorted(normal, tau) / normal.length),
    tpr: taus.map((tau, run) =>
      anomalous === undefined
        ? countAbove(drawn.anomalous.subarray(run * nAnomalous, (run + 1) * nAnomalous), tau) / nAnomalous
        : countAboveSorted(anomalous, tau) / anomalous.length,
    ),
  }
}

async function runThresholds(
  normal: ScoreArray,
  count: number,
  n: number,
  { fpr, thresholdRule: definition }: CheckedScores,
): Promise<Float64Array> {
  const found = await Promise.all(
    Array.from({ length: count }, (_, run) =>
      thresholds(normal.subarray(run * n, (run + 1) * n), { fprs: [fpr], thresholdRule: definition, threads: 1 }),
    ),
  )
  return Float64Array.from(found, (ofRun) => at(ofRun, 0).threshold)
}

function countAbove(scores: ScoreArray, tau: number): number {
  let above = 0
  for (const score of scores) if (score > tau) above++
  return above
}
