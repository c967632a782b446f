import type { DecoderOutput } from '../../detectors/detectorGraph.js'
import type { Objective } from '../../detectors/objectives/objective.js'
import type { SamplePool } from '../../detectors/samplePool.js'
import type { TrainingSettings } from '../../detectors/settings.js'
import type { Network } from '../../nn/network.js'
import type { Device } from '../../runtime/device.js'
import type { RunRows, UnitResult } from './unit.js'

/** Runs of one detector that train side by side, and all that decides what comes of them. */
export interface UnitWork {
  readonly objective: Objective
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly samples: SamplePool
  /** Their training sets have one size. */
  readonly runs: readonly RunRows[]
  readonly seed: number
}

/** Trains units of work, here or elsewhere. */
export interface UnitTrainer {
  /** How many works may train at the same time. */
  readonly workers: number
  /** Where all works train: numbers differ between devices, so it belongs to the name of a unit. */
  device(): Promise<Device>
  /**
   * Trains a detector in every run and scores all samples with each. A run that diverges is told of in its `training`, and
   * takes nothing from the others. The same work gives the same result, to the bit, whatever trains beside it.
   *
   * @param onSteps told how many more of the runs' `trainingSteps` are done
   */
  train(work: UnitWork, onSteps: (steps: number) => void): Promise<UnitResult>
}
