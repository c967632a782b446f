import { uniform } from '../random/uniform.js'
import { emptySide, nativeDefinition } from '../stats/ranks/thresholdRule.js'
import { type BiasVariance, type KnownRates, varianceOf } from './biasVariance.js'
import { type BinormalPair, binormalPair, exchanged } from './binormalPair.js'
import type { SampleSizes } from './bounds.js'
import { CurveSampler, uniformsPerSet, windowOf } from './curveSampler.js'
import { allOf, type Family } from './familyValue.js'
import { readAnswers } from './readAnswers.js'
import { anomalyPools, type ScorePools } from './scorePools.js'

export interface AnswerOptions extends Pick<Family, 'level' | 'classes'> {
  /** Data sets whose arrow is read, the first ones; of none, the power is NaN. */
  readonly dataSets: number
  /** Data sets whose interval's length is read, the first ones; of none, the half width is NaN. */
  readonly measured: number
}

/** What `relativeBias` is expected to say of one class. */
export interface ExpectedAnswer {
  /**
   * The probability that its simultaneous interval lies on the side of 0 where ξ is; of a gate, that the one-sided limits of all
   * classes are above −margin.
   */
  readonly power: number
  /** Mean of half the interval's length. */
  readonly halfWidth: number
}

/**
 * What the intervals of `relativeBias` by the method `confidence` give for expected rates and numbers of samples, by
 * simulation of data sets with Gaussian scores and of the method itself: every data set has its own ROC curves near the
 * target, and its p-value is the mean over draws of both thresholds of the sign test of the anomalies that these leave
 * to one detector alone (docs/theory.md).
 *
 * The counts of samples by who flags them go evenly through their laws (Kronecker's sequence), the rest is drawn with
 * Philox: equal arguments give equal answers. The standard error of the power is about 0.3/√dataSets. Cost: 10 µs a data set.
 */
export class AnswerLaw {
  readonly #pair: BinormalPair
  readonly #anomalies: ScorePools
  /** What has been asked before: searches and trade-offs come back to the same sizes. */
  readonly #known = new Map<string, ExpectedAnswer>()

  readonly #margin: number | undefined
  readonly #variance: BiasVariance

  /** @param margin of a gate of non-inferiority, where one is planned */
  constructor(rates: KnownRates, margin?: number) {
    const rising = margin !== undefined || rates.tprCandidate >= rates.tprBaseline
    this.#margin = margin
    this.#variance = varianceOf(rates)
    this.#pair = binormalPair(rising ? rates : exchanged(rates))
    this.#anomalies = anomalyPools(this.#pair)
  }

  expect(sizes: SampleSizes, options: AnswerOptions): ExpectedAnswer {
    const { level, classes, dataSets, measured } = options
    const key = [sizes.nNormal, sizes.nAnomalous, level, classes, dataSets, measured].join(' ')
    const answer = this.#known.get(key) ?? this.#simulated(sizes, options)
    this.#known.set(key, answer)
    return answer
  }

  #simulated(sizes: SampleSizes, { level, classes, dataSets, measured }: AnswerOptions): ExpectedAnswer {
    const pair = this.#pair
    const window = windowOf(pair, sizes)
    const uniforms = uniform(Math.max(dataSets, measured) * uniformsPerSet, { seed: 0, stream: 0x504c_4e40 })
    const outputs = { above: new Uint8Array(dataSets), lengths: new Float64Array(measured) }
    const margin = this.#margin
    // Lengths are of intervals even where a limit on one side is planned.
    const sides = margin === undefined || dataSets === 0 ? 2 : 1
    const bound = margin === undefined ? 0 : -margin
    const readers = { pair, anomalies: this.#anomalies, sizes, window, level, classes, sides, bound } as const
    readAnswers(readers, new CurveSampler(pair, sizes, window), uniforms, outputs)
    const decides = emptySide(pair.fpr, sizes.nNormal, nativeDefinition(undefined, undefined)) === undefined
    const arrows = decides ? outputs.above.reduce((sum, above) => sum + above, 0) : 0
    const one = arrows / dataSets
    return {
      power: margin === undefined ? one : allOf(one, classes, this.#sharedBy(sizes)),
      halfWidth: outputs.lengths.reduce((sum, x) => sum + x, 0) / measured / 2,
    }
  }

  /** The share of the variance of ξ̂ that the thresholds make, which classes share. */
  #sharedBy({ nNormal, nAnomalous }: SampleSizes): number {
    const { perNormal, perAnomaly } = this.#variance
    const [thresholds, anomalies] = [perNormal / nNormal, perAnomaly / nAnomalous]
    return thresholds + anomalies > 0 ? thresholds / (thresholds + anomalies) : 0
  }
}
