/** How far a long call has come. */
export interface Progress {
  /** What is being done, a short phrase such as `resampling` or `training Deep SAD`. */
  readonly phase: string
  readonly done: number
  /** What `done` counts up to; infinity where that is not known, as of rows that are still read. */
  readonly total: number
  /** Who does it, where that is told. */
  readonly workers?: WorkersNow
}

/** The workers of a queue. */
export interface WorkersNow {
  readonly workers: number
  /** Units in training. */
  readonly running: number
  readonly hosts: readonly string[]
  /** Units that were done in a minute, on average. */
  readonly perMinute: number
}

/** Rows read so far, of a number that is not known. */
export function readingProgress(rows: number): Progress {
  return { phase: 'reading', done: rows, total: Number.POSITIVE_INFINITY }
}

/** Told of progress on the main thread. */
export type OnProgress = (progress: Progress) => void
