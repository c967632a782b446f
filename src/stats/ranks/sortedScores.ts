import { at } from '../../check.js'
import { type JobOptions, runJob, threadsOf } from '../../job.js'
import { addon, type ScoreArray } from '../../native.js'
import { copyScores } from './scores.js'

/**
 * A sorted copy of an array that the caller knows by `name`. Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index,
 * `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 */
export async function sortedScores(name: string, scores: unknown, options: JobOptions = {}): Promise<ScoreArray> {
  const threads = threadsOf(options)
  const sorted = copyScores(name, scores)
  await runJob(
    () => addon.sort(sorted, threads),
    () => name,
    options,
  )
  return sorted
}

/** How many of the sorted scores are strictly above a threshold; logarithmic time. */
export function countAboveSorted(sorted: ScoreArray, tau: number): number {
  return countUpper(sorted, (score) => score > tau)
}

/** How many of the sorted scores are no lower than one; logarithmic time. */
export function countFromSorted(sorted: ScoreArray, lowest: number): number {
  return countUpper(sorted, (score) => score >= lowest)
}

/** How many of the sorted scores belong to the upper part, which holds every score above one that does. */
function countUpper(sorted: ScoreArray, belongs: (score: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (belongs(at(sorted, middle))) high = middle
    else low = middle + 1
  }
  return sorted.length - low
}
