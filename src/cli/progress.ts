import type { StudyProgress } from '../index.js'

/** Where progress goes: stderr, or a stand-in. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Milliseconds between updates: of the line on a terminal, of lines in a log. */
const intervals = { terminal: 100, log: 5000 } as const

/** Milliseconds that a phase must have taken before what is left of it is told. */
const leastForecastMs = 2000

/**
 * Shows progress as one line that updates itself on a terminal, and as a plain line every five seconds elsewhere, with the
 * time that is left of a phase.
 * `finish` takes the terminal's line away, so that what is printed next starts on a clean one.
 */
export class ProgressLine {
  readonly #stream: ProgressStream
  readonly #now: () => number
  readonly #start: number
  #next: number
  #shown = false
  #phase = { name: '', start: 0, done: 0 }

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream
    this.#now = now
    this.#start = now()
    this.#next = this.#start
  }

  /** A total of Infinity is one that is not known. */
  update({ phase, done, total }: StudyProgress): void {
    const now = this.#now()
    if (phase !== this.#phase.name) this.#phase = { name: phase, start: now, done }
    if (now < this.#next) return
    const percent = total > 0 ? Math.floor((100 * done) / total) : 0
    const state = Number.isFinite(total) ? `${done} of ${total} (${percent} %)` : `${done}`
    const line = `${phase}: ${state}, ${Math.round((now - this.#start) / 1000)} s${this.#timeLeft(now, done, total)}`
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

  /** What is left of the phase if it goes on as it went; nothing while that is a guess. */
  #timeLeft(now: number, done: number, total: number): string {
    const took = now - this.#phase.start
    const made = done - this.#phase.done
    if (took < leastForecastMs || made <= 0 || done >= total || !Number.isFinite(total)) return ''
    return `, about ${Math.ceil(((total - done) * took) / made / 1000)} s left`
  }

  finish(): void {
    if (this.#shown && this.#stream.isTTY === true) this.#stream.write('\r\x1b[2K')
    this.#shown = false
  }
}
