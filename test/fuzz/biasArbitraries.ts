import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as core from '../../src/index.js'
import { targets } from '../props/arbitraries.js'

export const unit = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
export const seed = fc.oneof(fc.nat(), fc.maxSafeNat())
export const threads = fc.integer({ min: 0, max: 5 })
export const level = fc.oneof(fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.99), unit)
export const resamples = fc.integer({ min: 2, max: 120 })
export const design = fc.constantFrom('paired' as const, 'independent' as const)
export const plainRule = fc.constantFrom('inverse-cdf' as const, 'supremum' as const, 'linear' as const)
export const intervalMethod = fc.constantFrom(...core.intervalMethods)
/** All but the one that takes two paired detectors and one target only, see `tabled`. */
export const engine = fc.constantFrom(...core.engines.filter((name) => name !== 'table'))

/** Studentized intervals take the tree engine's standard errors, of every replicate. */
export function suited<T extends { intervalMethod?: core.IntervalMethod; engine?: core.Engine }>(options: T): T {
  return options.intervalMethod === 'studentized' ? { ...options, engine: 'tree' } : options
}

export const bias = { thresholdRule: plainRule, level, intervalMethod, resamples, seed, engine, threads }
/** Levels are above ½ where a verdict is asked for. */
export const gated = {
  gate: fc.constantFrom(...core.gates),
  margin: fc.double({ min: 0.001, max: 0.9, noNaN: true }),
  level: fc.double({ min: 0.51, max: 0.999, noNaN: true }),
}

/** Options of ξ. Resamples are always given: 10,000 by default would take most of the time. */
export const biasOptions = fc.record({ ...bias, fpr: targets }, { requiredKeys: ['resamples'] }).map(suited)

/** Interval, p-value and arrow of one set of anomalies say one thing at a level. */
export function requireOneAnswer(
  { xi, interval: [low, high], pValue, simultaneous, pAdjusted, direction }: Answer,
  level: number,
): void {
  const alpha = 1 - level
  assert.ok(-1 <= xi && xi <= 1 && -1 <= low && low <= high && high <= 1, `ξ ${xi}, interval ${low} to ${high}`)
  assert.ok(0 < pValue && pValue <= pAdjusted && pAdjusted <= 1, `p ${pValue}, adjusted ${pAdjusted}`)
  assert.ok(simultaneous[0] <= low && high <= simultaneous[1], `${low} to ${high} in ${simultaneous}`)
  // Within the last bits of alpha nobody can tell on which side p is.
  if (Math.abs(pValue - alpha) > 1e-12)
    assert.equal(low > 0 || high < 0, pValue < alpha, `p ${pValue}, ${low} to ${high}`)
  if (Math.abs(pAdjusted - alpha) > 1e-12)
    assert.equal(direction !== 'none', pAdjusted < alpha, `adjusted p ${pAdjusted}`)
  const arrow = simultaneous[0] > 0 ? 'up' : simultaneous[1] < 0 ? 'down' : 'none'
  assert.equal(direction, arrow)
}
type Answer = Pick<core.RelativeBias, 'xi' | 'interval' | 'pValue' | 'simultaneous' | 'pAdjusted' | 'direction'>

export const fprRange = fc
  .uniqueArray(targets, { minLength: 2, maxLength: 2 })
  .map((rates) => rates.sort((a, b) => a - b) as [number, number])
