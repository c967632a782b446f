import {
  between,
  finite,
  halfOpen,
  integer,
  type OptionChecks,
  requireBetween,
  required,
  requireOptions,
} from '../check.js'
import { complement, expm1, log } from '../elementary.js'
import { ScoringBiasError } from '../errors.js'
import { normalCdf, normalQuantile, studentTQuantile } from '../special.js'
import { probability, theoryDefaults } from './options.js'
import { item, quickCdf } from './quickCdf.js'
import { distanceOf, doesReach, goalsWanted, type PlanGoal, refusePowerOfPrecision } from './reachGoal.js'
import { turningPoint } from './solve.js'

/** What a comparison of trainings has shown, and what the next one is to reach. */
export interface PlanSeedsOptions {
  /** Standard error of ξ that the samples of the pilot leave: `sampleError` of `compareSeeds`. */
  readonly sampleError: number
  /** Standard deviations of the recalls over trainings: `tprBaseline.sd` and `tprCandidate.sd`. */
  readonly sdBaseline: number
  readonly sdCandidate: number
  /** The goal: intervals of ξ that are on average no wider than ± precision, in (0, 1). */
  readonly precision?: number | undefined
  /** The other goal: to detect a true ξ of this size and sign. With `margin` the expected ξ, default 0. */
  readonly xi?: number | undefined
  /** The third goal: that the lower one-sided limit of ξ is above −margin, in [0, 1). */
  readonly margin?: number | undefined
  /** The probability with which the goal is reached, above 1 − level and below 1. Default 0.8. */
  readonly power?: number | undefined
  /** Confidence level in (0, 1). Default 0.95. */
  readonly level?: number | undefined
  /** Classes whose intervals hold at once. Default 1. */
  readonly classes?: number | undefined
}

const error = halfOpen(0, 1)
const checks: OptionChecks<PlanSeedsOptions> = {
  sampleError: required(error),
  sdBaseline: required(error),
  sdCandidate: required(error),
  precision: probability,
  xi: finite,
  margin: halfOpen(0, 1),
  power: probability,
  level: between(0, 1),
  classes: integer(1, 1000),
}

/** So many trainings of each detector, and what they give. */
export interface PlannedSeeds {
  /** Of each detector. */
  readonly trainings: number
  /** How many times the samples of the pilot. */
  readonly samples: number
  /** Half the length that the interval has on average. */
  readonly halfWidth: number
  /** Of the goal; absent where it is a precision. */
  readonly power?: number
}

/** What {@link planSeeds} answers. */
export interface SeedPlan {
  readonly level: number
  readonly classes: number
  readonly goal: PlanGoal
  readonly sampleError: number
  readonly sdBaseline: number
  readonly sdCandidate: number
  /** With the samples that there are; undefined where no number of trainings does, up to 1,000. */
  readonly trainings: number | undefined
  /** For 2, 3, 5, … trainings of each detector, the samples that it takes beside them, where any number does. */
  readonly tradeoff: readonly PlannedSeeds[]
}

const fewestTrainings = 2
const mostTrainings = 1000
const mostSamples = 1e4
const shownTrainings = [2, 3, 4, 5, 7, 10, 15, 20, 30, 50]

/**
 * How many trainings of each detector, and how many samples, a comparison of trainings takes (`relativeBiasOfSeeds`), from what a
 * smaller one has shown.
 *
 * With R trainings of either and k times the samples, Var(ξ̂) = σ_S²/k + (s_b² + s_c²)/R. The interval is ξ̂ plus and minus a
 * quantile q of σ_S·Z/√k + τ̂·t, Z standard normal and t Student's with the degrees of Satterthwaite, as `relativeBiasOfSeeds` has it;
 * the errors τ̂ of repeated comparisons follow χ² laws, and the power is the mean over these of Φ((|ξ − bound| − q)/√Var(ξ̂)). The
 * classes are a family of independent members (Šidák). What of s² is an interaction with the samples would shrink with more of them:
 * this is left out, and plans a little more than it takes.
 *
 * Synchronous, a tenth of a second. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`.
 *
 * @example
 * theory.planSeeds({ sampleError: 0.012, sdBaseline: 0.03, sdCandidate: 0.04, xi: 0.05 }).trainings // 16
 */
export function planSeeds(options: PlanSeedsOptions): SeedPlan {
  const given = requireOptions('planSeeds', options, checks)
  const { sampleError, sdBaseline, sdCandidate, level = theoryDefaults.level, classes = 1 } = given
  const goal = goalOf(given, level)
  const law = { sampleError, variance: (sdBaseline ** 2 + sdCandidate ** 2) / 2, shares: sharesOf(given) }
  const tail = tailOf(level, classes, goal)
  const answerAt = (trainings: number, samples: number) => seedsAnswer({ ...law, trainings, samples }, goal, tail)
  const least = leastTrainings((trainings) => reaches(answerAt(trainings, 1), goal))
  return {
    ...{ level, classes, goal, sampleError, sdBaseline, sdCandidate },
    trainings: least,
    tradeoff: shownTrainings.flatMap((trainings) => {
      const samples = leastSamples((k) => reaches(answerAt(trainings, k), goal))
      return samples === undefined ? [] : [answerAt(trainings, samples)]
    }),
  }
}

interface SeedLaw {
  readonly sampleError: number
  /** Mean of both detectors' variances over trainings. */
  readonly variance: number
  /** Of either detector in their sum. */
  readonly shares: readonly [number, number]
  readonly trainings: number
  readonly samples: number
}

function sharesOf({ sdBaseline, sdCandidate }: PlanSeedsOptions): readonly [number, number] {
  const sum = sdBaseline ** 2 + sdCandidate ** 2
  return sum === 0 ? [0.5, 0.5] : [sdBaseline ** 2 / sum, sdCandidate ** 2 / sum]
}

/** The chance that one limit of one class is missed. */
function tailOf(level: number, classes: number, goal: PlanGoal): number {
  const one = -expm1(log(level) / classes)
  return goal.kind === 'gate' ? one : one / 2
}

const nodes = 7
/** Standard normal quantiles in the middle of as many parts. */
const evenNormals = Array.from({ length: nodes }, (_, i) => normalQuantile((i + 0.5) / nodes))
/** Parts of Student's law. */
const parts = 100

/** What so many trainings and samples give. @param tail the chance that one limit of one class is missed */
export function seedsAnswer(law: SeedLaw, goal: PlanGoal, tail: number): PlannedSeeds {
  const { trainings, samples, variance, shares } = law
  const sigma = law.sampleError / Math.sqrt(samples)
  const tau = Math.sqrt((2 * variance) / trainings)
  const spread = Math.hypot(sigma, tau)
  let [width, power] = [0, 0]
  // Errors that trainings are estimated to leave: χ² of both detectors, by Wilson and Hilferty.
  const spreads = chiSquares(trainings - 1)
  for (const first of spreads) {
    for (const second of spreads) {
      const [a, b] = [shares[0] * first, shares[1] * second]
      const sum = a + b
      const degrees =
        sum === 0
          ? 2 * (trainings - 1)
          : Math.max(1, Math.floor((sum ** 2 * (trainings - 1)) / (a ** 2 + b ** 2) + 1e-9))
      const own = { sigma, tau: tau * Math.sqrt(sum), degrees }
      const q = quantileOf(own, tail)
      // An interval leaves its part of the chance on either side, a gate's limit all of it on one.
      width += (goal.kind === 'gate' ? quantileOf(own, tail / 2) : q) / nodes ** 2
      if (goal.kind !== 'precision') power += normalCdf((distanceOf(goal) - q) / spread) / nodes ** 2
    }
  }
  // Rounding may add up to more than 1.
  return { trainings, samples, halfWidth: width, ...(goal.kind === 'precision' ? {} : { power: Math.min(1, power) }) }
}

/** A χ² variable over its degrees (Wilson and Hilferty, PNAS 17, 1931; of one and two degrees exact) at each node, of mean 1. */
function chiSquares(degrees: number): number[] {
  const values = evenNormals.map((z) => {
    if (degrees === 1) return normalQuantile((1 + normalCdf(z)) / 2) ** 2
    if (degrees === 2) return -log(1 - normalCdf(z))
    const c = 2 / (9 * degrees)
    const root = Math.max(0, 1 - c + z * Math.sqrt(c))
    return root * root * root
  })
  const mean = values.reduce((sum, value) => sum + value, 0) / nodes
  return values.map((value) => value / mean)
}

interface Sum {
  readonly sigma: number
  readonly tau: number
  readonly degrees: number
}

/** What σZ + τt exceeds with a probability. */
function quantileOf({ sigma, tau, degrees }: Sum, tail: number): number {
  const normal = -sigma * normalQuantile(tail)
  if (tau === 0) return normal
  const reach = tau * studentTQuantile(1 - tail, degrees)
  if (sigma <= 1e-3 * tau) return reach
  const values = studentParts(degrees)
  let [low, high] = [0, reach + normal]
  for (let step = 0; step < 18; step++) {
    const q = (low + high) / 2
    let beyond = 0
    for (let i = 0; i < parts; i++) beyond += item(weights, i) * quickCdf((tau * item(values, i) - q) / sigma)
    if (beyond > tail) low = q
    else high = q
  }
  return (low + high) / 2
}

/** Shares of the law of t from its upper end down, finer there: s³ for s in the middle of equal parts of (0, 1). */
const places = Float64Array.from({ length: parts }, (_, i) => (i + 0.5) / parts)
const weights = places.map((s) => (3 * s ** 2) / parts)
const known = new Map<number, Float64Array>()

/** Student's t at each of these. */
function studentParts(degrees: number): Float64Array {
  const values = known.get(degrees) ?? places.map((s) => studentTQuantile(1 - s * s * s, degrees))
  known.set(degrees, values)
  return values
}

function goalOf(given: PlanSeedsOptions, level: number): PlanGoal {
  const { precision, xi, margin, power } = given
  refusePowerOfPrecision(given)
  if (precision !== undefined && xi === undefined && margin === undefined && power === undefined) {
    return { kind: 'precision', halfWidth: precision }
  }
  if (precision !== undefined || (xi === undefined && margin === undefined)) {
    throw new ScoringBiasError('OUT_OF_RANGE', goalsWanted)
  }
  const wanted = requireBetween(`power at level ${level}`, power ?? theoryDefaults.power, complement(level), 1)
  const goal: PlanGoal =
    margin !== undefined
      ? { kind: 'gate', margin, xi: xi === undefined ? 0 : requireBetween('xi', xi, -1, 1), power: wanted }
      : { kind: 'power', xi: requireBetween('xi', xi, -1, 1), power: wanted }
  if (goal.kind === 'gate' ? distanceOf(goal) > 0 : distanceOf(goal) !== 0) return goal
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    goal.kind === 'gate'
      ? `margin = ${goal.margin} is kept where ξ is above −${goal.margin}, and ξ is expected to be ${goal.xi}. Give a larger margin, or expect a larger ξ`
      : 'xi must not be 0. A ξ of 0 cannot be detected',
  )
}

function reaches({ halfWidth, power = Number.NaN }: PlannedSeeds, goal: PlanGoal): boolean {
  return doesReach({ halfWidth, power }, { goal })
}

/** The least number of trainings that does, up to the most there are. */
function leastTrainings(holds: (trainings: number) => boolean): number | undefined {
  return holds(mostTrainings) ? turningPoint(fewestTrainings - 1, mostTrainings, holds) : undefined
}

/** The least multiple of the samples that does, in steps of a hundredth of the pilot's. */
function leastSamples(holds: (samples: number) => boolean): number | undefined {
  const step = 0.01
  if (!holds(mostSamples)) return undefined
  const steps = turningPoint(0, mostSamples / step, (k) => holds(k * step))
  return Number((steps * step).toFixed(2))
}
