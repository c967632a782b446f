import type { Command } from 'commander'
import type { Progress } from '../progress.js'
import { choice } from './flags.js'

/** Where progress goes: stderr, or a stand-in. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** A command's progress on its way to a reader. */
export interface ProgressSink {
  /** A total of Infinity is one that is not known. */
  update(progress: Progress): void
  finish(): void
}

type ProgressKind = 'text' | 'json'
const progressKinds: readonly ProgressKind[] = ['text', 'json']

/** How a command tells of its progress. */
export interface ProgressFlags {
  progress?: ProgressKind
  quiet?: true
}

/** Adds the flags of {@link ProgressFlags}. */
export function addProgressFlags(command: Command): Command {
  return command
    .addOption(choice('--progress <kind>', 'progress on stderr for people, or as lines of JSON', progressKinds, 'text'))
    .option('--quiet', 'no progress')
}

/** The progress of a command line's flags; undefined where none is wanted. */
export function progressOf(stream: ProgressStream, { quiet, progress }: ProgressFlags): ProgressSink | undefined {
  if (quiet) return undefined
  return progress === 'json' ? new ProgressLines(stream) : new ProgressLine(stream)
}

/** Milliseconds between updates: of the line on a terminal, of lines in a log, of JSON lines for a program. */
const intervals = { terminal: 100, log: 5000, json: 100 } as const

/**
 * Time left of a phase, as if it went on at its mean pace. What was done when the phase was first heard of counts for
 * nothing: it took no time.
 */
class TimeLeft {
  #first: { readonly phase: string; readonly done: number; readonly at: number } | undefined

  /** Seconds; undefined while nothing can be said. */
  seconds({ phase, done, total }: Progress, now: number): number | undefined {
    if (this.#first?.phase !== phase) this.#first = { phase, done, at: now }
    const since = done - this.#first.done
    if (since <= 0 || !Number.isFinite(total)) return undefined
    return (((now - this.#first.at) / since) * (total - done)) / 1000
  }
}

/**
 * Shows progress as one line that updates itself on a terminal, and as a plain line every five seconds elsewhere.
 * `finish` takes the terminal's line away, so that what is printed next starts on a clean one.
 */
export class ProgressLine implements ProgressSink {
  readonly #stream: ProgressStream
  readonly #now: () => number
  readonly #start: number
  readonly #left = new TimeLeft()
  #next: number
  #shown = false

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream
    this.#now = now
    this.#start = now()
    this.#next = this.#start
  }

  update(progress: Progress): void {
    const { phase, done, total } = progress
    const now = this.#now()
    const left = this.#left.seconds(progress, now)
    if (now < this.#next) return
    const percent = total > 0 ? Math.floor((100 * done) / total) : 0
    const state = Number.isFinite(total) ? `${done} of ${total} (${percent} %)` : `${done}`
    const rest = left === undefined ? '' : `, ${duration(left)} left`
    const line = `${phase}: ${state}, ${Math.round((now - this.#start) / 1000)} s${rest}`
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

/**
 * Progress for programs: lines of JSON with phase, done, total (null where it is not known), elapsedSeconds and secondsLeft
 * (null while nothing can be said), at most ten a second, and one for the end of every phase.
 */
export class ProgressLines implements ProgressSink {
  readonly #stream: ProgressStream
  readonly #now: () => number
  readonly #start: number
  readonly #left = new TimeLeft()
  #next: number

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream
    this.#now = now
    this.#start = now()
    this.#next = this.#start
  }

  update(progress: Progress): void {
    const { phase, done, total } = progress
    const now = this.#now()
    const secondsLeft = this.#left.seconds(progress, now) ?? null
    if (now < this.#next && done !== total) return
    this.#next = now + intervals.json
    const elapsedSeconds = (now - this.#start) / 1000
    // JSON has no Infinity: a total that is not known becomes null.
    this.#stream.write(`${JSON.stringify({ phase, done, total, elapsedSeconds, secondsLeft })}\n`)
  }

  finish(): void {}
}

/** `40 s`, `3 min`, `2 h 5 min` */
function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
