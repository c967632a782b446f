import { ScoringBiasError } from '../errors.js'
import { normalQuantile } from '../special.js'
import type { AnswerLaw, AnswerOptions, ExpectedAnswer } from './answerLaw.js'
import type { SampleSizes } from './bounds.js'
import { familyValue } from './familyValue.js'
import { tooMany } from './sizesFor.js'

/** What a plan is to reach: intervals of a half width, an arrow with a probability, or that a gate passes with one. */
export type PlanGoal =
  | { readonly kind: 'precision'; readonly halfWidth: number }
  | { readonly kind: 'power'; readonly xi: number; readonly power: number }
  | { readonly kind: 'gate'; readonly margin: number; readonly xi: number; readonly power: number }

/** What a plan without one goal is told. */
export const goalsWanted =
  'a plan needs one goal: a precision (the half-width of the interval), a ξ to be detected with a power, or a margin of a gate ' +
  'that is to pass with a power. Give one of precision (--precision), xi (--xi) and margin (--margin), or xi beside margin'

/** Refuses a power beside a precision, which is of the width that intervals have on average: `OUT_OF_RANGE`. */
export function refusePowerOfPrecision({ precision, xi, margin, power }: GoalOptions): void {
  if (precision === undefined || power === undefined || xi !== undefined || margin !== undefined) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    'power (--power) does not go with precision (--precision), which is a width that intervals have on average. ' +
      'Leave power out, or give xi (--xi) or margin (--margin) in place of precision',
  )
}

interface GoalOptions {
  readonly precision?: number | undefined
  readonly xi?: number | undefined
  readonly margin?: number | undefined
  readonly power?: number | undefined
}

/** How far the expected ξ is from what intervals are to leave out: 0, or −margin. */
export function distanceOf(goal: Exclude<PlanGoal, { kind: 'precision' }>): number {
  return goal.kind === 'gate' ? goal.xi + goal.margin : Math.abs(goal.xi)
}

/** What takes fewer samples than a goal. */
export function lessThan({ kind }: PlanGoal): string {
  if (kind === 'precision') return 'a larger precision'
  return kind === 'power' ? 'a larger xi, or for less power' : 'a larger margin, or for less power'
}

/** What is asked of the intervals. */
export interface Question {
  readonly goal: PlanGoal
  readonly level: number
  readonly classes: number
}

export interface Reached extends ExpectedAnswer {
  readonly sizes: SampleSizes
  /** The first-order standard error of ξ̂ that the sizes were chosen for. */
  readonly target: number
}

/** The answer that a goal asks for, of so many data sets: power alone, or width alone. */
export function askedOf(
  { goal, level, classes }: Question,
  { dataSets, measured }: Pick<AnswerOptions, 'dataSets' | 'measured'>,
): AnswerOptions {
  return goal.kind === 'precision'
    ? { level, classes, measured, dataSets: 0 }
    : { level, classes, measured: 0, dataSets }
}

/** The standard error of ξ̂ that would do if intervals were ξ̂ plus and minus a multiple of it: where the search begins. */
export function firstTarget({ goal, level, classes }: Question): number {
  const z = familyValue({ level, classes, sides: goal.kind === 'gate' ? 1 : 2 }, 0.5)
  if (goal.kind === 'precision') return goal.halfWidth / z
  return distanceOf(goal) / (z + Math.max(0, normalQuantile(goal.power)) + 1e-9)
}

/** What is aimed at: a little more than the goal, so that what is settled for reaches it. */
const margin = 0.015

/** The standard error to try after another one gave an answer: nearly the right one. */
export function nextTarget(target: number, answer: ExpectedAnswer, { goal }: Question, dataSets: number): number {
  if (goal.kind === 'precision') return (target * goal.halfWidth * (1 - margin / 4)) / answer.halfWidth
  const aim = goal.power + margin * (1 - goal.power)
  const signal = distanceOf(goal) / target
  // Φ⁻¹(power) rises with |ξ|/σ by nearly as much. A step keeps at least half of the signal.
  return distanceOf(goal) / Math.max(signal / 2, signal + normalQuantile(aim) - signalSeen(answer, dataSets))
}

/** Φ⁻¹ of the power, of which data sets tell no more than that it is not 0 or 1. */
function signalSeen({ power }: ExpectedAnswer, dataSets: number): number {
  return normalQuantile(Math.min(1 - 0.5 / dataSets, Math.max(0.5 / dataSets, power)))
}

/** Whether sizes do. */
export function doesReach(answer: ExpectedAnswer, { goal }: Pick<Question, 'goal'>): boolean {
  return goal.kind === 'precision' ? answer.halfWidth <= goal.halfWidth : answer.power >= goal.power
}

/** What an answer lacks of the goal: above 0 exactly where it does not reach it. */
export function lackOf(answer: ExpectedAnswer, { goal }: Question, dataSets: number): number {
  if (goal.kind === 'precision') return answer.halfWidth / goal.halfWidth - 1
  const lack = normalQuantile(goal.power) - signalSeen(answer, dataSets)
  return answer.power >= goal.power ? Math.min(0, lack) : Math.max(Number.MIN_VALUE, lack)
}

/** Whether an answer reaches the goal, and by so little that fewer samples are not worth looking for. */
export function isClose(answer: ExpectedAnswer, question: Question): boolean {
  const { goal } = question
  if (!doesReach(answer, question)) return false
  if (goal.kind === 'precision') return answer.halfWidth >= goal.halfWidth * (1 - margin / 2)
  return answer.power <= goal.power + 2 * margin * (1 - goal.power)
}

const mostSteps = 10

export function areEqual(a: SampleSizes, b: SampleSizes): boolean {
  return a.nNormal === b.nNormal && a.nAnomalous === b.nAnomalous
}

/**
 * The sizes for a standard error such that the simulated intervals just reach the goal, or the least sizes that there are.
 * Errors: `OUT_OF_RANGE` where `sizesFor` has none.
 */
export function reachGoal(
  law: AnswerLaw,
  sizesFor: (target: number) => SampleSizes | undefined,
  question: Question,
  simulated: Pick<AnswerOptions, 'dataSets' | 'measured'>,
): Reached {
  const asked = askedOf(question, simulated)
  const sizesAt = (target: number): SampleSizes => {
    const sizes = sizesFor(target)
    if (sizes === undefined) throw tooMany(lessThan(question.goal))
    return sizes
  }
  const answerAt = (target: number): Reached => {
    const sizes = sizesAt(target)
    return { target, sizes, ...law.expect(sizes, asked) }
  }
  let found = answerAt(firstTarget(question))
  let [best, failing] = sorted(found, undefined, Number.POSITIVE_INFINITY)
  for (let step = 1; step < mostSteps && !isClose(found, question); step++) {
    const guess = nextTarget(found.target, found, question, simulated.dataSets)
    const next = answerAt(within(guess, best?.target ?? 0, failing))
    const isSettled = areEqual(next.sizes, found.sizes) && doesReach(next, question)
    found = next
    ;[best, failing] = sorted(found, best, failing)
    if (isSettled) break
  }
  // Sizes are whole numbers and the answer is simulated: what the search settles for may just miss the goal.
  for (let less = margin; best === undefined; less = Math.min(0.5, 1.25 * less)) {
    found = answerAt(found.target * (1 - less))
    ;[best, failing] = sorted(found, best, failing)
  }
  return { ...best, ...wholeAnswer(law, best.sizes, question, simulated) }

  /** The best that reaches the goal, and the least target that does not. */
  function sorted(one: Reached, reaching: Reached | undefined, short: number): [Reached | undefined, number] {
    if (!doesReach(one, question)) return [reaching, Math.min(short, one.target)]
    return [reaching === undefined || one.target >= reaching.target ? one : reaching, short]
  }
}

/** A target where it lies between one that reaches the goal and one that does not; else one in their middle. */
function within(target: number, reaching: number, failing: number): number {
  if ((target > reaching && target < failing) || reaching === 0 || failing === Number.POSITIVE_INFINITY) return target
  return Math.sqrt(reaching * failing)
}

/** Power and width of the same sizes. Each is asked for alone, so that whoever asks again is answered from the same data sets. */
export function wholeAnswer(
  law: AnswerLaw,
  sizes: SampleSizes,
  question: Question,
  { dataSets, measured }: Pick<AnswerOptions, 'dataSets' | 'measured'>,
): ExpectedAnswer {
  const { level, classes } = question
  const { power } = law.expect(sizes, { level, classes, dataSets, measured: 0 })
  const { halfWidth } = law.expect(sizes, { level, classes, dataSets: 0, measured })
  return { power, halfWidth }
}
