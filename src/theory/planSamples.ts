import { biasDefaults } from '../biasDefaults.js'
import { between, finite, halfOpen, integer, type OptionChecks, requireBetween, requireOptions } from '../check.js'
import { counted, formatCount } from '../counted.js'
import { complement } from '../elementary.js'
import { ScoringBiasError } from '../errors.js'
import { AnswerLaw } from './answerLaw.js'
import {
  type BiasVariance,
  cutCorrelation,
  type ExpectedRates,
  type KnownRates,
  type Pilot,
  rateChecks,
  varianceOf,
} from './biasVariance.js'
import type { SampleSizes } from './bounds.js'
import { probability, rate, type SizeOptions, sizeChecks, theoryDefaults } from './options.js'
import {
  type GroupPlanOptions,
  groupedSizes,
  groupPlanChecks,
  type PlannedGroups,
  plannedGroups,
  worthOf,
} from './planGroups.js'
import { type PlanSizes, planSizes, simulated } from './planSizes.js'
import { varianceAt } from './power.js'
import { distanceOf, goalsWanted, type PlanGoal, type Question, refusePowerOfPrecision } from './reachGoal.js'
import { fewestEvents, leastSizes, steeringVariance } from './sizesFor.js'
import { type TheoremPlan, theoremPlans } from './theoremPlans.js'

/**
 * What is known, and one of three goals: `precision`, `xi` with `power`, or `margin` with `power`. Of samples that there are already, the plan only
 * chooses the other number, or checks both.
 */
export interface PlanOptions extends Partial<ExpectedRates>, SizeOptions, GroupPlanOptions {
  /** Default 0.05. */
  readonly fpr?: number
  /** Default 0.5, where the variance is largest. */
  readonly tprBaseline?: number
  /** Default 0.5, of a gate tprBaseline; with `xi` it is tprBaseline + xi. */
  readonly tprCandidate?: number
  /** Classes of anomalies in the comparison, each planned alike: their intervals hold at once. Default 1. */
  readonly classes?: number | undefined
  /** Candidates in the comparison, which share 1 − level by Bonferroni; the plan is for one of them. Default 1. */
  readonly candidates?: number | undefined
  /** The goal: intervals of ξ that are on average no wider than ± precision, in (0, 1). */
  readonly precision?: number | undefined
  /** The other goal: to detect a true ξ of this size and sign. With `margin` the expected ξ. */
  readonly xi?: number | undefined
  /**
   * The third goal: that a gate of non-inferiority with this margin, in [0, 1), passes on all classes, if ξ is what is expected:
   * 0 unless xi or tprCandidate say otherwise, and above −margin.
   */
  readonly margin?: number | undefined
  /** The probability with which ξ is detected, or the gate passes: above 1 − level and below 1. Default 0.8. */
  readonly power?: number | undefined
  /** What labelling an anomaly costs, where labelling a normal costs 1; above 0. Default 1. */
  readonly anomalyCost?: number | undefined
}

export type { PlanGoal } from './reachGoal.js'

/** What so many samples give: normals, and anomalies of each class. */
export interface PlannedSamples extends SampleSizes {
  /** Half the length that the simultaneous interval of a class has on average. */
  readonly halfWidth: number
  /**
   * The probability of an arrow the right way for one class with the expected ξ, absent when that is 0; of a gate, that it
   * passes on all classes.
   */
  readonly power?: number
  /** The standard error of `power`, which is simulated. */
  readonly powerError?: number
}

/** Where the slopes of ROC curves in a plan come from: the caller, a pilot, or curves of Gaussian scores through the rates. */
export type SlopeSource = 'given' | 'pilot' | 'binormal'

/** What `planSamples` answers. */
export interface Plan extends Pick<BiasVariance, 'perAnomaly' | 'perNormal'> {
  readonly fpr: number
  readonly level: number
  readonly classes: number
  readonly candidates: number
  readonly goal: PlanGoal
  /** Of samples in groups; numbers of samples are those in groups, and `theorem`, which takes samples for independent, is empty. */
  readonly groups?: PlannedGroups | undefined
  /** Everything the plan rests on. */
  readonly expected: KnownRates & {
    readonly discordance: number
    readonly slopeSource: SlopeSource
    /** Correlations that were given, where the rates do not allow them: those above are the nearest that they allow. */
    readonly askedCorrelations?: { readonly anomalous?: number; readonly normal?: number }
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
  ...groupPlanChecks,
  fpr: probability,
  tprBaseline: rate,
  tprCandidate: rate,
  classes: integer(1, 1000),
  candidates: integer(1, 1000),
  precision: probability,
  xi: finite,
  margin: halfOpen(0, 1),
  power: probability,
  anomalyCost: between(0, Number.POSITIVE_INFINITY),
}

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
 * ten discordant anomalies; S is the one for which the simulation reaches the goal. Whoever asks again with these numbers, or
 * with a pair of the trade-off, is told that they do. For a goal `xi` the theorems are asked for ε =
 * |ξ|/2: then |ξ̂| > ε tells ξ from 0.
 *
 * Synchronous, about a second. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` (also when given numbers of one class are too
 * few whatever the other).
 *
 * @example
 * theory.planSamples({ tprBaseline: 0.4, tprCandidate: 0.6, precision: 0.05 }).samples // { nNormal: 3395, nAnomalous: 2036, … }
 */
export function planSamples(options: PlanOptions): Plan {
  const given = requireOptions('planSamples', options, checks)
  const { level = theoryDefaults.level, anomalyCost = 1, classes = 1, candidates = 1 } = given
  const goal = goalOf(given, level)
  const question: Question = { goal, level: levelOfOne(level, candidates), classes }
  const { rates, variance } = expectedOf(given, goal)
  const groups = plannedGroups(given, rates, variance)
  const law = new AnswerLaw(rates, goal.kind === 'gate' ? goal.margin : undefined)
  const halfWidth = goal.kind === 'precision' ? goal.halfWidth : undefined
  const distance = goal.kind === 'precision' ? goal.halfWidth : distanceOf(goal)
  const least = leastSizes(rates.fpr, variance, { halfWidth, alpha: (1 - question.level) / classes })
  const found = planSizes(law, question, {
    variance: steeringVariance(variance, rates, distance),
    least,
    given: worthOf(given, groups),
    anomalyCost: anomalyCost * classes * dearer(groups),
    namedAs: (pair) => groupedSizes(pair, groups),
    asked: given,
  })
  const samples = plannedSamples(found, rates, goal)
  const inGroups = (pair: SampleSizes) => groupedSizes(pair, groups)
  const sizes = { ...inGroups(found.sizes), ...sizesGiven(given) }
  const expected = {
    ...rates,
    ...cutCorrelations(rates),
    discordance: variance.discordance,
    slopeSource: slopeSourceOf(given),
    ...(given.pilot && { pilot: given.pilot }),
  }
  return {
    ...{ fpr: rates.fpr, level, classes, candidates, goal },
    ...(groups && { groups }),
    ...{ expected, perAnomaly: variance.perAnomaly, perNormal: variance.perNormal },
    ...{ targetStandardError: found.target, anomalyCost },
    samples: { ...samples, ...sizes },
    reached: found.reached,
    tradeoff: found.tradeoff.map(inGroups),
    theorem: groups === undefined ? theoremPlans(rates, found.sizes, demandsOf(goal, level)) : [],
    warnings: [
      ...warningsOf(sizes, inGroups(least), expected),
      ...groupsWarnings(sizes, groups),
      ...resamplesWarnings({ classes, level: question.level }),
    ],
  }
}

/** The level of one candidate's intervals, where those of several hold at once. */
function levelOfOne(level: number, candidates: number): number {
  return candidates === 1 ? level : 1 - (1 - level) / candidates
}

/** How many times more an anomaly takes than a normal, to be worth one that is on its own. */
function dearer(groups: PlannedGroups | undefined): number {
  return groups === undefined ? 1 : groups.designEffect.anomalous / groups.designEffect.normal
}

/** The numbers that are given are what is planned with, though they are worth a little more than a whole number. */
function sizesGiven({ nNormal, nAnomalous }: SizeOptions): Partial<SampleSizes> {
  return { ...(nNormal === undefined ? {} : { nNormal }), ...(nAnomalous === undefined ? {} : { nAnomalous }) }
}

function plannedSamples({ sizes, halfWidth, power }: PlanSizes, rates: KnownRates, { kind }: PlanGoal): PlannedSamples {
  if (rates.tprCandidate === rates.tprBaseline && kind !== 'gate') return { ...sizes, halfWidth }
  return { ...sizes, halfWidth, power, powerError: Math.sqrt((power * (1 - power)) / simulated.dataSets) }
}

/** The rates that the plan rests on, and the variance of ξ̂ that follows. */
function expectedOf(given: PlanOptions, goal: PlanGoal): { rates: KnownRates; variance: BiasVariance } {
  const { fpr = theoryDefaults.fpr, tprBaseline = theoryDefaults.tpr, slopeBaseline, slopeCandidate } = given
  const { anomalousCorrelation = 0, normalCorrelation = 0 } = given
  const guess = { fpr, tprBaseline, slopeBaseline, slopeCandidate, anomalousCorrelation, normalCorrelation }
  const tprCandidate = goal.kind === 'precision' ? (given.tprCandidate ?? theoryDefaults.tpr) : tprBaseline + goal.xi
  const variance = goal.kind === 'power' ? varianceAt(guess, goal.xi) : varianceOf({ ...guess, tprCandidate })
  const slopes = { slopeBaseline: variance.slopeBaseline, slopeCandidate: variance.slopeCandidate }
  return {
    rates: { fpr, tprBaseline, tprCandidate, ...slopes, anomalousCorrelation, normalCorrelation },
    variance,
  }
}

/** Correlations that the rates do not allow, as they were computed with, and as they were asked for; nothing where they allow both. */
function cutCorrelations({ fpr, tprBaseline, tprCandidate, anomalousCorrelation, normalCorrelation }: KnownRates) {
  const anomalous = cutCorrelation(tprBaseline, tprCandidate, anomalousCorrelation)
  const normal = cutCorrelation(fpr, fpr, normalCorrelation)
  if (anomalous === undefined && normal === undefined) return {}
  return {
    ...(anomalous !== undefined && { anomalousCorrelation: anomalous }),
    ...(normal !== undefined && { normalCorrelation: normal }),
    askedCorrelations: {
      ...(anomalous !== undefined && { anomalous: anomalousCorrelation }),
      ...(normal !== undefined && { normal: normalCorrelation }),
    },
  }
}

/** What the theorems are asked for. */
function demandsOf(goal: PlanGoal, level: number): { epsilon: number; delta: number } {
  if (goal.kind === 'precision') return { epsilon: goal.halfWidth, delta: complement(level) }
  const distance = goal.kind === 'gate' ? goal.xi + goal.margin : Math.abs(goal.xi)
  return { epsilon: distance / 2, delta: complement(Math.max(level, goal.power)) }
}

function goalOf(given: PlanOptions, level: number): PlanGoal {
  const { precision, xi, margin, power } = given
  refusePowerOfPrecision(given)
  if (precision !== undefined && xi === undefined && power === undefined && margin === undefined) {
    return { kind: 'precision', halfWidth: precision }
  }
  if (precision === undefined) {
    const wanted = requireBetween(`power at level ${level}`, power ?? theoryDefaults.power, complement(level), 1)
    if (margin !== undefined) return { kind: 'gate', margin, xi: expectedXi(given, margin), power: wanted }
    if (xi !== undefined) return { kind: 'power', xi, power: wanted }
  }
  throw new ScoringBiasError('OUT_OF_RANGE', goalsWanted)
}

/** The ξ that a gate is expected to find. Errors: `OUT_OF_RANGE` where it would rightly not pass, or recalls cannot differ so. */
function expectedXi(
  { tprBaseline = theoryDefaults.tpr, tprCandidate, xi, level }: PlanOptions,
  margin: number,
): number {
  if ((level ?? theoryDefaults.level) <= 0.5) {
    throw new ScoringBiasError('OUT_OF_RANGE', `verdicts need a level above 0.5, got ${level}. Use 0.95`)
  }
  const expected = xi ?? (tprCandidate ?? tprBaseline) - tprBaseline
  if (!(expected > -margin)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `the gate passes where ξ is above −margin = ${-margin}, and ξ is expected to be ${Number(expected.toPrecision(12))}. No number of samples makes it ` +
        'pass. Give a larger margin, or expect a larger ξ (xi, or tprCandidate)',
    )
  }
  const reached = tprBaseline + expected
  if (reached >= 0 && reached <= 1) return expected
  throw new ScoringBiasError('OUT_OF_RANGE', `tprBaseline + xi must lie in [0, 1], got ${tprBaseline} + ${expected}`)
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
      `${formatCount(biasDefaults.resamples)} resamples. With fewer there are no arrows. ` +
      `Compare with at least ${formatCount(least)} resamples`,
  ]
}

/** With fewer groups intervals are wide and rough (docs/groups.md). */
const fewGroups = 20

function groupsWarnings({ nNormal, nAnomalous }: SampleSizes, groups: PlannedGroups | undefined): string[] {
  if (groups === undefined) return []
  const kinds = [
    ['normal samples', nNormal / groups.size.normal] as const,
    ['anomalies of a class', nAnomalous / groups.size.anomalous] as const,
  ]
  return kinds.flatMap(([name, count]) => {
    if (count >= fewGroups) return []
    const n = Math.max(1, Math.round(count))
    return [
      `the ${name} are of ${counted(n, 'group')}. With fewer than ${fewGroups} groups, intervals are wider than the plan ` +
        `says. Use at least ${fewGroups} groups, with fewer samples of each`,
    ]
  })
}
