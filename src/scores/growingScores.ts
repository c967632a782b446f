import { at } from '../check.js'

/** Scores appended one by one, float64; at most twice the memory of what it holds. */
export class GrowingScores {
  #data = new Float64Array(1024)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(score: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Float64Array(2 * this.#data.length)
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

  /** A copy of just what it holds. */
  values(): Float64Array {
    return this.#data.slice(0, this.#length)
  }
}
