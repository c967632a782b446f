import { at } from '../../check.js'
import { cellsOf, floorOf, mergedCells, type ScoreCells } from '../../scores/scoreCells.js'
import type { CollectedScores, ScoreCollector } from '../../scores/scoreCollector.js'
import { sort } from '../../stats/ranks/sort.js'

/** Which normal samples are kept of those that set thresholds, and when others begin to be left out. */
export interface NormalWindow {
  /** Of n, how many from the largest score of each detector down; at most n. */
  readonly reach: (n: number) => number
  /** With fewer than so many kept, none is left out before the end. */
  readonly from: number
  /** Whether what is not reached is left out at the end, too, however few there are. */
  readonly always: boolean
  /** Whether the scores are a part of the data, which need not have every kind of samples. Default false. */
  readonly isPart?: boolean | undefined
  /** With fewer than so many kept, none is left out again. Default 2²¹. */
  readonly least?: number | undefined
}

/**
 * How many of n normal samples, from the largest score down, thresholds at these targets can reach: f·n + 100 + 15·√V of the
 * target f whose number is largest, V = n·f·(1 − f), or n/4 beyond one half, and at least 1. The confidence distribution
 * reads 46.7 + √(140 V) places beyond f·n, the tree 74 + 14.8·√V, in closed form the bootstrap fewer (tails of 1e-18): their
 * tables end there. A threshold of a drawn resample is further away with a probability of 1e-30.
 */
export function reachOf(fprs: ArrayLike<number>, n: number): number {
  const reaches = Array.from(fprs, (fpr) => {
    const variance = Math.max(1, fpr > 0.5 ? n / 4 : n * fpr * (1 - fpr))
    return Math.ceil(fpr * n + 100 + 15 * Math.sqrt(variance))
  })
  return Math.min(n, Math.max(...reaches))
}

/** Fewer are not worth a pass over them. */
const worthwhile = 2 ** 21

/** Leaves normal samples out as they come. */
export class WindowTrim {
  readonly #window: NormalWindow
  /** Where a first pass has told what is reached. */
  readonly #known: Float64Array | undefined
  #next: number
  #trimmed = false
  /** What a second pass needs, where the first left out too much. */
  needed: Float64Array | undefined

  constructor(window: NormalWindow, known?: Float64Array) {
    this.#window = window
    this.#known = known
    this.#next = window.from
  }

  /** Between batches of rows. */
  async after(collector: ScoreCollector): Promise<void> {
    const kept = at(collector.normals, 0).length
    if (kept < this.#next) return
    const { nNormal } = collector
    // Scores in no order hardly ever need more in the end.
    const rank = this.#window.reach(nNormal) + Math.ceil(10 * Math.sqrt(nNormal))
    if (this.#known !== undefined || rank < kept) {
      await collector.leaveOut(this.#known ?? (await largest(collector.normals, rank)))
      this.#trimmed = true
    }
    this.#next = Math.max(this.#window.least ?? worthwhile, 2 * at(collector.normals, 0).length)
  }

  /** After the last row. */
  async finish(collector: ScoreCollector): Promise<void> {
    if (!this.#trimmed && !this.#window.always) return
    const rank = this.#window.reach(collector.nNormal)
    const { normals, below } = collector
    if (below !== undefined && !reaches(normals, below.cuts, rank)) {
      const cells: ScoreCells[] = []
      for (const [d, scores] of normals.entries()) {
        cells.push(mergedCells(at(below.cells, d), await cellsOf(complete(scores))))
      }
      this.needed = Float64Array.from(cells, (own) => floorOf(own, rank))
      return
    }
    await collector.leaveOut(await largest(normals, rank))
  }
}

/** Whether of each detector as many of the samples kept are not below its cut. */
export function reaches(normals: readonly Float64Array[], cuts: ArrayLike<number>, rank: number): boolean {
  return normals.every((scores, d) => reachedBy(scores, at(cuts, d)) >= rank)
}

/** How many scores are not below a cut. */
export function reachedBy(scores: ArrayLike<number>, cut: number): number {
  let count = 0
  for (let i = 0; i < scores.length; i++) if (at(scores, i) >= cut) count++
  return count
}

/** The score of this rank, from the largest, of each detector; −∞ where there are not as many. */
export async function largest(normals: readonly Float64Array[], rank: number): Promise<Float64Array> {
  const found = new Float64Array(normals.length)
  for (const [d, scores] of normals.entries()) {
    const sorted = await sort(complete(scores))
    found[d] = rank >= sorted.length ? Number.NEGATIVE_INFINITY : at(sorted, sorted.length - Math.max(1, rank))
  }
  return found
}

/**
 * Reads scores of which the normals that a window does not reach are left out. Rows whose scores fall so that too many
 * were left out at first are read a second time.
 */
export async function throughWindow(
  window: NormalWindow,
  read: (trim: WindowTrim) => Promise<CollectedScores>,
): Promise<CollectedScores> {
  const trim = new WindowTrim(window)
  const scores = await read(trim)
  return trim.needed === undefined ? scores : read(new WindowTrim(window, trim.needed))
}

/** Scores that are not missing; the same array where none is. */
function complete(scores: Float64Array): Float64Array {
  return scores.some(Number.isNaN) ? scores.filter((score) => !Number.isNaN(score)) : scores
}
