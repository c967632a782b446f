import { between, finite, type OptionChecks, requireBetween, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import {
  type BiasVariance,
  type ExpectedRates,
  type KnownRates,
  type Pilot,
  rateChecks,
  standardErrorOf,
  varianceOf,
} from './biasVariance.js'
import type { SampleSizes } from './bounds.js'
import { probability, rate, type SizeOptions, sizeChecks, theoryDefaults } from './options.js'
import { criticalValue, powerOf, signalFor, varianceAt } from './power.js'
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
  /** The goal: an interval of ξ no wider than ± precision, in (0, 1). */
  readonly precision?: number | undefined
  /** The other goal: to detect a true ξ of this size and sign. */
  readonly xi?: number | undefined
  /** The probability with which it is detected, above 1 − level and below 1. Default 0.8. */
  readonly power?: number | undefined
  /** What labelling an anomaly costs, where labelling a normal costs 1; above 0. Default 1. */
  readonly anomalyCost?: number | undefined
}

export type PlanGoal =
  | { readonly kind: 'precision'; readonly halfWidth: number }
  | { readonly kind: 'power'; readonly xi: number; readonly power: number }

/** What so many samples give. */
export interface PlannedSamples extends SampleSizes {
  /** Of the interval of ξ. */
  readonly halfWidth: number
  /** Of the expected ξ; absent when that is 0. */
  readonly power?: number
}

export type SlopeSource = 'given' | 'pilot' | 'binormal'

export interface Plan extends Pick<BiasVariance, 'perAnomaly' | 'perNormal'> {
  readonly fpr: number
  readonly level: number
  readonly goal: PlanGoal
  /** Everything the plan rests on. */
  readonly expected: KnownRates & {
    readonly discordance: number
    readonly slopeSource: SlopeSource
    readonly pilot?: Pilot
  }
  /** The goal takes a variance of ξ̂ of targetStandardError². */
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
  precision: probability,
  xi: finite,
  power: probability,
  anomalyCost: between(0, Number.POSITIVE_INFINITY),
}

/**
 * How many normal and anomalous samples to label for an interval of ξ of a given width, or to detect a given ξ: the
 * cheapest pair by the first-order variance of {@link biasVariance}, the trade-off between the two numbers, and what the
 * versions of Theorem 3 say ({@link sampleComplexity}).
 *
 * With the variance V₁/n₁ + V₀/n₀ = S wanted and anomalies at c times the cost, the cheapest pair is n₁ = (V₁ + √(V₀V₁/c))/S, n₀ =
 * (V₀ + √(cV₀V₁))/S, but no less than ten tolerated false alarms and ten discordant anomalies, below which first-order variances
 * mislead. For a goal `xi` the theorems are asked for ε = |ξ|/2: then |ξ̂| > ε tells ξ from 0.
 *
 * Synchronous, up to a second (`sharp`). Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE` (also when given numbers of one class are too
 * few whatever the other).
 *
 * @example
 * theory.planSamples({ tprBaseline: 0.4, tprCandidate: 0.6, precision: 0.05 }).samples // { nNormal: 3278, nAnomalous: 1967, … }
 */
export function planSamples(options: PlanOptions): Plan {
  const given = requireOptions('planSamples', options, checks)
  const { level = theoryDefaults.level, anomalyCost = 1 } = given
  const goal = goalOf(given, level)
  const { rates, variance } = expectedOf(given, goal)
  const { z, target, epsilon, delta } = demandsOf(goal, level)
  const need: Need = { variance, target, least: leastSizes(rates.fpr, variance) }
  const chosen = cheapestSizes(need, given, anomalyCost)
  const standardError = standardErrorOf(variance, chosen)
  const xi = rates.tprCandidate - rates.tprBaseline
  const expected = {
    ...rates,
    discordance: variance.discordance,
    slopeSource: slopeSourceOf(given),
    ...(given.pilot && { pilot: given.pilot }),
  }
  return {
    fpr: rates.fpr,
    level,
    goal,
    expected,
    perAnomaly: variance.perAnomaly,
    perNormal: variance.perNormal,
    targetStandardError: target,
    anomalyCost,
    samples: {
      ...chosen,
      halfWidth: z * standardError,
      ...(xi !== 0 && { power: powerOf(Math.abs(xi) / standardError, z) }),
    },
    // Sizes are rounded up, which only helps; given ones are not.
    reached: standardError <= target * (1 + 1e-9),
    tradeoff: tradeoffOf(need),
    theorem: theoremPlans(rates, chosen, { epsilon, delta }),
    warnings: warningsOf(chosen, need.least, expected),
  }
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

/** The critical value of the level, the standard error that the goal takes, and what the theorems are asked for. */
function demandsOf(goal: PlanGoal, level: number): { z: number; target: number; epsilon: number; delta: number } {
  const z = criticalValue(level)
  if (goal.kind === 'precision') {
    return { z, target: goal.halfWidth / z, epsilon: goal.halfWidth, delta: complement(level) }
  }
  const size = Math.abs(goal.xi)
  const delta = complement(Math.max(level, goal.power))
  return { z, target: size / signalFor(goal.power, z), epsilon: size / 2, delta }
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
      `${chosen.nNormal} normals tolerate fewer than ${fewestEvents} false alarms at fpr = ${fpr}: the interval will be ` +
        `less certain than planned. ${least.nNormal} are the least to plan with`,
    )
  }
  if (chosen.nAnomalous < least.nAnomalous) {
    warnings.push(
      `of ${chosen.nAnomalous} anomalies the detectors will tell fewer than ${fewestEvents} apart (discordance ` +
        `${discordance.toFixed(3)}): ${least.nAnomalous} are the least to plan with`,
    )
  }
  for (const [name, { slope, interval }] of Object.entries(pilot?.slopes ?? {})) {
    if (interval[1] - interval[0] <= slope) continue
    warnings.push(
      `the pilot leaves the slope of the ${name}'s ROC curve between ${interval[0].toFixed(2)} and ` +
        `${interval[1].toFixed(2)}: the number of normals is as uncertain as its square`,
    )
  }
  return warnings
}
