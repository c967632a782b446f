import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { input } from '../../src/graph/ops.js'
import * as nn from '../../src/rooms/nn.js'

/** A value of a kind that the types forbid, as a caller in JavaScript may give it. */
const wrong = <T>(value: unknown): T => value as T

const mistakes: readonly [what: string, code: string, make: () => unknown, message: RegExp][] = [
  ['a layer without a name', 'WRONG_TYPE', () => nn.linear(wrong(0), 4), /name of a layer must be a string/],
  ['a layer without outputs', 'OUT_OF_RANGE', () => nn.linear('lin', 0), /outputs of layer 'lin'/],
  ['a bigint of outputs', 'WRONG_TYPE', () => nn.linear('lin', wrong(4n)), /outputs of layer 'lin' .*got 4n/],
  [
    'an option that a layer does not have',
    'UNKNOWN_NAME',
    () => nn.linear('lin', 4, wrong({ biass: true })),
    /layer 'lin' has no option 'biass' \(did you mean 'bias'\?\)/,
  ],
  ['a number for a flag', 'WRONG_TYPE', () => nn.linear('lin', 4, { bias: wrong(1) }), /bias must be true or false/],
  ['null for options', 'WRONG_TYPE', () => nn.linear('lin', 4, wrong(null)), /options of layer 'lin'/],
  ['a slope past 1', 'OUT_OF_RANGE', () => nn.leakyRelu(1), /slope must lie in \[0, 1\), got 1/],
  ['a slope that is no number', 'WRONG_TYPE', () => nn.leakyRelu(wrong('0.1')), /slope must be a number/],
  ['a shape with a bigint', 'WRONG_TYPE', () => nn.view('view', wrong(2n)), /shape of layer 'view'\[0\]/],
  ['no name to flatten under', 'WRONG_TYPE', () => nn.flatten(wrong(undefined)), /name of a layer/],
  ['an epsilon below 0', 'OUT_OF_RANGE', () => nn.batchNorm('bn', -1), /epsilon of layer 'bn'/],
  ['an epsilon that is no number', 'WRONG_TYPE', () => nn.batchNormMaxPool2d('bn', 2, wrong(null)), /epsilon/],
  ['filters of no size', 'WRONG_TYPE', () => nn.convolution2d('conv', 4, wrong({})), /size of layer 'conv'/],
  ['filters of nothing', 'WRONG_TYPE', () => nn.convolution2d('conv', 4, wrong(undefined)), /size of layer 'conv'/],
  [
    'an option that filters do not have',
    'UNKNOWN_NAME',
    () => nn.convolutionTranspose2d('up', 4, wrong({ size: 3, stride: 2 })),
    /layer 'up' has no option 'stride'; it has bias, padding, size/,
  ],
  ['hidden units that are no list', 'WRONG_TYPE', () => nn.lstmStack('l', wrong(3)), /hidden units of layer 'l'/],
  ['hidden units that are no number', 'WRONG_TYPE', () => nn.lstm('l', wrong('3')), /hidden units of layer 'l'/],
  [
    'a module that is none',
    'WRONG_TYPE',
    () => nn.sequential(nn.sigmoid(), wrong(nn)),
    /modules\[1\] must be a function/,
  ],
  ['nothing to name', 'WRONG_TYPE', () => nn.named('e', wrong(undefined)), /module must be a function/],
  ['no features', 'WRONG_TYPE', () => nn.mlp(wrong('36')), /nFeatures must be a number/],
  [
    'an option that an mlp does not have',
    'UNKNOWN_NAME',
    () => nn.mlp(36, wrong({ hiden: [4] })),
    /mlp has no option 'hiden' \(did you mean 'hidden'\?\)/,
  ],
  ['one width for a list', 'WRONG_TYPE', () => nn.mlp(36, { hidden: wrong(32) }), /hidden must be an array/],
  ['a width that is no integer', 'OUT_OF_RANGE', () => nn.mlp(36, { hidden: [32, 0.5] }), /hidden\[1\]/],
  ['an epsilon of 0 in an mlp', 'OUT_OF_RANGE', () => nn.mlp(36, { batchNormEpsilon: 0 }), /batchNormEpsilon/],
  ['a slope of an mlp past 1', 'OUT_OF_RANGE', () => nn.mlp(36, { leakySlope: 2 }), /leakySlope must lie in/],
  ['a code that is no number', 'WRONG_TYPE', () => nn.lenet({ code: wrong(64n) }), /code must be a number/],
  ['another option of lenet', 'UNKNOWN_NAME', () => nn.lenet(wrong({ hidden: [3] })), /lenet has no option 'hidden'/],
  ['null for options of lenet', 'WRONG_TYPE', () => nn.lenet(wrong(null)), /options of lenet/],
  ['a sample that is none', 'WRONG_TYPE', () => nn.lstmNet(wrong(8)), /sample must be an array/],
  ['layers that are no list', 'WRONG_TYPE', () => nn.lstmNet([8, 8], { layers: wrong(3) }), /layers must be an array/],
  ['another option of lstm', 'UNKNOWN_NAME', () => nn.lstmNet([8, 8], wrong({ layer: [3] })), /'layers'\?/],
  ['a network that is no name', 'WRONG_TYPE', () => nn.network(wrong(1)), /network must be a string/],
  ['a sample with a bigint', 'WRONG_TYPE', () => nn.network('mlp', wrong([3n])), /sample\[0\]/],
  [
    'what a module of one’s own gives, if it is no tensor',
    'WRONG_TYPE',
    () => nn.linear('lin', 4)(wrong(undefined), wrong({})),
    /input of layer 'lin' must be a tensor/,
  ],
  [
    'a tensor without samples',
    'SHAPE_MISMATCH',
    () => nn.flatten('flatten')(input('x', 'float32', ['R']), wrong({})),
    /layer 'flatten' takes activations \[replicas, samples, …\], got \[R\]/,
  ],
]

describe('layers and networks refuse', () => {
  for (const [what, code, make, message] of mistakes) it(what, () => assert.throws(make, { code, message }))
})

it('a network takes options that are left open', () => {
  const { title } = nn.mlp(36, { hidden: undefined, code: 4, batchNormEpsilon: undefined, leakySlope: undefined })
  assert.equal(title, 'mlp 36-32-16-4')
  assert.equal(nn.lstmNet(undefined, { layers: undefined, code: undefined }).title, 'lstm 125×128-64-32-32')
})
