import { ScoringBiasError } from './errors.js'

/** The error that a fired signal turns into; its reason is kept as `cause`. */
export function abortedError(signal: AbortSignal): ScoringBiasError {
  return new ScoringBiasError('ABORTED', 'aborted by the caller', { cause: signal.reason })
}

/** Throws `ABORTED` when the signal has fired; does nothing without a signal. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal)
}
