import { at } from '../check.js'
import type { DType, TensorType } from '../graph/tensor.js'
import { onnx } from './proto/onnx.js'

export type NodeProto = onnx.NodeProto.$Properties
export type GraphProto = onnx.GraphProto.$Properties
export type TensorProto = onnx.TensorProto.$Properties
export type AttributeProto = onnx.AttributeProto.$Properties

const { AttributeType } = onnx.AttributeProto

/** TensorProto.DataType of the standard. */
export const dataTypes: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 }

export const attribute = {
  float: (name: string, f: number): AttributeProto => ({ name, type: AttributeType.FLOAT, f }),
  int: (name: string, i: number): AttributeProto => ({ name, type: AttributeType.INT, i }),
  ints: (name: string, ints: readonly number[]): AttributeProto => ({
    name,
    type: AttributeType.INTS,
    ints: [...ints],
  }),
  string: (name: string, s: string): AttributeProto => ({
    name,
    type: AttributeType.STRING,
    s: new TextEncoder().encode(s),
  }),
  graph: (name: string, g: GraphProto): AttributeProto => ({ name, type: AttributeType.GRAPH, g }),
  dtype: (name: string, dtype: DType): AttributeProto => ({ name, type: AttributeType.INT, i: dataTypes[dtype] }),
}

export function valueInfo(name: string, { dtype, shape }: TensorType): onnx.ValueInfoProto.$Properties {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name, type: { tensorType: { elemType: dataTypes[dtype], shape: { dim } } } }
}

/** An initializer; its bytes are little-endian whatever the machine, as the standard says. */
export function tensorProto(name: string, dtype: DType, dims: readonly number[], data: ArrayLike<number>): TensorProto {
  return { name, dataType: dataTypes[dtype], dims: [...dims], rawData: littleEndian(dtype, data) }
}

function littleEndian(dtype: DType, data: ArrayLike<number>): Uint8Array {
  const width = { float32: 4, float64: 8, int32: 4, int64: 8, bool: 1 }[dtype]
  const bytes = new Uint8Array(data.length * width)
  const view = new DataView(bytes.buffer)
  const write: Readonly<Record<DType, (offset: number, x: number) => void>> = {
    float32: (offset, x) => view.setFloat32(offset, x, true),
    float64: (offset, x) => view.setFloat64(offset, x, true),
    int32: (offset, x) => view.setInt32(offset, x, true),
    int64: (offset, x) => view.setBigInt64(offset, BigInt(x), true),
    bool: (offset, x) => view.setUint8(offset, x),
  }
  for (let i = 0; i < data.length; i++) write[dtype](i * width, at(data, i))
  return bytes
}
