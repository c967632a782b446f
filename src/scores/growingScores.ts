import { at } from '../check.js'

/** Scores appended one by one, float64; at most twice the memory of what it holds. */
export class GrowingScores {
  #data = new Float64Array(1024)
  #length = 0

  /** Of scores that there are already; it holds the array itself. */
  static of(scores: Float64Array<ArrayBuffer>): GrowingScores {
    const held = new GrowingScores()
    held.#data = scores
    held.#length = scores.length
    return held
  }

  get length(): number {
    return this.#length
  }

  push(score: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Float64Array(Math.max(1024, 2 * this.#data.length))
      larger.set(this.#data)
      this.#data = larger
    }
    this.#data[this.#length++] = score
  }

  get(i: number): number {
    return at(this.#data, i)
  }

  set(i: number, score: number): void {
    this.#data[i] = score
  }

  /** Leaves out what has 0 in the mask, which has a byte for each. */
  filter(mask: Uint8Array): void {
    let kept = 0
    for (let i = 0; i < this.#length; i++) if (mask[i] !== 0) this.#data[kept++] = at(this.#data, i)
    this.#length = kept
  }

  /** What it holds, until it changes. */
  view(): Float64Array {
    return this.#data.subarray(0, this.#length)
  }

  /** A copy of just what it holds. */
  values(): Float64Array {
    return this.#data.slice(0, this.#length)
  }
}
