import assert from 'node:assert/strict'
import fc from 'fast-check'
import { declare } from '../../../src/nn/parameters.js'
import * as nn from '../../../src/rooms/nn.js'
import type { CallSpec, RoomCalls } from '../calls.js'

const name = fc.constantFrom('first', 'a', 'ü', 'constructor')
const size = fc.integer({ min: 1, max: 9 })

/** The shape of one sample after a module: behind the axes of replicas and of the batch. */
function outputOf(module: nn.Module, sample: readonly number[]): number[] {
  return declare(module, sample).output.slice(2).map(Number)
}

/** Whether a layer takes samples of a shape and gives those of another. */
function requireShapes(module: nn.Module, from: readonly number[], to: readonly number[]): void {
  assert.deepEqual(outputOf(module, from), to)
}

/** Whether a network's decoder undoes its encoder's shapes. */
function requireNetwork({ encoder, decoder, sample }: nn.Network): void {
  requireShapes(decoder, outputOf(encoder, sample), sample)
}

const onImages = <R extends readonly number[]>(
  args: fc.Arbitrary<[string, number, { size: number; padding: number }]>,
  shape: (out: number, size: number, padding: number) => R,
): CallSpec<[name: string, out: number, options: { size: number; padding?: number | undefined }], nn.Module> => ({
  names: ['name', 'out', 'options', 'layer'],
  args,
  varies: true,
  holds: (module, _, out, { size, padding = 0 }) => requireShapes(module, [2, 8, 8], shape(out, size, padding)),
})
const convolution = fc.tuple(
  name,
  size,
  fc.record({ size: fc.constantFrom(1, 3, 5), padding: fc.constantFrom(0, 1, 2) }),
)

/** Calls of every function of the room of networks. */
export const nnCalls: RoomCalls<typeof nn> = {
  networkNames: 'a constant',
  linear: {
    names: ['name', 'out', 'options', 'layer'],
    args: fc.tuple(name, size, fc.record({ bias: fc.boolean() }, { requiredKeys: [] })),
    varies: true,
    holds: (module, _, out) => requireShapes(module, [5], [out]),
  },
  leakyRelu: {
    names: ['slope'],
    args: fc.tuple(fc.double({ min: 0, max: 0.99, noNaN: true })),
    varies: true,
    holds: (module) => requireShapes(module, [5], [5]),
  },
  sigmoid: { names: [], args: fc.tuple(), varies: true, holds: (module) => requireShapes(module, [5], [5]) },
  view: {
    names: ['name', 'shape', 'shape', 'layer', 'view'],
    args: fc.tuple(name, size, size),
    varies: true,
    holds: (module, _, a = 1, b = 1) => requireShapes(module, [a * b], [a, b]),
  },
  flatten: {
    names: ['name', 'layer'],
    args: fc.tuple(name),
    varies: true,
    holds: (module) => requireShapes(module, [2, 3, 4], [24]),
  },
  batchNorm: {
    names: ['name', 'epsilon', 'layer'],
    args: fc.tuple(name, fc.double({ min: 1e-6, max: 0.1, noNaN: true })),
    varies: true,
    holds: (module) => requireShapes(module, [5], [5]),
  },
  affine: {
    names: ['name', 'layer'],
    args: fc.tuple(name),
    varies: true,
    holds: (module) => requireShapes(module, [5], [5]),
  },
  batchNormAffine: {
    names: ['name', 'epsilon', 'layer'],
    args: fc.tuple(name, fc.double({ min: 1e-6, max: 0.1, noNaN: true })),
    varies: true,
    holds: (module) => requireShapes(module, [2, 3, 4], [2, 3, 4]),
  },
  dropout: {
    names: ['name', 'rate', 'layer'],
    args: fc.tuple(name, fc.double({ min: 0.01, max: 0.99, noNaN: true })),
    varies: true,
    holds: (module) => requireShapes(module, [5, 2], [5, 2]),
  },
  crop2d: {
    names: ['name', 'height', 'width', 'layer'],
    args: fc.tuple(name, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })),
    varies: true,
    holds: (module, _, height, width) => requireShapes(module, [2, 8, 8], [2, height, width]),
  },
  convolution1d: {
    names: ['name', 'out', 'options', 'layer'],
    args: fc.tuple(
      name,
      size,
      fc.record({ size: fc.constantFrom(1, 2, 5), padding: fc.constantFrom(0, 1), stride: fc.constantFrom(1, 2, 3) }),
    ),
    varies: true,
    holds: (module, _, out, { size: own, padding = 0, stride = 1 }) =>
      requireShapes(module, [8, 3], [Math.floor((8 + 2 * padding - own) / stride) + 1, out]),
  },
  batchNormMaxPool2d: {
    names: ['name', 'size', 'epsilon', 'layer'],
    args: fc.tuple(name, fc.constantFrom(2, 4), fc.double({ min: 1e-6, max: 0.1, noNaN: true })),
    varies: true,
    holds: (module, _, own) => requireShapes(module, [2, 8, 8], [2, 8 / own, 8 / own]),
  },
  convolution2d: onImages(convolution, (out, size, p) => [out, 9 + 2 * p - size, 9 + 2 * p - size]),
  convolutionTranspose2d: onImages(convolution, (out, size, p) => [out, 7 - 2 * p + size, 7 - 2 * p + size]),
  upsampledConvolutionTranspose2d: {
    names: ['name', 'size', 'upsampledConvolution', 'layer'],
    args: fc.tuple(name, size, size, fc.integer({ min: 1, max: 3 })).chain(([own, out, k, scale]) =>
      fc.tuple(
        fc.constant(own),
        fc.constant(out),
        fc.record({
          scale: fc.constant(scale),
          size: fc.constant(k),
          // Of 8 pixels at least one is left.
          padding: fc.integer({ min: 0, max: Math.min(k - 1, Math.floor((8 * scale + k - 2) / 2)) }),
        }),
      ),
    ),
    varies: true,
    holds: (module, _, out, { scale, size: k, padding: p = 0 }) => {
      const side = 8 * scale - 2 * p + k - 1
      requireShapes(module, [2, 8, 8], [out, side, side])
    },
  },
  maxPool2d: {
    names: ['name', 'size', 'layer'],
    args: fc.tuple(name, fc.constantFrom(1, 2, 4, 8)),
    varies: true,
    holds: (module, _, own) => requireShapes(module, [2, 8, 8], [2, 8 / own, 8 / own]),
  },
  upsample2d: {
    names: ['name', 'scale', 'layer'],
    args: fc.tuple(name, size),
    varies: true,
    holds: (module, _, scale) => requireShapes(module, [2, 8, 8], [2, 8 * scale, 8 * scale]),
  },
  lstm: {
    names: ['name', 'hidden', 'layer'],
    args: fc.tuple(name, size),
    varies: true,
    holds: (module, _, n) => requireShapes(module, [4, 3], [4, n]),
  },
  lstmStack: {
    names: ['name', 'hidden', 'layer'],
    args: fc.tuple(name, fc.array(size, { minLength: 1, maxLength: 3 })),
    varies: true,
    holds: (module, _, hidden) => requireShapes(module, [4, 3], [4, hidden.at(-1) as number]),
  },
  sequential: {
    names: ['modules'],
    args: fc.tuple(size, size).map(([a, b]) => [nn.linear('a', a), nn.leakyRelu(), nn.linear('b', b)]),
    varies: true,
    holds: (module: nn.Module) => assert.equal(declare(module, [5]).parameters.length, 2),
  },
  named: {
    names: ['prefix', 'module'],
    args: fc.tuple(
      name,
      size.map((n) => nn.linear('a', n)),
    ),
    varies: true,
    holds: (module, prefix) => assert.ok(declare(module, [5]).parameters.every((own) => own.name.startsWith(prefix))),
  },
  mlp: {
    names: ['nFeatures', 'options'],
    args: fc.tuple(
      size,
      fc.record({ hidden: fc.array(size, { minLength: 1, maxLength: 3 }), code: size }, { requiredKeys: [] }),
    ),
    varies: true,
    holds: requireNetwork,
  },
  lenet: {
    names: ['options'],
    args: fc.tuple(fc.record({ code: size }, { requiredKeys: [] })),
    varies: true,
    holds: requireNetwork,
  },
  lstmNet: {
    names: ['sample', 'options', 'steps', 'features'],
    args: fc.tuple(
      fc.tuple(size, size),
      fc.record({ layers: fc.array(size, { minLength: 1, maxLength: 2 }), code: size }, { requiredKeys: [] }),
    ),
    varies: true,
    holds: requireNetwork,
  },
  network: {
    names: ['network', 'sample'],
    args: size.map((n): [string, number[]] => ['mlp', [n]]),
    varies: true,
    holds: requireNetwork,
  },
}
