import assert from 'node:assert/strict'
import { test } from 'node:test'
import { convergenceRate } from '../../src/converge/summary.js'
import { normal } from '../../src/random/normal.js'
import { uniform } from '../../src/random/uniform.js'
import { meanSd } from '../../src/stats/meanSd.js'

const sizes = [100, 1000, 10_000]

test('finds the exponent of a power law exactly', () => {
  const shape = Float64Array.of(-3, -1, 0, 1, 3)
  for (const exponent of [-0.5, -1, 0.25]) {
    const runs = sizes.map((n) => shape.map((x) => 5 + 2 * x * n ** exponent))
    assert.ok(Math.abs((convergenceRate(sizes, runs)?.slope ?? Number.NaN) - exponent) < 1e-12)
  }
})

test('says how far it is off, whatever the law of the runs', () => {
  const laws = {
    normal: (replicate: number) => normal(300, { seed: 1, replicate }),
    uniform: (replicate: number) => uniform(300, { seed: 2, replicate }),
    twoValued: (replicate: number) => uniform(300, { seed: 3, replicate }).map((u) => (u < 0.1 ? 1 : 0)),
  }
  for (const [name, draw] of Object.entries(laws)) {
    const errors = Float64Array.from({ length: 500 }, (_, i) => {
      const rate = convergenceRate(
        sizes,
        sizes.map((n, j) => draw(3 * i + j).map((x) => x / Math.sqrt(n))),
      )
      return ((rate?.slope ?? Number.NaN) + 0.5) / (rate?.standardError ?? Number.NaN)
    })
    const { mean, sd } = meanSd(errors)
    // Standard errors of 1/√500 and, of the sd, 1/√1000.
    assert.ok(Math.abs(mean) < 0.18 && Math.abs(sd - 1) < 0.15, `${name}: ${mean} ± ${sd}`)
  }
})

test('there is no rate of one size, or where nothing varies', () => {
  assert.equal(convergenceRate([100], [Float64Array.of(1, 2)]), undefined)
  assert.equal(convergenceRate([100, 200], [Float64Array.of(1, 2), Float64Array.of(3, 3)]), undefined)
})

test('there is no rate where runs of a size differ by the rounding of their shares alone', () => {
  const runs = [Float64Array.of(0.3, 0.2, 0.4), Float64Array.of(0.8 - 0.5, 0.7 - 0.4, 0.6 - 0.3)]
  assert.equal(convergenceRate([100, 200], runs), undefined)
})
