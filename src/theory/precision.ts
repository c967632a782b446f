import { requireBetween, requireInteger } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { biasVariance, type ExpectedRates, standardErrorOf } from './biasVariance.js'
import { criticalValue } from './power.js'
import { anomaliesFor, normalsFor } from './sizesFor.js'
import { mostSamples } from './solve.js'

/** Two of nNormal, nAnomalous and halfWidth; the third is solved for. */
export interface PrecisionOptions extends ExpectedRates {
  readonly nNormal?: number | undefined
  readonly nAnomalous?: number | undefined
  /** Half the length of the interval of ξ, in (0, 1). */
  readonly halfWidth?: number | undefined
  /** Confidence level of the interval, in (0, 1). Default 0.95. */
  readonly level?: number | undefined
}

export interface Precision {
  readonly nNormal: number
  readonly nAnomalous: number
  readonly halfWidth: number
  /** Of ξ̂ at these sizes. */
  readonly standardError: number
}

/**
 * How wide an interval of ξ is: ± zσ with the standard error σ of {@link biasVariance} and z = Φ⁻¹((1 + level)/2). Solved
 * for whichever of nNormal, nAnomalous and halfWidth is not given. First-order, as {@link power} is.
 *
 * Synchronous. Errors: `WRONG_TYPE`, `OUT_OF_RANGE` (also unless exactly two of the three are given, and when no number
 * of samples does because those of the other class are too few).
 *
 * @example
 * theory.precision({ fpr: 0.05, tprBaseline: 0.4, tprCandidate: 0.6, nNormal: 5000, nAnomalous: 500 }).halfWidth // 0.0686
 */
export function precision(options: PrecisionOptions): Precision {
  const { nNormal, nAnomalous, halfWidth, level = 0.95 } = options
  const given = [nNormal, nAnomalous, halfWidth].filter((value) => value !== undefined).length
  if (given !== 2) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `give two of nNormal, nAnomalous and halfWidth to solve for the third, got ${given}`,
    )
  }
  if (nNormal !== undefined) requireInteger('nNormal', nNormal, 1, mostSamples)
  if (nAnomalous !== undefined) requireInteger('nAnomalous', nAnomalous, 1, mostSamples)
  if (halfWidth !== undefined) requireBetween('halfWidth', halfWidth, 0, 1)
  const z = criticalValue(level)
  const variance = biasVariance(options)
  const target = (halfWidth ?? 0) / z
  const sizes = {
    nNormal: nNormal ?? normalsFor(variance, nAnomalous ?? 0, target),
    nAnomalous: nAnomalous ?? anomaliesFor(variance, nNormal ?? 0, target),
  }
  const standardError = standardErrorOf(variance, sizes)
  return { ...sizes, halfWidth: halfWidth ?? z * standardError, standardError }
}
