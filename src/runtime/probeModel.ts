import * as ops from '../graph/ops.js'
import { encodeModel } from '../onnx/encode.js'

/** A small model to try a device with. */
export function probeModel(): Uint8Array {
  const x = ops.input('x', 'float32', ['N'])
  return encodeModel('probe', [x], { y: ops.mul(x, 2) })
}
