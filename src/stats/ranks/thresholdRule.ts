import { biasDefaults, defaultDelta } from '../../biasDefaults.js'
import { requireBetween, requireInteger, requireKnown } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import { exp, log1p } from '../../elementary.js'
import { ScoringBiasError } from '../../errors.js'
import { addon, type EnumName, enums, type NativeDefinition } from '../../native.js'

/** The names of {@link ThresholdRule}. */
export const thresholdRules = enums.thresholdRule

/** How a threshold is read off normal scores, see {@link threshold}. */
export type ThresholdRule = EnumName<'thresholdRule'>

/** What native code takes. Errors: `UNKNOWN_NAME`, `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function nativeDefinition(definition: ThresholdRule | undefined, delta: number | undefined): NativeDefinition {
  const known = requireKnown('threshold rule', definition ?? biasDefaults.thresholdRule, thresholdRules)
  if (known !== 'certified' && delta !== undefined) {
    throw new ScoringBiasError('OUT_OF_RANGE', `delta goes with the threshold 'certified' only, got '${known}'`)
  }
  return {
    rule: known,
    delta: requireBetween('delta', delta ?? defaultDelta, 0, 1),
  }
}

/** Refuses samples that cannot certify a target: `OUT_OF_RANGE`. */
export function requireCertifiable(
  name: string,
  n: number,
  fprs: ArrayLike<number>,
  { rule, delta }: NativeDefinition,
): void {
  if (rule !== 'certified') return
  for (const fpr of Array.from(fprs)) {
    const fewest = addon.fewestCertified(fpr, delta)
    if (n >= fewest) continue
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `certifying a false-positive rate of ${fpr} with delta = ${delta} takes at least ${counted(fewest, 'normal score')}. ` +
        `${name} has ${formatCount(n)}. Use more normal samples, a higher fpr, or another threshold rule`,
    )
  }
}

/**
 * The least number of normal scores that can certify a target: the n from which on the largest of n scores exceeds the
 * true FPR `fpr` with probability `delta` at most, (1 − fpr)ⁿ ≤ delta (Tong, Feng and Li, Science Advances 4, 2018). Past
 * 2⁵³ it is the next number that there is; Infinity where there is none.
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`.
 *
 * @example
 * fewestCertified(0.05, 0.05) // 59
 */
export function fewestCertified(fpr: number, delta: number): number {
  requireBetween('fpr', fpr, 0, 1)
  requireBetween('delta', delta, 0, 1)
  return addon.fewestCertified(fpr, delta)
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

/** The samples among n that a rate, reached exactly or exceeded, leaves over: n − ⌈rate·n⌉, free of binary rounding. */
export function leftOver(rate: number, n: number): number {
  const floor = toleratedAlarms(rate, n)
  return n - (floor / n === rate ? floor : floor + 1)
}

/** Of which side of a threshold there is no sample among n that set it: all are flagged, or none is. */
export type EmptySide = 'flagged' | 'passed'

/**
 * The side of a threshold on which a target leaves none of n normal samples, if there is one; the threshold is then not among
 * them. One that is certified leaves room for a false alarm where even the second largest score is certified: P(Bin(n, fpr)
 * ≤ 1) ≤ delta.
 */
export function emptySide(fpr: number, n: number, { rule, delta }: NativeDefinition): EmptySide | undefined {
  const alarms =
    rule === 'certified' ? exp((n - 1) * log1p(-fpr)) * (1 + (n - 1) * fpr) <= delta : toleratedAlarms(fpr, n) > 0
  if (!alarms) return 'flagged'
  return leftOver(fpr, n) === 0 ? 'passed' : undefined
}

/** The least n with which that side is not empty; infinity beyond 10¹². */
export function fewestOn(side: EmptySide, fpr: number, definition: NativeDefinition): number {
  const enough = (n: number) => (side === 'passed' ? leftOver(fpr, n) > 0 : emptySide(fpr, n, definition) !== 'flagged')
  let [low, high] = [0, 1]
  while (!enough(high)) {
    if (high > 1e12) return Number.POSITIVE_INFINITY
    ;[low, high] = [high, 2 * high]
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (enough(middle)) high = middle
    else low = middle
  }
  return high
}
