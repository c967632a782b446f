import { at } from '../../check.js'
import type { ScoreArray } from '../../native.js'

/** How many of the ascending `sorted` lie strictly above `value`. O(log n). */
export function countAbove(sorted: ScoreArray, value: number): number {
  return sorted.length - firstWhere(sorted, (score) => score > value)
}

/** Those of the ascending `sorted` that lie in [low, high], as a view of it. O(log n). */
export function between(sorted: ScoreArray, low: number, high: number): ScoreArray {
  const first = firstWhere(sorted, (score) => score >= low)
  return sorted.subarray(first, sorted.length - countAbove(sorted, high))
}

/** The first place from which on `holds`, which holds from some place on. */
function firstWhere(sorted: ScoreArray, holds: (score: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(at(sorted, middle))) high = middle
    else low = middle + 1
  }
  return low
}
