import type { Command } from 'commander'
import type { OnProgress, Progress } from '../progress.js'
import { choice } from './flags.js'

/** Where progress goes: stderr, or a stand-in. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

type ProgressKind = 'text' | 'json'
const progressKinds: readonly ProgressKind[] = ['text', 'json']

/** How a command tells of its progress. */
export interface ProgressFlags {
  progress?: ProgressKind
  quiet?: true | undefined
}

export const quietFlag = ['--quiet', 'no progress'] as const

/** Adds the flags of {@link ProgressFlags}. */
export function addProgressFlags(command: Command): Command {
  return command
    .addOption(choice('--progress <kind>', 'progress on stderr for people, or as lines of JSON', progressKinds, 'text'))
    .option(...quietFlag)
}

/** The progress of a command line's flags; undefined where none is wanted. */
export function progressOf(stream: ProgressStream, { quiet, progress }: ProgressFlags): ProgressSink | undefined {
  if (quiet) return undefined
  return progress === 'json' ? new ProgressLines(stream) : new ProgressLine(stream)
}

/** Does some work and shows how it goes, if that is wanted, until it is done or fails. */
export async function withProgress<T>(
  stream: ProgressStream,
  flags: ProgressFlags,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const progress = progressOf(stream, flags)
  try {
    return await work((at) => progress?.update(at))
  } finally {
    progress?.finish()
  }
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

/** A command's progress on its way to a reader. */
export abstract class ProgressSink {
  readonly #now: () => number
  readonly #start: number
  readonly #left = new TimeLeft()
  #next: number
  protected readonly stream: ProgressStream

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.stream = stream
    this.#now = now
    this.#start = now()
    this.#next = this.#start
  }

  /** A total of Infinity is one that is not known. */
  update(progress: Progress): void {
    const now = this.#now()
    const left = this.#left.seconds(progress, now)
    if (now < this.#next && !this.isDue(progress)) return
    this.#next = now + this.show(progress, (now - this.#start) / 1000, left)
  }

  finish(): void {}

  /** Whether it is shown whenever it comes. */
  protected abstract isDue(progress: Progress): boolean

  /** Returns the milliseconds until the next. */
  protected abstract show(progress: Progress, elapsedSeconds: number, secondsLeft: number | undefined): number
}

/**
 * Shows progress as one line that updates itself on a terminal, and as a plain line every five seconds elsewhere.
 * `finish` takes the terminal's line away, so that what is printed next starts on a clean one.
 */
export class ProgressLine extends ProgressSink {
  #shown = false

  protected isDue(): boolean {
    return false
  }

  protected show({ phase, done, total }: Progress, elapsedSeconds: number, secondsLeft: number | undefined): number {
    const percent = total > 0 ? Math.floor((100 * done) / total) : 0
    const state = Number.isFinite(total) ? `${done} of ${total} (${percent} %)` : `${done}`
    const rest = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`
    const line = `${phase}: ${state}, ${Math.round(elapsedSeconds)} s${rest}`
    this.#shown = true
    const { isTTY, columns = 80 } = this.stream
    // A line that wraps cannot be taken back.
    this.stream.write(isTTY === true ? `\r\x1b[2K${line.slice(0, columns - 1)}` : `${line}\n`)
    return isTTY === true ? intervals.terminal : intervals.log
  }

  override finish(): void {
    if (this.#shown && this.stream.isTTY === true) this.stream.write('\r\x1b[2K')
    this.#shown = false
  }
}

/**
 * Progress for programs: lines of JSON with phase, done, total (null where it is not known), elapsedSeconds and secondsLeft
 * (null while nothing can be said), at most ten a second, and one for the end of every phase.
 */
export class ProgressLines extends ProgressSink {
  protected isDue({ done, total }: Progress): boolean {
    return done === total
  }

  protected show(progress: Progress, elapsedSeconds: number, secondsLeft: number | undefined): number {
    const { phase, done, total } = progress
    // JSON has no Infinity: a total that is not known becomes null.
    const line = { phase, done, total, elapsedSeconds, secondsLeft: secondsLeft ?? null }
    this.stream.write(`${JSON.stringify(line)}\n`)
    return intervals.json
  }
}

/** `40 s`, `3 min`, `2 h 5 min` */
function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
