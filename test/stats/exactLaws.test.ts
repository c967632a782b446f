import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { type Bounds, depthOf, unbounded } from '../../src/stats/bias/biasLaw.js'
import { closedFamilies, closedLevel } from '../../src/stats/bias/closedLevel.js'
import type { ExactLaws } from '../../src/stats/bias/exactLaws.js'
import { lawError } from '../../src/stats/bias/latticeLaw.js'
import { type Case, close, enumerated, lawsOf, rowsOf, type Table } from './allResamples.js'

/** A few integers as scores, tied more often than not. */
function* smallCases(): Generator<Case> {
  let state = 7
  const below = (n: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * n)
  }
  const scores = (n: number) => Float64Array.from({ length: n }, () => below(4))
  for (let i = 0; i < 24; i++) {
    const design = i % 3 === 2 ? 'independent' : 'paired'
    const sizes = design === 'paired' ? [2 + below(3), 2 + below(3)] : [2 + below(2), 2 + below(2)]
    const [n0, first] = [at(sizes, 0), [0, 1, ...Array.from({ length: below(3) }, () => below(2))]]
    const second = design === 'paired' ? first : [1, 0, ...Array.from({ length: below(2) }, () => below(2))]
    const normals = design === 'paired' ? [n0, n0] : sizes
    const fpr = below(at(normals, 0)) / at(normals, 0) + 0.1
    yield {
      pairs: [
        { normal: scores(at(normals, 0)), anomalous: scores(first.length) },
        { normal: scores(at(normals, 1)), anomalous: scores(second.length) },
      ],
      classes: [first, second],
      fpr,
      design,
    }
  }
}

describe('the laws in closed form, against all resamples', () => {
  for (const [i, one] of [...smallCases()].entries()) {
    it(`case ${i}, ${one.design}`, async () => {
      const exact = await lawsOf(one)
      const everything = one.classes.map((own) => own.map((_, row) => row))
      const alone = enumerated(one, [everything])
      const joint = enumerated(one, rowsOf(one))
      const tables = [[...alone.values()].map(({ values, probability }) => ({ x: at(values, 0), probability }))]
      for (const k of [0, 1]) {
        tables.push([...joint.values()].map(({ values, probability }) => ({ x: at(values, k), probability })))
      }
      for (const [set, table] of tables.entries()) {
        const law = at(exact.laws, set)
        const chance = (holds: (x: number) => boolean) =>
          table.reduce((sum, { x, probability }) => sum + (holds(x) ? probability : 0), 0)
        for (const { x } of table) {
          close(law.atMost(x), Math.min(1, chance((y) => y <= x + 1e-9) + lawError), 2e-12, `P(ξ*_${set} ≤ ${x})`)
          close(law.atLeast(x), Math.min(1, chance((y) => y >= x - 1e-9) + lawError), 2e-12, `P(ξ*_${set} ≥ ${x})`)
        }
        const mean = table.reduce((sum, { x, probability }) => sum + probability * x, 0)
        const variance = table.reduce((sum, { x, probability }) => sum + probability * (x - mean) ** 2, 0)
        close(law.mean, mean, 1e-12, 'mean')
        close(law.standardError ** 2, variance, 1e-12, 'variance')
      }
      const values = [1, 2].map((set) => [...new Set(at(tables, set).map(({ x }) => x))])
      for (const low of at(values, 0)) {
        for (const high of at(values, 1)) {
          const bounds: Bounds[] = [unbounded, [low, 1], [Number.NEGATIVE_INFINITY, high]]
          const inside = [...joint.values()].reduce(
            (sum, { values: [x = 0, y = 0], probability }) =>
              sum + (x >= low - 1e-9 && y <= high + 1e-9 ? probability : 0),
            0,
          )
          const [outside = 0] = await exact.outside([bounds])
          close(outside, Math.min(1, 1 - inside + lawError), 3e-12, `outside ${low}, ${high}`)
        }
      }
      await levelsAgree(exact, joint)
    })
  }
})

/** The family's level and its adjusted p-values, from the joint law counted out. */
async function levelsAgree(exact: ExactLaws, joint: Table): Promise<void> {
  const sets = [1, 2].map((set) => ({ of: exact, set }))
  const depths = [...joint.values()].map(({ values, probability }) => ({
    depth: Math.min(...values.map((x, k) => depthOf(at(exact.laws, k + 1), x))),
    probability,
  }))
  const chance = (p: number) => depths.reduce((sum, one) => sum + (one.depth <= p ? one.probability : 0), 0)
  for (const alpha of [0.05, 0.2, 0.6]) {
    const pValues = [0, 0.25, -1].map((x) => depthOf(at(exact.laws, 1), x))
    const { gamma, adjusted } = await closedLevel(closedFamilies(sets), pValues, { alpha, shares: 1 })
    for (const p of pValues) {
      close(adjusted(p), p >= 1 ? 1 : Math.min(1, Math.max(p, chance(p) + lawError)), 1e-11, `adjusted ${p}`)
      assert.equal(adjusted(p) <= alpha, p <= gamma, `${p} at level ${gamma}`)
    }
    assert.ok(chance(gamma) <= alpha, `all hold at ${gamma}`)
    const next = Math.min(...depths.map(({ depth }) => depth).filter((depth) => depth > gamma))
    assert.ok(
      gamma === alpha || chance(next) + lawError > alpha - 1e-11,
      `and not at ${next}, the depth after ${gamma}`,
    )
  }
}
