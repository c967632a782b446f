import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cellsOf, countFrom, cut, floorOf, mergedCells, mostCells, noCells } from '../../../src/scores/scoreCells.js'

const score = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 1 + 2 ** -52, 5e-324, -5e-324, 1 / 0, -1 / 0),
)

test('cells of few different scores are those scores, with their numbers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(score, { maxLength: 60 }), async (scores) => {
      const { bits, values, counts } = await cellsOf(Float64Array.from(scores))
      const expected = [...new Set(scores.map((x) => x + 0))].sort((a, b) => a - b)
      assert.equal(bits, 0)
      assert.deepEqual(
        Array.from(values, (x) => x + 0),
        expected,
      )
      assert.deepEqual(
        [...counts],
        expected.map((x) => scores.filter((y) => y === x).length),
      )
    }),
  )
})

/** More different scores than cells, of several magnitudes and both signs, some of them equal. */
function manyScores(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const x = (i * 0.618033988749895) % 1
    return i % 5 === 0 ? 1 : (i % 2 === 0 ? 1 : -1) * Math.exp(30 * (x - 0.9))
  })
}

test('cells do not depend on how scores are put together, and are the fewest bits short', async () => {
  const scores = manyScores(300_000)
  const whole = await cellsOf(scores)
  assert.ok(whole.values.length <= mostCells && whole.values.length > mostCells / 4, `${whole.values.length}`)
  assert.ok(whole.bits > 0)
  // One bit more would be too many.
  assert.ok(new Set(cut(scores, whole.bits - 1)).size > mostCells)
  for (const pieces of [
    [0, 100_000, 300_000],
    [0, 50, 120_000, 290_000, 300_000],
  ]) {
    let merged = noCells
    for (const [i, end] of pieces.slice(1).entries()) {
      merged = mergedCells(await cellsOf(scores.subarray(pieces[i], end)), merged)
    }
    assert.deepEqual(merged, whole)
  }
})

test('what is counted from a score on is no less than there is, and a floor leaves enough above', async () => {
  const scores = manyScores(200_000)
  const cells = await cellsOf(scores)
  const sorted = scores.slice().sort()
  for (const rank of [1, 17, 5000, 70_000, 110_000, 199_999, 200_000]) {
    const floor = floorOf(cells, rank)
    const above = sorted.filter((x) => x >= floor).length
    assert.ok(above >= rank, `${above} of ${rank}`)
    assert.ok(countFrom(cells, floor) >= above)
  }
  assert.equal(floorOf(cells, 200_001), Number.NEGATIVE_INFINITY)
})
