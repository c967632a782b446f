import { biasDefaults } from '../biasDefaults.js'
import { numbers, type OptionChecks, required, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { ScoreRows } from '../scores/scoreRows.js'
import { verdictOfAll } from '../stats/bias/gate.js'
import { copyNumbers } from '../stats/ranks/scores.js'
import { type CompareOptions, compareChecks, comparisonsAt } from './compare.js'
import type { ScoreData, TargetsComparison } from './types.js'

/** Of a comparison at several targets. */
export interface CompareTargetsOptions extends Omit<CompareOptions, 'fpr' | 'curve'> {
  /** Target false-positive rates in (0, 1), increasing. */
  readonly fprs: readonly number[] | Float64Array
}

const { fpr: _, curve: __, ...ownChecks } = compareChecks
const checks: OptionChecks<CompareTargetsOptions> = { ...ownChecks, fprs: required(numbers) }

/**
 * {@link compare} at several target false-positive rates: a comparison for each. Simultaneous intervals, adjusted p-values,
 * arrows and limits of verdicts hold for all targets, classes and candidates at once: every draw is read at all targets, so
 * that targets which say the same cost little. Over candidates as in {@link compare}.
 *
 * With several targets all is drawn, whatever the engine. Time and memory: those of {@link compare} by draws, for each target.
 *
 * Errors: those of {@link compare}; `OUT_OF_RANGE` for targets that do not increase, `EMPTY_SAMPLE` for none.
 *
 * @example
 * const { targets } = await compareTargets({
 *   source: 'example',
 *   detectors: ['old', 'new'],
 *   validation: [Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 1, 4, 3)],
 *   anomalous: [Float64Array.of(3, 5, 2), Float64Array.of(5, 6, 4)],
 * }, { fprs: [0.25, 0.5] })
 */
export async function compareTargets(
  scores: ScoreData | ScoreRows,
  options: CompareTargetsOptions,
): Promise<TargetsComparison> {
  const { fprs, ...given } = requireOptions('compareTargets', options, checks)
  const targets = await comparisonsAt(requireIncreasing(fprs), scores, {
    ...biasDefaults,
    ...given,
    resamples: given.resamples,
  })
  const verdict = verdictOfAll(targets.map((one) => one.verdict))
  return verdict === undefined ? { targets } : { targets, verdict }
}

function requireIncreasing(given: CompareTargetsOptions['fprs']): number[] {
  const fprs = Array.from(copyNumbers('fprs', given))
  if (fprs.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'fprs is empty: at least one is needed')
  const i = fprs.findIndex((fpr, f) => f > 0 && !(fpr > (fprs[f - 1] ?? Number.NaN)))
  if (i < 0 || fprs.some(Number.isNaN)) return fprs
  const what = fprs[i] === fprs[i - 1] ? `is ${fprs[i]} again` : `is ${fprs[i]}, after ${fprs[i - 1]}`
  throw new ScoringBiasError('OUT_OF_RANGE', `fprs[${i}] ${what}. Give each target once, the smallest first`)
}
