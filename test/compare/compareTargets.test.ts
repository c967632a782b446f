import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { compareTargets } from '../../src/compare/compareTargets.js'
import { ScoringBiasError } from '../../src/errors.js'
import { compareCsv } from '../../src/report/compare/compareCsv.js'
import { compareJson } from '../../src/report/compare/compareJson.js'
import { compareText } from '../../src/report/compare/compareText.js'
import { relativeBiasCurve } from '../../src/stats/bias/relativeBiasCurve.js'
import { complaints } from '../report/publishedSchemas.js'
import { scorePair } from '../stats/samples.js'

const { baseline, candidate } = scorePair(800, 240)
const data = {
  source: 'test',
  detectors: ['old', 'new', 'again'],
  validation: [baseline.normal, candidate.normal, baseline.normal],
  anomalous: [baseline.anomalous, candidate.anomalous, baseline.anomalous],
}
const classes = Array.from(baseline.anomalous, (_, i) => `k${i % 3}`)
const fprs = [0.01, 0.05, 0.2]

test('at each target the estimates and thresholds are those of compare, and intervals are simultaneous over targets', async () => {
  const options = { intervalMethod: 'percentile', engine: 'direct', resamples: 999 } as const
  const { targets } = await compareTargets({ ...data, classes }, { ...options, fprs })
  for (const [f, fpr] of fprs.entries()) {
    const { fprs: all, ...found } = targets[f] ?? assert.fail()
    const alone = await compare({ ...data, classes }, { ...options, fpr })
    assert.deepEqual(all, fprs)
    assert.deepEqual(found.baseline, alone.baseline)
    for (const [i, { candidate, classes: own, overall }] of found.candidates.entries()) {
      const other = alone.candidates[i] ?? assert.fail()
      assert.deepEqual(candidate, other.candidate)
      for (const [k, one] of [overall, ...own].entries()) {
        const that = [other.overall, ...other.classes][k] ?? assert.fail()
        assert.deepEqual([one.xi, one.n, one.tprBaseline], [that.xi, that.n, that.tprBaseline])
        // Of each target for itself the same, but for the chance of draws where few samples decide; together no narrower.
        for (const side of [0, 1] as const) {
          const outwards = side === 0 ? -1 : 1
          assert.ok(Math.abs(one.interval[side] - that.interval[side]) < 0.03, `${one.interval}, ${that.interval}`)
          assert.ok(outwards * (one.simultaneous[side] - that.simultaneous[side]) > -0.03)
        }
        assert.ok(one.pAdjusted >= that.pAdjusted - 0.02)
      }
    }
  }
})

test('all anomalies of one candidate are the points of a curve, bit for bit', async () => {
  const pair = {
    ...data,
    detectors: ['old', 'new'],
    validation: data.validation.slice(0, 2),
    anomalous: data.anomalous.slice(0, 2),
  }
  const { targets } = await compareTargets(pair, { fprs, resamples: 999, seed: 4 })
  const { points } = await relativeBiasCurve({ baseline, candidate }, { fprs, resamples: 999, seed: 4 })
  for (const [f, point] of points.entries()) {
    const { overall } = targets[f]?.candidates[0] ?? assert.fail()
    assert.deepEqual(
      [overall.xi, overall.interval, overall.simultaneous, overall.pAdjusted, overall.direction],
      [point.xi, point.interval, point.simultaneous, point.pAdjusted, point.direction],
    )
  }
})

test('one target is compare', async () => {
  const { elapsedSeconds: _, ...one } = (await compareTargets(data, { fprs: [0.05] })).targets[0] ?? assert.fail()
  const { elapsedSeconds: __, ...alone } = await compare(data, { fpr: 0.05 })
  assert.deepEqual(one, alone)
})

test('verdicts are on all targets at once', async () => {
  const { targets, verdict } = await compareTargets({ ...data, classes }, { fprs, margin: 0.2, resamples: 999 })
  assert.deepEqual(
    targets.map((one) => one.verdict),
    ['pass', 'pass', 'pass'],
  )
  assert.equal(verdict, 'pass')
  const [alone, among] = [
    await compare({ ...data, classes }, { fpr: 0.05, margin: 0.2, engine: 'tree', resamples: 999 }),
    targets[1],
  ]
  const limit = (one: typeof among) => one?.candidates[0]?.classes[0]?.gate?.limits[0] ?? assert.fail()
  assert.ok(limit(among) < limit(alone) + 0.02)
})

test('text and CSV hold all targets', async () => {
  const found = await compareTargets(data, { fprs, resamples: 499 })
  const text = compareText(found)
  assert.match(text, /^At FPR 1 %:\n/)
  assert.match(text, /hold for all candidates and targets at once \(Bonferroni over candidates\) with 95 %/)
  const [head, ...rows] = compareCsv(found).split('\n')
  assert.match(head ?? '', /^fpr,baseline,candidate,class,/)
  assert.deepEqual(
    rows.map((row) => row.split(',')[0]),
    ['0.01', '0.01', '0.05', '0.05', '0.2', '0.2'],
  )
})

test('plain data of several targets follow their schema, of one that of a comparison', async () => {
  const found = await compareTargets(data, { fprs, resamples: 499, margin: 0.2 })
  const json = JSON.parse(JSON.stringify(compareJson(found)))
  assert.equal(complaints(json), '')
  assert.deepEqual([json.schema, json.verdict], ['compare-targets-1', found.verdict])
  assert.deepEqual(
    json.targets.map(({ schema, fpr }: { schema: string; fpr: number }) => [schema, fpr]),
    fprs.map((fpr) => ['compare-1', fpr]),
  )
  const { targets } = await compareTargets(data, { fprs: [0.05] })
  const [one = assert.fail()] = targets
  assert.deepEqual(compareJson({ targets }), compareJson(one))
  assert.equal(compareText({ targets }), compareText(one))
  assert.equal(compareCsv({ targets }), compareCsv(one))
})

for (const [given, message] of [
  [[0.05, 0.01], /^fprs\[1\] is 0\.01, after 0\.05\. Give each target once, the smallest first$/],
  [[0.01, 0.01], /^fprs\[1\] is 0\.01 again\./],
  [[0.1, 1], /fprs/],
  [[0], /fprs/],
  [[Number.NaN, 0.1], /fprs/],
  [[], /^fprs is empty/],
] as const) {
  test(`targets ${given.join()} are refused`, () =>
    assert.rejects(
      compareTargets(data, { fprs: given }),
      (error) => error instanceof ScoringBiasError && message.test(error.message),
    ))
}
