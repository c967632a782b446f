import {
  anything,
  between,
  type Check,
  integer,
  list,
  oneOf,
  record,
  required,
  requireKnown,
  requireOptions,
  within,
} from '../check.js'
import { exp, log, log1p } from '../elementary.js'
import { ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import {
  type Bound,
  type CorrectedAssumptions,
  corrected,
  type ExactExpectations,
  errorSplits,
  exact,
  type PublishedAssumptions,
  published,
  type SampleSizes,
  type SharpAssumptions,
  sharp,
} from './bounds.js'
import { probability, rate, slope } from './options.js'
import { fallsToZero, firstToHold, mostSamples, roundUp } from './solve.js'

/** Versions of Theorem 3, see {@link sampleComplexity}. */
export const theoremVersions = frozen(['published', 'corrected', 'sharp', 'exact'] as const)
/** A version of Theorem 3. */
export type TheoremVersion = (typeof theoremVersions)[number]

/** What every version takes: α, and two of n, ε and δ; the third is solved for. */
export interface SampleComplexityNumbers {
  /** α = n₁/n, the fraction of anomalies among all samples, in (0, 1). */
  readonly alpha: number
  /** n = n₀ + n₁, at least 2. */
  readonly n?: number | undefined
  /** The largest error of ξ̂, above 0. */
  readonly epsilon?: number | undefined
  /** The probability of a larger error, in (0, 1). */
  readonly delta?: number | undefined
}

/** Options of {@link sampleComplexity}. */
export type SampleComplexityOptions = SampleComplexityNumbers &
  (
    | ({ readonly version: 'published' } & PublishedAssumptions)
    | ({ readonly version: 'corrected' } & CorrectedAssumptions)
    | ({ readonly version: 'sharp' } & SharpAssumptions)
    | ({ readonly version: 'exact' } & ExactExpectations)
  )

const slopes = pair(slope)
const common = {
  version: anything,
  alpha: required(probability),
  n: integer(2, mostSamples),
  epsilon: between(0, Number.POSITIVE_INFINITY),
  delta: probability,
}

/** A guarantee |ξ̂ − ξ| ≤ epsilon with probability 1 − delta from n samples. */
export interface SampleComplexity extends SampleSizes {
  readonly version: TheoremVersion
  /** Of which nNormal are (1 − α)n and nAnomalous αn, both rounded up. */
  readonly n: number
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
  record('the options of sampleComplexity', options)
  const { version, alpha } = options
  const sizes = (n: number): SampleSizes => sizesOf(n, alpha)
  const solved = solve(boundOf(options, sizes), options)
  return { version, ...solved, ...sizes(solved.n) }
}

/** All three of n, ε and δ, of which two are given. */
function solve(
  bound: Bound,
  { n, epsilon, delta }: SampleComplexityNumbers,
): { n: number; epsilon: number; delta: number } {
  if (n === undefined && epsilon !== undefined && delta !== undefined) {
    return { n: solveN(bound, epsilon, delta), epsilon, delta }
  }
  if (n !== undefined && epsilon === undefined && delta !== undefined) {
    return { n, epsilon: bound.epsilon(n, delta), delta }
  }
  if (n !== undefined && epsilon !== undefined && delta === undefined) {
    return { n, epsilon, delta: solveDelta(bound, n, epsilon) }
  }
  const given = [n, epsilon, delta].filter((value) => value !== undefined).length
  throw new ScoringBiasError('OUT_OF_RANGE', `give two of n, epsilon and delta to solve for the third, got ${given}`)
}

function solveN(bound: Bound, epsilon: number, delta: number): number {
  if (bound.n === undefined) {
    const what = `epsilon = ${epsilon} and delta = ${delta}`
    return firstToHold((n) => bound.epsilon(n, delta) <= epsilon, 2, what)
  }
  const n = Math.max(2, roundUp(bound.n(epsilon, delta)))
  if (!Number.isSafeInteger(n)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `epsilon = ${epsilon} takes more samples than can be counted. Ask for a larger epsilon`,
    )
  }
  return n
}

function solveDelta(bound: Bound, n: number, epsilon: number): number {
  const excess = (logDelta: number): number => bound.epsilon(n, exp(logDelta)) - epsilon
  const least = log(leastDelta)
  if (excess(least) <= 0) return leastDelta
  // Just below 1, where every version is defined.
  const most = log1p(-1e-9)
  return excess(most) > 0 ? 1 : exp(fallsToZero(excess, least, most))
}

/** n samples by class, each number rounded up, so that one of n + 1 may be counted. */
export function sizesOf(n: number, alpha: number): SampleSizes {
  return { nNormal: Math.max(1, roundUp((1 - alpha) * n)), nAnomalous: Math.max(1, roundUp(alpha * n)) }
}

function boundOf(options: SampleComplexityOptions, sizes: (n: number) => SampleSizes): Bound {
  requireKnown('version', options.version, theoremVersions)
  const where = 'sampleComplexity'
  switch (options.version) {
    case 'published':
      requireOptions(where, options, { ...common, ratios: slopes })
      return published(options.alpha, options)
    case 'corrected':
      requireOptions(where, options, { ...common, slopes, split: oneOf('split', errorSplits) })
      return corrected(options.alpha, options)
    case 'sharp':
      requireOptions(where, options, { ...common, fpr: required(probability), slopes, variance: within(0, 2) })
      return sharp(sizes, options)
    case 'exact':
      requireOptions(where, options, { ...common, fpr: required(probability), tprs: pair(rate), slopes })
      return exact(sizes, options)
  }
}

/** One number for each of two detectors. */
function pair(check: Check): Check {
  return required((name, value) => {
    if (!Array.isArray(value) || value.length !== 2)
      throw new ScoringBiasError('WRONG_TYPE', `${name} must be two numbers, baseline first`)
    list(check)(name, value)
  })
}
