import { ScoringBiasError } from '../errors.js'

/** Past this many samples special functions are untested, and nobody labels them. */
export const mostSamples = 2 ** 31

/** Multiplying by α rounds: what is an integer but for that counts as one. */
const roundingSlack = 1e-12

/** ⌈x⌉, where an x above an integer by rounding alone counts as that integer. */
export function roundUp(x: number): number {
  return Math.ceil(x * (1 - roundingSlack))
}

/**
 * Where a function that falls from above 0 at `low` to 0 or less at `high` changes sign: the end of the last bracket at
 * which it is 0 or less, by at most 200 halvings.
 */
export function fallsToZero(f: (x: number) => number, low: number, high: number): number {
  let [above, below] = [low, high]
  for (let step = 0; step < 200; step++) {
    const middle = (above + below) / 2
    if (middle === above || middle === below) break
    if (f(middle) > 0) above = middle
    else below = middle
  }
  return below
}

/** An n ≥ `least` at which `holds` is true and at n − 1 is not (or n is `least`), by doubling and halving. */
export function firstToHold(holds: (n: number) => boolean, least: number, what: string): number {
  let high = least
  while (!holds(high)) {
    if (high >= mostSamples) {
      throw new ScoringBiasError('OUT_OF_RANGE', `not even ${mostSamples} samples do for ${what}: ask for less`)
    }
    high = Math.min(2 * high, mostSamples)
  }
  return turningPoint(Math.max(least - 1, Math.floor(high / 2)), high, holds)
}

/** The least integer above `low`, which it is not asked for, from which `holds` is true up to `high`, where it counts as true. */
export function turningPoint(low: number, high: number, holds: (n: number) => boolean): number {
  let [no, yes] = [low, high]
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}

/** Where a function with one minimum on [low, high] has it, to about 1e-6 of the stretch: golden section. */
export function goldenMinimum(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [a, b] = [low, high]
  let [x1, x2] = [b - ratio * (b - a), a + ratio * (b - a)]
  let [f1, f2] = [f(x1), f(x2)]
  for (let step = 0; step < 28; step++) {
    if (f1 < f2) {
      ;[b, x2, f2] = [x2, x1, f1]
      x1 = b - ratio * (b - a)
      f1 = f(x1)
    } else {
      ;[a, x1, f1] = [x1, x2, f2]
      x2 = a + ratio * (b - a)
      f2 = f(x2)
    }
  }
  return f1 < f2 ? x1 : x2
}
