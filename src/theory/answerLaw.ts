import { uniform } from '../random/uniform.js'
import { emptySide, nativeDefinition } from '../stats/ranks/thresholdRule.js'
import type { KnownRates } from './biasVariance.js'
import { type BinormalPair, binormalPair, exchanged } from './binormalPair.js'
import type { SampleSizes } from './bounds.js'
import { CurveSampler, uniformsPerSet, windowOf } from './curveSampler.js'
import { readAnswers } from './readAnswers.js'
import { anomalyPools, type ScorePools } from './scorePools.js'

export interface AnswerOptions {
  /** Of the simultaneous intervals. */
  readonly level: number
  /** Intervals that hold at once. */
  readonly classes: number
  /** Data sets whose arrow is read, the first ones; of none, the power is NaN. */
  readonly dataSets: number
  /** Data sets whose interval's length is read, the first ones; of none, the half width is NaN. */
  readonly measured: number
}

/** What `relativeBias` is expected to say of one class. */
export interface ExpectedAnswer {
  /** The probability that its simultaneous interval lies on the side of 0 where ξ is. */
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

  constructor(rates: KnownRates) {
    const rising = rates.tprCandidate >= rates.tprBaseline
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
    const readers = { pair, anomalies: this.#anomalies, sizes, window, level, classes }
    readAnswers(readers, new CurveSampler(pair, sizes, window), uniforms, outputs)
    const decides = emptySide(pair.fpr, sizes.nNormal, nativeDefinition(undefined, undefined)) === undefined
    const arrows = decides ? outputs.above.reduce((sum, above) => sum + above, 0) : 0
    return { power: arrows / dataSets, halfWidth: outputs.lengths.reduce((sum, x) => sum + x, 0) / measured / 2 }
  }
}
