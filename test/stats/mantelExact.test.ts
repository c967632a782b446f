import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mantelTest } from '../../src/stats/correlation/mantelTest.js'
import { permutationTest } from '../../src/stats/correlation/permutationTest.js'

/** A table without ties whose order has no pattern. */
const table = (n: number, step: number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_unused, j) => (1 + i * n + j) ** 2 % step))

test('Mantel’s test is exact for eight things, whatever cells and pairs count, and not for nine', () => {
  for (const pairs of ['all', 'row'] as const) {
    for (const diagonal of [true, false]) {
      const { exact, pValue } = mantelTest(table(8, 1009), table(8, 997), { pairs, diagonal })
      assert.ok(exact, `${pairs} ${diagonal}`)
      // A share of 8! permutations, the identity among them.
      assert.ok(Math.abs(pValue * 40_320 - Math.round(pValue * 40_320)) < 1e-6 && pValue >= 1 / 40_320)
    }
  }
  assert.equal(mantelTest(table(9, 1009), table(9, 997), { pairs: 'row' }).exact, false)
})

test('exact p-values are those of all permutations gone through one by one', () => {
  const [x, y] = [table(4, 101), table(4, 97)]
  const orders = permutations([0, 1, 2, 3])
  const cells = x.flatMap((_, i) => x.map((_unused, j) => [i, j] as const))
  const value = (t: number[][], i = 0, j = 0) => t[i]?.[j] ?? Number.NaN
  const score = (order: number[]) => {
    let sum = 0
    for (const [i, j] of cells) {
      for (const [k, l] of cells) {
        const dy = value(y, order[i], order[j]) - value(y, order[k], order[l])
        sum += Math.sign((value(x, i, j) - value(x, k, l)) * dy)
      }
    }
    return Math.abs(sum)
  }
  const observed = score([0, 1, 2, 3])
  const share = orders.filter((order) => score(order) >= observed).length / orders.length
  assert.equal(mantelTest(x, y, { diagonal: true }).pValue, share)
})

test('the permutations of many things are counted without a stack for each', () => {
  const options = { seed: 0, stream: 1, steps: 1 }
  assert.deepEqual(
    permutationTest(20_000, () => 0, options),
    { pValue: 1, exact: false },
  )
})

function permutations(items: number[]): number[][] {
  if (items.length < 2) return [items]
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}

test('Mantel’s test refuses what is no table by name', () => {
  for (const odd of [3, null, { length: 3 }, [[1, 2], 3], [[1, 2], Array(2)]]) {
    assert.throws(() => mantelTest(table(2, 7), odd as never), { code: 'WRONG_TYPE', message: /\by\b/ })
  }
})
