import { type Check, record, requireOptions, text } from '../check.js'
import { type Tensor, tensorList, tensorRecord } from '../graph/tensor.js'
import { lower } from './lower.js'
import { onnx } from './proto/onnx.js'

/** What the graphs are written for: any runtime that knows opset 18, of the standard's default domain only. */
export const opset = 18
export const irVersion = 8

/** What is stored with a model beside what it computes. */
export interface ModelNotes {
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** What the model does, for whoever opens it in a viewer. */
  readonly docString?: string | undefined
}

const texts: Check = (name, value) => {
  record(name, value)
  for (const [key, each] of Object.entries(value as object)) text(`${name}.${key}`, each)
}

/**
 * A standard ONNX model (ModelProto bytes) that computes named outputs from the inputs, which it lists in the given
 * order. Equal arguments give equal bytes.
 *
 * Errors: `WRONG_TYPE`, also for inputs that are computed; `UNKNOWN_NAME` for unknown options, and inputs that the outputs
 * need and that are not given; `OUT_OF_RANGE` where inputs and outputs do not all have names of their own; `SHAPE_MISMATCH`
 * for what ONNX cannot say.
 */
export function encodeModel(
  name: string,
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
  notes: ModelNotes = {},
): Uint8Array {
  text('name of a model', name)
  tensorList('inputs', inputs)
  tensorRecord('outputs', outputs)
  const { metadata = {}, docString } = requireOptions('encodeModel', notes, { metadata: texts, docString: text })
  return onnx.ModelProto.encode({
    irVersion,
    producerName: 'scoring-bias',
    ...(docString !== undefined && { docString }),
    graph: lower(name, inputs, outputs),
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }).finish()
}
