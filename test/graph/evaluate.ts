import type { Tensor } from '../../src/graph/tensor.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { Session } from '../../src/runtime/session.js'
import { outputOf, type TensorValue, type Values } from '../../src/runtime/value.js'

/** A tensor of numbers for a graph's input; the element type is the input's. */
export interface Given {
  readonly tensor: Tensor
  readonly dims: readonly number[]
  readonly data: readonly number[]
}

/** Loads the graph that computes `outputs` from the inputs in ONNX Runtime and returns it as a function. */
export async function compile(
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
): Promise<(given: readonly Given[]) => Promise<Record<string, number[]>>> {
  const session = await Session.open(encodeModel('test', inputs, outputs), 'cpu')
  return async (given) => {
    const results = await session.run(Object.fromEntries(given.map(named)))
    return Object.fromEntries(
      Object.keys(outputs).map((name) => [name, Array.from(outputOf(results, name).data, Number)]),
    )
  }
}

/** Evaluates a graph once. */
export async function evaluate(
  given: readonly Given[],
  outputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, number[]>> {
  const run = await compile(
    given.map(({ tensor }) => tensor),
    outputs,
  )
  return run(given)
}

function named({ tensor, dims, data }: Given): [string, TensorValue] {
  const { op } = tensor.node
  if (op.kind !== 'input') throw new Error('only inputs can be given')
  return [op.name, { dtype: tensor.dtype, dims, data: typed[tensor.dtype](data) }]
}

const typed: Readonly<Record<Tensor['dtype'], (data: readonly number[]) => Values[string]['data']>> = {
  float32: (data) => Float32Array.from(data),
  float64: (data) => Float64Array.from(data),
  int32: (data) => Int32Array.from(data),
  int64: (data) => BigInt64Array.from(data, BigInt),
  bool: (data) => Uint8Array.from(data),
}
