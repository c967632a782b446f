import { biasDefaults } from '../biasDefaults.js'
import { between, finite, integer, type OptionChecks, requireBetween, requireOptions } from '../check.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import { AnswerLaw } from './answerLaw.js'
import {
  type BiasVariance,
  type ExpectedRates,
  type KnownRates,
  type Pilot,
  rateChecks,
  varianceOf,
} from './biasVariance.js'
import type { SampleSizes } from './bounds.js'
import { probability, rate, type SizeOptions, sizeChecks, theoryDefaults } from './options.js'
import { varianceAt } from './power.js'
import { doesReach, nextTarget, type PlanGoal, type Question, type Reached, reachGoal } from './reachGoal.js'
import { cheapestSizes, fewestEvents, leastSizes, type Need, tradeoffOf } from './sizesFor.js'
import { type TheoremPlan, theoremPlans } from './theoremPlans.js'

/**
 * What is known, and one of two goals: `precision`, or `xi` with `power`. Of samples that there are already, the plan only
 * chooses the other number, or checks both.
 */
export interface PlanOptions extends Partial<ExpectedRates>, SizeOptions {
  /** Default 0.05. */
  readonly fpr?: number
  /** Default 0.5, where the variance is largest. */
  readonly tprBaseline?: number
  /** Default 0.5; with the goal `xi` it is tprBaseline + xi. */
  readonly tprCandidate?: number
  /** Classes of anomalies in the comparison, each planned alike: their intervals hold at once. Default 1. */
  readonly classes?: number | undefined
  /** The goal: intervals of ξ that are on average no wider than ± precision, in (0, 1). */
  readonly precision?: number | undefined
  /** The other goal: to detect a true ξ of this size and sign. */
  readonly xi?: number | undefined
  /** The probability with which it is detected, above 1 − level and below 1. Default 0.8. */
  readonly power?: number | undefined
  /** What labelling an anomaly costs, where labelling a normal costs 1; above 0. Default 1. */
  readonly anomalyCost?: number | undefined
}

export type { PlanGoal } from './reachGoal.js'

/** What so many samples give: normals, and anomalies of each class. */
export interface PlannedSamples extends SampleSizes {
  /** Half the length that the simultaneous interval of a class has on average. */
  readonly halfWidth: number
  /** The probability of an arrow the right way for one class with the expected ξ; absent when that is 0. */
  readonly power?: number
  /** The standard error of `power`, which is simulated. */
  readonly powerError?: number
}

export type SlopeSource = 'given' | 'pilot' | 'binormal'

/** What `planSamples` answers. */
export interface Plan extends Pick<BiasVariance, 'perAnomaly' | 'perNormal'> {
  readonly fpr: number
  readonly level: number
  readonly classes: number
  readonly goal: PlanGoal
  /** Everything the plan rests on. */
  readonly expected: KnownRates & {
    readonly discordance: number
    readonly slopeSource: SlopeSource
    readonly pilot?: Pilot
  }
  /** The goal takes a first-order variance of ξ̂ of targetStandardError². */
  readonly targetStandardError: number
  readonly anomalyCost: number
  readonly samples: PlannedSamples
  /** Whether `samples` reach the goal: false only when both numbers were given. */
  readonly reached: boolean
  /** Other pairs that reach the goal, by rising number of normals. */
  readonly tradeoff: readonly SampleSizes[]
  /** What the versions of Theorem 3 need for the same, and guarantee from `samples`. */
  readonly theorem: readonly TheoremPlan[]
  readonly warnings: readonly string[]
}

const checks: OptionChecks<PlanOptions> = {
  ...rateChecks,
  ...sizeChecks,
  fpr: probability,
  tprBaseline: rate,
  tprCandidate: rate,
  classes: integer(1, 1000),
  precision: probability,
  xi: finite,
  power: probability,
  anomalyCost: between(0, Number.POSITIVE_INFINITY),
}

/** Data sets simulated for the plan, and for each other pair. */
const simulated = { dataSets: 4096, measured: 1024 }
const simulatedOther = { dataSets: 1024, measured: 512 }

/**
 * How many normal and anomalous samples to label so that the intervals of `relativeBias` and `compare` have a given width
 * or show a given ξ: the cheapest pair, the trade-off between the two numbers, and what the versions of Theorem 3 say
 * (`sampleComplexity`).
 *
 * Width and power are those of the default interval method, `confidence`, and of the simultaneous interval of one class
 * among `classes`, which decides its arrow; they are simulated, with Gaussian scores that have the expected rates
 * (docs/theory.md has predicted beside simulated power). The standard error of a power of 0.8 is below 0.006. Equal
 * options give equal plans.
 *
 * With the first-order variance V₁/n₁ + V₀/n₀ = S of `biasVariance` wanted and K·n₁ anomalies at c times the cost, the
 * cheapest pair is n₁ = (V₁ + √(V₀V₁/(cK)))/S, n₀ = (V₀ + √(cKV₀V₁))/S, but no less than ten tolerated false alarms and
 * ten discordant anomalies; S is the one for which the simulation reaches the goal. For a goal `xi` the theorems are asked for ε =
 * |ξ|/2: then |ξ̂| > ε tells ξ from 0.
 *
 * Synchronous, half a second. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` (also when given numbers of one class are too
 * few whatever the other).
 *
 * @example
 * theory.planSamples({ tprBaseline: 0.4, tprCandidate: 0.6, precision: 0.05 }).samples // { nNormal: 3395, nAnomalous: 2036, … }
 */
export function planSamples(options: PlanOptions): Plan {
  const given = requireOptions('planSamples', options, checks)
  const { level = theoryDefaults.level, anomalyCost = 1, classes = 1 } = given
  const question: Question = { goal: goalOf(given, level), level, classes }
  const { rates, variance } = expectedOf(given, question.goal)
  const law = new AnswerLaw(rates)
  const halfWidth = question.goal.kind === 'precision' ? question.goal.halfWidth : undefined
  const least = leastSizes(rates.fpr, variance, { halfWidth, alpha: (1 - level) / classes })
  const needFor = (target: number): Need => ({ variance, target, least })
  const found = solved(law, needFor, given, question)
  const { epsilon, delta } = demandsOf(question.goal, level)
  const expected = {
    ...rates,
    discordance: variance.discordance,
    slopeSource: slopeSourceOf(given),
    ...(given.pilot && { pilot: given.pilot }),
  }
  return {
    fpr: rates.fpr,
    level,
    classes,
    goal: question.goal,
    expected,
    perAnomaly: variance.perAnomaly,
    perNormal: variance.perNormal,
    targetStandardError: found.target,
    anomalyCost,
    samples: plannedSamples(found, rates),
    reached: doesReach(found, question),
    tradeoff: tradeoffOf(needFor(found.target), (target, pair) => {
      const unasked = question.goal.kind === 'precision' ? { dataSets: 0 } : { measured: 0 }
      const answer = law.expect(pair, { level, classes, ...simulatedOther, ...unasked })
      return nextTarget(target, answer, question, simulatedOther.dataSets)
    }),
    theorem: theoremPlans(rates, found.sizes, { epsilon, delta }),
    warnings: [...warningsOf(found.sizes, least, expected), ...resamplesWarnings({ classes, level })],
  }
}

/** The pair of the plan; where both numbers are given, those, with the target of the cheapest pair. */
function solved(law: AnswerLaw, needFor: (target: number) => Need, given: PlanOptions, question: Question): Reached {
  const { nNormal, nAnomalous, anomalyCost = 1 } = given
  const fixed = nNormal !== undefined && nAnomalous !== undefined ? { nNormal, nAnomalous } : undefined
  const free = fixed === undefined ? { nNormal, nAnomalous } : {}
  const cost = anomalyCost * question.classes
  const found = reachGoal(law, (target) => cheapestSizes(needFor(target), free, cost), question, simulated)
  if (fixed === undefined) return found
  return { ...found, sizes: fixed, ...law.expect(fixed, { ...question, ...simulated }) }
}

function plannedSamples({ sizes, halfWidth, power }: Reached, rates: KnownRates): PlannedSamples {
  if (rates.tprCandidate === rates.tprBaseline) return { ...sizes, halfWidth }
  return { ...sizes, halfWidth, power, powerError: Math.sqrt((power * (1 - power)) / simulated.dataSets) }
}

/** The rates that the plan rests on, and the variance of ξ̂ that follows. */
function expectedOf(given: PlanOptions, goal: PlanGoal): { rates: KnownRates; variance: BiasVariance } {
  const { fpr = theoryDefaults.fpr, tprBaseline = theoryDefaults.tpr, slopeBaseline, slopeCandidate } = given
  const { anomalousCorrelation = 0, normalCorrelation = 0 } = given
  const guess = { fpr, tprBaseline, slopeBaseline, slopeCandidate, anomalousCorrelation, normalCorrelation }
  const tprCandidate = goal.kind === 'power' ? tprBaseline + goal.xi : (given.tprCandidate ?? theoryDefaults.tpr)
  const variance = goal.kind === 'power' ? varianceAt(guess, goal.xi) : varianceOf({ ...guess, tprCandidate })
  const slopes = { slopeBaseline: variance.slopeBaseline, slopeCandidate: variance.slopeCandidate }
  return {
    rates: { fpr, tprBaseline, tprCandidate, ...slopes, anomalousCorrelation, normalCorrelation },
    variance,
  }
}

/** What the theorems are asked for. */
function demandsOf(goal: PlanGoal, level: number): { epsilon: number; delta: number } {
  if (goal.kind === 'precision') return { epsilon: goal.halfWidth, delta: complement(level) }
  return { epsilon: Math.abs(goal.xi) / 2, delta: complement(Math.max(level, goal.power)) }
}

/** 1 − p without the digits that the subtraction makes up: 0.05, not 0.050000000000000044. */
function complement(p: number): number {
  return Number((1 - p).toPrecision(12))
}

function goalOf({ precision, xi, power }: PlanOptions, level: number): PlanGoal {
  if (precision !== undefined && xi === undefined && power === undefined) {
    return { kind: 'precision', halfWidth: precision }
  }
  if (precision === undefined && xi !== undefined) {
    return { kind: 'power', xi, power: requireBetween('power', power ?? theoryDefaults.power, 1 - level, 1) }
  }
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    'a plan needs one goal: a precision (the half-width of the interval), or a ξ to be detected with a power',
  )
}

function slopeSourceOf({ pilot, slopeBaseline, slopeCandidate }: PlanOptions): SlopeSource {
  if (slopeBaseline === undefined || slopeCandidate === undefined) return 'binormal'
  const { baseline, candidate } = pilot?.slopes ?? {}
  return baseline?.slope === slopeBaseline && candidate?.slope === slopeCandidate ? 'pilot' : 'given'
}

function warningsOf(chosen: SampleSizes, least: SampleSizes, { discordance, fpr, pilot }: Plan['expected']): string[] {
  const warnings: string[] = []
  if (chosen.nNormal < least.nNormal) {
    warnings.push(
      `${counted(chosen.nNormal, 'normal sample')} ${chosen.nNormal === 1 ? 'allows' : 'allow'} fewer than ` +
        `${fewestEvents} false alarms at fpr = ${fpr}. What is predicted for so few is rough. ` +
        `Use at least ${counted(least.nNormal, 'normal sample')}`,
    )
  }
  if (chosen.nAnomalous < least.nAnomalous) {
    warnings.push(
      `on ${counted(chosen.nAnomalous, 'anomaly', 'anomalies')} the detectors will differ fewer than ${fewestEvents} times, ` +
        `as they are expected to on a fraction of ${discordance.toFixed(3)}. What is predicted for so few is rough. ` +
        `Use at least ${counted(least.nAnomalous, 'anomaly', 'anomalies')}`,
    )
  }
  for (const [name, { slope, interval }] of Object.entries(pilot?.slopes ?? {})) {
    if (interval[1] - interval[0] <= slope) continue
    warnings.push(
      `the pilot is small: the slope of the ${name}'s ROC curve may lie anywhere between ${interval[0].toFixed(2)} and ` +
        `${interval[1].toFixed(2)}. The number of normal samples depends on its square. Use a larger pilot, or more ` +
        'normal samples than planned',
    )
  }
  return warnings
}

/** A warning when the default number of draws cannot show the tails of so many intervals at once. */
function resamplesWarnings({ classes, level }: { readonly classes: number; readonly level: number }): string[] {
  const least = Math.ceil((2 * classes + 1) / complement(level))
  if (least <= biasDefaults.resamples) return []
  return [
    `${counted(classes, 'interval')} of level ${level} at once take more than ` +
      `${biasDefaults.resamples.toLocaleString('en')} resamples. With fewer there are no arrows. ` +
      `Compare with at least ${least.toLocaleString('en')} resamples`,
  ]
}
