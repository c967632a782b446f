import { exp, log } from '../elementary.js'
import { mostSamples } from './solve.js'

/** A number of samples of one class, and what it lacks of the goal: above 0 exactly where it does not reach it. */
interface Tried {
  readonly n: number
  readonly lack: number
}

export interface Search {
  /** The search begins with `first`, and goes no lower than `least`. */
  readonly first: number
  readonly least: number
  /** Whether a number that reaches the goal is as good as the least that does. */
  readonly isEnough: (n: number) => boolean
}

interface Bracket {
  readonly short: Tried
  readonly enough: Tried
}

/**
 * The least number of samples from which the goal is reached, or one that is enough; undefined where not even 2³¹ do. False position
 * between a number that does not reach the goal and one that does, on the logarithmic scale, and halving where that is slow.
 */
export function fewestThatReach(lackAt: (n: number) => number, search: Search): number | undefined {
  const tryOut = (n: number): Tried => ({ n, lack: lackAt(n) })
  const start = tryOut(within(Math.round(search.first), search.least, mostSamples))
  let bracket = start.lack > 0 ? bracketAbove(tryOut, start) : bracketBelow(tryOut, start, search)
  let halve = false
  while (bracket !== undefined && bracket.enough.n - bracket.short.n > 1 && !search.isEnough(bracket.enough.n)) {
    const { short, enough } = bracket
    const width = log(enough.n / short.n)
    const share = halve ? 0.5 : within(short.lack / (short.lack - enough.lack), 0.1, 0.9)
    const tried = tryOut(within(Math.round(short.n * exp(share * width)), short.n + 1, enough.n - 1))
    bracket = tried.lack > 0 ? { short: tried, enough } : { short, enough: tried }
    halve = log(bracket.enough.n / bracket.short.n) > width / 2
  }
  return bracket?.enough.n
}

/** Steps from a first number are this factor, then its square, and so on. */
const firstStep = 1.25

/** From a number that does not reach the goal upwards. */
function bracketAbove(tryOut: (n: number) => Tried, start: Tried): Bracket | undefined {
  let short = start
  for (let step = firstStep; short.n < mostSamples; step *= step) {
    const enough = tryOut(Math.min(mostSamples, Math.ceil(short.n * step)))
    if (enough.lack <= 0) return { short, enough }
    short = enough
  }
  return undefined
}

/** From a number that reaches the goal downwards. */
function bracketBelow(tryOut: (n: number) => Tried, start: Tried, { least, isEnough }: Search): Bracket {
  let enough = start
  for (let step = firstStep; enough.n > least && !isEnough(enough.n); step *= step) {
    const short = tryOut(Math.max(least, Math.floor(enough.n / step)))
    if (short.lack > 0) return { short, enough }
    enough = short
  }
  return { short: { n: enough.n - 1, lack: Number.POSITIVE_INFINITY }, enough }
}

function within(x: number, low: number, high: number): number {
  return x > low ? Math.min(x, high) : low
}
