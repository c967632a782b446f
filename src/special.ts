import { ScoringBiasError } from './errors.js'
import { type Addon, addon } from './native.js'

/**
 * The regularised incomplete beta function Iₓ(a, b): the distribution function of Beta(a, b) at x in [0, 1], a and b in
 * [1e-10, 2⁵³].
 * Relative error below 1e-12 in both tails; the complement is {@link betaSurvival}. Errors: `OUT_OF_RANGE`.
 */
export const betaCdf = ofBeta(addon.betaCdf, 'x')

/** 1 − Iₓ(a, b) without the cancellation; see {@link betaCdf}. */
export const betaSurvival = ofBeta(addon.betaSurvival, 'x')

/** The quantile of Beta(a, b): the x with Iₓ(a, b) = p, p in [0, 1], a and b as {@link betaCdf} has them. Errors: `OUT_OF_RANGE`. */
export const betaQuantile = ofBeta(addon.betaQuantile, 'p')

/** The x with 1 − Iₓ(a, b) = q: {@link betaQuantile} of 1 − q, also where q is too small to be subtracted from 1. */
export const betaQuantileUpper = ofBeta(addon.betaQuantileUpper, 'q')

/** The standard normal density φ(x). */
export const normalDensity = (x: number): number => addon.normalDensity(x)

/** The standard normal distribution function Φ(x); relative error below 1e-12 in the lower tail too. */
export const normalCdf = (x: number): number => addon.normalCdf(x)

/**
 * The quantile of the standard normal law: the x with Φ(x) = p, p in [0, 1]; ±∞ at 0 and 1. Algorithm AS 241 (Wichura 1988);
 * relative error below 1e-12 in both tails. Errors: `OUT_OF_RANGE`.
 */
export function normalQuantile(p: number): number {
  return addon.normalQuantile(requireProbability(p))
}

/**
 * The quantile of Student's t law with `df` ≥ 1e-9 degrees of freedom, which need not be whole; infinity gives the
 * normal law. Relative error below 1e-12 in both tails. Errors: `OUT_OF_RANGE`.
 */
export function studentTQuantile(p: number, df: number): number {
  if (!(df >= 1e-9)) throw new ScoringBiasError('OUT_OF_RANGE', `df must be at least 1e-9, got ${df}`)
  return addon.studentTQuantile(requireProbability(p), df)
}

function requireProbability(p: number, name = 'p'): number {
  if (!(p >= 0 && p <= 1)) throw new ScoringBiasError('OUT_OF_RANGE', `${name} must lie in [0, 1], got ${p}`)
  return p
}

/** A function of the law Beta(a, b) whose first argument is a probability, or in [0, 1] like one. */
function ofBeta(kernel: Addon['betaCdf'], name: string): Addon['betaCdf'] {
  return (p, a, b) => {
    requireShape('a', a)
    requireShape('b', b)
    return kernel(requireProbability(p, name), a, b)
  }
}

function requireShape(name: string, value: number): void {
  if (!(value >= 1e-10 && value <= 2 ** 53))
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} must lie in [1e-10, 2⁵³], got ${value}`)
}
