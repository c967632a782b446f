import { fewestCertified, type ThresholdRule } from '../../stats/ranks/thresholdRule.js'

export interface TargetGridOptions {
  readonly definition: ThresholdRule
  /** Of `certified`. */
  readonly delta: number
  /** Normal samples that set the thresholds. */
  readonly nNormal: number
  /** Steps between 0 and the target of the report: 100 or a divisor of it. */
  readonly stepsToTarget: number
}

/** Targets end at this multiple of the report's. */
export const gridReach = 4

/**
 * The target false-positive rates that a report can be asked for: multiples of a fraction of its own target, which is
 * one of them, as short decimals, in (0, 1) and up to four times the target; those that `nNormal` samples cannot
 * certify are left out.
 *
 * @example
 * targetGrid(0.05, { definition: 'inverse-cdf', delta: 0.05, nNormal: 100, stepsToTarget: 100 }) // 0.0005, 0.001, …, 0.2
 */
export function targetGrid(fpr: number, { definition, delta, nNormal, stepsToTarget }: TargetGridOptions): number[] {
  // Rounded where the decimals of fpr / stepsToTarget end, so that the page shows 0.0015 and computes with it.
  const digits = decimals(fpr) + 2
  const all = Array.from({ length: gridReach * stepsToTarget }, (_, i) => {
    const multiple = i + 1
    return multiple === stepsToTarget ? fpr : Number(((multiple * fpr) / stepsToTarget).toFixed(Math.min(100, digits)))
  })
  const possible = all.filter((target) => target > 0 && target < 1)
  if (definition !== 'certified') return possible
  return possible.filter((target) => fewestCertified(target, delta) <= nNormal)
}

/** Digits behind the point of a number's shortest decimal form. */
function decimals(value: number): number {
  const text = String(value)
  const [, fraction = ''] = text.match(/\.(\d+)/) ?? []
  const [, exponent = '0'] = text.split('e')
  return Math.max(0, fraction.length - Number(exponent))
}
