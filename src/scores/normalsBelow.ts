import { at } from '../check.js'
import { GrowingScores } from './growingScores.js'
import { cellsOf, mergedCells, noCells, type ScoreCells } from './scoreCells.js'

/** Normal samples that were left out and counted, because no threshold can reach them. */
export interface NormalsBelow {
  /** Normal samples that set thresholds, and those that are only tested: all, kept or not. */
  readonly nNormal: number
  readonly nTest: number
  /** By detectors: what is left out is below all of these. */
  readonly cuts: Float64Array
  /** By what is kept: the places of those that set thresholds and are kept, among all. */
  readonly positions: Float64Array
  /** By detectors: where the scores lie of those that set thresholds and are left out. */
  readonly cells: readonly ScoreCells[]
  /** Of those that set thresholds: how many of each group are left out, in the order in which groups first occur. */
  readonly groups?: ReadonlyMap<string, number> | undefined
}

interface Stores {
  readonly validation: readonly GrowingScores[]
  readonly test: readonly GrowingScores[]
  readonly groups: { normal: string[] }
}

/** Counts normal samples that are left out while others still come. */
export class NormalsLeftOut {
  #nNormal = 0
  #nTest = 0
  #cuts: Float64Array
  #cells: readonly ScoreCells[]
  readonly #groups: Map<string, number> | undefined
  /** Of the samples that were there when some were left out last. */
  readonly #positions = new GrowingScores()

  constructor(nDetectors: number, hasGroup: boolean) {
    this.#cuts = new Float64Array(nDetectors).fill(Number.NEGATIVE_INFINITY)
    this.#cells = Array.from(this.#cuts, () => noCells)
    this.#groups = hasGroup ? new Map() : undefined
  }

  /** Samples that set thresholds and were left out. */
  get nNormal(): number {
    return this.#nNormal
  }

  /** What is left out is below all of these. */
  get cuts(): Float64Array {
    return this.#cuts
  }

  /** Where the scores of those lie that set thresholds and were left out. */
  get cells(): readonly ScoreCells[] {
    return this.#cells
  }

  /** Leaves out what lies below `cuts` for every detector. Samples that lack a score stay. */
  async leaveOut({ validation, test, groups }: Stores, cuts: Float64Array): Promise<void> {
    this.#cuts = this.#cuts.map((value, d) => Math.max(value, at(cuts, d)))
    const kept = reaching(validation, cuts)
    this.#addPositions(kept.length)
    for (const [i, name] of (this.#groups === undefined ? [] : groups.normal).entries()) {
      if (kept[i] !== lacksScore) this.#groups?.set(name, (this.#groups.get(name) ?? 0) + (kept[i] === 0 ? 1 : 0))
    }
    const cells: ScoreCells[] = []
    for (const [d, store] of validation.entries()) {
      const below = await cellsOf(leftOutOf(store.view(), kept))
      cells.push(mergedCells(at(this.#cells, d), below))
    }
    this.#cells = cells
    for (const store of [...validation, this.#positions]) store.filter(kept)
    groups.normal = groups.normal.filter((_, i) => kept[i] !== 0)
    this.#nNormal += zeros(kept)
    const keptTest = reaching(test, cuts)
    for (const store of test) store.filter(keptTest)
    this.#nTest += zeros(keptTest)
  }

  /** For as many samples of both kinds that are kept. */
  finish(kept: number, keptTest: number): NormalsBelow {
    this.#addPositions(kept)
    return {
      nNormal: kept + this.#nNormal,
      nTest: keptTest + this.#nTest,
      cuts: this.#cuts,
      positions: this.#positions.values(),
      cells: this.#cells,
      groups: this.#groups,
    }
  }

  /** Of samples that came since the last ones were left out. */
  #addPositions(length: number): void {
    for (let i = this.#positions.length; i < length; i++) this.#positions.push(i + this.#nNormal)
  }
}

const lacksScore = 2

/** [samples]: 0 for those whose every score is below its detector's cut, 2 for those that lack one, 1 for others. */
function reaching(stores: readonly GrowingScores[], cuts: Float64Array): Uint8Array {
  const mask = new Uint8Array(at(stores, 0).length)
  for (const [d, store] of stores.entries()) {
    const least = at(cuts, d)
    const scores = store.view()
    for (let i = 0; i < scores.length; i++) {
      const score = at(scores, i)
      if (Number.isNaN(score)) mask[i] = lacksScore
      else if (score >= least && mask[i] === 0) mask[i] = 1
    }
  }
  return mask
}

function zeros(mask: Uint8Array): number {
  let count = 0
  for (const one of mask) if (one === 0) count++
  return count
}

function leftOutOf(scores: Float64Array, mask: Uint8Array): Float64Array {
  const found = new Float64Array(zeros(mask))
  let n = 0
  for (let i = 0; i < scores.length; i++) if (mask[i] === 0) found[n++] = at(scores, i)
  return found
}
