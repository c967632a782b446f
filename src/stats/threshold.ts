import { requireBetween, requireInteger, requireKnown } from '../check.js'
import { addon, type ScoreArray } from '../native.js'
import { type JobOptions, runJob, threadsOf } from './job.js'
import { copyNumbers, copyScores } from './scores.js'

/** In the order of ThresholdRule in native/kernels/threshold.h. */
export const thresholdDefinitions = ['inverse-cdf', 'supremum', 'linear'] as const

/** How a threshold is read off normal scores, see {@link threshold}. */
export type ThresholdDefinition = (typeof thresholdDefinitions)[number]

export interface ThresholdOptions extends JobOptions {
  /** Target false-positive rate, in (0, 1). */
  readonly fpr: number
  /** Default `inverse-cdf`. */
  readonly definition?: ThresholdDefinition | undefined
}

export interface ThresholdsOptions extends JobOptions {
  /** Target false-positive rates, each in (0, 1). */
  readonly fprs: readonly number[] | Float64Array
  /** Default `inverse-cdf`. */
  readonly definition?: ThresholdDefinition | undefined
}

/** A threshold and what it does to the normal scores that it was read off. */
export interface Threshold {
  /** A sample is flagged when its score is strictly greater. */
  readonly tau: number
  /** The target false-positive rate. */
  readonly target: number
  /** The fraction of the n normal scores above `tau`. */
  readonly fpr: number
  /** m = ⌊target·n⌋, the false alarms that the target tolerates among n. */
  readonly tolerated: number
  readonly n: number
  /** Whether n is too small for the target: m is 0, so the threshold is the largest normal score. */
  readonly tooFew: boolean
}

/**
 * The threshold at which a detector meets a target false-positive rate on its normal scores.
 *
 * Algorithm 1 of Ye, Chen and Zheng (IJCAI 2021), with the scores sorted s₍₁₎ ≤ … ≤ s₍ₙ₎ and m = ⌊fpr·n⌋:
 * - `inverse-cdf` (default): s₍ₙ₋ₘ₎, the smallest value whose empirical FPR is at most the target;
 * - `supremum`: s₍⌊(1−fpr)n⌋₊₁₎, the supremum of {u : F̂(u) ≤ 1 − fpr}, the paper's letter; it differs only when fpr·n is
 *   an integer, and flags as many of the scores or fewer;
 * - `linear`: interpolated at position (n − 1)(1 − fpr), as the paper's reference program did.
 *
 * m does not suffer from binary rounding: 0.05 of 20 is 1, 0.07 of 100 is 7, and the fraction k/n, computed in double
 * precision, always means k of n. Ties count as not flagged, so the empirical FPR can stay below m/n. Cost: one sort
 * (see {@link sort}).
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index, `OUT_OF_RANGE`, `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`,
 * `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * await threshold(Float64Array.of(1, 2, 3, 4), { fpr: 0.25 }) // { tau: 3, target: 0.25, fpr: 0.25, tolerated: 1, … }
 */
export async function threshold(normal: ScoreArray, options: ThresholdOptions): Promise<Threshold> {
  const { fpr, ...rest } = options
  requireBetween('fpr', fpr, 0, 1)
  const [only] = await thresholds(normal, { ...rest, fprs: [fpr] })
  if (only === undefined) throw new RangeError('one target gives one threshold')
  return only
}

/**
 * The thresholds of many target false-positive rates from one sort; see {@link threshold}.
 *
 * @returns one for each target, in the order of the targets
 */
export async function thresholds(normal: ScoreArray, options: ThresholdsOptions): Promise<Threshold[]> {
  const threads = threadsOf(options)
  const definition = thresholdNumber(options.definition)
  const fprs = copyTargets(options.fprs)
  const sorted = copyScores('normal', normal)
  const taus = new Float64Array(fprs.length)
  const tolerated = new Uint32Array(fprs.length)
  const flagged = new Uint32Array(fprs.length)
  await runJob(
    () => addon.thresholds(sorted, fprs, definition, taus, tolerated, flagged, threads),
    () => 'normal',
    options,
  )
  const n = sorted.length
  return Array.from(taus, (tau, f) => {
    const m = tolerated[f] ?? 0
    return { tau, target: fprs[f] ?? 0, fpr: (flagged[f] ?? 0) / n, tolerated: m, n, tooFew: m === 0 }
  })
}

/**
 * m = ⌊fpr·n⌋, the false alarms among n normal samples that a target tolerates, free of binary rounding: the largest
 * k whose fraction k/n, divided in double precision, is at most fpr. For a decimal fpr of d digits that is the rational
 * floor as long as n·10ᵈ·fpr < 2⁵². 0 means that n is too small for the target.
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`.
 *
 * @example
 * toleratedAlarms(0.29, 100) // 29, where Math.floor(0.29 * 100) is 28
 */
export function toleratedAlarms(fpr: number, n: number): number {
  requireBetween('fpr', fpr, 0, 1)
  requireInteger('n', n, 0, 2 ** 51)
  return addon.toleratedAlarms(fpr, n)
}

/** The number of a definition in native code. */
export function thresholdNumber(definition: ThresholdDefinition | undefined): number {
  return thresholdDefinitions.indexOf(
    requireKnown('threshold definition', definition ?? 'inverse-cdf', thresholdDefinitions),
  )
}

/** A private copy of target rates, each checked to lie in (0, 1). Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function copyTargets(fprs: unknown): Float64Array {
  const copy = copyNumbers('fprs', fprs)
  copy.forEach((fpr, f) => {
    requireBetween(`fprs[${f}]`, fpr, 0, 1)
  })
  return copy
}
