import { ScoringBiasError } from '../errors.js'
import { outputOf, type RemoteSession } from '../runtime/pool.js'
import { type TensorValue, type Values, value } from '../runtime/value.js'
import type { BatchPlan } from './batchPlan.js'
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
const chunkMs = 150
const firstChunk = 1

export interface FitOptions {
  readonly session: RemoteSession
  readonly plan: BatchPlan
  readonly schedule: Schedule
  readonly nReplicas: number
  readonly start: Weights
  /** Told after each chunk how many steps it took. */
  readonly onSteps: (steps: number) => void
}

/** Trains R replicas; returns their final weights and the mean loss of every epoch, [epochs, R]. */
export async function fit({
  session,
  plan,
  schedule,
  nReplicas,
  start,
  onSteps,
}: FitOptions): Promise<Weights & { readonly losses: Float64Array }> {
  const nSteps = schedule.epochs * plan.stepsPerEpoch
  const losses = new Float64Array(schedule.epochs * nReplicas)
  const samples = new Float64Array(schedule.epochs)
  let state = initialState(start, nReplicas)
  let chunk = firstChunk
  for (let from = 0; from < nSteps; ) {
    const to = Math.min(nSteps, from + chunk)
    const began = performance.now()
    const outputs = await session.run({ ...state, ...stepInputs(plan, schedule, from, to) })
    const elapsed = performance.now() - began
    state = nextState(outputs)
    record(outputOf(outputs, 'losses').data, from, to)
    onSteps(to - from)
    chunk = Math.max(1, Math.min(4 * chunk, Math.floor(((to - from) * chunkMs) / elapsed)))
    from = to
  }
  for (let i = 0; i < losses.length; i++) losses[i] = (losses[i] ?? 0) / (samples[Math.floor(i / nReplicas)] ?? 1)
  return { parameters: floats(state.parameters), statistics: floats(state.statistics), losses }

  /** Adds up the losses of each epoch, weighted by the samples behind them. Errors: `DIVERGED`. */
  function record(stepLosses: ArrayLike<number | bigint>, first: number, end: number): void {
    for (let step = first; step < end; step++) {
      const epoch = Math.floor(step / plan.stepsPerEpoch)
      const n = plan.batchLength(step)
      samples[epoch] = (samples[epoch] ?? 0) + n
      for (let r = 0; r < nReplicas; r++) {
        const loss = Number(stepLosses[(step - first) * nReplicas + r])
        if (!Number.isFinite(loss)) throw diverged(loss, epoch, r)
        losses[epoch * nReplicas + r] = (losses[epoch * nReplicas + r] ?? 0) + n * loss
      }
    }
  }
}

function initialState({ parameters, statistics }: Weights, nReplicas: number): Values {
  const row = (data: Float32Array) => value('float32', data, [nReplicas, data.length / nReplicas])
  const zeros = () => row(new Float32Array(parameters.length))
  // Copies: what goes to the worker is moved there.
  return {
    parameters: row(parameters.slice()),
    m: zeros(),
    v: zeros(),
    ...(statistics.length > 0 && { statistics: row(statistics.slice()) }),
  }
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

function stepInputs(plan: BatchPlan, schedule: Schedule, from: number, to: number): Values {
  const { data, dims } = plan.steps(from, to)
  const step = Int32Array.from({ length: to - from }, (_, i) => from + i + 1)
  const learningRate = Float32Array.from(step, (t) =>
    learningRateOf(schedule, Math.floor((t - 1) / plan.stepsPerEpoch)),
  )
  return {
    batches: value('int32', data, dims),
    step: value('int32', step, [to - from]),
    learningRate: value('float32', learningRate, [to - from]),
  }
}

function floats(tensor: TensorValue | undefined): Float32Array {
  if (tensor === undefined) return new Float32Array(0)
  if (!(tensor.data instanceof Float32Array)) throw new Error(`expected float32 elements, got ${tensor.dtype}`)
  return tensor.data
}

function diverged(loss: number, epoch: number, replica: number): ScoringBiasError {
  return new ScoringBiasError(
    'DIVERGED',
    `the loss of replica ${replica} became ${loss} in epoch ${epoch + 1}; a lower learning rate or standardised features may help`,
  )
}
