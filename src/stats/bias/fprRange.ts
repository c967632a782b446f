import { at, type OptionChecks, oneOf, required, requireFinite, wrongType } from '../../check.js'
import { exp, log } from '../../elementary.js'
import { ScoringBiasError } from '../../errors.js'
import { frozen } from '../../frozen.js'
import type { ScoreArray } from '../../native.js'
import { toleratedAlarms } from '../ranks/thresholdRule.js'

/** What a mean over false-positive rates is taken over: their logarithm, or the rates themselves. */
export const rangeScales = frozen(['log', 'fpr'] as const)

/** `log`: each factor of the range counts alike, 0.001 to 0.002 as much as 0.005 to 0.01. `fpr`: each difference does. */
export type RangeScale = (typeof rangeScales)[number]

/** A range of target false-positive rates, and how the mean over it is taken. */
export interface RangeOptions {
  /** From and to, increasing, in (0, 1). */
  readonly fprRange: readonly [number, number] | readonly number[]
  /** Default `log`. */
  readonly over?: RangeScale | undefined
}

export const rangeChecks: OptionChecks<RangeOptions> = {
  fprRange: required((name, value) => {
    if (!Array.isArray(value) || value.length !== 2) throw wrongType(name, 'an array of two rates, from and to', value)
    const [from, to] = Array.from(value, (rate, i) => requireFinite(`${name}[${i}]`, rate)) as [number, number]
    if (0 < from && from < to && to < 1) return
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} must go up from above 0 to below 1, got ${from} to ${to}`)
  }),
  over: oneOf('value of over', rangeScales),
}

/** A range that is checked. */
export interface FprRange {
  readonly from: number
  readonly to: number
  readonly over: RangeScale
}

/** Errors: none; `fprRange` is checked. */
export function rangeOf({ fprRange, over = 'log' }: RangeOptions): FprRange {
  return { from: at(fprRange, 0), to: at(fprRange, 1), over }
}

/** The share of the mean that lies between two rates of the range. */
function shareBetween(low: number, high: number, { from, to, over }: FprRange): number {
  if (high <= low) return 0
  return over === 'log' ? log(high / low) / log(to / from) : (high - low) / (to - from)
}

/** Targets at which a mean over a range is read, and what each counts; the weights sum to 1. */
export interface RangeTargets {
  readonly fprs: Float64Array<ArrayBuffer>
  readonly weights: Float64Array<ArrayBuffer>
}

/** The middles of so many parts of a range: parts of one factor over `log`, and of one difference of √f over `fpr`. */
export function targetsOf(range: FprRange, parts: number): RangeTargets {
  const { from, to, over } = range
  const rate = (place: number) =>
    over === 'log'
      ? from * exp(place * log(to / from))
      : (Math.sqrt(from) + place * (Math.sqrt(to) - Math.sqrt(from))) ** 2
  return {
    fprs: Float64Array.from({ length: parts }, (_, i) => rate((i + 0.5) / parts)),
    weights: Float64Array.from({ length: parts }, (_, i) =>
      shareBetween(rate(i / parts), rate((i + 1) / parts), range),
    ),
  }
}

/**
 * For each score the share of the range over which it is flagged: at those targets f whose threshold, the (⌊f·n⌋ + 1)-th largest
 * of n normal scores, is strictly below it. The mean of these shares over a set of anomalies is the mean of their recall
 * over the range, exactly: the recall is constant between two multiples of 1/n.
 *
 * @param normal ascending
 */
export function flaggedShares(normal: ScoreArray, scores: ScoreArray, range: FprRange): Float64Array<ArrayBuffer> {
  const n = normal.length
  const [first, last] = [toleratedAlarms(range.from, n), toleratedAlarms(range.to, n)]
  // [i]: of the targets whose thresholds are the i largest of those from the lowest on.
  const shares = new Float64Array(last - first + 2)
  for (let i = 1; i < shares.length; i++) {
    const m = last - i + 1
    const part = shareBetween(Math.max(range.from, m / n), Math.min(range.to, (m + 1) / n), range)
    // A sum of parts can exceed the whole by its rounding.
    shares[i] = i === shares.length - 1 ? 1 : Math.min(1, at(shares, i - 1) + part)
  }
  const lowest = n - 1 - last
  return Float64Array.from(scores, (score) => {
    let [low, high] = [lowest, n - first]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (at(normal, middle) < score) low = middle + 1
      else high = middle
    }
    return at(shares, low - lowest)
  })
}

/** Means over the range of the fraction of normals that targets allow to be flagged, ⌊f·n⌋/n, and of that which is. */
export interface RangeFprs {
  readonly allowed: number
  readonly flagged: number
}

/** They differ where normals have one score, as none that equals a threshold is flagged. @param normal ascending */
export function fprsInRange(normal: ScoreArray, range: FprRange): RangeFprs {
  const n = normal.length
  let [allowed, flagged] = [0, 0]
  let above = 0
  for (let m = 0; m <= toleratedAlarms(range.to, n); m++) {
    if (m > 0 && at(normal, n - 1 - m) < at(normal, n - m)) above = m
    const share = shareBetween(Math.max(range.from, m / n), Math.min(range.to, (m + 1) / n), range)
    allowed += (share * m) / n
    flagged += (share * above) / n
  }
  return { allowed, flagged }
}
