import { ScoringBiasError } from '../../src/errors.js'
import type { Device } from '../../src/runtime/device.js'
import type { Agreement } from './agreement.js'
import type { Placement } from './placement.js'
import type { Speed, Together } from './speed.js'
import type { StudyAgreement } from './studies.js'

/** What came of the parts that were begun, and of those that were not. */
export interface Outcome {
  /** What was not run since time was up: it may be wrong. */
  readonly left: string[]
  /** What this machine has no files, no memory or no speed for. It says nothing of the device, and does not change the verdict. */
  readonly beyond: string[]
  readonly failures: string[]
}

export interface Report extends Outcome {
  readonly device: Device
  readonly quick: boolean
  readonly machine: Readonly<Record<string, string>>
  readonly tolerances: Readonly<Record<string, number>>
  /** On NVIDIA GPUs with products in float32. */
  readonly agreement: Agreement[]
  /** With products in TF32, of which no tolerance is asked; NVIDIA GPUs only. */
  readonly agreementTf32: Agreement[]
  readonly studies: StudyAgreement[]
  readonly placement: Placement[]
  readonly speed: Speed[]
  /** The most memory that this process has taken, all parts until the end of those of speed together. */
  processMiB: number | undefined
  readonly together: Together[]
  seconds: number
}

export interface Verdict {
  readonly words: string
  readonly exitCode: 0 | 1 | 3
}

/** What was wrong decides first, then what is missing. */
export function verdictOf({ left, failures }: Pick<Outcome, 'left' | 'failures'>): Verdict {
  if (failures.length > 0) return { words: 'not as it should be', exitCode: 1 }
  if (left.length > 0) return { words: 'nothing was wrong, but not all was run', exitCode: 3 }
  return { words: 'all as it should be', exitCode: 0 }
}

/** Does a part of the work under its name: what fails in it is told, and the next part begins. */
export type DoPart = (name: string, work: () => Promise<void> | void) => Promise<void>

/** Parts of which none begins after so many seconds of this process. */
export function partsWithin(seconds: number, { left, beyond, failures }: Outcome): DoPart {
  return async (name, work) => {
    if (performance.now() >= 1000 * seconds) {
      left.push(`${name}: ${seconds} s were over`)
      return
    }
    try {
      await work()
    } catch (error) {
      const why = `${name}: ${error instanceof Error ? error.message : error}`
      if (error instanceof ScoringBiasError && error.code === 'NO_DATA') beyond.push(why)
      else failures.push(why)
    }
  }
}
