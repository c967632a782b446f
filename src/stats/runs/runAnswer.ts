import type { Direction } from '../bias/direction.js'

/** What a study says of a quantity that is 0 where both detectors are alike: by itself, and among its family. */
export interface RunAnswer {
  /** Confidence interval at `level` for this quantity alone; of one run it covers samples only. */
  readonly interval: readonly [number, number]
  /** Two-sided, for 0; it inverts `interval`. */
  readonly pValue: number
  /** Interval of a family that all hold at once, over samples and training; of one run all that can be. */
  readonly simultaneous: readonly [number, number]
  /** Adjusted for the whole family; it inverts `simultaneous`. Of one run 1. */
  readonly pAdjusted: number
  /** Of `simultaneous`. */
  readonly direction: Direction
}
