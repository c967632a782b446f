import { invariant, type OptionChecks, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type ExpectedRates, rateChecks, standardErrorOf, varianceOf } from './biasVariance.js'
import type { SampleSizes } from './bounds.js'
import { criticalValue } from './familyValue.js'
import { probability, type SizeOptions, sizeChecks, theoryDefaults } from './options.js'
import { completeSizes } from './sizesFor.js'

/** Two of nNormal, nAnomalous and halfWidth; the third is solved for. */
export interface PrecisionOptions extends ExpectedRates, SizeOptions {
  /** Half the length of the interval of ξ, in (0, 1). */
  readonly halfWidth?: number | undefined
}

const checks: OptionChecks<PrecisionOptions> = { ...rateChecks, ...sizeChecks, halfWidth: probability }

export interface Precision extends SampleSizes {
  readonly halfWidth: number
  /** Of ξ̂ at these sizes. */
  readonly standardError: number
}

/**
 * How wide an interval of ξ is: ± zσ with the standard error σ of {@link biasVariance} and z = Φ⁻¹((1 + level)/2). Solved
 * for whichever of nNormal, nAnomalous and halfWidth is not given. First-order, as {@link power} is: intervals of
 * `relativeBias` are some 5 % longer with twenty tolerated false alarms, which `planSamples` allows for.
 *
 * Synchronous. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` (also unless exactly two of the three are given, and when no number
 * of samples does because those of the other class are too few).
 *
 * @example
 * theory.precision({ fpr: 0.05, tprBaseline: 0.4, tprCandidate: 0.6, nNormal: 5000, nAnomalous: 500 }).halfWidth // 0.0686
 */
export function precision(options: PrecisionOptions): Precision {
  const rates = requireOptions('precision', options, checks)
  const { nNormal, nAnomalous, halfWidth, level = theoryDefaults.level } = rates
  const given = [nNormal, nAnomalous, halfWidth].filter((value) => value !== undefined).length
  if (given !== 2) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `give two of nNormal, nAnomalous and halfWidth to solve for the third, got ${given}`,
    )
  }
  const z = criticalValue(level)
  const variance = varianceOf(rates)
  if (halfWidth !== undefined) {
    const sizes = completeSizes(variance, rates, halfWidth / z, 'a larger halfWidth')
    return { ...sizes, halfWidth, standardError: standardErrorOf(variance, sizes) }
  }
  invariant(nNormal !== undefined && nAnomalous !== undefined, 'two of three are given')
  const standardError = standardErrorOf(variance, { nNormal, nAnomalous })
  return { nNormal, nAnomalous, halfWidth: z * standardError, standardError }
}
