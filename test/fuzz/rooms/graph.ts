import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as graph from '../../../src/rooms/graph.js'
import type { CallSpec, RoomCalls } from '../calls.js'

const { input } = graph
const dtype = fc.constantFrom('float32' as const, 'float64' as const)
const size = fc.integer({ min: 1, max: 6 })
const dim = fc.oneof(size, fc.constantFrom('B', 'N'))
const shape = fc.array(dim, { maxLength: 4 })
const tensor = fc.tuple(dtype, shape).map(([type, own]) => input('x', type, own))
/** Two tensors of one type and shape. */
const pair = fc.tuple(dtype, shape).map(([type, own]) => [input('x', type, own), input('y', type, own)] as const)
const matrix = fc.tuple(size, size).map((own) => input('x', 'float32', ['B', ...own]))
const image = fc.tuple(size, size).map(([c, s]) => input('x', 'float32', [c, 4 * s, 4 * s, 'B']))
const positions = size.map((n) => input('positions', 'int64', [n]))

/** What is built prints, and an operator built twice is the same to the letter; numbers of nodes differ. */
function requirePrintable(...tensors: readonly graph.Tensor[]): void {
  assert.match(graph.print(Object.fromEntries(tensors.map((own, i) => [`y${i}`, own]))), /y0/)
}

type Unary = CallSpec<[graph.Tensor], graph.Tensor>
const unary: Unary = {
  names: ['operand'],
  args: fc.tuple(tensor),
  varies: true,
  holds: (y, x) => {
    assert.deepEqual([y.shape, y.dtype], [x.shape, x.dtype])
    requirePrintable(y)
  },
}
const operands = fc.oneof(
  pair.map(([x, y]): [graph.Operand, graph.Operand] => [x, y]),
  fc.tuple(tensor, fc.float({ noNaN: true, noDefaultInfinity: true })),
)
const binary: CallSpec<[graph.Operand, graph.Operand], graph.Tensor> = {
  names: ['operand', 'operand'],
  args: operands,
  varies: true,
  holds: (y) => requirePrintable(y),
}

/** Calls of every function of the graph builder. */
export const graphCalls: RoomCalls<typeof graph> = {
  neg: unary,
  exp: unary,
  log: unary,
  sqrt: unary,
  sigmoid: unary,
  tanh: unary,
  square: unary,
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  pow: binary,
  maximum: binary,
  greater: binary,
  greaterOrEqual: binary,
  input: {
    names: ['name of an input', 'element type', 'dtype', 'shape'],
    args: fc.tuple(fc.string({ minLength: 1 }), dtype, shape),
    varies: true,
    holds: (x, _, type, own) => assert.deepEqual([x.dtype, x.shape], [type, own]),
  },
  constant: {
    names: ['data', 'element type', 'dtype', 'shape'],
    args: fc
      .tuple(size, size)
      .map(
        ([a, b]): Parameters<typeof graph.constant> => [
          Array.from({ length: a * b }, (_, i) => i / 2),
          'float32',
          [a, b],
        ],
      ),
    varies: true,
    holds: (x) => requirePrintable(x),
  },
  leakyRelu: {
    ...unary,
    names: ['operand', 'slope'],
    args: fc.tuple(tensor, fc.double({ min: 0, max: 0.99, noNaN: true })),
  },
  clip: {
    names: ['operand', 'low', 'high'],
    args: fc.tuple(tensor, fc.double({ min: -2, max: 0, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true })),
    varies: true,
    holds: (y) => requirePrintable(y),
  },
  where: {
    names: ['operand', 'operand', 'operand'],
    args: pair.map(([x, y]): [graph.Tensor, graph.Operand, graph.Operand] => [graph.greater(x, y), x, y]),
    varies: true,
    holds: (y) => requirePrintable(y),
  },
  cast: {
    names: ['operand', 'element type', 'to must be'],
    args: fc.tuple(tensor, fc.constantFrom('float32' as const, 'float64', 'int32', 'int64', 'bool')),
    varies: true,
    holds: (y, _, to) => assert.equal(y.dtype, to),
  },
  matmul: {
    names: ['operand', 'operand'],
    args: fc
      .tuple(size, size, size)
      .map(([m, k, n]): [graph.Tensor, graph.Tensor] => [input('a', 'float32', [m, k]), input('b', 'float32', [k, n])]),
    varies: true,
    holds: (y, a, b) => assert.deepEqual(y.shape, [a.shape[0], b.shape[1]]),
  },
  transpose: {
    names: ['operand', 'permutation'],
    args: tensor.chain((x) =>
      fc
        .shuffledSubarray(
          x.shape.map((_, axis) => axis),
          { minLength: x.shape.length },
        )
        .map((axes): [graph.Tensor, number[]] => [x, axes]),
    ),
    varies: true,
    holds: (y, x, axes) =>
      assert.deepEqual(
        y.shape,
        axes.map((axis) => x.shape[axis]),
      ),
  },
  transposeLast: {
    ...unary,
    args: fc.tuple(matrix),
    holds: (y, x) => assert.deepEqual(graph.transposeLast(y).shape, x.shape),
  },
  reshape: {
    names: ['operand', 'shape'],
    args: matrix.map((x): [graph.Tensor, graph.Shape] => [x, ['B', Number(x.shape[1]) * Number(x.shape[2])]]),
    varies: true,
    holds: (y, _, own) => assert.deepEqual(y.shape, own),
  },
  expandAs: {
    names: ['operand', 'operand'],
    args: matrix.map((like): [graph.Tensor, graph.Tensor] => [input('x', 'float32', [1, Number(like.shape[2])]), like]),
    varies: true,
    holds: (y, _, like) => assert.deepEqual(y.shape, like.shape),
  },
  sum: {
    names: ['operand', 'axes', 'keepAxes'],
    args: fc.tuple(matrix, fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1 }), fc.boolean()),
    varies: true,
    holds: (y, x, axes, keep) => assert.equal(y.shape.length, keep ? 3 : x.shape.length - axes.length),
  },
  gather: {
    names: ['operand', 'operand', 'gather'],
    args: fc.tuple(matrix, positions),
    varies: true,
    holds: (y, x, at) => assert.deepEqual(y.shape, [at.shape[0], ...x.shape.slice(1)]),
  },
  split: {
    names: ['operand', 'axis', 'sizes'],
    args: fc
      .array(size, { minLength: 1, maxLength: 4 })
      .map((sizes): [graph.Tensor, number, number[]] => [
        input('x', 'float32', [sizes.reduce((a, b) => a + b), 'B']),
        0,
        sizes,
      ]),
    varies: true,
    holds: (parts, x) => assert.deepEqual(graph.concat(parts, 0).shape, x.shape),
  },
  concat: {
    names: ['parts', 'axis'],
    args: fc.tuple(fc.array(matrix, { minLength: 1, maxLength: 1 }), fc.integer({ min: 1, max: 2 })),
    varies: true,
    holds: (y) => requirePrintable(y),
  },
  conv2d: {
    names: ['operand', 'operand', 'padding'],
    args: fc
      .tuple(image, size, fc.integer({ min: 0, max: 3 }))
      .map(([x, out, padding]): [graph.Tensor, graph.Tensor, number] => [
        x,
        input('w', 'float32', [out, Number(x.shape[0]), 3, 3]),
        padding,
      ]),
    varies: true,
    holds: (y, x, _, p) => assert.equal(y.shape[1], Number(x.shape[1]) + 2 * p - 2),
  },
  convTranspose2d: {
    names: ['operand', 'operand', 'padding'],
    args: fc
      .tuple(image, size, fc.integer({ min: 0, max: 1 }))
      .map(([x, out, padding]): [graph.Tensor, graph.Tensor, number] => [
        x,
        input('w', 'float32', [Number(x.shape[0]), out, 3, 3]),
        padding,
      ]),
    varies: true,
    holds: (y, x, _, p) => assert.equal(y.shape[1], Number(x.shape[1]) - 2 * p + 2),
  },
  conv2dFilters: {
    names: ['operand', 'operand', 'padding'],
    args: fc
      .tuple(image, size)
      .map(([x, out]): [graph.Tensor, graph.Tensor, number] => [
        x,
        input('g', 'float32', [out, Number(x.shape[1]), Number(x.shape[2]), 'B']),
        1,
      ]),
    varies: true,
    holds: (y, x, g) => assert.deepEqual(y.shape, [g.shape[0], x.shape[0], 3, 3]),
  },
  maxPool2d: {
    names: ['operand', 'size'],
    args: fc.tuple(image, fc.constantFrom(1, 2, 4)),
    varies: true,
    holds: (y, x, own) => assert.equal(y.shape[1], Number(x.shape[1]) / own),
  },
  upsample2d: {
    names: ['operand', 'scale'],
    args: fc.tuple(image, size),
    varies: true,
    holds: (y, x, scale) => assert.equal(y.shape[1], Number(x.shape[1]) * scale),
  },
  take: {
    names: ['operand', 'operand', 'take'],
    args: fc.tuple(matrix, positions),
    varies: true,
    holds: (y, _, at) => assert.deepEqual(y.shape, at.shape),
  },
  scatterAdd: {
    names: ['operand', 'operand', 'operand', 'scatterAdd'],
    args: fc
      .tuple(matrix, positions)
      .map(([x, at]): [graph.Tensor, graph.Tensor, graph.Tensor] => [x, at, input('u', 'float32', at.shape)]),
    varies: true,
    holds: (y, x) => assert.deepEqual(y.shape, x.shape),
  },
  gradients: {
    names: ['loss', 'targets', 'gradients'],
    args: matrix.map((x): [graph.Tensor, graph.Tensor[]] => [graph.sum(graph.tanh(x), [0, 1, 2]), [x]]),
    varies: true,
    holds: ([g], _, [x]) => assert.deepEqual(g?.shape, x?.shape),
  },
  vectorJacobian: {
    names: ['outputs', 'given', 'targets', 'vectorJacobian', 'cotangents'],
    args: matrix.map((x): [graph.Tensor[], graph.Tensor[], graph.Tensor[]] => [
      [graph.exp(x)],
      [input('g', 'float32', x.shape)],
      [x],
    ]),
    varies: true,
    holds: ([g], _, __, [x]) => assert.deepEqual(g?.shape, x?.shape),
  },
  customGradient: {
    names: ['inputs', 'outputs', 'gradient', 'customGradient'],
    args: matrix.map((x): [graph.Tensor[], graph.Tensor[], never] => [
      [x],
      [graph.exp(x)],
      ((_: unknown, ys: unknown) => ys) as never,
    ]),
    varies: true,
    holds: ([y], [x]) => assert.deepEqual(y?.shape, x?.shape),
  },
  mapSlices: {
    names: ['inputs', 'fn', 'step', 'mapSlices'],
    args: fc
      .tuple(size, size)
      .map(([a, b]): [graph.Tensor[], never] => [
        [input('x', 'float32', [a, b])],
        ((slices: readonly graph.Tensor[]) => slices.map(graph.neg)) as never,
      ]),
    varies: true,
    holds: ([y], [x]) => assert.deepEqual(y?.shape, x?.shape),
  },
  scan: {
    names: ['initial', 'sequences', 'step', 'options', 'scan'],
    args: fc.tuple(matrix, fc.record({ reverse: fc.boolean() }, { requiredKeys: [] })).map(([x, options]) => {
      const step = (_: unknown, [slice]: readonly graph.Tensor[]) => ({ states: [], outputs: [slice as graph.Tensor] })
      return [[], [x], step as never, options] as [[], graph.Tensor[], never, graph.ScanOptions]
    }),
    varies: true,
    holds: ({ outputs: [y] }, _, [x]) => assert.deepEqual((y as unknown as graph.Tensor).shape, x?.shape),
  },
  print: {
    names: ['outputs'],
    args: fc.tuple(fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), tensor, { minKeys: 1, maxKeys: 3 })),
    holds: (text) => assert.ok(text.length > 0),
  },
  encodeModel: {
    names: ['name of a model', 'inputs', 'outputs', 'notes', 'model', 'encodeModel'],
    args: fc
      .tuple(
        fc.string({ minLength: 1, maxLength: 9 }),
        matrix,
        fc.record({ docString: fc.string() }, { requiredKeys: [] }),
      )
      .map(([name, x, notes]): [string, graph.Tensor[], Record<string, graph.Tensor>, graph.ModelNotes] => [
        name,
        [x],
        { y: graph.exp(x) },
        notes,
      ]),
    holds: (bytes) => assert.ok(bytes.length > 10),
  },
}
