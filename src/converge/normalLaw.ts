import { at } from '../check.js'
import type { ScoreArray } from '../native.js'
import type { ScorePair } from '../stats/bias/types.js'
import { argsort } from '../stats/ranks/argsort.js'
import { countAboveSorted, sortedScores } from '../stats/ranks/sortedScores.js'
import { toleratedAlarms } from '../stats/ranks/thresholdRule.js'
import type { CheckedScores } from './convergeOptions.js'

/** The law of a detector's normal scores that a pool of N of them stands for. */
export interface NormalLaw {
  /** Scores at places in [0, N): in the order of the pool, a whole number is a sample and what is beyond it a place in its cell. */
  draw(places: Float64Array): Float64Array
  /** The probability of a score above `tau`. */
  above(tau: number): number
  /** The quantile at q = (1 − fpr) ± 1e-9/N: what the threshold of ever more samples lies between. */
  readonly limits: readonly [below: number, above: number]
}

/**
 * Sample r of the sorted scores s₍₁₎ ≤ … ≤ s₍N₎ has the probabilities from (r − 1)/N to r/N. As single scores they would be a law
 * without a quantile of its own at the target wherever fpr·N is whole: from s₍N₋ₘ₎ to s₍N₋ₘ₊₁₎ its distribution function *is*
 * 1 − fpr, and half of all thresholds would be either of them, however many samples set them. So a score that no other
 * sample shares stands for the stretch about it: the quantile at p is S(pN + h), S joining the sorted scores by straight lines.
 * h in [0, 1] is where the threshold rule asked for reads the threshold among the N: the law's own quantile at 1 − fpr is that
 * threshold, of every rule. Scores that samples share, or anomalies have, and those beside infinities, stay as they are.
 *
 * @param name of the detector whose scores they are
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with array and index, `OUT_OF_MEMORY`.
 */
export async function normalLaw(
  name: string,
  { normal, anomalous }: ScorePair,
  options: Pick<CheckedScores, 'fpr' | 'thresholdRule'>,
): Promise<NormalLaw> {
  const n = normal.length
  const sorted = Float64Array.from(await sortedScores(`${name}.normal`, normal))
  const order = await argsort(normal)
  const cells = new Uint32Array(n)
  order.forEach((row, cell) => {
    cells[row] = cell
  })
  const fixed = fixedCells(sorted, await sortedScores(`${name}.anomalous`, anomalous))
  const { fpr } = options
  const shift = Math.min(1, Math.max(0, fpr * n - alarmsAbove(n, options)))

  // The ends have no neighbour.
  const padded = new Float64Array(n + 2).fill(at(sorted, 0)).fill(at(sorted, n - 1), n + 1)
  padded.set(sorted, 1)
  function quantile(cell: number, place: number): number {
    if (at(fixed, cell) === 1) return at(sorted, cell)
    const share = place + shift
    return share < 1
      ? between(at(padded, cell), at(padded, cell + 1), share)
      : between(at(padded, cell + 1), at(padded, cell + 2), share - 1)
  }

  /** The cells, and the part of one, of which the law lies at or below `tau`. */
  function atMost(tau: number): number {
    const count = n - countAboveSorted(sorted, tau)
    if (count === 0 || count === n) return count
    const [low, high] = [at(sorted, count - 1), at(sorted, count)]
    const [reach, gap] = [tau - low, high - low]
    const part = (gap < Number.POSITIVE_INFINITY ? reach / gap : (tau / 2 - low / 2) / (high / 2 - low / 2)) - shift
    return at(fixed, part < 0 ? count - 1 : count) === 1 ? count : count + part
  }

  const target = (1 - fpr) * n
  const beside = (p: number) => {
    const cell = Math.min(n - 1, Math.max(0, Math.floor(p)))
    return quantile(cell, Math.min(1 - Number.EPSILON, Math.max(0, p - cell)))
  }
  return {
    draw: (places) =>
      places.map((where) => {
        const row = Math.floor(where)
        return quantile(at(cells, row), where - row)
      }),
    above: (tau) => (n - atMost(tau)) / n,
    limits: [beside(target - 1e-9), beside(target + 1e-9)],
  }
}

function between(low: number, high: number, share: number): number {
  return Math.min(high, Math.max(low, low * (1 - share) + high * share))
}

/** `[N]`: 1 for the sorted scores that are no single point of a continuous law. */
function fixedCells(sorted: Float64Array, anomalous: ScoreArray): Uint8Array {
  return Uint8Array.from(sorted, (score, i) => {
    const beside = [sorted[i - 1], sorted[i + 1]]
    if (beside.includes(score) || [score, ...beside].some((one) => one !== undefined && !Number.isFinite(one))) return 1
    return anomalous[anomalous.length - 1 - countAboveSorted(anomalous, score)] === score ? 1 : 0
  })
}

/** How many of n scores are above the threshold that a rule reads off them, ties apart; between two for `linear`. */
export function alarmsAbove(n: number, { fpr, thresholdRule }: Pick<CheckedScores, 'fpr' | 'thresholdRule'>): number {
  switch (thresholdRule) {
    case 'inverse-cdf':
      return toleratedAlarms(fpr, n)
    case 'supremum':
      return n - 1 - toleratedAlarms(1 - fpr, n)
    case 'linear':
      return (n - 1) * fpr
  }
}
