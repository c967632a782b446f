import type { Command } from 'commander'
import { formatCount } from '../counted.js'
import type { OnProgress, Progress, WorkersNow } from '../progress.js'
import { choice } from './flags.js'
import { clearLine, type OutputStream } from './processOutput.js'

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
export function progressOf(stream: OutputStream, { quiet, progress }: ProgressFlags): ProgressSink | undefined {
  return quiet ? undefined : new ProgressSink(stream, progress)
}

/** Does some work and shows how it goes, if that is wanted, until it is done or fails. */
export async function withProgress<T>(
  stream: OutputStream,
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

/** Milliseconds between updates: of lines in a log, and of the line on a terminal or of JSON. */
const intervals = { log: 5000, live: 100 } as const

/**
 * A command's progress on its way to a reader. As text it is one line that updates itself on a terminal, and a plain line
 * every five seconds elsewhere. As JSON, for programs, it is lines of phase, done, total (null where it is not known),
 * elapsedSeconds and secondsLeft (null while nothing can be said), at most ten a second, and one for the end of every phase.
 */
export class ProgressSink {
  readonly #stream: OutputStream
  readonly #kind: ProgressKind
  readonly #now: () => number
  readonly #start: number
  #next: number
  #first: { readonly phase: string; readonly done: number; readonly at: number } | undefined
  #isShown = false

  constructor(stream: OutputStream, kind: ProgressKind = 'text', now: () => number = () => performance.now()) {
    this.#stream = stream
    this.#kind = kind
    this.#now = now
    this.#start = now()
    this.#next = this.#start
  }

  update(progress: Progress): void {
    const { phase, done, total } = progress
    const now = this.#now()
    const secondsLeft = this.#secondsLeft(progress, now)
    const isJson = this.#kind === 'json'
    if (now < this.#next && !(isJson && done === total)) return
    const elapsedSeconds = (now - this.#start) / 1000
    // JSON has no Infinity: a total that is not known becomes null.
    const { workers } = progress
    const line = { phase, done, total, elapsedSeconds, secondsLeft: secondsLeft ?? null, ...(workers && { workers }) }
    if (isJson) this.#stream.write(`${JSON.stringify(line)}\n`)
    else this.#show(textOf(progress, elapsedSeconds, secondsLeft))
    this.#next = now + (isJson || this.#stream.isTTY === true ? intervals.live : intervals.log)
  }

  /** Takes the terminal's line away, so that what is printed next starts on a clean one. */
  finish(): void {
    if (this.#isShown && this.#stream.isTTY === true) this.#stream.write(clearLine)
    this.#isShown = false
  }

  #show(line: string): void {
    const { isTTY, columns = 80 } = this.#stream
    this.#isShown = true
    // A line that wraps cannot be taken back.
    this.#stream.write(isTTY === true ? `${clearLine}${line.slice(0, columns - 1)}` : `${line}\n`)
  }

  /**
   * Of a phase, as if it went on at its mean pace; undefined while nothing can be said. What was done when the phase was
   * first heard of counts for nothing: it took no time.
   */
  #secondsLeft({ phase, done, total }: Progress, now: number): number | undefined {
    if (this.#first?.phase !== phase) this.#first = { phase, done, at: now }
    const since = done - this.#first.done
    if (since <= 0 || !Number.isFinite(total)) return undefined
    return (((now - this.#first.at) / since) * (total - done)) / 1000
  }
}

function textOf(
  { phase, done, total, workers }: Progress,
  elapsedSeconds: number,
  secondsLeft: number | undefined,
): string {
  const percent = total > 0 ? Math.floor((100 * done) / total) : 0
  const state = Number.isFinite(total)
    ? `${formatCount(done)} of ${formatCount(total)} (${percent} %)`
    : formatCount(done)
  const rest = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`
  return `${phase}: ${state}${workers === undefined ? '' : workersText(workers)}, ${Math.round(elapsedSeconds)} s${rest}`
}

/** `, 8 running, 41 a minute, on a and b` */
function workersText({ running, perMinute, hosts }: WorkersNow): string {
  const where = hosts.length > 3 ? `${hosts.length} machines` : hosts.join(', ')
  return `, ${running} running, ${perMinute.toPrecision(2)} a minute${where === '' ? '' : ` on ${where}`}`
}

/** `40 s`, `3 min`, `2 h 5 min` */
function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
