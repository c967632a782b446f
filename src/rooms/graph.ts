/** The graph builder: symbolic tensors, their derivatives, loops, printing, and standard ONNX models of them. */
export { customGradient, type Gradient } from '../graph/customGradient.js'
export { gradients, vectorJacobian } from '../graph/grad.js'
export {
  averagePool2d,
  conv2d,
  conv2dFilters,
  convTranspose2d,
  maxPool2d,
  scatterAdd,
  take,
  upsample2d,
} from '../graph/imageOps.js'
export { mapSlices } from '../graph/mapSlices.js'
export {
  add,
  cast,
  clip,
  concat,
  constant,
  div,
  exp,
  expandAs,
  gather,
  greater,
  greaterOrEqual,
  input,
  leakyRelu,
  log,
  matmul,
  maximum,
  mul,
  neg,
  type Operand,
  pow,
  reshape,
  sigmoid,
  split,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  transpose,
  transposeLast,
  where,
} from '../graph/ops.js'
export { print } from '../graph/print.js'
export { type ScanOptions, scan } from '../graph/scan.js'
export type { Dim, DType, Shape, Tensor } from '../graph/tensor.js'
export { encodeModel, type ModelNotes } from '../onnx/encode.js'
