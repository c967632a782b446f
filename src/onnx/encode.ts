import type { Tensor } from '../graph/tensor.js'
import { lower } from './lower.js'
import { onnx } from './proto/onnx.js'

/** What the graphs are written for: any runtime that knows opset 18, of the standard's default domain only. */
const opset = 18
const irVersion = 8

/**
 * A standard ONNX model (ModelProto bytes) that computes named outputs from the inputs, which it lists in the given
 * order. `metadata` is stored with it. Equal graphs and metadata give equal bytes.
 */
export function encodeModel(
  name: string,
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion,
    producerName: 'scoring-bias',
    graph: lower(name, inputs, outputs),
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }).finish()
}
