import { irVersion, opset } from '../onnx/encode.js'
import type { EmittedModel, ModelEntry } from './emitModel.js'

/** What `manifest.json` holds: everything needed to run the models without this package. */
export interface ModelManifest {
  readonly producer: 'scoring-bias'
  readonly opset: number
  readonly irVersion: number
  /** What the sizes that only a run decides stand for. */
  readonly sizes: Readonly<Record<string, string>>
  /** What inputs and outputs mean, by name, and what state starts from. */
  readonly tensors: Readonly<Record<string, string>>
  readonly models: readonly ModelEntry[]
}

const sizes = {
  N: 'samples in the pool x',
  S: 'steps that one run takes',
  R: 'replicas: trainings side by side, each with its own parameters',
  B: 'samples in a batch of one replica',
}

const tensors = {
  x: 'pool of samples, which batches and rows refer to by index',
  anomaly: 'true for labelled anomalies',
  batches:
    'rows of x in the batch of each step and replica; negative ones, counted from the end, are padding that weighs nothing',
  step: "Adam's step numbers, from 1 and increasing by 1 over a whole training",
  learningRate: 'learning rate of each step',
  parameters:
    'trained tensors, row-major one after the other as the entry lists them; each starts uniform in ±1/sqrt(fanIn). ' +
    "An encoder's come first, so that those of a pretrained autoencoder are its first nParameters of the encoder",
  m: "Adam's first moments, divided by 1 - beta1; start at 0",
  v: "Adam's second moments, divided by 1 - beta2; start at 0",
  statistics: 'running means and variances of batch norm where the entry says; start at mean 0, variance 1',
  centre:
    'centre c of the hypersphere: the mean code of the training data after pretraining, coordinates within 0.1 of 0 ' +
    'moved to 0.1 with their sign',
  rows: 'rows of x to evaluate, for each replica',
  nextParameters: 'parameters after the last step, for the next run',
  nextM: 'm after the last step',
  nextV: 'v after the last step',
  nextStatistics: 'statistics after the last step',
  losses: "mean loss of each step's batch, before the step; weight decay is not in it",
  score: 'score of each row: larger is more anomalous',
  code: 'code of each row, batch norm in evaluation mode',
}

export function manifestOf(models: readonly EmittedModel[]): ModelManifest {
  return { producer: 'scoring-bias', opset, irVersion, sizes, tensors, models: models.map(({ entry }) => entry) }
}

/** The files of a folder of models, by path relative to it. The manifest comes last. */
export function modelFiles(models: readonly EmittedModel[]): Map<string, Uint8Array> {
  const utf8 = new TextEncoder()
  const files = models.flatMap(({ entry, onnx, printed }): [string, Uint8Array][] => [
    [entry.file, onnx],
    [entry.printed, utf8.encode(printed)],
  ])
  return new Map([...files, ['manifest.json', utf8.encode(`${formatJson(manifestOf(models))}\n`)]])
}

/** JSON with a line for every object or array that fits one of 120 columns. */
function formatJson(value: unknown, indent = '', before = 0): string {
  const flat = inline(value)
  if (typeof value !== 'object' || value === null || indent.length + before + flat.length < 120) return flat
  const deeper = `${indent}  `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const parts = Array.isArray(value)
    ? value.map((item) => formatJson(item, deeper))
    : Object.entries(value).map(([key, item]) => `"${key}": ${formatJson(item, deeper, key.length + 4)}`)
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, item]) => `"${key}": ${inline(item)}`)
    .join(', ')} }`
}
