import { at, entryOf } from '../../check.js'
import { exp, log } from '../../elementary.js'
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
  const boundsOf = (p: number): readonly Bounds[] => {
    const bounds = known.get(p) ?? laws.map((law, set) => (members.has(set) ? boundsAt(law, p, side) : unbounded))
    known.set(p, bounds)
    return bounds
  }
  // Of several candidates; the joint law is that of the classes.
  const isWhole = members.has(0) && laws.length > 1
  return {
    outside: (p) => (isWhole ? outsideAlone(at(laws, 0), at(boundsOf(p), 0)) : outside(boundsOf(p))),
    next(p) {
      if (continuous) return p
      const depths = boundsOf(p).flatMap((bounds, set) => {
        const law = at(laws, set)
        return bounds === unbounded
          ? []
          : bounds.map((x) => (Number.isFinite(x) ? depthOf(law, x, side) : 2 * law.resolution))
      })
      return Math.min(...depths.filter((depth) => depth > p))
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
  const next = (p: number) => Math.min(...parts.map((part) => part.next(p)))
  const known = new Map<number, number>()
  // The share is the same up to the next depth that there is.
  const outside = async (p: number): Promise<number> => {
    const step = next(p)
    const found = known.get(step) ?? (await shareOutside(parts, p))
    known.set(step, found)
    return Math.min(1, shares * found)
  }
  const { alone, most } = aloneOf(alpha, shares, side)
  const adjusted = new Map<number, number>()
  for (const p of new Set(pValues)) adjusted.set(p, p >= 1 ? 1 : Math.max(alone(p), await outside(p)))
  const answer = (gamma: number): JointLevel => ({ gamma, adjusted: (p) => entryOf(adjusted, p) })
  if ((await outside(most)) <= alpha) return answer(most)
  // The largest p that holds: between the p-values that do and those that do not, on which it must not differ.
  const inside = [...adjusted.keys()].filter((p) => p < most)
  let low = Math.max(0, ...inside.filter((p) => entryOf(adjusted, p) <= alpha))
  let high = Math.min(most, ...inside.filter((p) => entryOf(adjusted, p) > alpha))
  for (;;) {
    low = Math.max(low, Math.min(nextBelow(next(low)), nextBelow(high)))
    if (low >= nextBelow(high)) return answer(low)
    const reached = low > 0 ? await outside(low) : 0
    if (next(low) === low && reached >= alpha * (1 - enough)) return answer(low)
    const middle = between({ low, high, reached, beyond: await outside(high), alpha })
    if (middle <= low || middle >= high) return answer(low)
    if ((await outside(middle)) <= alpha) low = middle
    else high = middle
  }
}

/** How near α the chance that some set is outside has to come where it is continuous, relative. */
const enough = 1e-9

interface Bracket {
  readonly low: number
  readonly high: number
  /** The chance at `low` and at `high`. */
  readonly reached: number
  readonly beyond: number
  readonly alpha: number
}

/** Where to look next: logarithms of p and of the chance are nearly proportional. The middle where that says nothing. */
function between({ low, high, reached, beyond, alpha }: Bracket): number {
  const target = log(alpha * (1 - enough / 2))
  const slope = (log(beyond) - log(reached)) / (log(high) - log(low))
  const guess = low * exp((target - log(reached)) / slope)
  return guess > low && guess < high ? guess : low + (high - low) / 2
}

/** P(some set of the parts is as deep as p), raised by what cannot be told from nothing. */
export async function shareOutside(parts: readonly FamilyPart[], p: number): Promise<number> {
  let inside = 1
  for (const part of parts) inside *= 1 - (await part.outside(p))
  return 1 - inside
}
