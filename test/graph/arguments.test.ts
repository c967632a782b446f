import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as graph from '../../src/rooms/graph.js'

const x = graph.input('x', 'float32', ['B', 3])
const images = graph.input('images', 'float32', [2, 6, 6, 'B'])
const filters = graph.input('filters', 'float32', [4, 2, 3, 3])
const positions = graph.input('positions', 'int64', [2])
const flagged = graph.input('flagged', 'bool', ['B', 3])

/** A value of a kind that the types forbid, as a caller in JavaScript may give it. */
const wrong = <T>(value: unknown): T => value as T
/** A value of a loop body, which has no place outside it. */
function leaked(): graph.Tensor {
  const values: graph.Tensor[] = []
  graph.scan([], [x], (_states, [slice]) => {
    values.push(graph.neg(slice))
    return { states: [], outputs: [slice] }
  })
  return values[0] ?? assert.fail()
}
const none = { node: x.node, dtype: 'float32' }

const mistakes: readonly [what: string, code: string, make: () => unknown, message: RegExp][] = [
  ['a name that is no string', 'WRONG_TYPE', () => graph.input(wrong(3), 'float32', []), /name of an input/],
  ['an element type', 'UNKNOWN_NAME', () => graph.input('x', wrong('float16'), []), /unknown element type 'float16'/],
  ['an element type that is no string', 'WRONG_TYPE', () => graph.cast(x, wrong(null)), /^to must be a string/],
  ['a shape that is none', 'WRONG_TYPE', () => graph.input('x', 'float32', wrong('B')), /shape must be an array/],
  ['a bigint as a size', 'WRONG_TYPE', () => graph.input('x', 'float32', wrong([3n])), /shape\[0\].*got 3n/],
  ['a size that is no integer', 'OUT_OF_RANGE', () => graph.reshape(x, ['B', 1.5]), /shape\[1\]/],
  ['a negative size', 'OUT_OF_RANGE', () => graph.constant([], 'float32', [-1]), /shape\[0\]/],
  ['elements that are no numbers', 'WRONG_TYPE', () => graph.constant(wrong(['1']), 'float32', [1]), /data\[0\]/],
  ['elements in another array', 'WRONG_TYPE', () => graph.constant(wrong(new Float64Array(1)), 'float32', [1]), /data/],
  ['fractions among integers', 'OUT_OF_RANGE', () => graph.constant([1, 0.5], 'int64', [2]), /data\[1\]/],
  ['a bigint as an operand', 'WRONG_TYPE', () => graph.add(x, wrong(2n)), /operand 2 of add .*got 2n/],
  ['nothing as an operand', 'WRONG_TYPE', () => graph.exp(wrong(undefined)), /operand 1 of exp .*got undefined/],
  ['what is no tensor', 'WRONG_TYPE', () => graph.matmul(x, wrong(none)), /operand 2 of matmul must be a tensor/],
  ['no condition', 'WRONG_TYPE', () => graph.where(wrong(true), x, x), /operand 1 of where/],
  ['a choice of no tensor', 'WRONG_TYPE', () => graph.where(flagged, x, wrong(null)), /operand 2 of where/],
  ['a slope that is no number', 'WRONG_TYPE', () => graph.leakyRelu(x, wrong('0.1')), /slope/],
  ['a slope past 1', 'OUT_OF_RANGE', () => graph.leakyRelu(x, 1), /slope must lie in \[0, 1\)/],
  ['bounds that are no numbers', 'WRONG_TYPE', () => graph.clip(x, 0, wrong(1n)), /high must be a number/],
  ['bounds in the wrong order', 'OUT_OF_RANGE', () => graph.clip(x, 1, 0), /low must be at most high/],
  ['a permutation that is none', 'WRONG_TYPE', () => graph.transpose(x, wrong(null)), /permutation/],
  ['an axis that is no integer', 'OUT_OF_RANGE', () => graph.sum(x, [0.5]), /axes\[0\]/],
  ['axes that are no list', 'WRONG_TYPE', () => graph.sum(x, wrong(1)), /axes must be an array/],
  ['a word for a flag', 'WRONG_TYPE', () => graph.sum(x, [0], wrong('yes')), /keepAxes must be true or false/],
  ['parts of unknown sizes', 'WRONG_TYPE', () => graph.split(x, 1, wrong<readonly number[]>(['1', '2'])), /sizes\[0\]/],
  ['parts that are no tensors', 'WRONG_TYPE', () => graph.concat([x, wrong(1)], 1), /parts\[1\]/],
  ['rows of no table', 'WRONG_TYPE', () => graph.gather(wrong(null), positions), /operand 1 of gather/],
  ['elements of no tensor', 'WRONG_TYPE', () => graph.take(wrong(null), positions), /operand 1 of take/],
  ['no updates', 'WRONG_TYPE', () => graph.scatterAdd(x, positions, wrong(null)), /operand 3 of scatterAdd/],
  ['a padding that is no integer', 'OUT_OF_RANGE', () => graph.conv2d(images, filters, 0.5), /padding/],
  ['no padding', 'WRONG_TYPE', () => graph.convTranspose2d(images, filters, wrong(undefined)), /padding/],
  ['windows of no size', 'OUT_OF_RANGE', () => graph.maxPool2d(images, 0), /size/],
  ['a scale that is no number', 'WRONG_TYPE', () => graph.upsample2d(images, wrong(2n)), /scale/],
  ['no images', 'WRONG_TYPE', () => graph.maxPool2d(wrong([]), 2), /operand 1 of maxPool2d/],
  ['a gradient of nothing', 'WRONG_TYPE', () => graph.gradients(wrong(1), [x]), /gradients/],
  ['targets that are no tensors', 'WRONG_TYPE', () => graph.gradients(x, wrong(['x'])), /targets\[0\]/],
  ['cotangents of other outputs', 'LENGTH_MISMATCH', () => graph.vectorJacobian([x], [], [x]), /0 cotangents/],
  ['a gradient that is no function', 'WRONG_TYPE', () => graph.customGradient([x], [x], wrong(x)), /gradient must be/],
  [
    'a stated gradient of too many inputs',
    'LENGTH_MISMATCH',
    () => graph.gradients(graph.customGradient([x], [graph.exp(x)], (_x, [y]) => [y, y])[0], [x]),
    /2 cotangents for 1 input/,
  ],
  [
    'a stated gradient of numbers',
    'WRONG_TYPE',
    () => graph.gradients(graph.customGradient([x], [graph.exp(x)], () => wrong([1]))[0], [x]),
    /cotangents of customGradient\[0\]/,
  ],
  [
    'slices of nothing',
    'WRONG_TYPE',
    () => graph.mapSlices(wrong<readonly graph.Tensor[]>(x), () => []),
    /inputs must be an array/,
  ],
  ['a loop that does nothing', 'WRONG_TYPE', () => graph.scan([], [x], wrong(undefined)), /step must be a function/],
  ['a step that returns nothing', 'WRONG_TYPE', () => graph.scan([], [x], () => wrong(null)), /what step returns/],
  ['a step without states', 'WRONG_TYPE', () => graph.scan([], [x], () => wrong({ outputs: [] })), /next states/],
  [
    'an option that a loop does not have',
    'UNKNOWN_NAME',
    () => graph.scan([], [x], () => ({ states: [], outputs: [] }), wrong({ reversed: true })),
    /scan has no option 'reversed' \(did you mean 'reverse'\?\)/,
  ],
  [
    'an option of the wrong kind',
    'WRONG_TYPE',
    () => graph.scan([], [x], () => ({ states: [], outputs: [] }), { reverse: wrong(1) }),
    /reverse must be true or false/,
  ],
  ['a list of outputs to print', 'WRONG_TYPE', () => graph.print(wrong([x])), /outputs must be an object/],
  ['a model without a name', 'WRONG_TYPE', () => graph.encodeModel(wrong(null), [x], { y: x }), /name of a model/],
  [
    'a model of one tensor',
    'WRONG_TYPE',
    () => graph.encodeModel('m', [x], wrong(x)),
    /outputs\.node must be a tensor/,
  ],
  [
    'inputs that are computed',
    'WRONG_TYPE',
    () => graph.encodeModel('m', [graph.neg(x)], {}),
    /neg cannot be an input/,
  ],
  ['an input that is not listed', 'UNKNOWN_NAME', () => graph.encodeModel('m', [], { y: graph.neg(x) }), /input 'x'/],
  [
    'an output named as an input',
    'OUT_OF_RANGE',
    () => graph.encodeModel('m', [x], { x: graph.neg(x) }),
    /'x' names two/,
  ],
  ['two inputs of a name', 'OUT_OF_RANGE', () => graph.encodeModel('m', [x, x], { y: x }), /'x' names two/],
  [
    'what a loop computes',
    'SHAPE_MISMATCH',
    () => graph.encodeModel('m', [x], { y: leaked() }),
    /a loop's neg is used/,
  ],
  [
    'an option that a model does not have',
    'UNKNOWN_NAME',
    () => graph.encodeModel('m', [x], { y: x }, wrong({ docstring: '' })),
    /encodeModel has no option 'docstring' \(did you mean 'docString'\?\)/,
  ],
  [
    'metadata that are no texts',
    'WRONG_TYPE',
    () => graph.encodeModel('m', [x], { y: x }, { metadata: wrong({ version: 1 }) }),
    /metadata\.version must be a string/,
  ],
  ['a number to print', 'WRONG_TYPE', () => graph.print({ y: wrong(1) }), /outputs\.y must be a tensor/],
]

describe('the graph builder refuses', () => {
  for (const [what, code, make, message] of mistakes) it(what, () => assert.throws(make, { code, message }))
})
