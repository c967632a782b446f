import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { permutation } from '../../src/random/permutation.js'
import { uniform } from '../../src/random/uniform.js'
import { kendallTau, kendallTest } from '../../src/stats/correlation/kendallTest.js'
import { mantelTest } from '../../src/stats/correlation/mantelTest.js'

type Vector = [number[], number[], number, number]
type Table = [number[][], number[][], boolean, 'all' | 'row', number, number]

const { vectors, many, tables }: { vectors: Vector[]; many: Vector[]; tables: Table[] } = JSON.parse(
  readFileSync(new URL('../oracle/kendall.json', import.meta.url), 'utf8'),
)
const near = (value: number, expected: number) => Math.abs(value - expected) < 1e-12

test('tau-b and its exact p-value are those of scipy, ties or not', () => {
  assert.equal(vectors.length, 8)
  for (const [x, y, tau, p] of vectors) {
    const ours = kendallTest(x, y)
    assert.ok(near(ours.tau, tau) && near(ours.pValue, p) && ours.exact, `${x} ${y}: ${ours.tau} ${ours.pValue}`)
  }
})

test("Mantel's test of square tables is that of scipy over all permutations, over all pairs and within rows", () => {
  assert.equal(tables.length, 16)
  for (const [x, y, diagonal, pairs, tau, p] of tables) {
    const ours = mantelTest(x, y, { diagonal, pairs })
    assert.ok(near(ours.tau, tau) && near(ours.pValue, p) && ours.exact, `${diagonal} ${pairs}: ${tau} ${ours.tau}`)
  }
})

test('beyond nine values permutations are drawn, and the p-value is near the exact one of scipy', () => {
  assert.equal(many.length, 3)
  for (const [x, y, tau, p] of many) {
    const ours = kendallTest(x, y, { seed: 1 })
    assert.ok(near(ours.tau, tau) && !ours.exact)
    assert.ok(Math.abs(ours.pValue - p) < 5 * Math.sqrt(p / 9999) + 1e-4, `${ours.pValue}, not ${p}`)
    assert.deepEqual(kendallTest(x, y, { seed: 1 }), ours)
    assert.notEqual(kendallTest(x, y, { seed: 2 }).pValue, ours.pValue)
  }
})

test('where there is nothing, p-values below 0.1 come no more often than they should', () => {
  const level = 0.1
  const trials = 400
  let low = 0
  for (let seed = 0; seed < trials; seed++) {
    const [x, y] = [uniform(6, { seed, stream: 1 }), uniform(6, { seed, stream: 2 })]
    low += Number(kendallTest(x, y).pValue <= level)
  }
  // 400 trials of at most 0.1: more than 64 would be four standard deviations away.
  assert.ok(low > 10 && low < 64, `${low}`)
})

test('tau keeps through monotone transformations, changes sign with y, and is the same in any order', () => {
  const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 })
  const pairs = fc.array(fc.tuple(number, number), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(pairs, fc.nat(1e6), (values, seed) => {
      const [x, y] = [values.map(([a]) => a), values.map(([, b]) => b)]
      const tau = kendallTau(x, y)
      const order = Array.from(permutation(values.length, { seed }))
      const at = (of: readonly number[]) => order.map((i) => of[i] ?? Number.NaN)
      assert.deepEqual(kendallTau(at(x), at(y)), tau)
      assert.deepEqual(
        kendallTau(
          x.map((value) => 4 * value),
          y,
        ),
        tau,
      )
      assert.ok(Object.is(kendallTau(y, x), tau))
      assert.ok(
        Number.isNaN(tau) ||
          kendallTau(
            x,
            y.map((value) => -value),
          ) +
            tau ===
            0,
      )
      assert.ok(Number.isNaN(tau) || Math.abs(tau) <= 1)
    }),
  )
})

test('constant values have no tau, and nothing speaks against them', () => {
  assert.deepEqual(kendallTest([1, 2, 3, 4], [5, 5, 5, 5]), { tau: Number.NaN, pValue: 1, exact: true })
  assert.equal(kendallTau([-0, 0], [1, 2]), Number.NaN)
})

test('what cannot be ranked is refused', () => {
  assert.throws(() => kendallTest([], []), { code: 'EMPTY_SAMPLE', message: 'x is empty' })
  assert.throws(() => kendallTest([1, 2], [1]), { code: 'LENGTH_MISMATCH' })
  assert.throws(() => kendallTest([1, 2], [1, Number.NaN]), { code: 'NOT_A_NUMBER', message: 'y[1] is NaN' })
  const [square, wide] = [
    [
      [0, 1],
      [1, 0],
    ],
    [[0, 1], [1]],
  ]
  assert.throws(() => mantelTest(square, wide), {
    code: 'LENGTH_MISMATCH',
    message: /y must have 2 rows .* row 1 has 1/,
  })
  assert.throws(() => mantelTest(square, [[0, 1]]), { code: 'LENGTH_MISMATCH', message: /it has 1 rows/ })
})
