import type { Tensor } from '../graph/tensor.js'
import { lower } from './lower.js'
import { onnx } from './proto/onnx.js'

/** What the graphs are written for: any runtime that knows opset 18, of the standard's default domain only. */
export const opset = 18
export const irVersion = 8

/**
 * A standard ONNX model (ModelProto bytes) that computes named outputs from the inputs, which it lists in the given
 * order. `metadata` and `docString`, which says what the model does, are stored with it. Equal arguments give equal bytes.
 */
export function encodeModel(
  name: string,
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
  docString?: string,
): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion,
    producerName: 'scoring-bias',
    ...(docString !== undefined && { docString }),
    graph: lower(name, inputs, outputs),
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }).finish()
}
