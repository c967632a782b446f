import { requireBetween, requireInteger } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import {
  type BiasVariance,
  biasVariance,
  type ExpectedRates,
  type KnownRates,
  standardErrorOf,
} from './biasVariance.js'
import type { SampleSizes } from './bound.js'
import type { Pilot } from './pilotRates.js'
import { criticalValue, powerOf, signalFor, varianceAt } from './power.js'
import { anomaliesFor, atMost, normalsFor } from './sizesFor.js'
import { mostSamples } from './solve.js'
import { type TheoremPlan, theoremPlans } from './theoremPlans.js'

/** What is known, and one of two goals: `precision`, or `xi` with `power`. */
export interface PlanOptions extends Partial<ExpectedRates> {
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
  /** Confidence level of the interval, in (0, 1). Default 0.95. */
  readonly level?: number | undefined
  /** Normal or anomalous samples that there are; the plan then only chooses the other number, or checks both. */
  readonly nNormal?: number | undefined
  readonly nAnomalous?: number | undefined
  /** What labelling an anomaly costs, where labelling a normal costs 1; above 0. Default 1. */
  readonly anomalyCost?: number | undefined
  /** Where the rates come from, as `pilotRates` returns it. */
  readonly pilot?: Pilot | undefined
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

export interface Plan {
  readonly fpr: number
  readonly level: number
  readonly goal: PlanGoal
  /** Everything the plan rests on. */
  readonly expected: KnownRates & {
    readonly discordance: number
    readonly slopeSource: SlopeSource
    readonly pilot?: Pilot
  }
  /** The variance of ξ̂ is perAnomaly/n₁ + perNormal/n₀, and the goal takes targetStandardError². */
  readonly perAnomaly: number
  readonly perNormal: number
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

/** First-order variances are not to be trusted below so many tolerated false alarms or discordant anomalies. */
const fewestEvents = 10

/** Shares of the variance left to the anomalies, for the pairs of the trade-off. */
const tradeoffShares = [0.95, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.05]

/**
 * How many normal and anomalous samples to label for an interval of ξ of a given width, or to detect a given ξ: the
 * cheapest pair by the first-order variance of {@link biasVariance}, the trade-off between the two numbers, and what the
 * versions of Theorem 3 say ({@link sampleComplexity}).
 *
 * With the variance V₁/n₁ + V₀/n₀ = S wanted and anomalies at c times the cost, the cheapest pair is n₁ = (V₁ + √(V₀V₁/c))/S, n₀ =
 * (V₀ + √(cV₀V₁))/S, but no less than ten tolerated false alarms and ten discordant anomalies, below which first-order variances
 * mislead. For a goal `xi` the theorems are asked for ε = |ξ|/2: then |ξ̂| > ε tells ξ from 0.
 *
 * Synchronous, up to a second (`sharp`). Errors: `WRONG_TYPE`, `OUT_OF_RANGE` (also when given numbers of one class are too
 * few whatever the other).
 *
 * @example
 * theory.planSamples({ tprBaseline: 0.4, tprCandidate: 0.6, precision: 0.05 }).samples // { nNormal: 3278, nAnomalous: 1967, … }
 */
export function planSamples(options: PlanOptions): Plan {
  const { fpr = 0.05, level = 0.95, anomalyCost = 1, nNormal, nAnomalous } = options
  requireBetween('anomalyCost', anomalyCost, 0, Number.POSITIVE_INFINITY)
  if (nNormal !== undefined) requireInteger('nNormal', nNormal, 1, mostSamples)
  if (nAnomalous !== undefined) requireInteger('nAnomalous', nAnomalous, 1, mostSamples)
  const goal = goalOf(options, level)
  const tprBaseline = options.tprBaseline ?? 0.5
  const tprCandidate = goal.kind === 'power' ? tprBaseline + goal.xi : (options.tprCandidate ?? 0.5)
  const { anomalousCorrelation = 0, normalCorrelation = 0, slopeBaseline, slopeCandidate } = options
  const guess = { fpr, tprBaseline, slopeBaseline, slopeCandidate, anomalousCorrelation, normalCorrelation }
  const variance = goal.kind === 'power' ? varianceAt(guess, goal.xi) : biasVariance({ ...guess, tprCandidate })
  const z = criticalValue(level)
  const target = goal.kind === 'power' ? Math.abs(goal.xi) / signalFor(goal.power, z) : goal.halfWidth / z
  const least = leastSizes(fpr, variance)

  const chosen = choose(variance, target, anomalyCost, least, { nNormal, nAnomalous })
  const standardError = standardErrorOf(variance, chosen)
  const xi = tprCandidate - tprBaseline
  const samples: PlannedSamples = {
    ...chosen,
    halfWidth: z * standardError,
    ...(xi === 0 ? {} : { power: powerOf(Math.abs(xi) / standardError, z) }),
  }
  const { slopeBaseline: slope, slopeCandidate: slope1, discordance } = variance
  const expected = {
    ...{ fpr, tprBaseline, tprCandidate, slopeBaseline: slope, slopeCandidate: slope1 },
    ...{ anomalousCorrelation, normalCorrelation, discordance, slopeSource: slopeSourceOf(options) },
    ...(options.pilot === undefined ? {} : { pilot: options.pilot }),
  }
  return {
    fpr,
    level,
    goal,
    expected,
    perAnomaly: variance.perAnomaly,
    perNormal: variance.perNormal,
    targetStandardError: target,
    anomalyCost,
    samples,
    // Sizes are rounded up, which only helps; given ones are not.
    reached: standardError <= target * (1 + 1e-9),
    tradeoff: tradeoffOf(variance, target, least),
    theorem: theoremPlans(expected, chosen, {
      epsilon: goal.kind === 'power' ? Math.abs(goal.xi) / 2 : goal.halfWidth,
      delta: complement(goal.kind === 'power' ? Math.max(level, goal.power) : level),
    }),
    warnings: warningsOf(chosen, least, expected),
  }
}

/** 1 − p without the digits that the subtraction makes up: 0.05, not 0.050000000000000044. */
function complement(p: number): number {
  return Number((1 - p).toPrecision(12))
}

function goalOf({ precision, xi, power }: PlanOptions, level: number): PlanGoal {
  if (precision !== undefined && xi === undefined && power === undefined) {
    return { kind: 'precision', halfWidth: requireBetween('precision', precision, 0, 1) }
  }
  if (precision === undefined && xi !== undefined) {
    requireBetween('level', level, 0, 1)
    return { kind: 'power', xi, power: requireBetween('power', power ?? 0.8, 1 - level, 1) }
  }
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    'a plan needs one goal: a precision (the half-width of the interval), or a ξ to be detected with a power',
  )
}

function leastSizes(fpr: number, { discordance }: BiasVariance): SampleSizes {
  const nAnomalous = discordance > 0 ? Math.ceil(fewestEvents / discordance) : 1
  return { nNormal: Math.ceil(fewestEvents / fpr - 1e-9), nAnomalous: Math.min(nAnomalous, mostSamples) }
}

function choose(
  variance: BiasVariance,
  target: number,
  cost: number,
  least: SampleSizes,
  given: { readonly nNormal: number | undefined; readonly nAnomalous: number | undefined },
): SampleSizes {
  const { nNormal, nAnomalous } = given
  if (nNormal !== undefined && nAnomalous !== undefined) return { nNormal, nAnomalous }
  if (nNormal !== undefined) {
    return { nNormal, nAnomalous: Math.max(least.nAnomalous, anomaliesFor(variance, nNormal, target)) }
  }
  if (nAnomalous !== undefined) {
    return { nAnomalous, nNormal: Math.max(least.nNormal, normalsFor(variance, nAnomalous, target)) }
  }
  const { perAnomaly, perNormal } = variance
  return pairWith(variance, target, least, (perNormal + Math.sqrt(cost * perNormal * perAnomaly)) / target ** 2)
}

/** The pair with a little more than so many normals, or with the least of a class where that is more. */
function pairWith(variance: BiasVariance, target: number, least: SampleSizes, normals: number): SampleSizes {
  const nNormal = Math.max(least.nNormal, atMost(Math.floor(normals) + 1))
  const nAnomalous = anomaliesFor(variance, nNormal, target)
  if (nAnomalous >= least.nAnomalous) return { nNormal, nAnomalous }
  const fewer = normalsFor(variance, least.nAnomalous, target)
  return { nNormal: Math.max(least.nNormal, fewer), nAnomalous: least.nAnomalous }
}

function tradeoffOf(variance: BiasVariance, target: number, least: SampleSizes): SampleSizes[] {
  const pairs = new Map<number, SampleSizes>()
  for (const share of tradeoffShares) {
    const normals = variance.perNormal / ((1 - share) * target ** 2)
    if (normals > mostSamples) continue
    const pair = pairWith(variance, target, least, normals)
    pairs.set(pair.nNormal, pair)
  }
  return [...pairs.values()].sort((a, b) => a.nNormal - b.nNormal)
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
