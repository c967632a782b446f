import { finite, invariant, type OptionChecks, oneOf, requireBetween, requireOptions } from '../check.js'
import { complement } from '../elementary.js'
import { ScoringBiasError } from '../errors.js'
import { normalCdf, normalQuantile } from '../special.js'
import { type BiasVariance, type ExpectedRates, rateChecks, standardErrorOf, varianceOf } from './biasVariance.js'
import type { SampleSizes } from './bounds.js'
import { criticalValue } from './familyValue.js'
import { probability, type SizeOptions, sizeChecks, theoryDefaults } from './options.js'
import { completeSizes } from './sizesFor.js'
import { fallsToZero } from './solve.js'

type Guess = Omit<ExpectedRates, 'tprCandidate'>

const directions = ['up', 'down'] as const

/** Three of nNormal, nAnomalous, xi and power; the fourth is solved for. */
export interface PowerOptions extends Guess, SizeOptions {
  /** The true ξ to be detected, not 0; the candidate's recall is tprBaseline + xi. */
  readonly xi?: number | undefined
  /** The probability that the interval excludes 0, above 1 − level and below 1. */
  readonly power?: number | undefined
  /** Which ξ is solved for, where xi is not given. Default `up`. */
  readonly direction?: (typeof directions)[number] | undefined
}

const { tprCandidate: _, ...guessChecks } = rateChecks
const checks: OptionChecks<PowerOptions> = {
  ...guessChecks,
  ...sizeChecks,
  xi: finite,
  power: probability,
  direction: oneOf('direction', directions),
}

export interface Power extends SampleSizes {
  readonly xi: number
  readonly power: number
  /** Of ξ̂ at these sizes. */
  readonly standardError: number
}

/**
 * How likely an interval of ξ excludes 0: with the standard error σ of {@link biasVariance} and z = Φ⁻¹((1 + level)/2),
 *
 *     power = Φ(|ξ|/σ − z) + Φ(−|ξ|/σ − z),
 *
 * that of one interval ξ̂ ± zσ, which those of `relativeBias` approach as samples grow. Solved for whichever of nNormal,
 * nAnomalous, xi and power is not given; xi is the one nearest 0. First-order: with some twenty tolerated false alarms
 * `relativeBias` has up to 0.1 less power, and simultaneous intervals of several classes have less again. `planSamples`
 * allows for both.
 *
 * Synchronous, under a millisecond. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` (also unless exactly three of the four are
 * given, and when no value of the fourth does).
 *
 * @example
 * theory.power({ fpr: 0.05, tprBaseline: 0.4, xi: 0.1, power: 0.8, nNormal: 5000 }) // { nAnomalous: 491, … }
 */
export function power(options: PowerOptions): Power {
  const rates = requireOptions('power', options, checks)
  const { nNormal, nAnomalous, xi, power: wanted, level = theoryDefaults.level, direction = 'up' } = rates
  const given = [nNormal, nAnomalous, xi, wanted].filter((value) => value !== undefined).length
  if (given !== 3) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `give three of nNormal, nAnomalous, xi and power to solve for the fourth, got ${given}`,
    )
  }
  const z = criticalValue(level)
  if (wanted !== undefined) requireBetween(`power at level ${level}`, wanted, complement(level), 1)
  if (xi === undefined) {
    invariant(nNormal !== undefined && nAnomalous !== undefined && wanted !== undefined, 'three of four are given')
    const sizes = { nNormal, nAnomalous }
    const found = detectableXi(rates, sizes, signalFor(wanted, z), direction)
    return { ...sizes, xi: found, power: wanted, standardError: standardErrorOf(varianceAt(rates, found), sizes) }
  }
  const variance = varianceAt(rates, xi)
  if (wanted !== undefined) {
    const sizes = completeSizes(variance, rates, Math.abs(xi) / signalFor(wanted, z), 'a larger xi, or for less power')
    return { ...sizes, xi, power: wanted, standardError: standardErrorOf(variance, sizes) }
  }
  invariant(nNormal !== undefined && nAnomalous !== undefined, 'three of four are given')
  const sizes = { nNormal, nAnomalous }
  const standardError = standardErrorOf(variance, sizes)
  return { ...sizes, xi, power: powerOf(Math.abs(xi) / standardError, z), standardError }
}

/** The variance at a true ξ. Errors: `OUT_OF_RANGE` when the recalls cannot differ by so much. */
export function varianceAt(guess: Guess, xi: number): BiasVariance {
  const tprCandidate = guess.tprBaseline + xi
  if (!(xi !== 0 && tprCandidate >= 0 && tprCandidate <= 1)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `xi must not be 0, and tprBaseline + xi must lie in [0, 1], got ${guess.tprBaseline} + ${xi}`,
    )
  }
  return varianceOf({ ...guess, tprCandidate })
}

/** The power at |ξ|/σ. */
export function powerOf(signal: number, z: number): number {
  return normalCdf(signal - z) + normalCdf(-signal - z)
}

/** The |ξ|/σ that has a given power. */
export function signalFor(power: number, z: number): number {
  // The far tail only adds, so the signal without it is enough.
  return fallsToZero((signal) => power - powerOf(signal, z), 0, Math.max(0, z + normalQuantile(power)) + 1)
}

/** The least |ξ| at which the signal is reached, with its sign. */
function detectableXi(
  guess: Guess,
  sizes: SampleSizes,
  signal: number,
  direction: (typeof directions)[number],
): number {
  const [room, sign] = direction === 'up' ? [1 - guess.tprBaseline, 1] : [guess.tprBaseline, -1]
  if (room === 0) {
    const other = direction === 'up' ? 'down' : 'up'
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `no recall is further ${direction} than tprBaseline = ${guess.tprBaseline}. Give direction: '${other}', or expect another tprBaseline`,
    )
  }
  const lacking = (size: number): number => signal * standardErrorOf(varianceAt(guess, sign * size), sizes) - size
  const steps = 256
  for (let step = 1; step <= steps; step++) {
    const size = (room * step) / steps
    if (lacking(size) <= 0) {
      // Just above 0 the noise is all there is.
      return sign * fallsToZero(lacking, Math.max((room * (step - 1)) / steps, Number.MIN_VALUE), size)
    }
  }
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `no ξ from tprBaseline = ${guess.tprBaseline} ${direction} is detected with this power by ${sizes.nNormal} normals ` +
      `and ${sizes.nAnomalous} anomalies: take more, or ask for less`,
  )
}
