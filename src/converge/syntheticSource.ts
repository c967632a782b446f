import { allocate } from '../allocate.js'
import { at } from '../check.js'
import { sampleSize } from '../data/core/dataset.js'
import type { DrawnSource } from '../data/core/source.js'
import type { ScorePair } from '../stats/bias/types.js'
import type { Detectors } from '../theory/options.js'
import type { CheckedScores } from './convergeOptions.js'
import { testAnomalies } from './poolSource.js'
import type { ConvergeSource, DrawRuns, RunBlock } from './sampleRuns.js'

/** Streams of synthetic samples: what trains, what stands in for the law, the fixed test set, and from `runs` on each cell. */
export const syntheticStreams = { training: 0, population: 1, test: 2, runs: 16 } as const

/** Scores of samples [n, …sample], by both detectors. */
export type PairScorer = (features: Float32Array) => Promise<Detectors<Float32Array>>

/** Samples of either kind that stand in for the law: ξ to a standard error below 0.001, and every FPR. */
const nPopulation = 1_000_000

/**
 * Runs of fresh samples, scored by as many scorers as may work at the same time.
 *
 * Run r of a cell has the samples r·n … of the cell's stream, so a run depends on nothing but the seed, its number, its size
 * and the number of its cell. Errors: `OUT_OF_MEMORY`, `WORKER_FAILED`, `ABORTED`.
 */
export async function syntheticSource(
  scorers: readonly PairScorer[],
  options: CheckedScores,
  source: DrawnSource,
): Promise<ConvergeSource> {
  // Two for each scorer: one draws samples while the other's are scored.
  const lanes = [...scorers, ...scorers].map(
    (scorer): DrawRuns =>
      ({ iCell, ...runs }) =>
        drawScored(scorer, { ...runs, stream: syntheticStreams.runs + iCell }, options, source),
  )
  const one = (stream: number, nNormal: number, nAnomalous: number) =>
    drawScored(at(scorers, 0), { stream, first: 0, count: 1, nNormal, nAnomalous }, options, source)
  const population = await one(syntheticStreams.population, nPopulation, nPopulation)
  if (options.test === 'fresh') return { population, lanes }
  const test = await one(syntheticStreams.test, options.nTest, testAnomalies(options))
  return { population, lanes, test }
}

async function drawScored(
  scorer: PairScorer,
  { stream, first, count, nNormal, nAnomalous }: Omit<RunBlock, 'iCell'> & { readonly stream: number },
  { seed, signal }: CheckedScores,
  { info, draw }: DrawnSource,
): Promise<Detectors<ScorePair>> {
  const size = sampleSize(info)
  const [n, nSamples] = [count * nNormal, count * (nNormal + nAnomalous)]
  const features = allocate(`${nSamples} samples`, nSamples * size, (length) => new Float32Array(length))
  const { normal, anomaly } = info.defaults
  // One thread for each scorer: they draw at the same time.
  const common = { stream, seed, threads: 1, signal }
  await draw(features.subarray(0, n * size), { ...common, class: normal, from: first * nNormal })
  await draw(features.subarray(n * size), { ...common, class: anomaly, from: first * nAnomalous })
  const scores = await scorer(features)
  const part = (all: Float32Array): ScorePair => ({ normal: all.subarray(0, n), anomalous: all.subarray(n) })
  return { baseline: part(scores.baseline), candidate: part(scores.candidate) }
}
