import { at } from '../../check.js'
import type { ScoreArray } from '../../native.js'
import { countAboveSorted } from '../../stats/ranks/sortedScores.js'

/** A horizontal axis. */
export interface Axis {
  readonly scale: 'log' | 'linear'
  readonly low: number
  readonly high: number
}

/** From scores to places on an axis, and back. */
export const scales = {
  log: { to: Math.log10, from: (place: number) => 10 ** place },
  linear: { to: (score: number) => score, from: (place: number) => place },
}

/** Scores this far apart, as a ratio, are drawn on a logarithmic axis. */
const logFrom = 100
/** Share of a sample that may lie beyond either end of the axis. */
const beyond = 0.001
/** Scores beyond it, as infinite ones, lie beyond any axis: the length of one must not overflow. */
const extreme = 1e250

/**
 * The axis for samples in ascending order: it covers all but a thousandth of each at either end, and the threshold. It is
 * logarithmic where no score is negative and the middle 98 % of the positive ones spread over more than two powers of ten.
 */
export function scoreAxis(sorted: readonly ScoreArray[], threshold: number): Axis {
  const finite = sorted.map((sample) => between(sample, -extreme, extreme)).filter(({ length }) => length > 0)
  const positive = finite.map((sample) => between(sample, 1 / extreme, extreme)).filter(({ length }) => length > 0)
  const negative = finite.some((sample) => at(sample, 0) < 0)
  const inside = (share: number, samples: readonly ScoreArray[]) => samples.map((sample) => quantile(sample, share))
  if (!negative && positive.length > 0) {
    const [low, high] = [Math.min(...inside(0.01, positive)), Math.max(...inside(0.99, positive))]
    if (high / low > logFrom) {
      return padded('log', [
        ...inside(beyond, positive),
        ...inside(1 - beyond, positive),
        threshold >= 1 / extreme ? threshold : low,
      ])
    }
  }
  return padded('linear', [...inside(beyond, finite), ...inside(1 - beyond, finite), threshold])
}

/** The values' range and a twentieth of it at either end. */
function padded(scale: Axis['scale'], values: readonly number[]): Axis {
  const { to, from } = scales[scale]
  const places = values.filter((value) => Math.abs(value) <= extreme).map(to)
  const [low, high] = places.length === 0 ? [0, 1] : [Math.min(...places), Math.max(...places)]
  const margin = high > low ? (high - low) / 20 : Math.max(0.5, Math.abs(low) / 20)
  return { scale, low: from(low - margin), high: from(high + margin) }
}

function quantile(sorted: ScoreArray, share: number): number {
  return at(sorted, Math.round((sorted.length - 1) * share))
}

/** Those of the ascending `sorted` that lie in [low, high], as a view of it. */
export function between(sorted: ScoreArray, low: number, high: number): ScoreArray {
  const first = sorted.findIndex((score) => score >= low)
  return sorted.subarray(first < 0 ? sorted.length : first, sorted.length - countAboveSorted(sorted, high))
}
