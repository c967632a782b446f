import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Contrast, simultaneous } from '../../src/stats/bias/simultaneous.js'
import { bootstrapInterval } from '../../src/stats/bootstrap/bootstrapInterval.js'
import { normals } from './samples.js'

const around = (estimate: number, sd: number, seed: number, n = 999): Contrast => ({
  replicates: normals(n, seed).map((x) => estimate + sd * x),
})
const lengthOf = ([first]: ReturnType<typeof simultaneous>) => (first?.interval[1] ?? 0) - (first?.interval[0] ?? 0)

test('simultaneous intervals and adjusted p-values are those that numpy finds by trying every level', () => {
  type Row = [number[][], number, [number | null, number | null][], number[]]
  const rows: Row[] = JSON.parse(readFileSync(new URL('../oracle/joint.json', import.meta.url), 'utf8'))
  assert.equal(rows.length, 4)
  for (const [columns, level, bounds, adjusted] of rows) {
    const contrasts = columns.map((replicates) => ({ replicates: Float64Array.from(replicates) }))
    for (const [k, { interval, pAdjusted }] of simultaneous(contrasts, level).entries()) {
      assert.ok(Math.abs(pAdjusted - (adjusted[k] ?? Number.NaN)) < 1e-12)
      for (const [i, end] of [-1, 1].entries()) {
        assert.ok(Math.abs((interval[i] ?? 0) - (bounds[k]?.[i] ?? end)) < 1e-12, `${interval} for ${bounds[k]}`)
      }
    }
  }
})

test('a family of one is its contrast alone', () => {
  const one = around(0.2, 0.1, 1)
  const alone = bootstrapInterval(one.replicates, 0.2, { method: 'percentile', level: 0.95 })
  assert.deepEqual(simultaneous([one], 0.95), [{ interval: alone.interval, pAdjusted: alone.pValue }])
})

test('copies of one contrast cost nothing, and independent ones nearly as much as Bonferroni', () => {
  const one = around(0.3, 0.1, 5, 9999)
  const alone = lengthOf(simultaneous([one], 0.95))
  assert.ok(lengthOf(simultaneous(new Array(8).fill(one), 0.95)) < 1.01 * alone)
  const independent = Array.from({ length: 8 }, (_, k) => around(0.3, 0.1, k + 5, 9999))
  const ratio = lengthOf(simultaneous(independent, 0.95)) / alone
  // Φ⁻¹(1 − 0.025/8) / Φ⁻¹(0.975) is 1.40.
  assert.ok(ratio > 1.3 && ratio < 1.46, `${ratio}`)
})

test('under the global null some interval misses in about 5 % of families', () => {
  // 400 families of four independent contrasts with ξ = 0: 20 are expected, give or take 4.4.
  let missed = 0
  for (let family = 0; family < 400; family++) {
    const estimates = normals(4, 1000 + family).map((x) => x / 10)
    const contrasts = Array.from(estimates, (estimate, k) => around(estimate, 0.1, 4 * family + k + 1))
    const joint = simultaneous(contrasts, 0.95)
    const some = joint.some(({ interval }) => interval[0] > 0 || interval[1] < 0)
    assert.equal(
      some,
      joint.some(({ pAdjusted }) => pAdjusted <= 0.05),
    )
    if (some) missed++
  }
  assert.ok(missed > 8 && missed < 36, `${missed}`)
})

test('too few replicates for the family leave its intervals open', () => {
  const contrasts = Array.from({ length: 30 }, (_, k) => around(0.5, 0.01, k + 1, 99))
  for (const { interval, pAdjusted } of simultaneous(contrasts, 0.95)) {
    assert.deepEqual(interval, [-1, 1])
    assert.ok(pAdjusted > 0.05)
  }
})

test('no contrasts give no answers, and errors name the contrast', () => {
  assert.deepEqual(simultaneous([], 0.95), [])
  const good = around(0, 0.1, 1)
  const refuses = (replicates: unknown, code: string, message: RegExp, level = 0.95) =>
    assert.throws(() => simultaneous([good, { replicates } as Contrast], level), { code, message })
  refuses(new Float64Array(3), 'LENGTH_MISMATCH', /contrasts\[1\]\.replicates has length 3/)
  refuses([1, 2], 'WRONG_TYPE', /contrasts\[1\]\.replicates must be a Float64Array/)
  refuses(good.replicates.with(5, Number.NaN), 'NOT_A_NUMBER', /contrasts\[1\]\.replicates\[5\]/)
  refuses(good.replicates, 'OUT_OF_RANGE', /level/, 1)
  refuses(
    good.replicates.with(7, 1.5),
    'OUT_OF_RANGE',
    /replicates\[7\] is 1\.5\. A difference of recalls lies in \[-1, 1\]/,
  )
  assert.throws(() => simultaneous([{ replicates: new Float64Array(0) }], 0.9), { code: 'EMPTY_SAMPLE' })
})
