import { invariant } from '../check.js'
import type { DType } from '../graph/tensor.js'

export type Elements = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array

/** The elements of a tensor in row-major order, as they go into a graph and come out of it. */
export interface TensorValue {
  readonly dtype: DType
  readonly dims: readonly number[]
  readonly data: Elements
}

/** Values by the names of a graph's inputs or outputs. */
export type Values = Readonly<Record<string, TensorValue>>

export function value(dtype: 'float32', data: Float32Array, dims: readonly number[]): TensorValue
export function value(dtype: 'float64', data: Float64Array, dims: readonly number[]): TensorValue
export function value(dtype: 'int32', data: Int32Array, dims: readonly number[]): TensorValue
export function value(dtype: 'bool', data: Uint8Array, dims: readonly number[]): TensorValue
export function value(dtype: DType, data: Elements, dims: readonly number[]): TensorValue {
  return { dtype, data, dims }
}

/** The value of a named output; a graph that lacks it was built wrong. */
export function outputOf(values: Values, name: string): TensorValue {
  const found = values[name]
  invariant(found !== undefined, `the graph has no output '${name}', only ${Object.keys(values).join(', ')}`)
  return found
}

/** The buffers of values, which can go to another thread without a copy: they are empty here afterwards. */
export function buffersOf(values: Values): ArrayBuffer[] {
  const buffers = new Set(Object.values(values).map(({ data }) => data.buffer))
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer)
}
