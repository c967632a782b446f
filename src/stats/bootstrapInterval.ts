import { types } from 'node:util'
import { requireBetween, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { normalCdf, normalQuantile } from '../native.js'
import { quantiles } from './quantiles.js'

export const intervalMethods = ['percentile', 'basic', 'normal', 'bca'] as const

/** How an interval is read off bootstrap replicates, see {@link bootstrapInterval}. */
export type IntervalMethod = (typeof intervalMethods)[number]

export interface IntervalOptions {
  readonly method: IntervalMethod
  /** Confidence level in (0, 1). */
  readonly level: number
  /** Of `bca`: the acceleration a, by the jackknife. Default 0, which leaves the bias correction only (BC). */
  readonly acceleration?: number | undefined
}

export interface BootstrapInterval {
  readonly interval: readonly [number, number]
  /** Two-sided, for the hypothesis that the estimand is 0: the smallest 1 − level whose interval leaves 0 out. */
  readonly pValue: number
}

/**
 * A confidence interval of an estimand from bootstrap replicates t*₁, …, t*_B of its estimate t.
 *
 * With α = 1 − level, Q the quantile of the replicates at position p·(B + 1) (`weibull`) and z = Φ⁻¹(1 − α/2):
 * - `percentile`: [Q(α/2), Q(1 − α/2)];
 * - `basic`: [2t − Q(1 − α/2), 2t − Q(α/2)];
 * - `normal`: t − b ± z·s, with b = mean t* − t the bias and s the standard deviation of the replicates;
 * - `bca`: [Q(β(α/2)), Q(β(1 − α/2))], β(p) = Φ(z₀ + (z₀ + Φ⁻¹(p))/(1 − a(z₀ + Φ⁻¹(p)))) (Efron, JASA 82, 1987).
 *   z₀ = Φ⁻¹((#{t* < t} + ½#{t* = t} + ½)/(B + 1)): replicates that equal the estimate, of which a difference of
 *   fractions has many, count half on either side, and z₀ is finite even when all lie on one side.
 * (Davison and Hinkley, Bootstrap Methods and their Application, 1997, chapter 5.)
 *
 * Replicates closer to t, or to 0, than 1e-12 of the largest are taken to equal it: differences of fractions are only
 * rounded alike when the fractions are. The p-value inverts the interval; replicates of 0 count against significance on
 * either side. It is at least 2/(B + 1), except for `normal`. Cost: one sort of the replicates, about 0.3 ms for 10,000.
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER`, `OUT_OF_RANGE`, `UNKNOWN_NAME`, `WRONG_TYPE`.
 */
export async function bootstrapInterval(
  replicates: Float64Array,
  estimate: number,
  options: IntervalOptions,
): Promise<BootstrapInterval> {
  const method = requireKnown('interval', options.method, intervalMethods)
  const alpha = 1 - requireBetween('level', options.level, 0, 1)
  const a = options.acceleration ?? 0
  if (!Number.isFinite(estimate) || !Number.isFinite(a)) {
    throw new ScoringBiasError('NOT_A_NUMBER', `estimate and acceleration must be finite, got ${estimate} and ${a}`)
  }
  if (!types.isFloat64Array(replicates)) throw new ScoringBiasError('WRONG_TYPE', 'replicates must be a Float64Array')
  if (replicates.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'replicates is empty: one is needed at least')
  const stranger = replicates.findIndex((t) => !Number.isFinite(t))
  if (stranger >= 0) {
    throw new ScoringBiasError('NOT_A_NUMBER', `replicates[${stranger}] is ${replicates[stranger]}, not finite`)
  }

  const size = replicates.length + 1
  const floor = 2 / size
  const rounding = 1e-12 * replicates.reduce((largest, t) => Math.max(largest, Math.abs(t)), Math.abs(estimate))
  const atMost = (x: number) => replicates.reduce((count, t) => count + (t <= x + rounding ? 1 : 0), 1) / size
  const atLeast = (x: number) => replicates.reduce((count, t) => count + (t >= x - rounding ? 1 : 0), 1) / size
  const twoSided = (lower: number, upper: number) => Math.min(1, Math.max(floor, 2 * Math.min(lower, upper)))
  const read = async (low: number, high: number): Promise<[number, number]> => {
    const [lower = Number.NaN, upper = Number.NaN] = await quantiles(replicates, [low, high], { definition: 'weibull' })
    return [lower, upper]
  }

  if (method === 'normal') return normalInterval(replicates, estimate, alpha)
  if (method === 'percentile') {
    return { interval: await read(alpha / 2, 1 - alpha / 2), pValue: twoSided(atMost(0), atLeast(0)) }
  }
  if (method === 'basic') {
    const [lower, upper] = await read(alpha / 2, 1 - alpha / 2)
    return {
      interval: [2 * estimate - upper, 2 * estimate - lower],
      pValue: twoSided(atLeast(2 * estimate), atMost(2 * estimate)),
    }
  }
  const z0 = normalQuantile((atMost(estimate) + (1 - atLeast(estimate))) / 2)
  return {
    interval: await read(bcaProbability(alpha / 2, z0, a), bcaProbability(1 - alpha / 2, z0, a)),
    pValue: twoSided(bcaLevel(atMost(0), z0, a), 1 - bcaLevel(1 - atLeast(0), z0, a)),
  }
}

/** β(p) of `bca`: the probability at which the replicates are read for a bound of one-sided level p. */
function bcaProbability(p: number, z0: number, a: number): number {
  const shifted = z0 + normalQuantile(p)
  const stretch = 1 - a * shifted
  // The map has a pole, beyond which no replicate is extreme enough.
  if (stretch <= 0) return shifted > 0 ? 1 : 0
  return normalCdf(z0 + shifted / stretch)
}

/** The inverse of {@link bcaProbability} in p. */
function bcaLevel(probability: number, z0: number, a: number): number {
  if (probability <= 0 || probability >= 1) return probability
  const w = normalQuantile(probability) - z0
  const stretch = 1 + a * w
  if (stretch <= 0) return w > 0 ? 1 : 0
  return normalCdf(w / stretch - z0)
}

function normalInterval(replicates: Float64Array, estimate: number, alpha: number): BootstrapInterval {
  const n = replicates.length
  const mean = replicates.reduce((sum, t) => sum + t, 0) / n
  const squares = replicates.reduce((sum, t) => sum + (t - mean) ** 2, 0)
  const sd = Math.sqrt(squares / Math.max(1, n - 1))
  const centre = 2 * estimate - mean
  const reach = normalQuantile(1 - alpha / 2) * sd
  const pValue = sd > 0 ? 2 * normalCdf(-Math.abs(centre) / sd) : centre === 0 ? 1 : 0
  return { interval: [centre - reach, centre + reach], pValue }
}
