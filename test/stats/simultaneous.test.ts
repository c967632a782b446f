import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { normalCdf, normalQuantile } from '../../src/special.js'
import { type Contrast, simultaneous } from '../../src/stats/bias/simultaneous.js'
import { bootstrapInterval } from '../../src/stats/bootstrap/bootstrapInterval.js'
import { normals } from './samples.js'

type Row = [number[], number[][], number, number, number, [number, number][], number[]]

const contrast = (estimate: number, replicates: Float64Array, n = 50): Contrast => ({ estimate, replicates, n })
const around = (estimate: number, sd: number, seed: number) => normals(999, seed).map((x) => estimate + sd * x)

test('simultaneous intervals and adjusted p-values agree with numpy', () => {
  const rows: Row[] = JSON.parse(readFileSync(new URL('../oracle/max_t.json', import.meta.url), 'utf8'))
  assert.equal(rows.length, 3)
  for (const [estimates, replicates, n, level, , bounds, adjusted] of rows) {
    const contrasts = estimates.map((estimate, k) => contrast(estimate, Float64Array.from(replicates[k] ?? []), n))
    for (const [k, { interval, pAdjusted, degenerate }] of simultaneous(contrasts, level).entries()) {
      assert.equal(degenerate, false)
      assert.ok(Math.abs(pAdjusted - (adjusted[k] ?? Number.NaN)) < 1e-12)
      interval.forEach((bound, i) => {
        assert.ok(Math.abs(bound - (bounds[k]?.[i] ?? Number.NaN)) < 1e-12)
      })
    }
  }
})

test('no interval is shorter than the normal one of its contrast alone, and a higher level holds a lower one', () => {
  const contrasts = [0.2, -0.1, 0.05].map((xi, k) => contrast(xi, around(xi, 0.08, k + 1)))
  const [low, high] = [simultaneous(contrasts, 0.8), simultaneous(contrasts, 0.95)]
  for (const [k, { estimate, replicates }] of contrasts.entries()) {
    const centred = replicates.map((x) => x - replicates.reduce((a, b) => a + b, 0) / 999 + estimate)
    const { interval } = bootstrapInterval(centred, estimate, { method: 'normal', level: 0.95 })
    const wide = high[k]?.interval ?? [0, 0]
    const narrow = low[k]?.interval ?? [0, 0]
    assert.ok(wide[0] <= interval[0] + 1e-12 && interval[1] - 1e-12 <= wide[1])
    assert.ok(wide[0] < narrow[0] && narrow[1] < wide[1])
  }
})

test('copies of one contrast need no more than it alone, and independent ones nearly as much as Bonferroni', () => {
  const replicates = around(0.3, 0.1, 5)
  const length = (contrasts: Contrast[]) => {
    const [first] = simultaneous(contrasts, 0.95)
    return (first?.interval[1] ?? 0) - (first?.interval[0] ?? 0)
  }
  const alone = length([contrast(0.3, replicates)])
  assert.equal(length(new Array(8).fill(contrast(0.3, replicates))), alone)
  const independent = Array.from({ length: 8 }, (_, k) => contrast(0.3, around(0.3, 0.1, k + 5)))
  const ratio = length(independent) / alone
  // Φ⁻¹(1 − 0.025/8) / Φ⁻¹(0.975) is 1.40.
  assert.ok(ratio > 1.25 && ratio < 1.45, `${ratio}`)
})

test('for independent contrasts the critical value is Šidák’s', () => {
  const contrasts = Array.from({ length: 8 }, (_, k) => contrast(0, normals(40_000, k + 1)))
  const [first] = simultaneous(
    contrasts.map((one) => ({ ...one, replicates: one.replicates.map((x) => x / 10) })),
    0.95,
  )
  assert.ok(first !== undefined)
  const sidak = normalQuantile((1 + 0.95 ** (1 / 8)) / 2)
  assert.ok(Math.abs(first.interval[1] / first.standardError - sidak) < 0.03)
})

test('step-down: what has been found does not count against the next, in p-values but not in intervals', () => {
  const [far, near] = [contrast(0.9, around(0.9, 0.1, 1)), contrast(0.2, around(0.2, 0.1, 2))]
  const [ofFar, ofNear] = simultaneous([far, near], 0.95)
  const [alone] = simultaneous([near], 0.95)
  assert.equal(ofFar?.pAdjusted, 0.001)
  assert.equal(ofNear?.pAdjusted, alone?.pAdjusted)
  assert.ok((ofNear?.interval[0] ?? 0) < (alone?.interval[0] ?? 0))
})

test('under the global null some interval misses, and some p-value rejects, in about 5 % of families', () => {
  // 400 families of four independent contrasts with ξ = 0 and normal replicates: 20 are expected, give or take 4.4.
  let missed = 0
  let rejected = 0
  for (let family = 0; family < 400; family++) {
    const estimates = Array.from(normals(4, 1000 + family), (x) => x / 10)
    const joint = simultaneous(
      estimates.map((xi, k) => contrast(xi, around(xi, 0.1, 5000 + 4 * family + k))),
      0.95,
    )
    if (joint.some(({ interval }) => interval[0] > 0 || interval[1] < 0)) missed++
    if (joint.some(({ pAdjusted }) => pAdjusted <= 0.05)) rejected++
  }
  assert.ok(missed >= 7 && missed <= 35, `${missed} of 400`)
  assert.ok(rejected >= 7 && rejected <= 35, `${rejected} of 400`)
})

test('adjusted p-values grow with the number of contrasts and fall with the statistic', () => {
  const strong = contrast(0.4, around(0.4, 0.1, 1))
  const weak = contrast(0.2, around(0.2, 0.1, 2))
  const none = contrast(0, around(0, 0.1, 3))
  const p = (contrasts: Contrast[]) => simultaneous(contrasts, 0.95).map(({ pAdjusted }) => pAdjusted)
  const [alone = 0] = p([weak])
  const [first = 0, second = 0, third = 0] = p([strong, weak, none])
  assert.ok(first <= second && second <= third)
  assert.ok(alone <= second)
  assert.equal(third, 1)
  assert.deepEqual(p([none, weak, strong]), [third, second, first])
})

test('contrasts whose replicates do not vary decide nothing by accident and leave the others alone', () => {
  const regular = contrast(0.3, around(0.3, 0.1, 4))
  const zero = contrast(0, new Float64Array(999), 30)
  const one = contrast(1 / 30, new Float64Array(999).fill(1 / 30), 30)
  const nearly = contrast(0.01, new Float64Array(999).fill(0.01).fill(0.011, 0, 5), 30)
  const answers = simultaneous([regular, zero, one, nearly], 0.95)
  assert.deepEqual(
    answers.map(({ degenerate }) => degenerate),
    [false, true, true, true],
  )
  assert.deepEqual(answers[0], simultaneous([regular], 0.95)[0])
  for (const { interval, pAdjusted, standardError } of answers.slice(1)) {
    assert.ok(interval[0] < 0 && interval[1] > 0)
    assert.equal(pAdjusted, 1)
    assert.ok(standardError >= 1 / 32)
  }
  // A difference that no sample contradicts is one all the same.
  const [clear] = simultaneous([contrast(1, new Float64Array(999).fill(1), 30)], 0.95)
  assert.ok((clear?.interval[0] ?? 0) > 0.8 && (clear?.pAdjusted ?? 1) < 1e-6)
})

test('without spread, Agresti and Min’s centre and variance, with Bonferroni’s factor', () => {
  const constant = (xi: number, n: number) => contrast(xi, new Float64Array(99).fill(xi), n)
  const [zero, up, down] = simultaneous([constant(0, 18), constant(1, 18), constant(-1, 18)], 0.95)
  assert.ok(zero !== undefined && up !== undefined && down !== undefined)
  const z = normalQuantile(1 - 0.05 / 6)
  assert.ok(Math.abs(zero.interval[1] - z / 20) < 1e-12)
  assert.equal(zero.pAdjusted, 1)
  // 18.5, 0.5, 0.5 and 0.5 of 20: centre 0.9 and variance (19/20 − 0.81)/20.
  const standardError = Math.sqrt(0.14 / 20)
  assert.ok(Math.abs(up.standardError - standardError) < 1e-15)
  assert.ok(Math.abs(up.interval[0] - (0.9 - z * standardError)) < 1e-12)
  assert.ok(Math.abs(up.pAdjusted - 6 * normalCdf(-0.9 / standardError)) < 1e-15)
  assert.deepEqual([down.interval, down.pAdjusted], [[-1, -up.interval[0]], up.pAdjusted])
  // One or two samples decide nothing, however many resamples repeat them.
  for (const n of [1, 2]) {
    const [few] = simultaneous([constant(1, n)], 0.95)
    assert.ok(few !== undefined && few.interval[0] < 0 && few.pAdjusted > 0.1)
  }
})

test('nothing for nothing, and errors that name the contrast', () => {
  assert.deepEqual(simultaneous([], 0.95), [])
  const good = contrast(0, around(0, 0.1, 1))
  const refuses = (second: Partial<Contrast>, code: string, message: RegExp, level = 0.95) =>
    assert.throws(() => simultaneous([good, { ...good, ...second }], level), { code, message })
  refuses({ estimate: 2 }, 'OUT_OF_RANGE', /contrasts\[1\]\.estimate.*got 2/)
  refuses({ estimate: Number.NaN }, 'OUT_OF_RANGE', /contrasts\[1\]\.estimate/)
  refuses({ n: 0 }, 'OUT_OF_RANGE', /contrasts\[1\]\.n/)
  refuses({ replicates: new Float64Array(3) }, 'LENGTH_MISMATCH', /contrasts\[1\]\.replicates has length 3/)
  const nan = good.replicates.map((x, b) => (b === 7 ? Number.NaN : x))
  refuses({ replicates: nan }, 'NOT_A_NUMBER', /contrasts\[1\]\.replicates\[7\]/)
  refuses({ replicates: [0] as unknown as Float64Array }, 'WRONG_TYPE', /contrasts\[1\]\.replicates/)
  refuses({}, 'OUT_OF_RANGE', /level/, 1)
  assert.throws(() => simultaneous([contrast(0, new Float64Array(0))], 0.9), { code: 'EMPTY_SAMPLE' })
})
