import { uniform } from '../random/uniform.js'
import { type TensorValue, value } from '../runtime/value.js'
import type { TrainingPhase } from './batchPlan.js'

/** Philox streams of the numbers that layers draw: one for each step, in a range of its own for each phase of training. */
const drawStreams = { pretrain: 0x5000_0000, train: 0x6000_0000 } as const

/** Bytes of drawn numbers that one call of a graph takes at most, but for those of a single step. */
const mostBytes = 2 ** 25

export interface DrawOptions {
  readonly seed: number
  readonly phase: TrainingPhase
  /** Numbers of the runs, [R]. */
  readonly runs: readonly number[]
  /** Numbers for each sample of a batch. */
  readonly size: number
}

/** The uniform numbers that layers such as dropout take in each step of training: a pure function of (seed, phase, step, run). */
export class Draws {
  readonly #options: DrawOptions

  constructor(options: DrawOptions) {
    this.#options = options
  }

  /** Steps that a call may take, for batches of so many samples. */
  mostSteps(batchSize: number): number {
    const { runs, size } = this.#options
    return Math.max(1, Math.floor(mostBytes / (4 * runs.length * batchSize * size)))
  }

  /** Of steps [from, to), float32 [to − from, R, B, size]. */
  values(from: number, to: number, batchSize: number): TensorValue {
    const { seed, phase, runs, size } = this.#options
    const each = batchSize * size
    const data = new Float32Array((to - from) * runs.length * each)
    for (let step = from; step < to; step++) {
      for (const [r, run] of runs.entries()) {
        const own = uniform(each, { seed, stream: drawStreams[phase] + step, replicate: run })
        data.set(own, ((step - from) * runs.length + r) * each)
      }
    }
    return value('float32', data, [to - from, runs.length, batchSize, size])
  }
}
