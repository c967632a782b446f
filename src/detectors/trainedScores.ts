import { at, invariant } from '../check.js'
import { constant, reshape } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { type Declaration, elements, frameOf, type RunningStatistics } from '../nn/parameters.js'
import type { TrainedReplicas } from './trainReplicas.js'

/** The scores [N] of a batch [1, N, …sample] by one trained replica, its weights constants of the graph. */
export function trainedScores(trained: TrainedReplicas, batch: Tensor): Tensor {
  const { graph, nReplicas, centre } = trained
  invariant(nReplicas === 1, `a saved detector is one replica, got ${nReplicas}`)
  const frame = frameOf(
    'evaluate',
    parameters(trained.parameters, graph.declaration),
    statistics(trained.statistics, graph.declaration),
  )
  const about = centre.length === 0 ? undefined : constant(centre, 'float32', [1, centre.length])
  return reshape(graph.distance(batch, frame, about), [at(batch.shape, 1)])
}

/** The parameters [1, …shape] in a flat vector. */
function parameters(flat: Float32Array, { parameters: specs }: Declaration): Map<string, Tensor> {
  const take = cutter(flat)
  return new Map(specs.map(({ name, shape }) => [name, constant(take(elements(shape)), 'float32', [1, ...shape])]))
}

/** The running statistics [1, 1, size] in a flat vector. */
function statistics(flat: Float32Array, { statistics: specs }: Declaration): Map<string, RunningStatistics> {
  const take = cutter(flat)
  const row = (size: number) => constant(take(size), 'float32', [1, 1, size])
  return new Map(specs.map(({ name, size }) => [name, { mean: row(size), variance: row(size) }]))
}

/** Cuts consecutive parts off a vector. */
function cutter(flat: Float32Array): (size: number) => Float32Array {
  let offset = 0
  return (size) => {
    offset += size
    return flat.subarray(offset - size, offset)
  }
}
