import type { Device } from '../runtime/device.js'
import type { HeldValues } from '../runtime/heldValues.js'
import type { JobWorker } from '../runtime/pool.js'
import { providerOf } from '../runtime/providers.js'
import type { RemoteSession } from '../runtime/remoteSession.js'
import { type Values, value } from '../runtime/value.js'
import type { Batches } from './batchPlan.js'
import {
  gatheredRows,
  gatheredSamples,
  labelValues,
  poolValue,
  type SamplePool,
  type StepValues,
} from './samplePool.js'

/** Whether graphs on a device are given the samples of each step, since it would copy the pool in each. */
export function isGathered(device: Device): boolean {
  return providerOf(device).copiesCaptured === true
}

/**
 * The samples of a training as the sessions of its worker read them: from a pool that the worker holds for all of them, or given with each
 * run.
 */
export class WorkerSamples {
  readonly nSamples: number
  readonly #source: { readonly pool: SamplePool } | { readonly held: HeldValues }

  /** The pool's features may go to the worker without a copy: nobody else may use them afterwards. */
  constructor(worker: JobWorker, pool: SamplePool) {
    this.nSamples = pool.nSamples
    this.#source = isGathered(worker.device) ? { pool } : { held: worker.hold({ x: poolValue(pool) }) }
  }

  /** Binds the inputs of a session that reads rows of the pool. */
  async bind(session: RemoteSession, values: Values): Promise<void> {
    await session.bind(values, 'held' in this.#source ? this.#source.held : undefined)
  }

  /** What a graph that takes rows of the pool is given for some. */
  rows(rows: Int32Array, dims: readonly number[]): Values {
    if ('pool' in this.#source) return gatheredRows(this.#source.pool, rows, dims)
    return { rows: value('int32', rows, dims) }
  }

  /**
   * What a training graph is given for each step; undefined where that is nothing.
   *
   * @param anomaly [nSamples], 1 for labelled anomalies; undefined where nothing is learnt from them
   * @param rowsPerStep of all replicas together
   */
  steps(anomaly: Uint8Array | undefined, rowsPerStep: number): StepValues | undefined {
    if ('pool' in this.#source) return gatheredSamples(this.#source.pool, anomaly, rowsPerStep)
    return anomaly && { values: (batches: Batches) => labelValues(anomaly, batches) }
  }
}
