import { at, invariant } from '../check.js'
import { permutation } from '../random/permutation.js'

/** Philox streams of the shuffles: one for each epoch, in a range of its own for each phase of training. */
const shuffleStreams = { pretrain: 0x4000_0000, train: 0x4100_0000 } as const
/** Of the labelled anomalies, where batches are balanced. */
const anomalyStreams = 0x4200_0000
/** The phases of a training; only detectors about a pretrained centre have the first. */
export type TrainingPhase = keyof typeof shuffleStreams

/** Which samples a replica trains on, and the run that its shuffles belong to. */
export interface TrainingSet {
  /** Rows of the pool. */
  readonly rows: Uint32Array
  readonly run: number
  /** Rows at the end of `rows` that are to fill half of each batch; undefined where batches are of all rows alike. */
  readonly nAnomalous?: number | undefined
}

/** Rows of the pool, int32 [S, R, B]. */
export interface Batches {
  readonly data: Int32Array
  readonly dims: readonly [number, number, number]
}

export interface BatchOptions {
  readonly batchSize: number
  readonly seed: number
  readonly phase: TrainingPhase
  /** Samples of the pool. */
  readonly nSamples: number
}

/**
 * Shuffled batches of R training sets of equal size, as rows of the pool: every epoch is a new permutation of each
 * training set, a pure function of (seed, phase, epoch, run). The last, short batch of an epoch is kept and padded with
 * negative indices. They stand for rows counted from the pool's end and weigh nothing, but 0·∞ is NaN: so they
 * name a row of the replica's own training set, never one that the replica has nothing to do with.
 *
 * Balanced batches are all full. Half of each, rounded down, are labelled anomalies, the rest normal samples: both in the order of
 * an epoch's permutation, from its start again once all have come. So an epoch has as many steps as without balance.
 */
export class BatchPlan {
  readonly stepsPerEpoch: number
  readonly #sets: readonly TrainingSet[]
  readonly #options: BatchOptions
  readonly batchSize: number
  /** Of each training set. */
  readonly #nSamples: number
  #epoch = -1
  /** The order of each training set in the epoch; filled anew, not made anew, for there are hundreds of epochs. */
  readonly #shuffled: readonly Uint32Array[]

  constructor(sets: readonly TrainingSet[], options: BatchOptions) {
    this.#sets = sets
    this.#options = options
    this.#nSamples = at(sets, 0).rows.length
    this.#shuffled = sets.map(({ rows }) => new Uint32Array(rows.length))
    const alike = sets.every(({ rows }) => rows.length === this.#nSamples)
    invariant(alike, 'replicas that train side by side need training sets of equal size')
    this.batchSize = Math.min(options.batchSize, this.#nSamples)
    this.stepsPerEpoch = Math.ceil(this.#nSamples / this.batchSize)
  }

  /** Batches of steps [from, to) of the whole training, int32 [to − from, R, B]. Steps must be asked for in order. */
  steps(from: number, to: number): Batches {
    const nReplicas = this.#sets.length
    const dims = [to - from, nReplicas, this.batchSize] as const
    const data = new Int32Array(dims[0] * dims[1] * dims[2])
    for (let step = from; step < to; ) {
      const epoch = Math.floor(step / this.stepsPerEpoch)
      const end = Math.min(to, (epoch + 1) * this.stepsPerEpoch)
      this.#shuffle(epoch)
      for (const r of this.#sets.keys())
        this.#fill(data.subarray((step - from) * nReplicas * this.batchSize), r, step % this.stepsPerEpoch, end - step)
      step = end
    }
    return { data, dims }
  }

  /** Samples in a step's batch, of each replica. */
  batchLength(step: number): number {
    if (at(this.#sets, 0).nAnomalous !== undefined) return this.batchSize
    const start = (step % this.stepsPerEpoch) * this.batchSize
    return Math.min(this.batchSize, this.#nSamples - start)
  }

  /** Writes a replica's batches of `nSteps` steps of the epoch, from its i-th on, into [nSteps, R, B]. */
  #fill(data: Int32Array, r: number, iStep: number, nSteps: number): void {
    const order = at(this.#shuffled, r)
    const { nAnomalous } = at(this.#sets, r)
    const size = this.batchSize
    const padding = at(order, 0) - this.#options.nSamples
    for (let i = 0; i < nSteps; i++) {
      const place = (i * this.#sets.length + r) * size
      if (nAnomalous !== undefined) {
        data.set(this.#balanced(order, nAnomalous, iStep + i), place)
        continue
      }
      const start = (iStep + i) * size
      // Element by element: a view of the few rows costs more than to copy them.
      for (let j = 0; j < size; j++) data[place + j] = order[start + j] ?? padding
    }
  }

  #shuffle(epoch: number): void {
    if (epoch === this.#epoch) return
    this.#epoch = epoch
    const { seed, phase } = this.#options
    for (const [r, { rows, run, nAnomalous = 0 }] of this.#sets.entries()) {
      const shuffle = (from: number, to: number, stream: number) => {
        const places = permutation(at(this.#shuffled, r).subarray(from, to), {
          seed,
          stream: stream + epoch,
          replicate: run,
        })
        rowsAt(places, rows.subarray(from, to))
      }
      const nNormal = rows.length - nAnomalous
      shuffle(0, nNormal, shuffleStreams[phase])
      if (nAnomalous > 0) shuffle(nNormal, rows.length, anomalyStreams)
    }
  }

  /** The batch of an epoch's i-th step. `order` has the shuffled normal samples, then the shuffled anomalies. */
  #balanced(order: Uint32Array, nAnomalous: number, iStep: number): Uint32Array {
    const half = Math.floor(this.batchSize / 2)
    const rest = this.batchSize - half
    const nNormal = order.length - nAnomalous
    return Uint32Array.from({ length: this.batchSize }, (_, i) =>
      i < rest
        ? at(order, (iStep * rest + i) % nNormal)
        : at(order, nNormal + ((iStep * half + i - rest) % nAnomalous)),
    )
  }
}

/**
 * Puts the rows at some places into the array of the places. All samples of all epochs come through here, so it does without `at`:
 * that is called with arrays of all kinds, which makes it ten times as slow.
 */
function rowsAt(places: Uint32Array, rows: Uint32Array): void {
  for (let i = 0; i < places.length; i++) {
    const row = rows[places[i] ?? Number.NaN]
    invariant(row !== undefined, 'the order of an epoch names places of the training set')
    places[i] = row
  }
}
