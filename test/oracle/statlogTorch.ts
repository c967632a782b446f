import { readFileSync } from 'node:fs'
import type { DetectorName } from '../../src/detectors/detectors.js'

type Runs = Readonly<Record<string, readonly number[]>>

/** What test/oracle/statlog_torch.py wrote: values of every run. */
interface StatlogTorch<Name extends DetectorName> {
  readonly runs: number
  readonly detectors: Readonly<
    Record<
      Name,
      {
        /** By class. */
        readonly tpr: Runs
        /** By epoch, counted from 1. */
        readonly loss: Runs
        readonly pretrainLoss: Runs
      }
    >
  >
}

/** Of all detectors, pretrained where they are by method. */
export const statlogTorch: StatlogTorch<DetectorName> = read('statlog_torch.json')

/** Of those two, from random weights. */
export const statlogTorchScratch: StatlogTorch<'deep-svdd' | 'deep-sad'> = read('statlog_torch_scratch.json')

function read(name: string) {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
}
