import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { permutation, uniform } from '../../src/native.js'

const addon = createRequire(import.meta.url)('../../build/Release/scoring_bias.node')

// Words 0 and 1 of Philox4x32-10 for counter 0 and key 0, as Random123 publishes them.
test('uniform is the published Philox stream, scaled', () => {
  const out = new Float64Array(1)
  uniform(0, 0, 0, out, 0, 1)
  const word = (0xe169c58dn << 32n) | 0x6627e8d5n
  assert.equal(out[0], (Number(word >> 12n) + 0.5) * 2 ** -52)
})

test('uniform fills the whole array, between its bounds, and repeats', () => {
  const out = new Float64Array(1000)
  uniform(3, 1, 4, out, -2, 5)
  assert.ok(out.every((x) => x > -2 && x < 5))
  assert.equal(new Set(out).size, 1000)
  const again = new Float64Array(1000)
  uniform(3, 1, 4, again, -2, 5)
  assert.deepEqual(again, out)
  uniform(3, 1, 5, again, -2, 5)
  assert.notDeepEqual(again, out)
})

test('permutation holds every index once and depends on seed, stream and replicate', () => {
  const order = permutation(1, 2, 3, 500)
  assert.deepEqual(
    Array.from(order).sort((a, b) => a - b),
    Array.from({ length: 500 }, (_, i) => i),
  )
  assert.deepEqual(permutation(1, 2, 3, 500), order)
  assert.notDeepEqual(permutation(2, 2, 3, 500), order)
  assert.notDeepEqual(permutation(1, 3, 3, 500), order)
  assert.notDeepEqual(permutation(1, 2, 4, 500), order)
  assert.equal(permutation(1, 2, 3, 0).length, 0)
})

test('arguments out of range are refused by name', () => {
  const out = new Float64Array(1)
  assert.throws(() => permutation(-1, 0, 0, 3), { code: 'OUT_OF_RANGE', message: /seed/ })
  assert.throws(() => permutation(0, 2 ** 31, 0, 3), { code: 'OUT_OF_RANGE', message: /stream/ })
  assert.throws(() => uniform(0, 0, 0.5, out, 0, 1), { code: 'OUT_OF_RANGE', message: /replicate/ })
  assert.throws(() => uniform(0, 0, 0, out, 1, 1), { code: 'OUT_OF_RANGE', message: /low must be below high/ })
  assert.throws(() => uniform(0, 0, 0, out, 0, Number.POSITIVE_INFINITY), { code: 'OUT_OF_RANGE' })
  assert.throws(() => uniform(0, 0, 0, new Float64Array(new SharedArrayBuffer(8)), 0, 1), { code: 'WRONG_TYPE' })
})

test('a call that goes past TypeScript throws and does not crash', () => {
  assert.throws(() => addon.uniform(), TypeError)
  assert.throws(() => addon.uniform(0, 0, 0, new Float32Array(2), 0, 1), TypeError)
  assert.throws(() => addon.uniform(0, 0, 0, [1, 2], 0, 1), TypeError)
  assert.throws(() => addon.permutation(0, 0, 0, 2 ** 32), RangeError)
  assert.throws(() => addon.permutation(Number.NaN, 0, 0, 1), RangeError)
  const out = new Float64Array(4)
  structuredClone(out.buffer, { transfer: [out.buffer] })
  assert.equal(addon.uniform(0, 0, 0, out, 0, 1), undefined)
})
