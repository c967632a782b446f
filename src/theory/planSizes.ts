import { invariant } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { AnswerLaw, ExpectedAnswer } from './answerLaw.js'
import type { SampleSizes } from './bounds.js'
import { fewestThatReach } from './fewestThatReach.js'
import type { SizeOptions } from './options.js'
import {
  areEqual,
  askedOf,
  doesReach,
  firstTarget,
  isClose,
  lackOf,
  lessThan,
  nextTarget,
  type Question,
  type Reached,
  reachGoal,
  wholeAnswer,
} from './reachGoal.js'
import { cheapestPair, type Need, pairOfShare, requireReachable, tooFew, tooMany, tradeoffShares } from './sizesFor.js'
import { mostSamples } from './solve.js'

/** Data sets simulated for every answer that a plan gives, and for a first look at other pairs. */
export const simulated = { dataSets: 4096, measured: 1024 } as const
const firstLook = { dataSets: 1024, measured: 512 } as const

/** What sizes are looked for with. */
export interface SizeSearch extends Omit<Need, 'target'> {
  /** Of independent samples; of those in groups, what they are worth. */
  readonly given: SizeOptions
  /** What an anomaly costs, of all classes together. */
  readonly anomalyCost: number
  /** The numbers as they are given, and sizes as they are to be named in messages: those of samples in groups. */
  readonly asked: SizeOptions
  readonly namedAs: (sizes: SampleSizes) => SampleSizes
}

export interface PlanSizes extends Reached {
  readonly reached: boolean
  /** Other pairs that reach the goal, by the same simulation. */
  readonly tradeoff: readonly SampleSizes[]
}

/**
 * The cheapest pair of sizes that reaches a goal, or the one with the number that is given, or both that are, and other pairs. Whoever
 * asks about any of them is told that it reaches the goal: all are answered from the same simulated data sets.
 *
 * Errors: `OUT_OF_RANGE` where the goal takes more than 2³¹ samples, or more than are given of a class.
 */
export function planSizes(law: AnswerLaw, question: Question, search: SizeSearch): PlanSizes {
  const { nNormal, nAnomalous } = search.given
  const found =
    nNormal !== undefined && nAnomalous !== undefined
      ? answerOfBoth(law, question, search, { nNormal, nAnomalous })
      : nNormal === undefined && nAnomalous === undefined
        ? cheapest(law, question, search)
        : withOneGiven(law, question, search)
  return { ...found, reached: doesReach(found, question), tradeoff: otherPairs(law, question, search, found) }
}

function cheapest(law: AnswerLaw, question: Question, search: SizeSearch): Reached {
  requireReachable(search.least.nNormal)
  return reachGoal(law, (target) => cheapestPair({ ...search, target }, search.anomalyCost), question, simulated)
}

/** What both numbers give; with the target of the cheapest pair, where there is one. */
function answerOfBoth(law: AnswerLaw, question: Question, search: SizeSearch, sizes: SampleSizes): Reached {
  const target = orNone(() => cheapest(law, question, search))?.target ?? firstTarget(question)
  return { sizes, target, ...wholeAnswer(law, sizes, question, simulated) }
}

/** Nothing where a goal takes more samples than there can be. */
function orNone<T>(solve: () => T): T | undefined {
  try {
    return solve()
  } catch (error) {
    if (error instanceof ScoringBiasError && error.code === 'OUT_OF_RANGE') return undefined
    throw error
  }
}

type ClassName = keyof SampleSizes

/** The fewest samples of the class that is not given. */
function withOneGiven(law: AnswerLaw, question: Question, search: SizeSearch): Reached {
  const own: ClassName = search.given.nNormal === undefined ? 'nAnomalous' : 'nNormal'
  const other: ClassName = own === 'nNormal' ? 'nAnomalous' : 'nNormal'
  const n = numberGiven(search, own)
  if (other === 'nNormal') requireReachable(search.least.nNormal)
  const sizesOf = (m: number) => sizesWith(own, n, m)
  const answerAt = (m: number) => law.expect(sizesOf(m), askedOf(question, simulated))
  const m = fewestThatReach((m) => lackOf(answerAt(m), question, simulated.dataSets), {
    first: firstGuess(search, own, n, firstTarget(question)),
    least: search.least[other],
    isEnough: (m) => isClose(answerAt(m), question),
  })
  if (m === undefined) throw tooFewOf(law, question, search, own)
  const sizes = sizesOf(m)
  return { sizes, target: targetOf(search, sizes), ...wholeAnswer(law, sizes, question, simulated) }
}

function numberGiven({ given }: SizeSearch, own: ClassName): number {
  const n = given[own]
  invariant(n !== undefined, 'one number of samples is given')
  return n
}

function sizesWith(own: ClassName, n: number, other: number): SampleSizes {
  return own === 'nNormal' ? { nNormal: n, nAnomalous: other } : { nNormal: other, nAnomalous: n }
}

/** The standard error that first-order variances give for sizes. */
function targetOf({ variance }: SizeSearch, { nNormal, nAnomalous }: SampleSizes): number {
  return Math.sqrt(variance.perNormal / nNormal + variance.perAnomaly / nAnomalous)
}

/** What first-order variances take of the other class; where they have no such number, the least. */
function firstGuess({ variance, least }: SizeSearch, own: ClassName, n: number, target: number): number {
  const { perNormal, perAnomaly } = variance
  const [mine, others] = own === 'nNormal' ? [perNormal, perAnomaly] : [perAnomaly, perNormal]
  const left = target ** 2 - mine / n
  return left > 0 ? others / left : least[own === 'nNormal' ? 'nAnomalous' : 'nNormal']
}

/** What is said where no number of the other class does, with the number from which one does. */
function tooFewOf(law: AnswerLaw, question: Question, search: SizeSearch, own: ClassName): ScoringBiasError {
  const answerAt = (n: number): ExpectedAnswer =>
    law.expect(sizesWith(own, n, mostSamples), askedOf(question, simulated))
  const n = numberGiven(search, own)
  const fewest = fewestThatReach((n) => lackOf(answerAt(n), question, simulated.dataSets), {
    first: n + 1,
    least: n + 1,
    isEnough: () => false,
  })
  if (fewest === undefined) return tooMany(lessThan(question.goal))
  const named = search.namedAs(sizesWith(own, fewest, mostSamples))[own]
  return tooFew(own, search.asked[own] ?? n, named, lessThan(question.goal))
}

/** Pairs that share the variance otherwise, by rising number of normals. */
function otherPairs(law: AnswerLaw, question: Question, search: SizeSearch, { target, sizes }: Reached): SampleSizes[] {
  const pairs = new Map<number, SampleSizes>()
  for (const share of tradeoffShares) {
    const pair = pairThatReaches(law, question, (at) => pairOfShare({ ...search, target: at }, share), target)
    if (pair !== undefined && !areEqual(pair, sizes)) pairs.set(pair.nNormal, pair)
  }
  return [...pairs.values()].sort((a, b) => a.nNormal - b.nNormal)
}

/** A pair is given up after so many steps. */
const mostSteps = 8

/** A pair for a target near this one that reaches the goal; undefined past 2³¹. */
function pairThatReaches(
  law: AnswerLaw,
  question: Question,
  pairAt: (target: number) => SampleSizes | undefined,
  start: number,
): SampleSizes | undefined {
  const first = pairAt(start)
  if (first === undefined) return undefined
  const look = law.expect(first, askedOf(question, firstLook))
  let target = nextTarget(start, look, question, firstLook.dataSets)
  for (let step = 1; step <= mostSteps; step++) {
    const pair = pairAt(target)
    if (pair === undefined) return undefined
    const answer = law.expect(pair, askedOf(question, simulated))
    if (doesReach(answer, question)) return pair
    target = Math.min(target * (1 - 0.005 * step), nextTarget(target, answer, question, simulated.dataSets))
  }
  return undefined
}
