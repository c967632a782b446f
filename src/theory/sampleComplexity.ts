import { requireBetween, requireFinite, requireInteger, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { Bound, SampleSizes } from './bound.js'
import { type CorrectedAssumptions, corrected, errorSplits } from './corrected.js'
import { type ExactExpectations, exact } from './exact.js'
import { type PublishedAssumptions, published } from './published.js'
import { type SharpAssumptions, sharp } from './sharp.js'
import { fallsToZero, firstToHold, mostSamples, roundUp } from './solve.js'

/** Versions of Theorem 3, see {@link sampleComplexity}. */
export const theoremVersions = ['published', 'corrected', 'sharp', 'exact'] as const
export type TheoremVersion = (typeof theoremVersions)[number]

/** Two of n, ε and δ; the third is solved for. */
interface Unknowns {
  /** α = n₁/n, the fraction of anomalies among all samples, in (0, 1). */
  readonly alpha: number
  /** n = n₀ + n₁, at least 2. */
  readonly n?: number | undefined
  /** The largest error of ξ̂, above 0. */
  readonly epsilon?: number | undefined
  /** The probability of a larger error, in (0, 1). */
  readonly delta?: number | undefined
}

export type SampleComplexityOptions = Unknowns &
  (
    | ({ readonly version: 'published' } & PublishedAssumptions)
    | ({ readonly version: 'corrected' } & CorrectedAssumptions)
    | ({ readonly version: 'sharp' } & SharpAssumptions)
    | ({ readonly version: 'exact' } & ExactExpectations)
  )

/** A guarantee |ξ̂ − ξ| ≤ epsilon with probability 1 − delta from n samples. */
export interface SampleComplexity {
  readonly version: TheoremVersion
  readonly n: number
  /** (1 − α)n, rounded up. */
  readonly nNormal: number
  /** αn, rounded up. */
  readonly nAnomalous: number
  readonly epsilon: number
  readonly delta: number
}

/** Below this δ is not sought. */
const leastDelta = 1e-300

/**
 * Theorem 3 of Ye, Chen and Zheng (IJCAI 2021): how many samples guarantee |ξ̂ − ξ| ≤ ε with probability 1 − δ, solved for
 * whichever of n, epsilon and delta is not given. Derivations and measured coverage: docs/theory.md.
 *
 * - `published`: the printed formula. Not a guarantee.
 * - `corrected`: with its proof repaired. Continuous F₀; a bound on the slope of the ROC curve.
 * - `sharp`: the same assumptions, with the exact law of the thresholds and one event for the paired anomalies.
 * - `exact`: no assumption on the laws. ε depends on the data (`certifiedBias`), and is predicted here from the
 *   recalls and slopes that are expected.
 *
 * The n solved for is a least one: it does and n − 1 does not. Where `sharp` and `exact` round a number of samples, the
 * guarantee may miss ε by a little at some larger n. A delta of 1 means that n samples guarantee nothing of the kind.
 * Synchronous; microseconds, up to half a second for `sharp`.
 *
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` (also unless exactly two of the three are given, or when no n does).
 *
 * @example
 * theory.sampleComplexity({
 *   version: 'corrected', alpha: 0.1, slopes: [2, 3], epsilon: 0.1, delta: 0.05,
 * }) // { n: 34117, nNormal: 30706, nAnomalous: 3412, … }
 */
export function sampleComplexity(options: SampleComplexityOptions): SampleComplexity {
  const { version, alpha, n, epsilon, delta } = options
  requireBetween('alpha', alpha, 0, 1)
  const sizes = (total: number): SampleSizes => sizesOf(total, alpha)
  const bound = boundOf(options, sizes)
  const given = [n, epsilon, delta].filter((value) => value !== undefined).length
  if (given !== 2) {
    throw new ScoringBiasError('OUT_OF_RANGE', `give two of n, epsilon and delta to solve for the third, got ${given}`)
  }
  if (n !== undefined) requireInteger('n', n, 2, mostSamples)
  if (epsilon !== undefined) requireBetween('epsilon', epsilon, 0, Number.POSITIVE_INFINITY)
  if (delta !== undefined) requireBetween('delta', delta, 0, 1)

  const found = { version, n: n ?? Number.NaN, epsilon: epsilon ?? Number.NaN, delta: delta ?? Number.NaN }
  if (n === undefined) found.n = solveN(bound, found.epsilon, found.delta)
  else if (epsilon === undefined) found.epsilon = bound.epsilon(n, found.delta)
  else found.delta = solveDelta(bound, n, epsilon)
  return { ...found, ...sizes(found.n) }
}

function solveN(bound: Bound, epsilon: number, delta: number): number {
  if (bound.n === undefined) {
    const what = `epsilon = ${epsilon} and delta = ${delta}`
    return firstToHold((n) => bound.epsilon(n, delta) <= epsilon, 2, what)
  }
  const n = Math.max(2, roundUp(bound.n(epsilon, delta)))
  if (!Number.isSafeInteger(n)) {
    throw new ScoringBiasError('OUT_OF_RANGE', `epsilon = ${epsilon} takes ${n} samples: ask for less`)
  }
  return n
}

function solveDelta(bound: Bound, n: number, epsilon: number): number {
  const excess = (logDelta: number): number => bound.epsilon(n, Math.exp(logDelta)) - epsilon
  const least = Math.log(leastDelta)
  if (excess(least) <= 0) return leastDelta
  // Just below 1, where every version is defined.
  const most = Math.log1p(-1e-9)
  return excess(most) > 0 ? 1 : Math.exp(fallsToZero(excess, least, most))
}

/** n samples by class, each number rounded up, so that one of n + 1 may be counted. */
export function sizesOf(n: number, alpha: number): SampleSizes {
  return { nNormal: Math.max(1, roundUp((1 - alpha) * n)), nAnomalous: Math.max(1, roundUp(alpha * n)) }
}

function boundOf(options: SampleComplexityOptions, sizes: (n: number) => SampleSizes): Bound {
  requireKnown('version', options.version, theoremVersions)
  switch (options.version) {
    case 'published':
      requirePair('ratios', options.ratios, 0, Number.POSITIVE_INFINITY)
      return published(options.alpha, options)
    case 'corrected':
      requirePair('slopes', options.slopes, 0, Number.POSITIVE_INFINITY)
      if (options.split !== undefined) requireKnown('split', options.split, errorSplits)
      return corrected(options.alpha, options)
    case 'sharp':
      requireBetween('fpr', options.fpr, 0, 1)
      requirePair('slopes', options.slopes, 0, Number.POSITIVE_INFINITY)
      if (options.variance !== undefined) requireWithin('variance', options.variance, 0, 2)
      return sharp(sizes, options)
    case 'exact':
      requireBetween('fpr', options.fpr, 0, 1)
      requirePair('tprs', options.tprs, 0, 1)
      requirePair('slopes', options.slopes, 0, Number.POSITIVE_INFINITY)
      return exact(sizes, options)
  }
}

function requirePair(name: string, pair: unknown, low: number, high: number): void {
  if (!Array.isArray(pair) || pair.length !== 2)
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be two numbers, baseline first`)
  pair.forEach((value, i) => {
    requireWithin(`${name}[${i}]`, value, low, high)
  })
}

/** Requires a finite number in [low, high]. */
function requireWithin(name: string, value: unknown, low: number, high: number): void {
  const number = requireFinite(name, value)
  if (number < low || number > high) {
    const range = high === Number.POSITIVE_INFINITY ? `be at least ${low}` : `lie in [${low}, ${high}]`
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} must ${range}, got ${number}`)
  }
}
