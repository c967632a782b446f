import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { density, silvermanBandwidth } from '../../../src/report/scores/density.js'

const close = (actual: number | undefined, expected: number, tolerance: number): void =>
  assert.ok(
    Math.abs((actual ?? Number.NaN) - expected) <= tolerance * Math.abs(expected),
    `${actual}, expected ${expected}`,
  )

test('silvermanBandwidth agrees with R bw.nrd0', () => {
  close(silvermanBandwidth([32, 1, 2, 16, 8, 4]), 5.397657223347645, 1e-14)
})

test('silvermanBandwidth takes the standard deviation where the quartiles coincide, as R does', () => {
  close(silvermanBandwidth([1, 1, 1, 1, 5]), 1.166872749618789, 1e-14)
})

test('silvermanBandwidth of a sample without spread is 0', () => {
  assert.equal(silvermanBandwidth([3, 3, 3]), 0)
  assert.equal(silvermanBandwidth([3]), 0)
})

test('density is the mean of normal densities about the sample (R mean(dnorm(x, sample, h)))', () => {
  const at = density([0.3, -1, 2.5], Float64Array.of(-2, 0, 0.3, 3), 0.7)
  const expected = [0.069334952039765071, 0.24210118992832599, 0.225198613279953, 0.14730953484203907]
  for (const [i, value] of expected.entries()) close(at[i], value, 1e-14)
})

test('density integrates to 1 and does not depend on the order of the sample', () => {
  const sample = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 })
  const step = 0.05
  const at = Float64Array.from({ length: 401 }, (_, i) => -10 + i * step)
  fc.assert(
    fc.property(sample, (values) => {
      const estimate = density(values, at, 0.5)
      close(
        estimate.reduce((sum, height) => sum + height * step, 0),
        1,
        1e-9,
      )
      density([...values].reverse(), at, 0.5).forEach((height, i) => {
        assert.ok(Math.abs(height - (estimate[i] ?? Number.NaN)) < 1e-12)
      })
    }),
  )
})

test('an empty sample has neither density nor bandwidth', () => {
  assert.throws(() => density([], Float64Array.of(0), 1), { code: 'EMPTY_SAMPLE' })
  assert.throws(() => silvermanBandwidth([]), { code: 'EMPTY_SAMPLE' })
})
