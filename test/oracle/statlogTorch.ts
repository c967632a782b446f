import { readFileSync } from 'node:fs'
import type { DetectorName } from '../../src/detectors/detectors.js'

type Runs = Readonly<Record<string, readonly number[]>>

/** What test/oracle/statlog_torch.py wrote: values of every run. */
export const statlogTorch: {
  readonly runs: number
  readonly detectors: Readonly<
    Record<
      DetectorName,
      {
        /** By class. */
        readonly tpr: Runs
        /** By epoch, counted from 1. */
        readonly loss: Runs
        readonly pretrainLoss: Runs
      }
    >
  >
} = JSON.parse(readFileSync(new URL('statlog_torch.json', import.meta.url), 'utf8'))
