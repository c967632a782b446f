import { at, between, type OptionChecks, requireBetween, requireOptions } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type JobOptions, jobChecks } from '../../job.js'
import type { ScoreArray } from '../../native.js'
import { copyScores } from './scores.js'
import { thresholds } from './threshold.js'
import { leftOver } from './thresholdRule.js'

export interface ThresholdAtTprOptions extends JobOptions {
  /** Target true-positive rate, in (0, 1). */
  readonly tpr: number
}

const checks: OptionChecks<ThresholdAtTprOptions> = { ...jobChecks, tpr: between(0, 1) }

/** A threshold and what it does to the anomalous scores that it was read off. */
export interface ThresholdAtTpr {
  /** A sample is flagged when its score is strictly greater; where `observedTpr` is 1, −∞ stands for flagging all, scores of −∞ too. */
  readonly threshold: number
  /** The target true-positive rate. */
  readonly tpr: number
  /** The fraction of the n anomalous scores above `threshold`. */
  readonly observedTpr: number
  /** m = n − ⌈target·n⌉, the anomalies among n that the target allows to miss. */
  readonly tolerated: number
  readonly n: number
  /** Whether n is too small for the target: m is 0, so all anomalies are flagged. */
  readonly tooFew: boolean
}

/**
 * The threshold at which a detector meets a target true-positive rate on its anomalous scores: the largest τ whose TPR
 * is at least the target (Ye, Chen and Zheng, IJCAI 2021, Appendix B).
 *
 * With the scores sorted s₍₁₎ ≤ … ≤ s₍ₙ₎ and m = n − ⌈tpr·n⌉ that may be missed, every τ below s₍ₘ₊₁₎ flags enough and
 * s₍ₘ₊₁₎ itself does not, so τ is the largest double below it: a sample is flagged when its score is s₍ₘ₊₁₎ or more. m is
 * free of binary rounding, as in `toleratedAlarms`. Where s₍ₘ₊₁₎ is −∞ there is no double below it: τ is −∞, and stands
 * for flagging everything, scores of −∞ too, and `observedTpr` is 1. Where s₍ₘ₊₁₎ is the least finite double and scores of −∞
 * lie below it, τ is −∞ as well, and flags what is strictly greater. Cost: one sort.
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index, `OUT_OF_RANGE`, `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`,
 * `ABORTED`.
 *
 * @example
 * await thresholdAtTpr(Float64Array.of(4, 5, 6, 7), { tpr: 0.75 }) // { threshold: 4.999999999999999, tpr: 0.75, observedTpr: 0.75, … }
 */
export async function thresholdAtTpr(anomalous: ScoreArray, options: ThresholdAtTprOptions): Promise<ThresholdAtTpr> {
  const { tpr: asked, ...job } = requireOptions('thresholdAtTpr', options, checks)
  const tpr = requireBetween('tpr', asked, 0, 1)
  const scores = negated('anomalous', anomalous)
  const n = scores.length
  const mirrored = at(await thresholds(scores, { ...job, fprs: [missTarget(tpr, [n])] }), 0)
  const tolerated = leftOver(tpr, n)
  return {
    threshold: nextBelow(-mirrored.threshold),
    tpr: tpr,
    observedTpr: (n - Math.round(mirrored.observedFpr * n)) / n,
    tolerated,
    n,
    tooFew: tolerated === 0,
  }
}

/** A private copy of the scores with their signs changed. Errors: those of `copyScores`, `NOT_A_NUMBER`. */
export function negated(name: string, scores: unknown): ScoreArray {
  const copy = copyScores(name, scores)
  copy.forEach((score, i) => {
    if (Number.isNaN(score)) {
      throw new ScoringBiasError('NOT_A_NUMBER', `${name}[${i}] is NaN. Drop or repair that sample`)
    }
    copy[i] = -score
  })
  return copy
}

/**
 * 1 − tpr as a target of misses: the double next to it that tolerates n − ⌈tpr·n⌉ among each of the sizes n, and
 * among one sample fewer, as the jackknife has it. 1 − 0.9 is less than the double 0.1 and would tolerate none among 10.
 * Below 1, which the difference is rounded to for the least of targets.
 */
export function missTarget(tpr: number, sizes: readonly number[]): number {
  const fractions = sizes.flatMap((n) => [n, n - 1]).map((n) => (n > 0 ? leftOver(tpr, n) / n : 0))
  return Math.min(nextBelow(1), Math.max(1 - tpr, ...fractions))
}

/** The largest double below x; −∞ for itself. */
export function nextBelow(x: number): number {
  if (x === 0) return -Number.MIN_VALUE
  if (x === Number.NEGATIVE_INFINITY) return x
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  view.setBigInt64(0, view.getBigInt64(0) - (x > 0 ? 1n : -1n))
  return view.getFloat64(0)
}
