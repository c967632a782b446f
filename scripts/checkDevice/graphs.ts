import { at, invariant } from '../../src/check.js'
import { detectorGraph } from '../../src/detectors/detectorGraph.js'
import { learnsFromAnomalies } from '../../src/detectors/objectives/objective.js'
import { gatheredSamples, type SamplePool } from '../../src/detectors/samplePool.js'
import { pretrainingSchedule, publishedSettings, trainingSchedule } from '../../src/detectors/settings.js'
import { trainingModel } from '../../src/detectors/trainingGraph.js'
import { isGathered } from '../../src/detectors/workerSamples.js'
import type { DType } from '../../src/graph/tensor.js'
import { emitModel, type ModelEntry, type TensorEntry } from '../../src/models/emitModel.js'
import type { ModelPlan } from '../../src/models/modelPlan.js'
import { elements } from '../../src/nn/parameters.js'
import { uniform } from '../../src/random/uniform.js'
import type { Device } from '../../src/runtime/device.js'
import type { TensorValue, Values } from '../../src/runtime/value.js'

/** Sizes by their names in the manifest: N samples of a pool, S steps, R replicas, B samples of a batch. */
export interface Sizes {
  readonly N: number
  readonly S: number
  readonly R: number
  readonly B: number
}

/** A graph and what it is run on. */
export interface GraphRun {
  readonly model: Uint8Array
  readonly feeds: Values
}

/** Its samples have borders of one value, as real images do, where the values that are pooled tie. */
const bordered = 'lenet/ae.train'
const border = 6

/** The exported model of a plan on samples, parameters and batches that a seed makes. */
export function exportedRun(plan: ModelPlan, sizes: Sizes): GraphRun {
  const { onnx, entry } = emitModel(plan)
  const feeds: Record<string, TensorValue> = Object.fromEntries(
    entry.inputs.map((input, stream) => [input.name, startValue(input, { entry, sizes, stream })]),
  )
  if (plan.name === bordered && feeds.x !== undefined) blankBorders(feeds.x)
  return { model: onnx, feeds }
}

/** Sets the outermost pixels of images to 0. */
export function blankBorders({ data, dims }: TensorValue): void {
  const [height, width] = [at(dims, dims.length - 2), at(dims, dims.length - 1)]
  const isInside = (place: number, size: number) => place >= border && place < size - border
  for (let i = 0; i < data.length; i++)
    if (!isInside(i % width, width) || !isInside(Math.floor(i / width) % height, height)) data[i] = 0
}

export function trains({ role }: ModelPlan): boolean {
  return role === 'train' || role === 'pretrain'
}

/** A graph as a device runs it: one that trains may be given its samples. */
export function trainedRun(plan: ModelPlan, sizes: Sizes, device: Device): GraphRun {
  const exported = exportedRun(plan, sizes)
  return trains(plan) && isGathered(device) ? gatheredRun(plan, exported) : exported
}

/** Steps of a call at most, as the product gives them to a device: where each is given its samples, these have a limit. */
export function mostSteps(plan: ModelPlan, { R, B }: Pick<Sizes, 'R' | 'B'>, device: Device): number {
  if (!trains(plan) || !isGathered(device)) return Number.POSITIVE_INFINITY
  const pool: SamplePool = { features: new Float32Array(), nSamples: 0, sample: plan.network.sample }
  return gatheredSamples(pool, undefined, R * B).mostSteps
}

/** The same stretch of training with the samples of each step in the place of the pool. */
export function gatheredRun(plan: ModelPlan, { feeds }: GraphRun): GraphRun {
  const { x, anomaly, batches, ...rest } = feeds
  invariant(x?.data instanceof Float32Array && batches?.data instanceof Int32Array, 'a graph that trains has samples')
  const labels = anomaly?.data
  invariant(labels === undefined || labels instanceof Uint8Array, 'labels are bytes')
  const pool: SamplePool = { features: x.data, nSamples: at(x.dims, 0), sample: x.dims.slice(1) }
  const [s = 0, r = 0, b = 0] = batches.dims
  const rows = { data: batches.data, dims: [s, r, b] as const }
  const { adam } =
    plan.role === 'pretrain' ? pretrainingSchedule(publishedSettings) : trainingSchedule(publishedSettings)
  const graph = detectorGraph({ ...plan, dtype: 'float32' })
  return {
    model: trainingModel(graph, adam, { isGathered: true }),
    feeds: {
      ...{ ...rest, batches },
      ...gatheredSamples(pool, learnsFromAnomalies(plan.objective) ? labels : undefined, r * b).values(rows),
    },
  }
}

interface Making {
  readonly entry: ModelEntry
  readonly sizes: Sizes
  readonly stream: number
}

function startValue({ name, shape }: TensorEntry, { entry, sizes, stream }: Making): TensorValue {
  const dims = shape.map((size) => (typeof size === 'number' ? size : sizes[size as keyof Sizes]))
  const size = elements(dims)
  const random = uniform(size, { seed: 1, stream })
  const rows = Int32Array.from(random, (u) => Math.floor(u * sizes.N))
  const floats = (element: (i: number) => number) =>
    made(
      'float32',
      Float32Array.from({ length: size }, (_, i) => element(i)),
      dims,
    )
  switch (name) {
    case 'batches':
      // The last of each batch is padding: a row counted from the pool's end.
      return made(
        'int32',
        rows.map((row, i) => (i % sizes.B === sizes.B - 1 ? row - sizes.N : row)),
        dims,
      )
    case 'rows':
      return made('int32', rows, dims)
    case 'step':
      return made(
        'int32',
        Int32Array.from(random, (_, i) => i + 1),
        dims,
      )
    case 'anomaly':
      return made(
        'bool',
        Uint8Array.from(random, (u) => (u < 0.25 ? 1 : 0)),
        dims,
      )
    case 'learningRate':
      return floats(() => publishedSettings.learningRate)
    case 'm':
    case 'v':
      return floats(() => 0)
    case 'parameters': {
      const bounds = entry.parameters.flatMap((one) =>
        Array<number>(elements(one.shape)).fill(1 / Math.sqrt(one.fanIn)),
      )
      return floats((i) => (2 * at(random, i) - 1) * at(bounds, i % bounds.length))
    }
    case 'statistics': {
      const row = new Float32Array(entry.nStatistics)
      for (const one of entry.statistics) row.fill(1, one.variance, one.variance + one.size)
      return floats((i) => at(row, i % row.length))
    }
    default:
      return floats((i) => at(random, i))
  }
}

function made(dtype: DType, data: TensorValue['data'], dims: readonly number[]): TensorValue {
  return { dtype, data, dims }
}
