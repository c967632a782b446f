import { allocate } from '../allocate.js'
import { at } from '../check.js'
import { sampleSize } from '../data/core/dataset.js'
import type { DrawnSource } from '../data/core/source.js'
import type { ScorePair } from '../stats/bias/types.js'
import type { CheckedScores } from './convergeOptions.js'
import type { Both, ConvergeSource, DrawRuns } from './source.js'

/** Streams of synthetic samples: what trains, what stands in for the law, the fixed test set, and from `runs` on each cell. */
export const syntheticStreams = { training: 0, population: 1, test: 2, runs: 16 } as const

/** Scores of samples [n, …sample], by both detectors. */
export type PairScorer = (features: Float32Array) => Promise<Both<Float32Array>>

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
  const first = at(scorers, 0)
  const { normal, anomaly } = source.info.defaults
  const draw = (scorer: PairScorer, sets: SampleSet[]) => drawScored(scorer, sets, options, source)
  const both = (stream: number, nNormal: number, nAnomalous: number) =>
    draw(first, [
      { class: normal, stream, from: 0, n: nNormal },
      { class: anomaly, stream, from: 0, n: nAnomalous },
    ])
  // Two for each scorer: one draws samples while the other's are scored.
  const lanes = [...scorers, ...scorers].map(
    (scorer): DrawRuns =>
      ({ iCell, first, count, nNormal, nAnomalous }) =>
        draw(scorer, [
          { class: normal, stream: syntheticStreams.runs + iCell, from: first * nNormal, n: count * nNormal },
          { class: anomaly, stream: syntheticStreams.runs + iCell, from: first * nAnomalous, n: count * nAnomalous },
        ]),
  )
  const population = await both(syntheticStreams.population, nPopulation, nPopulation)
  if (options.test === 'fresh') return { population, populationIsLaw: false, lanes }
  const { nTest, alphas } = options
  const nAnomalous = Math.max(1, ...alphas.map((alpha) => Math.round(alpha * nTest)))
  return { population, populationIsLaw: false, lanes, test: await both(syntheticStreams.test, nTest, nAnomalous) }
}

interface SampleSet {
  readonly class: string
  readonly stream: number
  readonly from: number
  readonly n: number
}

/** The first set is of normal samples, the second of anomalous ones. */
async function drawScored(
  scorer: PairScorer,
  sets: readonly SampleSet[],
  { seed, signal }: CheckedScores,
  { info, draw }: DrawnSource,
): Promise<Both<ScorePair>> {
  const size = sampleSize(info)
  const nSamples = sets.reduce((sum, { n }) => sum + n, 0)
  const features = allocate(`${nSamples} samples`, nSamples * size, (length) => new Float32Array(length))
  let begin = 0
  for (const { n, ...set } of sets) {
    const end = begin + n * size
    // One thread for each scorer: they draw at the same time.
    await draw(features.subarray(begin, end), { ...set, seed, threads: 1, signal })
    begin = end
  }
  const scores = await scorer(features)
  const nNormal = at(sets, 0).n
  const part = (all: Float32Array): ScorePair => ({
    normal: all.subarray(0, nNormal),
    anomalous: all.subarray(nNormal),
  })
  return { baseline: part(scores.baseline), candidate: part(scores.candidate) }
}
