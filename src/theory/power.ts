import { requireBetween, requireInteger, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { normalCdf, normalQuantile } from '../special.js'
import { type BiasVariance, biasVariance, type ExpectedRates, standardErrorOf } from './biasVariance.js'
import { anomaliesFor, normalsFor } from './sizesFor.js'
import { fallsToZero, mostSamples } from './solve.js'

type Guess = Omit<ExpectedRates, 'tprCandidate'>

/** Three of nNormal, nAnomalous, xi and power; the fourth is solved for. */
export interface PowerOptions extends Guess {
  readonly nNormal?: number | undefined
  readonly nAnomalous?: number | undefined
  /** The true ξ to be detected, not 0; the candidate's recall is tprBaseline + xi. */
  readonly xi?: number | undefined
  /** The probability that the interval excludes 0, above 1 − level and below 1. */
  readonly power?: number | undefined
  /** Confidence level of that interval, in (0, 1). Default 0.95. */
  readonly level?: number | undefined
  /** Which ξ is solved for, where xi is not given. Default `up`. */
  readonly direction?: 'up' | 'down' | undefined
}

export interface Power {
  readonly nNormal: number
  readonly nAnomalous: number
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
 * that of an interval ξ̂ ± zσ, which those of `relativeBias` approach. Solved for whichever of nNormal, nAnomalous, xi and
 * power is not given; xi is the one nearest 0. First-order: trust it from some ten tolerated false alarms and ten discordant anomalies on.
 *
 * Synchronous, under a millisecond. Errors: `WRONG_TYPE`, `OUT_OF_RANGE` (also unless exactly three of the four are
 * given, and when no value of the fourth does).
 *
 * @example
 * theory.power({ fpr: 0.05, tprBaseline: 0.4, xi: 0.1, power: 0.8, nNormal: 5000 }) // { nAnomalous: 491, … }
 */
export function power(options: PowerOptions): Power {
  const { nNormal, nAnomalous, xi, power: wanted, level = 0.95, direction = 'up' } = options
  const given = [nNormal, nAnomalous, xi, wanted].filter((value) => value !== undefined).length
  if (given !== 3) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `give three of nNormal, nAnomalous, xi and power to solve for the fourth, got ${given}`,
    )
  }
  const z = criticalValue(level)
  if (nNormal !== undefined) requireInteger('nNormal', nNormal, 1, mostSamples)
  if (nAnomalous !== undefined) requireInteger('nAnomalous', nAnomalous, 1, mostSamples)
  if (wanted !== undefined) requireBetween('power', wanted, 1 - level, 1)
  if (xi === undefined) {
    requireKnown('direction', direction, ['up', 'down'])
    const sizes = { nNormal: nNormal ?? 0, nAnomalous: nAnomalous ?? 0 }
    const found = detectableXi(options, sizes, signalFor(wanted ?? 0, z), direction)
    return { ...sizes, xi: found, power: wanted ?? 0, standardError: errorAt(found, sizes) }
  }

  const variance = varianceAt(options, xi)
  const target = wanted === undefined ? 0 : Math.abs(xi) / signalFor(wanted, z)
  const sizes = {
    nNormal: nNormal ?? normalsFor(variance, nAnomalous ?? 0, target),
    nAnomalous: nAnomalous ?? anomaliesFor(variance, nNormal ?? 0, target),
  }
  const standardError = standardErrorOf(variance, sizes)
  return { ...sizes, xi, power: wanted ?? powerOf(Math.abs(xi) / standardError, z), standardError }

  function errorAt(at: number, sizes: { nNormal: number; nAnomalous: number }): number {
    return standardErrorOf(varianceAt(options, at), sizes)
  }
}

/** z = Φ⁻¹((1 + level)/2). Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function criticalValue(level: number): number {
  return -normalQuantile((1 - requireBetween('level', level, 0, 1)) / 2)
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
  return biasVariance({ ...guess, tprCandidate })
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
  sizes: { nNormal: number; nAnomalous: number },
  signal: number,
  direction: 'up' | 'down',
): number {
  const room = direction === 'up' ? 1 - guess.tprBaseline : guess.tprBaseline
  const sign = direction === 'up' ? 1 : -1
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
