import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at } from '../../src/check.js'
import { compareRange } from '../../src/compare/compareRange.js'
import { ScoringBiasError } from '../../src/errors.js'
import { rangeCsv } from '../../src/report/compare/rangeCsv.js'
import { rangeJson } from '../../src/report/compare/rangeJson.js'
import { rangeMarkdown } from '../../src/report/compare/rangeMarkdown.js'
import { rangeText } from '../../src/report/compare/rangeText.js'
import { relativeBiasOverRange } from '../../src/stats/bias/relativeBiasOverRange.js'
import { scorePair } from '../stats/samples.js'

const { baseline, candidate } = scorePair(800, 240)
const classes = Array.from(baseline.anomalous, (_, i) => `k${i % 3}`)
const data = {
  source: 'test',
  detectors: ['old', 'new', 'again'],
  validation: [baseline.normal, candidate.normal, baseline.normal],
  anomalous: [baseline.anomalous, candidate.anomalous, baseline.anomalous],
  classes,
}
const pair = {
  ...data,
  detectors: ['old', 'new'],
  validation: data.validation.slice(0, 2),
  anomalous: data.anomalous.slice(0, 2),
}
const options = { fprRange: [0.01, 0.1], resamples: 999, margin: 0.1 } as const

test('one candidate has the answer of relativeBiasOverRange, bit for bit', async () => {
  const { candidates, verdict } = await compareRange(pair, options)
  const { classes: own, ...whole } = await relativeBiasOverRange({ baseline, candidate }, { ...options, classes })
  const [one = assert.fail()] = candidates
  assert.equal(verdict, whole.verdict)
  assert.deepEqual([one.overall.xi, one.overall.interval, one.overall.gate], [whole.xi, whole.interval, whole.gate])
  assert.deepEqual(
    one.classes.map(({ enough: _, ...rest }) => rest),
    own,
  )
})

test('several candidates share alpha by Bonferroni, and samples in groups are joint', async () => {
  const { candidates, multiplicity, verdict } = await compareRange(data, options)
  const alone = await compareRange(pair, options)
  assert.equal(multiplicity, 'bonferroni')
  const [wide = assert.fail(), narrow = assert.fail()] = [candidates[0]?.overall, alone.candidates[0]?.overall]
  assert.deepEqual(wide.interval, narrow.interval)
  assert.ok(wide.simultaneous[0] < narrow.simultaneous[0] && wide.simultaneous[1] > narrow.simultaneous[1])
  assert.equal(candidates[1]?.overall.xi, 0)
  assert.equal(verdict, 'pass')
  assert.equal(candidates[1]?.overall.enough, Number.POSITIVE_INFINITY)
  const labels = (n: number) => Array.from({ length: n }, (_, i) => `g${i % 40}`)
  const grouped = await compareRange({ ...data, groups: { normal: labels(800), anomalous: labels(240) } }, options)
  assert.equal(grouped.multiplicity, 'joint')
  assert.deepEqual(grouped.nGroups, { all: 40, normal: 40, anomalous: 40 })
})

test('text, CSV, JSON and Markdown say the range, how the mean is taken, and the verdict', async () => {
  const found = await compareRange(pair, { ...options, over: 'fpr' })
  assert.match(rangeText(found), /FPR from 1 % to 10 %\. The mean is over the FPR: the difference of partial areas/)
  assert.match(rangeText(found), /Verdict on new: pass\./)
  assert.match(rangeText(await compareRange(pair, options)), /over the logarithm of the FPR/)
  const rows = rangeCsv(found).trim().split('\n')
  assert.equal(rows.length, 5)
  assert.match(rows[1] ?? '', /^0\.01,0\.1,fpr,old,new,k0,80,/)
  assert.match(rows[0] ?? '', /,margin,lower_limit,upper_limit,verdict$/)
  const json = JSON.parse(JSON.stringify(rangeJson(found)))
  assert.deepEqual(
    [json.fprRange, json.over, json.verdict, json.candidates[0].verdict],
    [[0.01, 0.1], 'fpr', 'pass', 'pass'],
  )
  assert.deepEqual([json.baseline.name, json.candidates[0].classes[2].gate.margin], ['old', 0.1])
  assert.match(rangeMarkdown(found), /### <code>new<\/code> against <code>old<\/code>/)
  assert.match(rangeMarkdown(found), /\*\*Verdict on new: pass\.\*\*/)
})

test('recalls that are equal but for rounding have a ξ of 0', async () => {
  const normal = Float64Array.from({ length: 90 }, (_, i) => i)
  const anomalous = Float64Array.from({ length: 23 }, (_, i) => 60 + 1.7 * i)
  for (let turn = 1; turn < 23; turn++) {
    const turned = anomalous.map((_, i) => at(anomalous, (i + turn) % 23))
    const scores = {
      source: 'turned',
      detectors: ['old', 'new'],
      validation: [normal, normal],
      anomalous: [anomalous, turned],
    }
    const { candidates } = await compareRange(scores, { fprRange: [0.1, 0.3], resamples: 10 })
    assert.equal(at(candidates, 0).overall.xi, 0)
  }
})

test('trainings and normal test samples: refused, and said', async () => {
  const trainings = { baseline: 'a', candidate: 'b', nBaseline: 1 }
  await assert.rejects(
    () => compareRange({ ...data, trainings }, options),
    (error) => error instanceof ScoringBiasError && error.code === 'OUT_OF_RANGE' && /compareSeeds/.test(error.message),
  )
  const { warnings } = await compareRange({ ...pair, test: [Float64Array.of(1, 2), Float64Array.of(1, 2)] }, options)
  assert.match(warnings.join(), /2 normal test samples are not used/)
  const reversed = { ...pair, anomalous: [baseline.anomalous, candidate.anomalous.map((x) => x - 6)] }
  assert.match((await compareRange(reversed, options)).warnings.join(), /--negate new/)
})
