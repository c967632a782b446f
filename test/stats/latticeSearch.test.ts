import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { independentLattice, latticeLaw, lawError, pairedLattice } from '../../src/stats/bias/latticeLaw.js'

const probabilities = (least: number) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-30, max: 1, noNaN: true })), {
      minLength: least,
      maxLength: 41,
    })
    .filter((weights) => weights.some((weight) => weight > 1e-3))
    .map((weights) => {
      const sum = weights.reduce((total, weight) => total + weight, 0)
      return Float64Array.from(weights, (weight) => weight / sum)
    })

/** The law's values and probabilities, one by one. */
function checkEnds(lattice: ReturnType<typeof pairedLattice>, moments: [number, number], p: number): void {
  const law = latticeLaw(lattice, { mean: moments[0], standardError: moments[1] })
  const counts = (share: number) => share > p
  const share = (probability: number) => Math.min(1, Math.max(0, probability) + lawError)
  const all = Array.from({ length: lattice.last - lattice.first + 1 }, (_, i) => lattice.first + i)
  const lowest = all.find((k) => counts(share(k === lattice.last ? 1 : lattice.atMost(k))))
  const highest = all.findLast((k) => counts(share(k === lattice.first ? 1 : lattice.atLeast(k))))
  assert.equal(law.lowest(counts), (lowest ?? Number.NaN) / lattice.steps + 0)
  assert.equal(law.highest(counts), (highest ?? Number.NaN) / lattice.steps + 0)
}

const level = fc.oneof(fc.double({ min: 2e-9, max: 0.999, noNaN: true }), fc.constantFrom(0.05, 0.5, 1e-8))
/** Where the search begins may be far off. */
const expected = fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.7, noNaN: true }))

test('quantiles of a lattice are those found by looking at every value, wherever the search begins', () => {
  fc.assert(
    fc.property(probabilities(3), expected, level, (law, moments, p) => {
      checkEnds(pairedLattice(law.length % 2 === 1 ? law : law.slice(1)), moments, p)
    }),
  )
  fc.assert(
    fc.property(probabilities(2), probabilities(2), expected, level, (first, second, moments, p) => {
      checkEnds(independentLattice(first, second), moments, p)
    }),
  )
})

test('a far value with hardly any probability takes few steps to find', () => {
  const law = new Float64Array(2_000_001)
  law[1_000_000] = 1 - 1e-6
  law[2_000_000] = 1e-6
  let asked = 0
  const found = latticeLaw(pairedLattice(law), { mean: 1e-6, standardError: 1e-3 }).highest((share) => {
    asked++
    return share > 5e-7
  })
  assert.equal(found, 1)
  assert.ok(asked < 60, `${asked} values were looked at`)
})
