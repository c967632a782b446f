import { at, between, numbers, type OptionChecks, oneOf, requireBetween, requireOptions } from '../../check.js'
import { type JobOptions, jobChecks, runJob, threadsOf } from '../../job.js'
import { addon, type ScoreArray } from '../../native.js'
import { copyNumbers, copyScores } from './scores.js'
import { nativeDefinition, requireCertifiable, type ThresholdRule, thresholdRules } from './thresholdRule.js'

interface RuleOptions extends JobOptions {
  /** Default `inverse-cdf`. */
  readonly thresholdRule?: ThresholdRule | undefined
  /** Of `certified`: δ, the probability in (0, 1) with which the true FPR may exceed the target. Default 0.05. */
  readonly delta?: number | undefined
}

/** Options of {@link threshold}. */
export interface ThresholdOptions extends RuleOptions {
  /** Target false-positive rate, in (0, 1). */
  readonly fpr: number
}

/** Options of {@link thresholds}. */
export interface ThresholdsOptions extends RuleOptions {
  /** Target false-positive rates, each in (0, 1). */
  readonly fprs: readonly number[] | Float64Array
}

const ruleChecks: OptionChecks<RuleOptions> = {
  ...jobChecks,
  thresholdRule: oneOf('threshold rule', thresholdRules),
  delta: between(0, 1),
}
const thresholdChecks: OptionChecks<ThresholdOptions> = { ...ruleChecks, fpr: between(0, 1) }
const thresholdsChecks: OptionChecks<ThresholdsOptions> = { ...ruleChecks, fprs: numbers }

/** A threshold and what it does to the normal scores that it was read off. */
export interface Threshold {
  /** A sample is flagged when its score is strictly greater. */
  readonly threshold: number
  /** The target false-positive rate. */
  readonly fpr: number
  /** The fraction of the n normal scores above `threshold`. */
  readonly observedFpr: number
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
 * - `linear`: interpolated at position (n − 1)(1 − fpr), as the paper's reference program did;
 * - `certified`: s₍ₙ₋c₎ with the largest c for which P(Bin(n, fpr) ≤ c) ≤ δ. The FPR of a new normal sample at s₍ₙ₋c₎ is
 *   Beta(c + 1, n − c), whatever the (continuous) law of the scores, so it exceeds the target with probability δ at most,
 *   where the plug-in thresholds above exceed it about half the time (Tong, Feng and Li, Science Advances 4, 2018).
 *
 * m does not suffer from binary rounding: 0.05 of 20 is 1, 0.07 of 100 is 7, and the fraction k/n, computed in double
 * precision, always means k of n. Ties count as not flagged, so the empirical FPR can stay below m/n. Cost: one sort
 * (see {@link sort}).
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index, `OUT_OF_RANGE` (also when there are too few scores to certify
 * the target, see {@link fewestCertified}), `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * await threshold(Float64Array.of(1, 2, 3, 4), { fpr: 0.25 }) // { threshold: 3, fpr: 0.25, observedFpr: 0.25, tolerated: 1, … }
 */
export async function threshold(normal: ScoreArray, options: ThresholdOptions): Promise<Threshold> {
  const { fpr, ...rest } = requireOptions('threshold', options, thresholdChecks)
  return at(await thresholds(normal, { ...rest, fprs: [requireBetween('fpr', fpr, 0, 1)] }), 0)
}

/**
 * The thresholds of many target false-positive rates from one sort; see {@link threshold}.
 *
 * @returns one for each target, in the order of the targets
 */
export async function thresholds(normal: ScoreArray, options: ThresholdsOptions): Promise<Threshold[]> {
  const asked = requireOptions('thresholds', options, thresholdsChecks)
  const threads = threadsOf(asked)
  const definition = nativeDefinition(asked.thresholdRule, asked.delta)
  const fprs = copyTargets('fprs', asked.fprs)
  const sorted = copyScores('normal', normal)
  requireCertifiable('normal', sorted.length, fprs, definition)
  const taus = new Float64Array(fprs.length)
  const tolerated = new Uint32Array(fprs.length)
  const flagged = new Uint32Array(fprs.length)
  await runJob(
    () => addon.thresholds(sorted, fprs, definition, taus, tolerated, flagged, threads),
    () => 'normal',
    options,
  )
  const n = sorted.length
  return Array.from(taus, (threshold, f) => {
    const m = at(tolerated, f)
    return { threshold, fpr: at(fprs, f), observedFpr: at(flagged, f) / n, tolerated: m, n, tooFew: m === 0 }
  })
}

/** A private copy of target rates, each checked to lie in (0, 1). Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `DETACHED`. */
export function copyTargets(name: string, fprs: unknown): Float64Array {
  const copy = copyNumbers(name, fprs)
  copy.forEach((fpr, f) => {
    requireBetween(`${name}[${f}]`, fpr, 0, 1)
  })
  return copy
}
