import type { StudyProgress } from '../index.js'

/** Where progress goes: stderr, or a stand-in. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Milliseconds between updates: of the line on a terminal, of lines in a log. */
const intervals = { terminal: 100, log: 5000 } as const

/**
 * Shows progress as one line that updates itself on a terminal, and as a plain line every five seconds elsewhere.
 * `finish` takes the terminal's line away, so that what is printed next starts on a clean one.
 */
export class ProgressLine {
  readonly #stream: ProgressStream
  readonly #now: () => number
  readonly #start: number
  #next: number
  #shown = false

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream
    this.#now = now
    this.#start = now()
    this.#next = this.#start
  }

  /** A total of Infinity is one that is not known. */
  update({ phase, done, total }: StudyProgress): void {
    const now = this.#now()
    if (now < this.#next) return
    const percent = total > 0 ? Math.floor((100 * done) / total) : 0
    const state = Number.isFinite(total) ? `${done} of ${total} (${percent} %)` : `${done}`
    const line = `${phase}: ${state}, ${Math.round((now - this.#start) / 1000)} s`
    if (this.#stream.isTTY === true) {
      // A line that wraps cannot be taken back.
      this.#stream.write(`\r\x1b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`)
      this.#next = now + intervals.terminal
    } else {
      this.#stream.write(`${line}\n`)
      this.#next = now + intervals.log
    }
    this.#shown = true
  }

  finish(): void {
    if (this.#shown && this.#stream.isTTY === true) this.#stream.write('\r\x1b[2K')
    this.#shown = false
  }
}
