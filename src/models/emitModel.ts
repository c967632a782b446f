import { createHash } from 'node:crypto'
import { type DetectorGraph, detectorGraph } from '../detectors/detectorGraph.js'
import { detector } from '../detectors/detectors.js'
import { lossDefaults } from '../detectors/objectives/objective.js'
import { encodingGraph, scoringGraph } from '../detectors/scoringGraph.js'
import { pretrainingSchedule, publishedSettings, trainingSchedule } from '../detectors/settings.js'
import { publishedMomentum, trainingGraph } from '../detectors/trainingGraph.js'
import { print } from '../graph/print.js'
import type { TensorType } from '../graph/tensor.js'
import type { AdamSettings } from '../nn/adam.js'
import { elements, type ParameterSpec } from '../nn/parameters.js'
import { encodeModel, opset } from '../onnx/encode.js'
import { nameOfInput } from '../onnx/lower.js'
import type { ModelPlan, ModelRole } from './modelPlan.js'

/** An input or output; a size is a number or the name of one that is known only when the model runs. */
export interface TensorEntry extends TensorType {
  readonly name: string
}

/** Where a parameter lies in the flat vector of its replica, in row-major order, and its fan-in, which sets how it starts. */
export interface ParameterEntry extends ParameterSpec {
  readonly offset: number
}

/** Where the running mean and variance of `size` features begin in the flat vector of their replica. */
export interface StatisticsEntry {
  readonly name: string
  readonly size: number
  readonly mean: number
  readonly variance: number
}

/** What the manifest says of one model. */
export interface ModelEntry extends Pick<ModelPlan, 'name' | 'role' | 'detectors'> {
  readonly network: string
  readonly title: string
  readonly sample: readonly number[]
  /** What is fixed in the graph and could have been chosen otherwise. */
  readonly settings: Readonly<Record<string, string | number>>
  readonly inputs: readonly TensorEntry[]
  readonly outputs: readonly TensorEntry[]
  /** Lengths of the flat vectors of one replica. */
  readonly nParameters: number
  readonly nStatistics: number
  readonly parameters: readonly ParameterEntry[]
  readonly statistics: readonly StatisticsEntry[]
  /** The model and its printed form, relative to the manifest. */
  readonly file: string
  readonly printed: string
  /** Of the model's file: its size in bytes, and its SHA-256 in hexadecimal. */
  readonly size: number
  readonly sha256: string
}

export interface EmittedModel {
  readonly entry: ModelEntry
  /** ModelProto bytes. */
  readonly onnx: Uint8Array
  readonly printed: string
}

const dtype = 'float32'

/** A model with what there is to say of it. A pure function of the plan: whatever was built before, the bytes are the same. */
export function emitModel(plan: ModelPlan): EmittedModel {
  const { name, role, network, detectors } = plan
  const graph = detectorGraph({ ...plan, dtype })
  const adam = adamOf(role)
  const evaluation = role === 'encode' ? encodingGraph : scoringGraph
  const { inputs, outputs } = adam === undefined ? evaluation(graph) : trainingGraph(graph, adam)
  const settings = settingsOf(graph, adam)
  const sample = network.sample.join(', ')
  const asText = Object.entries(settings).map(([key, setting]) => [key, String(setting)])
  const metadata = {
    role,
    detectors: detectors.join(', '),
    network: network.title,
    sample,
    ...Object.fromEntries(asText),
  }
  const onnx = encodeModel(name, inputs, outputs, { metadata, docString: describe(plan) })
  return {
    onnx,
    printed: print(outputs),
    entry: {
      name,
      role,
      detectors,
      network: network.name,
      title: network.title,
      sample: network.sample,
      settings,
      inputs: inputs.map((tensor) => tensorEntry(nameOfInput(tensor), tensor)),
      outputs: Object.entries(outputs).map(([output, tensor]) => tensorEntry(output, tensor)),
      nParameters: graph.nParameters,
      nStatistics: graph.nStatistics,
      ...layout(graph),
      file: `${name}.onnx`,
      printed: `${name}.txt`,
      size: onnx.length,
      sha256: createHash('sha256').update(onnx).digest('hex'),
    },
  }
}

/** Adam's settings, for the models that train. */
function adamOf(role: ModelRole): AdamSettings | undefined {
  if (role === 'train') return trainingSchedule(publishedSettings).adam
  return role === 'pretrain' ? pretrainingSchedule(publishedSettings).adam : undefined
}

function settingsOf(graph: DetectorGraph, adam: AdamSettings | undefined): Record<string, string | number> {
  const { objective, decoder, loss = lossDefaults } = graph.design
  return {
    dtype,
    opset,
    ...(objective.distance === 'reconstruction' && { decoder }),
    ...(adam && {
      beta1: adam.beta1,
      beta2: adam.beta2,
      adamEpsilon: adam.epsilon,
      weightDecay: adam.weightDecay,
      ...(graph.statistics && { batchNormMomentum: publishedMomentum }),
      ...(objective.loss.anomaly && { eta: loss.eta, lossEpsilon: loss.lossEpsilon }),
    }),
  }
}

/** One sentence for whoever opens the file in a viewer. */
function describe({ role, objective, network, detectors }: ModelPlan): string {
  const users = detectors.map((name) => detector(name).title).join(' and ')
  switch (role) {
    case 'train':
      return `Trains ${objective.title} on ${network.title}: S steps of Adam, R replicas side by side. ${objective.source}.`
    case 'score':
      return `Scores samples by ${objective.title} on ${network.title}, R replicas side by side; larger is more anomalous.`
    case 'pretrain':
      return `Trains the autoencoder on ${network.title} that ${users} start from: S steps of Adam, R replicas side by side.`
    case 'encode':
      return `Encodes samples by ${network.title}; the mean code of the training data is the centre of ${users}.`
  }
}

function tensorEntry(name: string, { dtype, shape }: TensorType): TensorEntry {
  return { name, dtype, shape }
}

function layout({ declaration }: DetectorGraph): Pick<ModelEntry, 'parameters' | 'statistics'> {
  const offset = counter()
  const place = counter()
  return {
    parameters: declaration.parameters.map(({ name, shape, fanIn }) => {
      return { name, shape, offset: offset(elements(shape)), fanIn }
    }),
    statistics: declaration.statistics.map(({ name, size }) => {
      return { name, size, mean: place(size), variance: place(size) }
    }),
  }
}

/** Where the next part of a given size begins. */
function counter(): (size: number) => number {
  let end = 0
  return (size) => {
    end += size
    return end - size
  }
}
