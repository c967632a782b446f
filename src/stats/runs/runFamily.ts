import { at } from '../../check.js'
import { direction } from '../bias/direction.js'
import { jointLevel, undecided } from '../bias/simultaneous.js'
import { alphaOf, bootstrapReading } from '../bootstrap/bootstrapInterval.js'
import type { RunAnswer } from './runAnswer.js'
import { runMeanLaw, type TrainedMean, trainingNoise } from './runMean.js'

export interface RunFamilyOptions {
  readonly level: number
  readonly seed: number
  /** Philox stream of the family's noise, used for nothing else. */
  readonly stream: number
  /** How far from 0 the quantities can be. */
  readonly most: number
  /** Whether the thresholds tolerate a false alarm. Without, nothing is decided. */
  readonly tolerant: boolean
}

/** The answers of a family, and the level that they are read at. */
export interface RunFamily {
  /** In the order of the quantities. */
  readonly answers: readonly RunAnswer[]
  /** Simultaneous intervals are those of each quantity alone at level 1 − γ. */
  readonly gamma: number
}

/**
 * Answers for a family of quantities that all hold at once with probability `level`: `relativeBias`'s rules
 * (`simultaneous`) for the confidence distributions of `runMeanLaw`. Intervals and p-values invert each other, a
 * simultaneous interval holds that of its quantity alone, and an adjusted p-value is no smaller than its raw one.
 *
 * Quantities with one run are answered by themselves: what training does to them is unknown, so that their simultaneous
 * interval is all that can be, and the adjusted p-value 1.
 *
 * @param quantities whose draws are joint
 */
export function runFamily(quantities: readonly TrainedMean[], options: RunFamilyOptions): RunFamily {
  const { level, most, tolerant } = options
  const alpha = alphaOf(level)
  const noise = trainingNoise(quantities[0]?.samples.length ?? 0, options)
  const laws = quantities.map((one, i) => runMeanLaw(one, noise, i))
  const repeated = laws.filter((_, i) => at(quantities, i).training !== undefined)
  const { gamma, adjusted } = jointLevel(repeated, alpha)
  const cut = ([low, high]: readonly [number, number]) => [Math.max(-most, low), Math.min(most, high)] as const
  const answers = quantities.map(({ mean, training }, i): RunAnswer => {
    const own = bootstrapReading(at(laws, i), mean, { method: 'confidence' })
    const reading = tolerant ? own : undecided(own)
    const alone = { interval: cut(reading.interval(alpha)), pValue: reading.pValue }
    if (training === undefined) return { ...alone, simultaneous: [-most, most], pAdjusted: 1, direction: 'none' }
    const simultaneous = cut(reading.interval(gamma))
    return { ...alone, simultaneous, pAdjusted: adjusted(reading.pValue), direction: direction(simultaneous) }
  })
  return { answers, gamma }
}
