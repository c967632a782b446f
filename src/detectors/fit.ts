import { at, invariant } from '../check.js'
import type { RemoteSession } from '../runtime/remoteSession.js'
import { outputOf, type TensorValue, type Values, value } from '../runtime/value.js'
import type { Batches, BatchPlan, TrainingPhase } from './batchPlan.js'
import type { Divergence, Divergences } from './divergence.js'
import type { Draws } from './draws.js'
import { EarlyStopping, type Validation } from './earlyStopping.js'
import type { StepValues } from './samplePool.js'
import { learningRateOf, type Schedule } from './settings.js'

/** Flat parameters [R, P] and running statistics [R, Q] (empty without batch norm). */
export interface Weights {
  readonly parameters: Float32Array
  readonly statistics: Float32Array
}

/**
 * Steps that one call of the graph takes are chosen so that it lasts about this long: long enough that the call
 * itself costs nothing, short enough that progress is seen and an abort is felt at once. The choice follows the clock,
 * and no result depends on it: the state that a chunk ends with is the state that the next one starts from.
 */
const chunkMs = 250
const firstChunk = 1

export interface FitOptions {
  readonly session: Pick<RemoteSession, 'run'>
  readonly plan: BatchPlan
  readonly schedule: Schedule
  readonly phase: TrainingPhase
  readonly start: Weights
  /** Replicas that diverged before, [R]: they are trained with the others, and what becomes of them is ignored. */
  readonly divergences: Divergences
  /** What layers draw; absent where none does. */
  readonly draws?: Draws | undefined
  /** Where the graph is given samples or labels of each step. */
  readonly given?: StepValues | undefined
  /** Measured after every epoch, where samples are held out for it. */
  readonly validation?: Validation | undefined
  /** Told after each chunk how many steps it took, or will never take because all replicas have diverged or stopped. */
  readonly onSteps: (steps: number) => void
}

export interface Fitted extends Weights {
  /** Mean loss of every epoch, [epochs, R]; NaN from the epoch on in which a replica diverged, and after the one in which it stopped. */
  readonly losses: Float64Array
  readonly divergences: Divergences
  readonly stopping?: EarlyStopping | undefined
}

/**
 * Trains R replicas. One that diverges does not disturb the others: no operator of a training graph mixes replicas.
 */
export async function fit(options: FitOptions): Promise<Fitted> {
  const { session, plan, schedule, phase, start, divergences, validation, given, draws, onSteps } = options
  const most = [given?.mostSteps, draws?.mostSteps(plan.batchSize)].flatMap((steps) => steps ?? [])
  const mostSteps = Math.min(Number.POSITIVE_INFINITY, ...most)
  const nReplicas = divergences.length
  const nSteps = schedule.epochs * plan.stepsPerEpoch
  const stopping = validation && new EarlyStopping(validation, nReplicas)
  const losses = new EpochLosses(plan, { epochs: schedule.epochs, phase, divergences, stopping })
  let state = initialState(start, nReplicas)
  let chunk = firstChunk
  for (let from = 0; from < nSteps; ) {
    if (losses.allDone) {
      onSteps(nSteps - from)
      break
    }
    const epochEnd = stopping === undefined ? nSteps : (Math.floor(from / plan.stepsPerEpoch) + 1) * plan.stepsPerEpoch
    const to = Math.min(epochEnd, from + chunk)
    const began = performance.now()
    const batches = plan.steps(from, to)
    const samples = given?.values(batches)
    const outputs = await session.run({ ...state, ...samples, ...stepInputs(batches, options, from) })
    const elapsed = performance.now() - began
    state = nextState(outputs)
    losses.record(outputOf(outputs, 'losses').data, from, to)
    if (to === epochEnd) await stopping?.record(weightsOf(state), to / plan.stepsPerEpoch, losses.divergences)
    onSteps(to - from)
    chunk = Math.max(1, Math.min(mostSteps, 4 * chunk, Math.floor(((to - from) * chunkMs) / elapsed)))
    from = to
  }
  return {
    ...(stopping?.chosen(weightsOf(state)) ?? weightsOf(state)),
    stopping,
    losses: losses.means(),
    divergences: losses.divergences.map((known, r): Divergence | undefined => {
      // An infinite second moment freezes a parameter for good, and no later loss shows it.
      const finite = Object.values(state).every((tensor) => isFiniteRow(floats(tensor), r, nReplicas))
      return (
        known ??
        (finite || stopping?.isStopped(r)
          ? undefined
          : { kind: 'not-finite', quantity: 'state', phase, epoch: schedule.epochs })
      )
    }),
  }
}

interface EpochOptions extends Pick<FitOptions, 'phase' | 'divergences'> {
  readonly epochs: number
  readonly stopping: EarlyStopping | undefined
}

/** The losses of each epoch and replica, added up step by step, weighted by the samples behind them. */
class EpochLosses {
  readonly divergences: (Divergence | undefined)[]
  readonly #plan: BatchPlan
  readonly #phase: TrainingPhase
  readonly #sums: Float64Array
  readonly #samples: Float64Array
  readonly #stopping: EarlyStopping | undefined

  constructor(plan: BatchPlan, options: EpochOptions) {
    const { epochs, phase, divergences, stopping } = options
    this.#stopping = stopping
    this.#plan = plan
    this.#phase = phase
    this.divergences = [...divergences]
    this.#sums = new Float64Array(epochs * divergences.length)
    this.#samples = new Float64Array(epochs)
  }

  /** Whether every replica has diverged, or has stopped. */
  get allDone(): boolean {
    return this.divergences.every((divergence, r) => divergence !== undefined || this.#stopping?.isStopped(r))
  }

  /** Takes the losses of steps [from, to), [to − from, R]. */
  record(stepLosses: ArrayLike<number | bigint>, from: number, to: number): void {
    const nReplicas = this.divergences.length
    for (let step = from; step < to; step++) {
      const epoch = Math.floor(step / this.#plan.stepsPerEpoch)
      const n = this.#plan.batchLength(step)
      this.#samples[epoch] = at(this.#samples, epoch) + n
      for (let r = 0; r < nReplicas; r++) {
        const loss = Number(stepLosses[(step - from) * nReplicas + r])
        const i = epoch * nReplicas + r
        this.#sums[i] = at(this.#sums, i) + n * loss
        if (!Number.isFinite(loss) && !this.#stopping?.isStopped(r))
          this.divergences[r] ??= { kind: 'not-finite', quantity: 'loss', phase: this.#phase, epoch: epoch + 1 }
      }
    }
  }

  means(): Float64Array {
    const nReplicas = this.divergences.length
    return this.#sums.map((sum, i) => {
      const epoch = Math.floor(i / nReplicas)
      return epoch < this.#nFinite(i % nReplicas) ? sum / at(this.#samples, epoch) : Number.NaN
    })
  }

  /** Epochs of a replica until it stopped, or had a loss that is not finite. */
  #nFinite(replica: number): number {
    const divergence = this.divergences[replica]
    if (divergence === undefined) return this.#stopping?.epochsOf(replica) ?? this.#samples.length
    return 'phase' in divergence && divergence.phase === this.#phase ? divergence.epoch - 1 : 0
  }
}

/** Rows of replicas as a graph's input. */
export function rowsValue(data: Float32Array, nReplicas: number): TensorValue {
  return value('float32', data, [nReplicas, data.length / nReplicas])
}

export function weightValues({ parameters, statistics }: Weights, nReplicas: number): Values {
  return {
    parameters: rowsValue(parameters, nReplicas),
    ...(statistics.length > 0 && { statistics: rowsValue(statistics, nReplicas) }),
  }
}

/** Centres of hyperspheres as a graph's input; none where they are at the origin, or there are none. */
export function centreValue(centre: Float32Array, nReplicas: number): Values {
  return centre.length === 0 ? {} : { centre: rowsValue(centre, nReplicas) }
}

function weightsOf(state: Values): Weights {
  return { parameters: floats(state.parameters), statistics: floats(state.statistics) }
}

function initialState({ parameters, statistics }: Weights, nReplicas: number): Values {
  const zeros = () => rowsValue(new Float32Array(parameters.length), nReplicas)
  // Copies: what goes to the worker is moved there.
  const copies = { parameters: parameters.slice(), statistics: statistics.slice() }
  return { ...weightValues(copies, nReplicas), m: zeros(), v: zeros() }
}

function nextState(outputs: Values): Values {
  const { nextStatistics } = outputs
  return {
    parameters: outputOf(outputs, 'nextParameters'),
    m: outputOf(outputs, 'nextM'),
    v: outputOf(outputs, 'nextV'),
    ...(nextStatistics && { statistics: nextStatistics }),
  }
}

function stepInputs({ data, dims }: Batches, { plan, schedule, draws }: FitOptions, from: number): Values {
  const step = Int32Array.from({ length: dims[0] }, (_, i) => from + i + 1)
  const learningRate = Float32Array.from(step, (t) =>
    learningRateOf(schedule, Math.floor((t - 1) / plan.stepsPerEpoch)),
  )
  return {
    batches: value('int32', data, dims),
    step: value('int32', step, [step.length]),
    learningRate: value('float32', learningRate, [step.length]),
    ...(draws && { uniforms: draws.values(from, from + step.length, dims[2]) }),
  }
}

/** The elements of a state or of codes; none where there is no such tensor. */
export function floats(tensor: TensorValue | undefined): Float32Array {
  if (tensor === undefined) return new Float32Array(0)
  const { data, dtype } = tensor
  invariant(data instanceof Float32Array, `a training graph has float32 elements, not ${dtype}`)
  return data
}

export function isFiniteRow(data: Float32Array, row: number, nRows: number): boolean {
  const width = data.length / nRows
  return data.subarray(row * width, (row + 1) * width).every(Number.isFinite)
}
