import { at, invariant } from '../check.js'
import { elements } from '../nn/parameters.js'
import { type TensorValue, type Values, value } from '../runtime/value.js'
import type { Batches, TrainingSet } from './batchPlan.js'

/** The pool of samples that training sets and scores refer to by row. */
export interface SamplePool {
  /** [nSamples, …sample], row-major. */
  readonly features: Float32Array
  readonly nSamples: number
  readonly sample: readonly number[]
}

/** What a block of replicas trains on: a pool, training sets that name its rows, and which rows are labelled anomalies. */
export interface TrainingPool {
  readonly pool: SamplePool
  readonly sets: readonly TrainingSet[]
  /** [nSamples], 1 for labelled anomalies; undefined where nothing is learnt from them. */
  readonly anomaly: Uint8Array | undefined
}

/**
 * The same training with a pool of its own, which holds only the rows that a training set names. Every worker gets a copy
 * of the pool: of 70,000 images a study of Fashion-MNIST trains on fewer than one in ten. No result depends on it.
 */
export function usedSamples({ pool, sets, anomaly }: TrainingPool): TrainingPool {
  const places = new Int32Array(pool.nSamples).fill(-1)
  for (const { rows } of sets) for (const row of rows) places[row] = 0
  const used = Uint32Array.from(places.keys()).filter((row) => places[row] === 0)
  if (used.length === pool.nSamples) return { pool, sets, anomaly }
  for (const [place, row] of used.entries()) places[row] = place
  return {
    pool: { features: samplesAt(pool, used), nSamples: used.length, sample: pool.sample },
    sets: sets.map(({ rows, ...set }) => ({ ...set, rows: rows.map((row) => at(places, row)) })),
    anomaly: anomaly && Uint8Array.from(used, (row) => at(anomaly, row)),
  }
}

/** Rows of the pool side by side, [rows, …sample]; a negative one counts from the pool's end. */
export function samplesAt({ features, nSamples, sample }: SamplePool, rows: Uint32Array | Int32Array): Float32Array {
  const size = elements(sample)
  const picked = new Float32Array(rows.length * size)
  for (const [i, given] of rows.entries()) {
    const row = given < 0 ? given + nSamples : given
    picked.set(features.subarray(row * size, (row + 1) * size), i * size)
  }
  return picked
}

/** The samples as a graph's input. */
export function poolValue({ features, nSamples, sample }: SamplePool): TensorValue {
  return value('float32', features, [nSamples, ...sample])
}

/** Bytes that the samples of a chunk of steps may take, where each step is given its own. */
const gatheredBytes = 1 << 26

/** What a graph is given of the samples of each step. */
export interface StepValues {
  /** Steps of a chunk at most. Default: any number. */
  readonly mostSteps?: number
  readonly values: (batches: Batches) => Values
}

/**
 * The samples of batches, and which of them are labelled anomalies. A chunk has as many steps as have 64 MiB of samples, and 1 where one has
 * more.
 *
 * @param rowsPerStep of all replicas together
 */
export function gatheredSamples(
  pool: SamplePool,
  anomaly: Uint8Array | undefined,
  rowsPerStep: number,
): Required<StepValues> {
  return {
    mostSteps: Math.max(1, Math.floor(gatheredBytes / (4 * rowsPerStep * elements(pool.sample)))),
    values: (batches) => ({
      samples: value('float32', samplesAt(pool, batches.data), [...batches.dims, ...pool.sample]),
      ...(anomaly && labelValues(anomaly, batches)),
    }),
  }
}

/** Which samples of batches are labelled anomalies, as a graph's input; a negative row counts from the end. */
export function labelValues(anomaly: Uint8Array, { data, dims }: Batches): Values {
  const labels = new Uint8Array(data.length)
  // Without `at`, which is slow where it is called with arrays of all kinds: all samples of all epochs come through here.
  for (let i = 0; i < labels.length; i++) {
    const row = data[i] ?? Number.NaN
    const label = anomaly[row < 0 ? row + anomaly.length : row]
    invariant(label !== undefined, 'batches name rows of the pool')
    labels[i] = label
  }
  return { anomalies: value('bool', labels, dims) }
}

/** Rows of the pool for a graph that takes rows of `x`: alone, in the order in which they are asked for. */
export function gatheredRows(pool: SamplePool, rows: Int32Array, dims: readonly number[]): Values {
  const nSamples = rows.length
  return {
    x: poolValue({ ...pool, features: samplesAt(pool, rows), nSamples }),
    rows: value('int32', Int32Array.from(rows.keys()), dims),
  }
}
