import { abortedError, throwIfAborted } from './abort.js'
import { abortSignal, integer, type OptionChecks, requireInteger } from './check.js'
import { type ErrorCode, ScoringBiasError } from './errors.js'
import type { OnProgress, Progress } from './progress.js'

/** Options of every call that works off the main thread. */
export interface JobOptions {
  /** Threads to use, 1 to 1024; 0 (default): one per core. The result does not depend on it. */
  readonly threads?: number | undefined
  /**
   * Rejects with `ABORTED` when it fires. The drawing of replicates stops within about a millisecond; a sort that has
   * begun, some 10 ms for 10⁶ scores, is finished first.
   */
  readonly signal?: AbortSignal | undefined
}

export const jobChecks: OptionChecks<JobOptions> = { threads: integer(0, 1024), signal: abortSignal }

const progressIntervalMs = 50

/** The number of threads asked for. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function threadsOf(options: JobOptions): number {
  return requireInteger('threads', options.threads ?? 0, 0, 1024)
}

/** What counts up to `total` while native work runs. */
export interface Counted extends Omit<Progress, 'done'> {
  readonly onProgress: OnProgress | undefined
}

/**
 * Runs native work and translates its errors.
 *
 * @param start queues the work. Its argument is the line to the kernel: element 0 stops it when set, element 1 counts
 * what is done.
 * @param nameOf the caller's name of the argument that a native status calls by number
 * @param counted whom to tell of element 1, on the main thread about twenty times a second while it grows, and with
 * done = total at the end. An exception thrown there stops the work and rejects the promise.
 */
export async function runJob(
  start: (control: Int32Array) => Promise<void>,
  nameOf: (array: number) => string,
  options: JobOptions,
  counted?: Counted,
): Promise<void> {
  const { signal } = options
  throwIfAborted(signal)
  const control = new Int32Array(2)
  const stop = () => Atomics.store(control, 0, 1)
  let thrown: { error: unknown } | undefined
  let reported = 0
  const report = () => {
    const done = Atomics.load(control, 1)
    if (done === reported || thrown !== undefined) return
    reported = done
    try {
      counted?.onProgress?.({ phase: counted.phase, done, total: counted.total })
    } catch (error) {
      thrown = { error }
      stop()
    }
  }
  const timer = counted?.onProgress === undefined ? undefined : setInterval(report, progressIntervalMs)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    await start(control)
    if (timer !== undefined) report()
  } catch (error) {
    throw translate(error, nameOf, signal, thrown)
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', stop)
  }
  if (thrown !== undefined) throw thrown.error
  throwIfAborted(signal)
}

/** The error that a rejection by native/promise_worker.cc becomes; anything else stays what it is. */
function translate(
  error: unknown,
  nameOf: (array: number) => string,
  signal: AbortSignal | undefined,
  thrown: { error: unknown } | undefined,
): unknown {
  if (!(error instanceof Error) || !('code' in error && 'array' in error && 'index' in error)) return error
  const name = nameOf(Number(error.array))
  const code = error.code as ErrorCode
  switch (code) {
    case 'ABORTED':
      if (thrown !== undefined) return thrown.error
      return signal?.aborted ? abortedError(signal) : new ScoringBiasError('ABORTED', 'aborted')
    case 'NOT_A_NUMBER':
      return new ScoringBiasError(code, `${name}[${error.index}] is NaN. Drop or repair that sample`)
    case 'EMPTY_SAMPLE':
      return new ScoringBiasError(code, `${name} has no samples to use. At least one is needed`)
    case 'OUT_OF_MEMORY':
      return new ScoringBiasError(
        code,
        'there is not enough memory for this work. Nothing was changed. Use fewer resamples or samples',
      )
    case 'OUT_OF_RANGE':
      return new ScoringBiasError(code, `${name} is out of range (position ${error.index})`)
    default:
      return new ScoringBiasError(code, `${name} does not have the length of what it belongs to`)
  }
}
