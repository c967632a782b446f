import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { depthOf } from '../../src/stats/bias/biasLaw.js'
import { stepDown } from '../../src/stats/bias/families.js'
import { lawError } from '../../src/stats/bias/latticeLaw.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import type { RelativeBias } from '../../src/stats/bias/types.js'
import { type Case, close, enumerated, lawsOf, rowsOf } from './allResamples.js'

/**
 * By the closed test: the largest, over the families that hold the set, of the chance that one of theirs is as deep as the
 * least p-value among them. Step-down minP is a shortcut of it.
 */
function byClosure(pValues: readonly number[], chance: (p: number, sets: readonly number[]) => number): number[] {
  const sets = pValues.map((_, k) => k)
  const families = Array.from({ length: 2 ** sets.length - 1 }, (_, i) => sets.filter((k) => ((i + 1) >> k) & 1))
  return sets.map((k) => {
    const ps = families
      .filter((family) => family.includes(k))
      .map((family) => {
        const least = Math.min(...family.map((j) => at(pValues, j)))
        return family.length === 1 ? least : Math.max(least, chance(least, family))
      })
    return Math.min(1, Math.max(...ps))
  })
}

const paired: Case = {
  pairs: [
    { normal: Float64Array.of(0, 3, 1), anomalous: Float64Array.of(2, 1, 0, 3, 1, 0, 4) },
    { normal: Float64Array.of(1, 2, 0), anomalous: Float64Array.of(4, 4, 1, 3, 0, 2, 4) },
  ],
  classes: [
    [0, 0, 1, 1, 2, 2, 2],
    [0, 0, 1, 1, 2, 2, 2],
  ],
  fpr: 0.4,
  design: 'paired',
}

const independent: Case = {
  pairs: [
    { normal: Float64Array.of(0, 3), anomalous: Float64Array.of(2, 1, 0, 3) },
    { normal: Float64Array.of(1, 2), anomalous: Float64Array.of(4, 4, 1, 0) },
  ],
  classes: [
    [0, 0, 1, 2],
    [0, 0, 1, 2],
  ],
  fpr: 0.6,
  design: 'independent',
}

describe('step-down p-values', () => {
  for (const one of [paired, independent]) {
    it(`are those of the closed test over all resamples, ${one.design}`, async () => {
      const exact = await lawsOf(one)
      const joint = [...enumerated(one, rowsOf(one)).values()].map(({ values, probability }) => ({
        depths: values.map((x, k) => depthOf(at(exact.laws, k + 1), x)),
        probability,
      }))
      const chance = (p: number, sets: readonly number[]) =>
        joint.reduce((sum, { depths, probability }) => {
          return sum + (sets.some((k) => at(depths, k) <= p) ? probability : 0)
        }, lawError)
      for (const xs of [
        [0, 0, 0],
        [1, 0.5, 0],
        [-1, 1, 1 / 3],
        [0.5, -1, 1],
      ]) {
        const pValues = xs.map((x, k) => depthOf(at(exact.laws, k + 1), x))
        const sets = pValues.map((pValue, k) => ({
          law: { of: exact, set: k + 1 },
          reading: { pValue, interval: () => assert.fail('no interval is asked for') },
        }))
        const expected = byClosure(pValues, chance)
        for (const [k, p] of (await stepDown(sets)).entries()) close(p, at(expected, k), 1e-11, `class ${k} at ${xs}`)
      }
    })
  }

  it('of draws are those of the closed test over the draws', async () => {
    const result = await answer({ engine: 'tree', intervalMethod: 'percentile', replicates: true, resamples: 999 })
    const columns = result.classes.map(({ replicates }) => replicates?.xi ?? assert.fail('they were asked for'))
    const depth = (column: Float64Array, x: number) => {
      const count = (holds: (y: number) => boolean) => column.filter(holds).length
      const tail = Math.min(
        count((y) => y <= x + 1e-9),
        count((y) => y >= x - 1e-9),
      )
      return Math.min(1, (2 * tail) / (column.length + 1))
    }
    const depths = columns.map((column) => Array.from(column, (x) => depth(column, x)))
    const chance = (p: number, sets: readonly number[]) => {
      const deep = Array.from(at(depths, 0), (_, b) => b).filter((b) => sets.some((k) => at(at(depths, k), b) <= p))
      return (deep.length + 1) / 1000
    }
    const pValues = result.classes.map(({ pValue }) => pValue)
    // The replaced classes would have draws of another law.
    assert.equal(result.warnings.filter((warning) => warning.includes('decide')).length, 0)
    const expected = byClosure(pValues, chance)
    for (const [k, { pStepDown }] of result.classes.entries())
      close(pStepDown ?? -1, at(expected, k), 1e-12, `class ${k}`)
  })

  it('lie between the p-value and the single-step one, which that of the smallest is', async () => {
    for (const intervalMethod of ['confidence', 'percentile'] as const) {
      const { classes } = await answer({ intervalMethod })
      const sorted = [...classes].sort((a, b) => a.pValue - b.pValue)
      let before = 0
      for (const { pValue, pAdjusted, pStepDown = -1 } of sorted) {
        assert.ok(
          pStepDown >= Math.max(before, pValue) && pStepDown <= pAdjusted,
          `${pValue} ${pStepDown} ${pAdjusted}`,
        )
        before = pStepDown
      }
      assert.equal(sorted[0]?.pStepDown, sorted[0]?.pAdjusted)
      assert.ok(sorted.some(({ pStepDown = 1, pAdjusted }) => pStepDown < pAdjusted - 1e-4))
    }
  })

  it('are given on request alone', async () => {
    const { classes } = await answer({ stepDown: false })
    assert.ok(classes.every((own) => !('pStepDown' in own)))
  })
})

/** Four classes of 150 anomalies, the candidate better on some. */
async function answer(options: Parameters<typeof relativeBias>[1]): Promise<RelativeBias> {
  let state = 11
  const uniform = () => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return (state + 0.5) / 2 ** 31
  }
  const scores = (n: number, shift: (i: number) => number) => {
    const both = Array.from({ length: n }, (_, i) => {
      const common = uniform()
      return [common + uniform(), common + uniform() + shift(i)] as const
    })
    return [Float64Array.from(both, ([a]) => a), Float64Array.from(both, ([, b]) => b)] as const
  }
  const normal = scores(400, () => 0)
  const anomalous = scores(600, (i) => 0.12 * (i % 4)).map((own) => own.map((x) => x + 0.6))
  const classes = Array.from({ length: 600 }, (_, i) => `class ${i % 4}`)
  const pair = (d: 0 | 1) => ({ normal: normal[d], anomalous: at(anomalous, d) })
  return relativeBias({ baseline: pair(0), candidate: pair(1) }, { classes, fpr: 0.1, stepDown: true, ...options })
}
