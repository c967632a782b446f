import { normalQuantile } from '../special.js'
import type { AnswerLaw, AnswerOptions, ExpectedAnswer } from './answerLaw.js'
import type { SampleSizes } from './bounds.js'
import { familyValue } from './familyValue.js'

/** What a plan is to reach: intervals of a half width, an arrow with a probability, or that a gate passes with one. */
export type PlanGoal =
  | { readonly kind: 'precision'; readonly halfWidth: number }
  | { readonly kind: 'power'; readonly xi: number; readonly power: number }
  | { readonly kind: 'gate'; readonly margin: number; readonly xi: number; readonly power: number }

/** What a plan without one goal is told. */
export const goalsWanted =
  'a plan needs one goal: a precision (the half-width of the interval), a ξ to be detected with a power, or a margin of a gate ' +
  'that is to pass with a power. Give one of precision (--precision), xi (--xi) and margin (--margin), or xi beside margin'

/** How far the expected ξ is from what intervals are to leave out: 0, or −margin. */
export function distanceOf(goal: Exclude<PlanGoal, { kind: 'precision' }>): number {
  return goal.kind === 'gate' ? goal.xi + goal.margin : Math.abs(goal.xi)
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
  const seen = Math.min(1 - 0.5 / dataSets, Math.max(0.5 / dataSets, answer.power))
  const signal = distanceOf(goal) / target
  // Φ⁻¹(power) rises with |ξ|/σ by nearly as much. A step keeps at least half of the signal.
  return distanceOf(goal) / Math.max(signal / 2, signal + normalQuantile(aim) - normalQuantile(seen))
}

/** Whether sizes do. */
export function doesReach(answer: ExpectedAnswer, { goal }: Pick<Question, 'goal'>): boolean {
  return goal.kind === 'precision' ? answer.halfWidth <= goal.halfWidth : answer.power >= goal.power
}

function isClose(answer: ExpectedAnswer, question: Question): boolean {
  const { goal } = question
  if (!doesReach(answer, question)) return false
  if (goal.kind === 'precision') return answer.halfWidth >= goal.halfWidth * (1 - margin / 2)
  return answer.power <= goal.power + 2 * margin * (1 - goal.power)
}

const mostSteps = 10

function areEqual(a: SampleSizes, b: SampleSizes): boolean {
  return a.nNormal === b.nNormal && a.nAnomalous === b.nAnomalous
}

/** The sizes for a standard error such that the simulated intervals just reach the goal, or the least sizes that there are. */
export function reachGoal(
  law: AnswerLaw,
  sizesFor: (target: number) => SampleSizes,
  question: Question,
  simulated: Pick<AnswerOptions, 'dataSets' | 'measured'>,
): Reached {
  const arrows = { ...question, ...simulated, measured: 0 }
  const lengths = { ...question, ...simulated, dataSets: 0 }
  const [asked, left] = question.goal.kind === 'precision' ? [lengths, arrows] : [arrows, lengths]
  const answerAt = (target: number, sizes: SampleSizes): Reached => ({ target, sizes, ...law.expect(sizes, asked) })
  const first = firstTarget(question)
  let found = answerAt(first, sizesFor(first))
  for (let step = 1; step < mostSteps && !isClose(found, question); step++) {
    const target = nextTarget(found.target, found, question, simulated.dataSets)
    const sizes = sizesFor(target)
    if (areEqual(sizes, found.sizes)) {
      found = { ...found, target }
      break
    }
    found = answerAt(target, sizes)
  }
  // Sizes are whole numbers and the answer is simulated: what the search settles for may just miss the goal.
  for (let less = margin; !doesReach(found, question); less = Math.min(0.5, 1.25 * less)) {
    const target = found.target * (1 - less)
    const sizes = sizesFor(target)
    found = areEqual(sizes, found.sizes) ? { ...found, target } : answerAt(target, sizes)
  }
  const { power, halfWidth } = law.expect(found.sizes, left)
  return left === arrows ? { ...found, power } : { ...found, halfWidth }
}
