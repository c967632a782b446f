import { createRequire } from 'node:module'
import { types } from 'node:util'
import { requireInteger } from './check.js'
import { ScoringBiasError } from './errors.js'

/** Scores of either precision; never converted. */
export type ScoreArray = Float32Array | Float64Array

/** Arguments of {@link Addon.bootstrap}, as native/bind_bootstrap.cc reads them: D detectors, K classes, F targets. */
export interface BootstrapArguments {
  readonly input: {
    /** [d]: n0 scores each */
    readonly normal: readonly ScoreArray[]
    /** [d][k] */
    readonly anomalous: readonly (readonly ScoreArray[])[]
    /** [d][k]: not 0 where the detector did not test the sample */
    readonly excluded: readonly (readonly (Uint8Array | undefined)[])[]
    /** 0 paired, 1 independent */
    readonly design: number
    /** 0 inverse-cdf, 1 supremum, 2 linear */
    readonly definition: number
    readonly fprs: Float64Array
  }
  readonly range: { readonly seed: number; readonly first: number; readonly count: number; readonly threads: number }
  readonly outputs: {
    /** [F, D] */
    readonly observedThresholds: Float64Array
    /** [F, D] */
    readonly observedFpr: Float64Array
    /** [F, K, D] */
    readonly observedTpr: Float64Array
    /** [B, F, D] */
    readonly thresholds?: Float64Array | undefined
    /** [B, F, K, D] */
    readonly tpr?: Float64Array | undefined
    /** [F, K]: wanted when there is a contrast */
    readonly acceleration?: Float64Array | undefined
  }
  /** [D] */
  readonly contrast: Float64Array | undefined
}

/**
 * What native/addon.cc exports. Arrays are borrowed until the promise settles: pass arrays that nobody else can reach.
 * Where a comment says so, the function also uses them as its working memory.
 */
export interface Addon {
  argsort(values: ScoreArray, order: Uint32Array, threads: number): Promise<void>
  bootstrap(
    input: BootstrapArguments['input'],
    range: BootstrapArguments['range'],
    outputs: BootstrapArguments['outputs'],
    control: Int32Array,
    contrast: BootstrapArguments['contrast'],
  ): Promise<void>
  countAbove(scores: ScoreArray, thresholds: Float64Array, flagged: Uint32Array): Promise<void>
  /** Sorts the sample in place. */
  ecdf(sample: ScoreArray, at: ScoreArray, values: Float64Array, threads: number): Promise<void>
  /** Quantiles of the difference of two TPRs from their laws; `signs` becomes P(ξ ≤ 0) and P(ξ ≥ 0). */
  idealDifference(
    baseline: Float64Array,
    candidate: Float64Array,
    probabilities: Float64Array,
    outputs: { readonly quantiles: Float64Array; readonly signs: Float64Array },
    control: Int32Array,
  ): Promise<void>
  /** Sorts both samples in place. `readings` become threshold, FPR, TPR, and mean and standard error of the TPR. */
  idealTpr(
    normal: ScoreArray,
    anomalous: ScoreArray,
    definition: number,
    fpr: number,
    probabilities: Float64Array,
    outputs: { readonly law: Float64Array; readonly quantiles: Float64Array; readonly readings: Float64Array },
    threads: number,
    control: Int32Array,
  ): Promise<void>
  normalCdf(x: number): number
  normalQuantile(p: number): number
  permutation(seed: number, stream: number, replicate: number, n: number): Uint32Array
  /** Sorts the sample in place. */
  quantiles(
    sample: ScoreArray,
    probabilities: Float64Array,
    definition: number,
    values: Float64Array,
    threads: number,
  ): Promise<void>
  rank(values: ScoreArray, ties: number, ranks: Float64Array, threads: number): Promise<void>
  /** Sorts the values in place. */
  sort(values: ScoreArray, threads: number): Promise<void>
  studentTQuantile(p: number, df: number): number
  /** Sorts the scores in place. */
  thresholds(
    normal: ScoreArray,
    fprs: Float64Array,
    definition: number,
    taus: Float64Array,
    tolerated: Uint32Array,
    flagged: Uint32Array,
    threads: number,
  ): Promise<void>
  toleratedAlarms(fpr: number, n: number): number
  uniform(seed: number, stream: number, replicate: number, out: Float64Array, low: number, high: number): void
}

/** Streams from here on are the package's own; callers draw from those below, so that the two never share bits. */
export const reservedStreams = 2 ** 31

/** The addon. For src/stats and the wrappers below; everything else calls those. */
export const addon: Addon = load()

function load(): Addon {
  // The same place seen from src/ and from dist/.
  const path = '../build/Release/scoring_bias.node'
  try {
    return createRequire(import.meta.url)(path) as Addon
  } catch (cause) {
    throw new ScoringBiasError(
      'BAD_FILE',
      `the native addon (${path}) did not load: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Build it with `npx cmake-js compile` in the package folder',
      { cause },
    )
  }
}

/**
 * Fills `out` with independent uniform variates between `low` and `high`.
 *
 * The variates are `low + (high − low) · u` with u = (k + ½)·2⁻⁵² from Philox4x32-10 (Salmon et al. 2011), a pure
 * function of (seed, stream, replicate): the same numbers give the same bits on every machine. u is never 0 or 1, but
 * rounding may return a bound when the interval holds few doubles. Synchronous; about 5 ns a variate.
 *
 * @param seed integer in [0, 2⁵³)
 * @param stream integer in [0, 2³¹); different streams are independent
 * @param replicate integer in [0, 2³²); different replicates are independent
 * @param out written from its first element to its last
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE` (also when the interval is empty or infinite).
 */
export function uniform(
  seed: number,
  stream: number,
  replicate: number,
  out: Float64Array,
  low: number,
  high: number,
): void {
  requireGeneratorState(seed, stream, replicate)
  if (!types.isFloat64Array(out) || types.isSharedArrayBuffer(out.buffer)) {
    throw new ScoringBiasError('WRONG_TYPE', 'out must be a Float64Array that is not backed by shared memory')
  }
  if (!(low < high) || !Number.isFinite(high - low)) {
    throw new ScoringBiasError('OUT_OF_RANGE', `low must be below high and both finite, got ${low} and ${high}`)
  }
  addon.uniform(seed, stream, replicate, out, low, high)
}

/**
 * A uniformly random permutation of 0, …, n − 1 (Fisher–Yates), a pure function of its arguments.
 *
 * Drawn by Philox4x32-10 from (seed, stream, replicate), see {@link uniform}. Synchronous; about 5 ns an element.
 *
 * @param n integer in [0, 2³²)
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`.
 */
export function permutation(seed: number, stream: number, replicate: number, n: number): Uint32Array {
  requireGeneratorState(seed, stream, replicate)
  requireInteger('n', n, 0, 2 ** 32 - 1)
  return addon.permutation(seed, stream, replicate, n)
}

function requireGeneratorState(seed: number, stream: number, replicate: number): void {
  requireInteger('seed', seed, 0)
  requireInteger('stream', stream, 0, reservedStreams - 1)
  requireInteger('replicate', replicate, 0, 2 ** 32 - 1)
}

/** The standard normal distribution function Φ(x); relative error below 1e-12 in the lower tail too. */
export function normalCdf(x: number): number {
  return addon.normalCdf(x)
}

/**
 * The quantile of the standard normal law: the x with Φ(x) = p, p in [0, 1]; ±∞ at 0 and 1. Algorithm AS 241 (Wichura 1988);
 * relative error below 1e-12 in both tails. Errors: `OUT_OF_RANGE`.
 */
export function normalQuantile(p: number): number {
  return addon.normalQuantile(requireProbability(p))
}

/**
 * The quantile of Student's t law with `df` > 0 degrees of freedom, which need not be whole; infinity gives the normal
 * law. Relative error below 1e-12 in both tails. Errors: `OUT_OF_RANGE`.
 */
export function studentTQuantile(p: number, df: number): number {
  if (!(df > 0)) throw new ScoringBiasError('OUT_OF_RANGE', `df must be positive, got ${df}`)
  return addon.studentTQuantile(requireProbability(p), df)
}

function requireProbability(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new ScoringBiasError('OUT_OF_RANGE', `p must lie in [0, 1], got ${p}`)
  return p
}
