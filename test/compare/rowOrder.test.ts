import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { compareRange } from '../../src/compare/compareRange.js'
import type { ScoreData } from '../../src/compare/types.js'
import { normal } from '../../src/random/normal.js'
import { permutation } from '../../src/random/permutation.js'

/** Whole numbers, so that most samples tie in one detector or in both; `order` says in which order the rows are. */
function tied(seed: number, order: (n: number, seed: number) => Uint32Array): ScoreData {
  const nEach = 20
  const scores = (d: number, shift: number) =>
    normal(nEach, { seed, stream: 2 * d + Number(shift > 0) }).map((x) => Math.round(x) + shift)
  const sets = [0, 1].map((set) => {
    const rows = order(nEach, seed + set)
    return [0, 1].map((d) => {
      const own = scores(d, set * (d + 1))
      return Float64Array.from(rows, (row) => own[row] ?? Number.NaN)
    })
  })
  const [validation = [], anomalous = []] = sets
  return { source: 'tied', detectors: ['b', 'c'], validation, anomalous }
}

const asTheyCome = (n: number) => Uint32Array.from({ length: n }, (_, i) => i)
const backwards = (n: number) => asTheyCome(n).reverse()
const shuffled = (n: number, seed: number) => permutation(n, { seed })

describe('tied scores in another order of rows have the same answer', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`data ${seed}`, async () => {
      const answer = async (order: typeof shuffled) => {
        const { elapsedSeconds, ...rest } = await compare(tied(seed, order))
        assert.ok(elapsedSeconds >= 0)
        return rest
      }
      const first = await answer(asTheyCome)
      assert.deepEqual(await answer(backwards), first)
      assert.deepEqual(await answer(shuffled), first)
    })
  }

  it('over a range of targets, where it is drawn', async () => {
    const answer = async (order: typeof shuffled) => {
      const { candidates } = await compareRange(tied(9, order), { fprRange: [0.05, 0.4] })
      return candidates.map(({ overall }) => [overall.interval, overall.pValue, overall.direction])
    }
    assert.deepEqual(await answer(backwards), await answer(asTheyCome))
  })
})
