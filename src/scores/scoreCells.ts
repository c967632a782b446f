import { endianness } from 'node:os'
import { at } from '../check.js'
import type { ScoreArray } from '../native.js'
import { sort } from '../stats/ranks/sort.js'

/**
 * Where scores lie, in at most 65,536 cells: a cell are all scores that equal once the last `bits` bits of their
 * significands (and then of their exponents) are 0. `bits` is the least for which there are so few cells; that the number of
 * cells never falls as scores are added makes it, and all counts, the same however scores were put together. With
 * at most 65,536 different scores cells are the scores.
 */
export interface ScoreCells {
  readonly bits: number
  /** Ascending: the score of each cell that is nearest to 0. */
  readonly values: Float64Array
  /** How many scores are in each. */
  readonly counts: Float64Array
}

export const mostCells = 65_536

/** No scores. */
export const noCells: ScoreCells = { bits: 0, values: new Float64Array(0), counts: new Float64Array(0) }

/** The cells of scores, which stay as they are. Errors: `NOT_A_NUMBER`. Cost: a sort. */
export async function cellsOf(scores: ScoreArray): Promise<ScoreCells> {
  const sorted = new Float64Array(await sort(scores))
  return fewest({ bits: 0, values: sorted, counts: new Float64Array(sorted.length).fill(1) })
}

/** The cells of both. */
export function mergedCells(one: ScoreCells, other: ScoreCells): ScoreCells {
  const bits = Math.max(one.bits, other.bits)
  const [a, b] = [coarser(one, bits), coarser(other, bits)]
  const values = new Float64Array(a.values.length + b.values.length)
  const counts = new Float64Array(values.length)
  let [i, j] = [0, 0]
  for (let next = 0; next < values.length; next++) {
    const first = j === b.values.length || (i < a.values.length && at(a.values, i) <= at(b.values, j))
    values[next] = first ? at(a.values, i) : at(b.values, j)
    counts[next] = first ? at(a.counts, i++) : at(b.counts, j++)
  }
  return fewest({ bits, values, counts })
}

/** Scores as they are told apart with so many bits less. */
export function cut(scores: ScoreArray, bits: number): Float64Array {
  const values = new Float64Array(scores)
  truncate(values, bits)
  return values
}

/** How many scores are in cells at or above that of a score: no fewer than are at or above it. */
export function countFrom({ bits, values, counts }: ScoreCells, score: number): number {
  const least = at(cut(Float64Array.of(score), bits), 0)
  let sum = 0
  for (let i = values.length - 1; i >= 0 && at(values, i) >= least; i--) sum += at(counts, i)
  return sum
}

/** No score less than this is among the `rank` largest; −∞ where there are not as many. */
export function floorOf({ bits, values, counts }: ScoreCells, rank: number): number {
  let sum = 0
  for (let i = values.length - 1; i >= 0; i--) {
    sum += at(counts, i)
    if (sum >= rank)
      return bits > 0 && at(values, i) <= 0 ? (i === 0 ? Number.NEGATIVE_INFINITY : at(values, i - 1)) : at(values, i)
  }
  return Number.NEGATIVE_INFINITY
}

function coarser(cells: ScoreCells, bits: number): ScoreCells {
  if (bits === cells.bits) return cells
  const values = cut(cells.values, bits)
  return gathered({ bits, values, counts: cells.counts })
}

/** With the fewest bits left out that make few enough cells: no more than 48, of 64. */
function fewest(cells: ScoreCells): ScoreCells {
  const { values } = cells
  const apart = new Float64Array(65)
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
  for (let i = 2; i < words.length; i += 2) {
    const level = bitsApart(words, i)
    apart[level] = at(apart, level) + 1
  }
  let bits = 64
  for (let count = 1; bits > cells.bits && count + at(apart, bits) <= mostCells; bits--) count += at(apart, bits)
  return bits === cells.bits ? gathered(cells) : coarser(cells, bits)
}

/** With how many bits less two neighbours are one cell, by the place of the second's words. */
function bitsApart(words: Uint32Array, i: number): number {
  const [low, high] = [at(words, i + lowWord), at(words, i + 1 - lowWord)]
  const [lowBefore, highBefore] = [at(words, i - 2 + lowWord), at(words, i - 1 - lowWord)]
  if ((high ^ highBefore) >>> 31 === 0) return length(high ^ highBefore, low ^ lowBefore)
  // On both sides of 0, which either is when enough bits are gone.
  return Math.max(length(high & 0x7fffffff, low), length(highBefore & 0x7fffffff, lowBefore))
}

function length(high: number, low: number): number {
  return high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high)
}

function different(values: Float64Array): number {
  let count = 0
  let last = Number.NaN
  for (const value of values) {
    if (value !== last) count++
    last = value
  }
  return count
}

/** Equal neighbours as one. */
function gathered({ bits, values, counts }: ScoreCells): ScoreCells {
  const n = different(values)
  const own = { bits, values: new Float64Array(n), counts: new Float64Array(n) }
  let place = -1
  for (let i = 0; i < values.length; i++) {
    const value = at(values, i)
    if (place < 0 || value !== own.values[place]) own.values[++place] = value
    own.counts[place] = at(own.counts, place) + at(counts, i)
  }
  return own
}

const lowWord = endianness() === 'LE' ? 0 : 1

/** In place; ascending values stay so. */
function truncate(values: Float64Array, bits: number): void {
  if (bits === 0) return
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
  const low = bits >= 32 ? 0 : -1 << bits
  const high = bits <= 32 ? -1 : -1 << (bits - 32)
  for (let i = 0; i < words.length; i += 2) {
    words[i + lowWord] = at(words, i + lowWord) & low
    words[i + 1 - lowWord] = at(words, i + 1 - lowWord) & high
  }
}

/** How many scores have which leading 16 bits (sign, exponent and four more), in the order of scores; −0 is 0. */
export function bucketCounts(scores: ScoreArray): Float64Array {
  const { buffer, byteOffset, length } = scores instanceof Float64Array ? scores : new Float64Array(scores)
  const quarters = new Uint16Array(buffer, byteOffset, 4 * length)
  const byBits = new Uint32Array(2 ** 16)
  for (let i = endianness() === 'LE' ? 3 : 0; i < quarters.length; i += 4) {
    const leading = quarters[i]
    // `at` would take ten times as long.
    if (leading === undefined) break
    byBits[leading] = Number(byBits[leading]) + 1
  }
  const counts = new Float64Array(2 ** 16)
  for (const [leading, count] of byBits.entries()) {
    const place = leading < 0x8000 ? leading + 0x8000 : leading === 0x8000 ? 0x8000 : 0xffff - leading
    counts[place] = at(counts, place) + count
  }
  return counts
}
