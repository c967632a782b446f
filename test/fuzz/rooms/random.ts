import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as random from '../../../src/rooms/random.js'
import type { RoomCalls } from '../calls.js'

const stream = {
  seed: fc.maxSafeNat(),
  stream: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  replicate: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
}
const own = { requiredKeys: [] }
const size = fc.integer({ min: 0, max: 50 })
const count = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2 ** 30 }))
const names = ['out', 'options']
const shape = fc.oneof(fc.double({ min: 1, max: 100, noNaN: true }), fc.double({ min: 1, max: 2 ** 53, noNaN: true }))

/** Whether all values lie between two bounds, and longer output continues shorter. */
function requireWithin(values: Float64Array | Uint32Array, low: number, high: number): void {
  for (const value of values) assert.ok(low <= value && value <= high, `${value} in [${low}, ${high}]`)
}

/** Calls of every function of the room of random numbers. */
export const randomCalls: RoomCalls<typeof random> = {
  uniform: {
    names,
    args: fc.tuple(
      size,
      fc
        .tuple(
          fc.record(stream, own),
          fc.double({ min: -1e9, max: 1e9, noNaN: true }),
          fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        )
        .map(([where, low, width]) => ({ ...where, low, high: low + width })),
    ),
    holds: (values, n, { low = 0, high = 1, ...where } = {}) => {
      requireWithin(values, low, high)
      const longer = random.uniform(Number(n) + 3, { low, high, ...where })
      assert.deepEqual(longer.subarray(0, Number(n)), values)
    },
  },
  normal: {
    names,
    args: fc.tuple(
      size,
      fc.record(
        {
          ...stream,
          mean: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
          sd: fc.double({ min: 0, max: 1e9, noNaN: true }),
        },
        own,
      ),
    ),
    holds: (values, _, { mean = 0, sd = 1 } = {}) => requireWithin(values, mean - 8.4 * sd, mean + 8.4 * sd),
  },
  beta: {
    names,
    args: fc.tuple(size, fc.record({ ...stream, a: shape, b: shape }, { requiredKeys: ['a', 'b'] })),
    holds: (values) => requireWithin(values, 0, 1),
  },
  binomial: {
    names,
    args: fc.tuple(
      size,
      fc.record({ ...stream, n: count, p: fc.double({ min: 0, max: 1, noNaN: true }) }, { requiredKeys: ['n', 'p'] }),
    ),
    holds: (values, _, { n, p }) => requireWithin(values, p === 1 ? n : 0, p === 0 ? 0 : n),
  },
  multinomial: {
    names,
    args: fc.tuple(
      size,
      fc.record(
        {
          ...stream,
          n: count,
          weights: fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 6 }),
        },
        { requiredKeys: ['n', 'weights'] },
      ),
    ),
    holds: (values, size, { n, weights }) => {
      for (let i = 0; i < Number(size); i++) {
        assert.equal(
          values.subarray(i * weights.length, (i + 1) * weights.length).reduce((a, b) => a + b, 0),
          n,
        )
      }
    },
  },
  hypergeometric: {
    names,
    args: fc.tuple(
      size,
      fc
        .tuple(fc.record(stream, own), count, count, fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([where, nGood, nBad, share]) => ({ ...where, nGood, nBad, nDraws: Math.floor(share * (nGood + nBad)) })),
    ),
    holds: (values, _, { nGood, nBad, nDraws }) =>
      requireWithin(values, Math.max(0, nDraws - nBad), Math.min(nGood, nDraws)),
  },
  permutation: {
    names,
    args: fc.tuple(size, fc.record(stream, own)),
    holds: (order, n) =>
      assert.deepEqual(
        Array.from(order).sort((a, b) => a - b),
        Array.from({ length: Number(n) }, (_, i) => i),
      ),
  },
}
