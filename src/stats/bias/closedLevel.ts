import { at, entryOf } from '../../check.js'
import { exp, log } from '../../elementary.js'
import { deeperThan } from '../bootstrap/shares.js'
import { nextBelow } from '../ranks/thresholdAtTpr.js'
import { type BiasLaw, type Bounds, boundsAt, depthOf, type JointLaws, type Side, unbounded } from './biasLaw.js'
import type { ClosedLaw } from './setBias.js'
import { aloneOf, type FamilyPart, type JointLevel } from './simultaneous.js'

/** The sets in closed form, by what moves them together. */
export function closedFamilies(closed: readonly ClosedLaw[], side: Side = 'both'): FamilyPart[] {
  return [...new Set(closed.map(({ of }) => of))].map((joint) => {
    const members = new Set(closed.filter(({ of }) => of === joint).map(({ set }) => set))
    return closedFamily(joint, members, side)
  })
}

function closedFamily(
  { laws, outside, continuous = false }: JointLaws,
  members: ReadonlySet<number>,
  side: Side,
): FamilyPart {
  const known = new Map<number, readonly Bounds[]>()
  const steps = new Map<number, number>()
  const boundsOf = (p: number): readonly Bounds[] => {
    const counts = deeperThan(p)
    const bounds =
      known.get(p) ?? laws.map((law, set) => (members.has(set) ? boundsAt(law, p, side, counts) : unbounded))
    known.set(p, bounds)
    return bounds
  }
  const stepAfter = (p: number): number => {
    const depths = boundsOf(p).flatMap((bounds, set) => {
      const law = at(laws, set)
      return bounds === unbounded
        ? []
        : bounds.map((x) => (Number.isFinite(x) ? depthOf(law, x, side) : 2 * law.resolution))
    })
    return Math.min(...depths.filter((depth) => depth > p))
  }
  // Of several candidates; the joint law is that of the classes.
  const isWhole = members.has(0) && laws.length > 1
  return {
    size: members.size,
    outside: (ps) =>
      isWhole ? ps.map((p) => outsideAlone(at(laws, 0), at(boundsOf(p), 0))) : outside(ps.map(boundsOf)),
    next(p) {
      if (continuous) return p
      const step = steps.get(p) ?? stepAfter(p)
      steps.set(p, step)
      return step
    },
  }
}

/** The chance that one set is outside, raised by the resolution. */
function outsideAlone(law: BiasLaw, [low, high]: Bounds): number {
  const below = Number.isFinite(low) ? 1 - law.atLeast(low) + law.resolution : 0
  const above = Number.isFinite(high) ? 1 - law.atMost(high) + law.resolution : 0
  return Math.min(1, Math.max(law.resolution, below + above))
}

export interface Question {
  readonly alpha: number
  /** Of how many such families α is shared by Bonferroni: p-values are multiplied by it. */
  readonly shares: number
  /** Default `both`. */
  readonly side?: Side | undefined
}

/**
 * `jointLevel` where the chance that some set is as deep as p is computed, at about ten values of p. Parts are independent of
 * each other.
 *
 * @param pValues those whose adjusted p-values will be asked for
 */
export async function closedLevel(
  parts: readonly FamilyPart[],
  pValues: readonly number[],
  { alpha, shares, side = 'both' }: Question,
): Promise<JointLevel> {
  const chances = new Chances(parts, shares)
  const { alone, most } = aloneOf(alpha, shares, side)
  const asked = [...new Set(pValues)]
  // Sets that hardly move together are near Bonferroni's level.
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  await chances.learn([...asked.filter((p) => p < 1), most, most / size])
  const adjusted = new Map(asked.map((p) => [p, p >= 1 ? 1 : Math.max(alone(p), chances.of(p))]))
  const answer = (gamma: number): JointLevel => ({ gamma, adjusted: (p) => entryOf(adjusted, p) })
  if (chances.of(most) <= alpha) return answer(most)
  return answer(
    await largestLevel(
      chances,
      [...asked, most, most / size].filter((p) => p <= most),
      alpha,
    ),
  )
}

/** The largest p whose chance is at most α: between those of the p that hold and those that do not, on which it must not differ. */
async function largestLevel(chances: Chances, known: readonly number[], alpha: number): Promise<number> {
  let low = Math.max(0, ...known.filter((p) => chances.of(p) <= alpha))
  let high = Math.min(...known.filter((p) => chances.of(p) > alpha))
  for (let round = 1; ; round++) {
    low = Math.max(low, Math.min(nextBelow(chances.next(low)), nextBelow(high)))
    if (low >= nextBelow(high)) return low
    if (low > 0 && chances.next(low) === low && chances.of(low) >= alpha * (1 - enough)) return low
    const guess = chances.guess({ low, high, round }, alpha * (1 - enough / 2))
    if (guess <= low || guess >= high) return low
    const looked = chances.about(guess).filter((p) => p > low && p < high)
    await chances.learn(looked)
    for (const p of looked) {
      if (chances.of(p) <= alpha) low = Math.max(low, p)
      else high = Math.min(high, p)
    }
  }
}

/** How near α the chance that some set is outside has to come where it is continuous, relative. */
const enough = 1e-9

interface Bracket {
  readonly low: number
  readonly high: number
  /** How often it was asked before, from 1. */
  readonly round: number
}

/** The chance that some set is as deep as p, of the p that were learned. It is the same up to the next depth that there is. */
class Chances {
  readonly #parts: readonly FamilyPart[]
  readonly #shares: number
  readonly #known = new Map<number, { readonly p: number; readonly chance: number }>()

  constructor(parts: readonly FamilyPart[], shares: number) {
    this.#parts = parts
    this.#shares = shares
  }

  /** The least depth above p; p itself where there are no steps. */
  next(p: number): number {
    return Math.min(...this.#parts.map((part) => part.next(p)))
  }

  /** A guess; where there are steps the answer lies at the end of one, so some about it, that are asked at once. */
  about(guess: number): number[] {
    const second = this.next(guess)
    if (second === guess) return [guess]
    const third = this.next(second)
    const own = [guess - (third - guess) / 2, guess, second, third]
    return own.filter((p) => Number.isFinite(p))
  }

  async learn(ps: readonly number[]): Promise<void> {
    const unknown = new Map<number, number>()
    for (const p of ps) {
      const step = this.next(p)
      if (!this.#known.has(step)) unknown.set(step, p)
    }
    if (unknown.size === 0) return
    const chances = await sharesOutside(this.#parts, [...unknown.values()])
    for (const [i, [step, p]] of [...unknown].entries()) {
      this.#known.set(step, { p, chance: Math.min(1, this.#shares * at(chances, i)) })
    }
  }

  of(p: number): number {
    return entryOf(this.#known, this.next(p)).chance
  }

  /**
   * Where the chance is about `target`: logarithms of p and of the chance are nearly proportional, so a polynomial through
   * the nearest that are known says it, or a line, or else the middle.
   */
  guess({ low, high, round }: Bracket, target: number): number {
    const goal = log(target)
    const points = Array.from(this.#known.values(), ({ p, chance }) => ({ x: log(chance), y: log(p) }))
      .filter(({ x, y }) => x < 0 && Number.isFinite(x) && Number.isFinite(y))
      .sort((a, b) => Math.abs(a.x - goal) - Math.abs(b.x - goal))
    // Steps may mislead it.
    const orders = round <= 4 ? [4, 2] : round % 2 === 0 ? [2] : []
    for (const order of orders) {
      // Up to its next step `low` is known to hold.
      const guess = Math.max(exp(interpolated(points.slice(0, order), goal)), this.next(low))
      if (guess > low && guess < high) return guess
    }
    return low + (high - low) / 2
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Lagrange's polynomial through some points. */
function interpolated(points: readonly Point[], where: number): number {
  return points.reduce((sum, own) => {
    const weight = points.reduce(
      (product, one) => (one === own ? product : (product * (where - one.x)) / (own.x - one.x)),
      1,
    )
    return sum + weight * own.y
  }, 0)
}

/** For each p P(some set of the parts is as deep as p), raised by what cannot be told from nothing. */
export async function sharesOutside(parts: readonly FamilyPart[], ps: readonly number[]): Promise<number[]> {
  const inside = ps.map(() => 1)
  for (const part of parts) {
    const outside = await part.outside(ps)
    for (const [i, own] of outside.entries()) inside[i] = at(inside, i) * (1 - own)
  }
  return inside.map((all) => 1 - all)
}
