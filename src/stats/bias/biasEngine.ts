import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { frozen } from '../../frozen.js'
import type { BootstrapArguments } from '../../native.js'
import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import { type DecidedEngine, engines } from '../bootstrap/engine.js'
import { mostSteps } from './latticeLaw.js'

/** The names of {@link BiasEngine}. */
export const biasEngines = frozen([...engines, 'exact'] as const)

/**
 * How the law of ξ* is found: one of the engines of the bootstrap, which draw replicates, or
 * - `exact`, which computes what they approach as their number grows: no seed, no resamples, no Monte Carlo error
 *   (docs/exact-law.md), and the confidence distribution (docs/intervals.md). Two detectors at one target, paired or with
 *   samples of their own, any number of classes, every interval method but `studentized`. Several candidates are pairs of
 *   their own, joined by Bonferroni.
 * - `auto` takes `exact` where it covers the question and is estimated to take at most a second on one thread
 *   (native/kernels/exact/family_cost.cc, confidence_maker.cc), unless candidates can share resamples; else it draws.
 */
export type BiasEngine = (typeof biasEngines)[number]

/** What an answer is by: an engine, or draws of the confidence distribution, which has none. */
export type AnsweredBy = DecidedEngine | 'exact' | 'confidence'

/** What `auto` spends on one thread at most, in nanoseconds. */
export const exactBudget = 1e9

/** What decides whether the closed form covers a question. */
export interface ExactQuestion {
  readonly intervalMethod: IntervalMethod
  /** Whether replicates are wanted for themselves. */
  readonly thresholds?: boolean | undefined
}

type Input = Pick<BootstrapArguments['input'], 'normal' | 'anomalous' | 'excluded' | 'design' | 'definition' | 'fprs'>

/** Why the closed form does not cover a question, and what to do; undefined where it does. */
export function notCovered(input: Input, { intervalMethod, thresholds }: ExactQuestion): string | undefined {
  const use = (engine: DecidedEngine) => `Use the engine '${engine}'`
  if (intervalMethod === 'studentized') {
    return `the interval method 'studentized', which needs the standard error of every replicate. ${use('tree')}`
  }
  if (thresholds === true) return `replicates: it draws none. ${use('tree')}`
  if (input.fprs.length > 1) return `several targets at once. ${use('tree')}`
  if (input.excluded.some((masks) => masks.some((mask) => mask !== undefined))) {
    return `excluded samples. ${use('direct')}`
  }
  if (intervalMethod === 'confidence') return undefined
  if (input.definition.rule === 'linear') {
    return `the threshold rule 'linear', whose thresholds lie between samples. ${use('tree')}`
  }
  const sizes = input.anomalous.map((sets) => at(sets, 0).length)
  if (input.design === 'independent' && sizes.reduce((product, n) => product * n, 1) > mostSteps) {
    return `so many anomalies of samples of their own. ${use('tree')}`
  }
  return undefined
}

/** Refuses engine `exact` for a question that it does not cover: `OUT_OF_RANGE`. */
export function requireCovered(input: Input, question: ExactQuestion): void {
  const missing = notCovered(input, question)
  if (missing !== undefined) throw new ScoringBiasError('OUT_OF_RANGE', `engine 'exact' does not cover ${missing}`)
}
