import { at } from '../../check.js'
import { meanSd } from '../meanSd.js'
import type { BiasLaw } from './biasLaw.js'
import type { SetBias } from './setBias.js'

/**
 * The law that an answer is read off, as bars of one width around its multiples, so that one bar is around 0. What lies
 * beyond the first or the last bar, a thousandth at most, counts to it.
 */
export interface LawHistogram {
  readonly mean: number
  /** The standard deviation. */
  readonly sd: number
  /** P(ξ* < 0), P(ξ* = 0), P(ξ* > 0). */
  readonly signs: readonly [below: number, zero: number, above: number]
  /** Of a bar. */
  readonly width: number
  /** Bar i is around (first + i) · width. */
  readonly first: number
  /** Of each bar, with a sum of 1. */
  readonly probabilities: Float64Array
  /** Whether every bar is one value that ξ* can have. */
  readonly single: boolean
}

/** Bars at most. */
const mostBars = 48
/** Left out at either end before bars are laid. */
const tail = 0.0005

/** A law as far as a picture needs it. */
interface Cumulated extends Pick<LawHistogram, 'mean' | 'sd' | 'signs'> {
  readonly ends: readonly [number, number]
  /** P(ξ* ≤ x). */
  atMost(x: number): number
}

/**
 * The law of ξ* on one set: the resampling law, drawn or in closed form, or the confidence distribution.
 *
 * @param continuous whether it is the confidence distribution; values of a resampling law of paired samples are multiples of 1/n
 *
 * Probabilities have the error of the law: 1e-8 at most in closed form. Time: O(B) for B draws; 50 values of a
 * distribution function in closed form, 0.1 to 1 ms each.
 */
export function lawHistogram(
  { law, n, nCandidate }: Pick<SetBias, 'law' | 'n' | 'nCandidate'>,
  continuous: boolean,
): LawHistogram {
  const own = 'draws' in law ? drawn(law.draws) : closed(at(law.of.laws, law.set))
  const { mean, sd, signs, ends, atMost } = own
  const span = ends[1] - ends[0]
  // An odd number of steps, so that no value lies on an edge.
  const steps = continuous || n !== nCandidate ? undefined : 2 * Math.ceil((span * n) / mostBars / 2) + 1
  const coarse = steps !== undefined && span * n + 1 <= mostBars ? 1 : steps
  const width = coarse === undefined ? Math.max(span, 1e-6) / (mostBars - 1) : coarse / n
  const first = Math.round(ends[0] / width)
  const count = Math.round(ends[1] / width) - first + 1
  const below = Array.from({ length: count + 1 }, (_, i) => {
    if (i === 0 || i === count) return i === 0 ? 0 : 1
    return atMost((first + i - 0.5) * width)
  })
  const probabilities = Float64Array.from({ length: count }, (_, i) => Math.max(0, at(below, i + 1) - at(below, i)))
  return { mean, sd, signs, width, first, probabilities, single: coarse === 1 }
}

function closed(law: BiasLaw): Cumulated {
  const probability = (share: number) => Math.max(0, share - law.resolution)
  const inside = (share: number) => share > tail
  const [atMost, atLeast] = [probability(law.atMost(0)), probability(law.atLeast(0))]
  return {
    ...{ mean: law.mean, sd: law.standardError },
    signs: [1 - atLeast, Math.max(0, atMost + atLeast - 1), 1 - atMost],
    ends: [law.lowest(inside), law.highest(inside)],
    atMost: (x) => probability(law.atMost(x)),
  }
}

function drawn(draws: Float64Array): Cumulated {
  const sorted = draws.slice().sort()
  const b = sorted.length
  // Below rounding of a difference of recalls.
  const zero = 1e-12
  const count = (x: number) => {
    let [low, high] = [0, b]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (at(sorted, middle) <= x) low = middle + 1
      else high = middle
    }
    return low
  }
  const [below, notAbove] = [count(-zero), count(zero)]
  const cut = Math.floor(b * tail)
  return {
    ...meanSd(draws),
    signs: [below / b, (notAbove - below) / b, 1 - notAbove / b],
    ends: [at(sorted, cut), at(sorted, b - 1 - cut)],
    atMost: (x) => count(x) / b,
  }
}
