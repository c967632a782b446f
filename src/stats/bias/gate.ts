import { at, halfOpen, type OptionChecks, oneOf, requireKnown, wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { frozen } from '../../frozen.js'
import type { Side } from './biasLaw.js'
import { enoughOf } from './enoughSamples.js'
import { type CandidateAnswers, type FamilyOptions, familyLevels, type SetAnswer } from './families.js'
import type { SetBiasOptions } from './setBias.js'
import { cut } from './simultaneous.js'

/** What a gate asks: that nothing is lost beyond a margin, that nothing differs beyond it, or that something is gained. */
export const gates = frozen(['non-inferiority', 'equivalence', 'superiority'] as const)

/**
 * What is asked of ξ, with a margin m:
 * - `non-inferiority`: that it is above −m. Fails where it is below −m.
 * - `equivalence`: that it is between −m and m. Fails where it is outside.
 * - `superiority`: that it is above m. Fails where it is below m.
 */
export type Gate = (typeof gates)[number]

/** The answer of a gate: `pass`, `fail`, or `undecided` where the samples do not tell. */
export type Verdict = 'pass' | 'fail' | 'undecided'

/** Of a gate: what a candidate must not lose, or must gain. */
export interface GateOptions {
  /**
   * The loss of recall that would be borne, in [0, 1): for all classes, or by class, where those without one are not
   * judged. Default: no verdict; of `superiority` 0.
   */
  readonly margin?: number | Readonly<Record<string, number>> | undefined
  /** Default `non-inferiority`; needs a margin. */
  readonly gate?: Gate | undefined
}

/** What a gate says of ξ on one set of anomalies. */
export interface GateAnswer {
  readonly kind: Gate
  readonly margin: number
  /**
   * A lower and an upper limit. Each alone holds for all sets of its family at once with probability `level`; cut to [−1, 1].
   */
  readonly limits: readonly [number, number]
  readonly verdict: Verdict
  /**
   * Samples of the set that would, if ξ is what it seems, likely (power 0.8) have been enough for a verdict. Infinity where
   * no number would. Undefined with a verdict, and where the detectors scored samples of their own.
   */
  readonly enough?: number | undefined
}

const inMargin = halfOpen(0, 1)

export const gateChecks: OptionChecks<GateOptions> = {
  margin: (name, value) => {
    if (typeof value === 'number') return inMargin(name, value)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw wrongType(name, 'a number, or an object of numbers by class', value)
    for (const [own, margin] of Object.entries(value)) inMargin(`${name} of '${own}'`, margin)
  },
  gate: oneOf('gate', gates),
}

/** What is to be judged: undefined where nothing is asked of a set. */
export interface Gated {
  readonly kind: Gate
  readonly overall: number | undefined
  /** In the order of the classes. */
  readonly classes: readonly (number | undefined)[]
}

/**
 * The margins of all sets; undefined where none is asked for.
 *
 * Errors: `OUT_OF_RANGE` for a gate without a margin, an equivalence margin of 0, margins by class where there are none, and
 * levels of at most 0.5, whose limits would be on the wrong side of ξ. `UNKNOWN_CLASS` with the nearest.
 */
export function gatedSets(
  { margin, gate, level }: GateOptions & { readonly level: number },
  classNames: readonly string[],
): Gated | undefined {
  if (margin === undefined && gate === undefined) return undefined
  const kind = gate ?? 'non-inferiority'
  const asked = margin ?? (kind === 'superiority' ? 0 : undefined)
  if (asked === undefined)
    throw refused(`the gate '${kind}' needs a margin. Say how much recall may differ with margin (--margin)`)
  if (level <= 0.5) throw refused(`verdicts need a level above 0.5, got ${level}. Use 0.95`)
  const byClass = new Map(typeof asked === 'number' ? [] : Object.entries(asked))
  if (typeof asked !== 'number') {
    if (classNames.length === 0)
      throw refused(
        'margin names classes, but the samples have none. Give one number, or name their column with class (--class)',
      )
    if (byClass.size === 0) throw refused('margin names no class. Name at least one, or give one number')
    for (const name of byClass.keys()) requireKnown('class of margin', name, classNames, 'UNKNOWN_CLASS')
  }
  if (kind === 'equivalence' && [...byClass.values(), asked].some((one) => one === 0)) {
    throw refused('an equivalence margin of 0 can never be shown. Use a margin above 0')
  }
  const overall = typeof asked === 'number' ? asked : undefined
  return { kind, overall, classes: classNames.map((name) => overall ?? byClass.get(name)) }
}

function refused(message: string): ScoringBiasError {
  return new ScoringBiasError('OUT_OF_RANGE', message)
}

export type GatedOptions = FamilyOptions & Pick<SetBiasOptions, 'design'>

/**
 * Answers with verdicts, [candidate][target]. The classes that are judged are a family for each side: γ is twice the largest p for which the
 * chance that any of them has a share of at most p of its law below its limit is at most α = 1 − level (Westfall and
 * Young's minP on one side), and each limit is that of its set's own interval at level 1 − γ. So a limit of one side is no
 * wider than the simultaneous interval, and that of a family of one is the plain one of level 1 − α. All anomalies are a
 * family of one. Candidates that share no draws are joined by Bonferroni.
 *
 * A candidate fails where any class does and passes where all do; without classes, as all anomalies do.
 */
export async function gatedAnswers(
  answers: readonly (readonly CandidateAnswers[])[],
  { kind, overall, classes }: Gated,
  options: GatedOptions,
): Promise<CandidateAnswers[][]> {
  const places = classes.flatMap((margin, k) => (margin === undefined ? [] : [k]))
  const whole = await limitsOf(
    overall === undefined ? [] : answers.map((targets) => targets.map((one) => one.overall)),
    options,
  )
  const parts = await limitsOf(
    answers.map((targets) => targets.flatMap((one) => places.map((k) => at(one.classes, k)))),
    options,
  )
  return answers.map((targets, i) =>
    targets.map((one, f) => verdicts(one, whole[i]?.[f], parts[i]?.slice(f * places.length))),
  )

  function verdicts(
    one: CandidateAnswers,
    ofAll: Limits | undefined,
    ofClasses: readonly Limits[] = [],
  ): CandidateAnswers {
    const judged = (own: SetAnswer, margin: number | undefined, limits: Limits | undefined): SetAnswer =>
      margin === undefined || limits === undefined
        ? own
        : { ...own, gate: gateAnswer(own, { kind, margin, design: options.design }, limits) }
    const sets = one.classes.map((own, k) => judged(own, classes[k], ofClasses[places.indexOf(k)]))
    const all = judged(one.overall, overall, ofAll)
    const deciding = places.length > 0 ? places.map((k) => at(sets, k)) : [all]
    return { overall: all, classes: sets, verdict: verdictOfAll(deciding.map(({ gate }) => gate?.verdict)) }
  }
}

/** `fail` where any is, `pass` where all are; undefined where nothing was asked. */
export function verdictOfAll(verdicts: readonly (Verdict | undefined)[]): Verdict | undefined {
  if (verdicts.includes(undefined)) return undefined
  if (verdicts.includes('fail')) return 'fail'
  return verdicts.includes('undecided') ? 'undecided' : 'pass'
}

/** Limits of one side each, and the levels that they are read at: 1 − γ of a two-sided interval. */
interface Limits {
  readonly limits: readonly [number, number]
  readonly gammas: Readonly<Record<Exclude<Side, 'both'>, number>>
}

/** [candidate][set] */
async function limitsOf(family: readonly (readonly SetAnswer[])[], options: FamilyOptions): Promise<Limits[][]> {
  const lower = await familyLevels(family, options, 'lower')
  const upper = await familyLevels(family, options, 'upper')
  return family.map((sets, i) =>
    sets.map(({ reading, tolerant, joint }): Limits => {
      const gammas = { lower: at(lower, i).gamma, upper: at(upper, i).gamma }
      // Of thresholds without a place among the normals nothing is known.
      if (!tolerant) return { limits: [-1, 1], gammas }
      const [low, high] = cut([reading.interval(gammas.lower)[0], reading.interval(gammas.upper)[1]])
      // Where classes miss on one side alone, both levels are equal but for the error of their search.
      return { limits: [Math.max(low, joint.interval[0]), Math.min(high, joint.interval[1])], gammas }
    }),
  )
}

interface Asked extends Pick<SetBiasOptions, 'design'> {
  readonly kind: Gate
  readonly margin: number
}

function gateAnswer(own: SetAnswer, { kind, margin, design }: Asked, { limits, gammas }: Limits): GateAnswer {
  const verdict = verdictOf({ kind, margin, limits })
  const answer = { kind, margin, limits, verdict }
  if (verdict !== 'undecided' || design !== 'paired') return answer
  return { ...answer, enough: enoughFor(own, { kind, margin }, gammas) }
}

/** Limits that differ from a margin by rounding equal it. */
const rounding = 1e-12

/** What limits say of ξ; one that equals the margin decides nothing. */
export function verdictOf({ kind, margin, limits }: Pick<GateAnswer, 'kind' | 'margin' | 'limits'>): Verdict {
  const above = (bound: number) => limits[0] - bound > rounding
  const below = (bound: number) => bound - limits[1] > rounding
  if (kind === 'equivalence') {
    if (above(-margin) && below(margin)) return 'pass'
    return above(margin) || below(-margin) ? 'fail' : 'undecided'
  }
  const bound = boundOf(kind, margin)
  if (above(bound)) return 'pass'
  return below(bound) ? 'fail' : 'undecided'
}

function boundOf(kind: Gate, margin: number): number {
  return kind === 'superiority' ? margin : -margin
}

/** Within an equivalence margin both limits have to hold: each with half of the chance to miss. */
const powers = { one: 0.8, both: 0.9 } as const

function enoughFor(own: SetAnswer, { kind, margin }: Omit<Asked, 'design'>, gammas: Limits['gammas']): number {
  const { xi } = own
  const beyond = (from: number, power: number) =>
    enoughOf(own, { gamma: xi > from ? gammas.lower : gammas.upper, from, power })
  if (kind !== 'equivalence') return beyond(boundOf(kind, margin), powers.one)
  if (Math.abs(xi) >= margin) return beyond(xi < 0 ? -margin : margin, powers.one)
  return Math.max(beyond(-margin, powers.both), beyond(margin, powers.both))
}
