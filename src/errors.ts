import { printable } from './printable.js'
import { errorCode, systemReasons } from './systemReasons.js'

/**
 * Every way in which this package refuses or fails, as a stable code.
 *
 * - `EMPTY_SAMPLE`: a sample without elements where at least one is needed.
 * - `LENGTH_MISMATCH`: two arrays that belong together differ in length.
 * - `NOT_A_NUMBER`: a NaN among scores or features; the message gives its index.
 * - `OUT_OF_RANGE`: a number outside the range that the message states.
 * - `WRONG_TYPE`: an argument of the wrong kind.
 * - `SHAPE_MISMATCH`: tensor shapes that do not fit the operator or layer named.
 * - `NOT_DIFFERENTIABLE`: a gradient asked for through an operator that has none.
 * - `UNKNOWN_NAME`: a data set, detector, option or column that does not exist; the message lists those that do.
 * - `UNKNOWN_CLASS`: a class that the data set does not have; the message lists those it has.
 * - `BAD_FILE`: a file that cannot be read or written, or whose contents are not what they should be.
 * - `NO_SPACE`: a file that cannot be written whole for want of space; what was there before is unchanged.
 * - `NO_DATA`: a data set whose files are not on this machine, or could not be downloaded; the message says how to get them.
 * - `NOT_INSTALLED`: the native addon, or an optional package, is missing or does not load here; the message says the command that gets it.
 * - `NO_DEVICE`: the device asked for is not available; the message says how to get it.
 * - `LABEL_CONFLICT`: a sample that is normal in one training set and a labelled anomaly in another beside it.
 * - `DIVERGED`: no run of a study, or not each of those asked for, gave a detector: numbers not finite, equal scores, a collapsed hypersphere.
 * - `INCOMPLETE`: some of several things asked for could not be had, the others could; the message names them.
 * - `OTHER_MACHINE`: a unit of work that this machine would train to other bits: another version, other data or other arithmetic.
 * - `NO_QUEUE`: a Redis server that does not answer or refuses, or a study that another process coordinates.
 * - `WORKER_FAILED`: a worker thread died; the message says what it was doing.
 * - `OUT_OF_MEMORY`: a native allocation failed; nothing was changed.
 * - `DETACHED`: an array whose buffer was transferred or resized, or may be, while it is in use.
 * - `INTERNAL`: a fault of this package, not of its caller.
 * - `ABORTED`: the caller's `AbortSignal` fired; `cause` is the signal's reason.
 */
export type ErrorCode =
  | 'EMPTY_SAMPLE'
  | 'LENGTH_MISMATCH'
  | 'NOT_A_NUMBER'
  | 'OUT_OF_RANGE'
  | 'WRONG_TYPE'
  | 'SHAPE_MISMATCH'
  | 'NOT_DIFFERENTIABLE'
  | 'UNKNOWN_NAME'
  | 'UNKNOWN_CLASS'
  | 'BAD_FILE'
  | 'NO_SPACE'
  | 'NO_DATA'
  | 'NOT_INSTALLED'
  | 'NO_DEVICE'
  | 'LABEL_CONFLICT'
  | 'DIVERGED'
  | 'INCOMPLETE'
  | 'OTHER_MACHINE'
  | 'NO_QUEUE'
  | 'WORKER_FAILED'
  | 'OUT_OF_MEMORY'
  | 'DETACHED'
  | 'INTERNAL'
  | 'ABORTED'

/** Letters of a message at most; of a longer one, which quotes long names, the middle is left out: its end has the way out. */
const longestMessage = 2000

function bounded(message: string): string {
  if (message.length <= longestMessage) return message
  return `${message.slice(0, longestMessage - 500)} … ${message.slice(-490)}`
}

/**
 * The one error class of this package. `code` is stable; `message` names the argument, its value and the way out, in one line
 * without control characters, whatever names it quotes.
 */
export class ScoringBiasError extends Error {
  override readonly name = 'ScoringBiasError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(bounded(printable(message)), options)
    this.code = code
  }
}

/** What an error says, for the end of a message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const readReasons: Readonly<Record<string, string>> = {
  ...systemReasons,
  EMFILE: `${systemReasons.EMFILE}. Raise the limit (\`ulimit -n\`)`,
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
}

/** Throws the error for a file that the system does not let us read. */
export function cannotRead(name: string): (cause: unknown) => never {
  return (cause) => {
    const reason = readReasons[errorCode(cause) ?? ''] ?? reasonOf(cause)
    throw new ScoringBiasError('BAD_FILE', `cannot read ${name}: ${reason}`, { cause })
  }
}
