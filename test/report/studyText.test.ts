import assert from 'node:assert/strict'
import { test } from 'node:test'
import { studyJson } from '../../src/report/studyJson.js'
import { studyText } from '../../src/report/studyText.js'
import { study } from './studyFixture.js'

const expected = `\
Deep SAD against Deep SVDD on statlog: normal very damp grey soil (1206 to train on), labelled anomalies damp grey soil (120), 5 runs
┌────────────────────┬──────┬───────┬───────────────┬──────────────┬───────┬────────────────┬───┐
│ anomalies          │    n │    L² │ TPR Deep SVDD │ TPR Deep SAD │     ξ │  95 % interval │   │
├────────────────────┼──────┼───────┼───────────────┼──────────────┼───────┼────────────────┼───┤
│ damp grey soil     │  506 │  0.00 │   0.15 ± 0.03 │  0.81 ± 0.02 │ +0.66 │ [+0.59, +0.71] │ ↑ │
│ red soil           │ 1533 │  4.39 │   0.74 ± 0.17 │  0.89 ± 0.06 │ +0.15 │ [−0.03, +0.33] │ · │
│ grey soil          │ 1358 │  4.42 │   0.68 ± 0.10 │  0.91 ± 0.02 │ +0.23 │ [+0.11, +0.35] │ ↑ │
│ vegetation stubble │  707 │  5.44 │   0.45 ± 0.09 │  0.25 ± 0.06 │ −0.20 │ [−0.30, −0.08] │ ↓ │
│ cotton crop        │  703 │ 11.46 │   0.95 ± 0.07 │  0.67 ± 0.23 │ −0.28 │ [−0.50, −0.06] │ ↓ │
└────────────────────┴──────┴───────┴───────────────┴──────────────┴───────┴────────────────┴───┘
ξ = TPR Deep SAD − TPR Deep SVDD at FPR 5 %; ± is the sd over runs; ↑ ↓ where the interval excludes 0, class by class.
${study.intervalCovers}
Thresholds from 1508 samples of very damp grey soil; FPR there: Deep SVDD 0.0497, Deep SAD 0.0497.
Warning: few samples
Data: ${study.attribution}.`

test('the text is a table without colour codes, with what the intervals cover, warnings and the source', () => {
  assert.equal(studyText({ ...study, warnings: ['few samples'] }), expected)
})

test('the JSON has the documented fields and survives a round trip', () => {
  const json = JSON.parse(JSON.stringify(studyJson(study)))
  assert.deepEqual(json, studyJson(study))
  for (const key of ['dataset', 'normal', 'anomaly', 'runs', 'fpr']) assert.ok(key in json, key)
  assert.deepEqual(json.detectors, { baseline: 'deep-svdd', candidate: 'deep-sad' })
  assert.deepEqual(json.classes[0], {
    name: 'damp grey soil',
    n: 506,
    l2: 0,
    tprBaseline: { mean: 0.154, sd: 0.031 },
    tprCandidate: { mean: 0.809, sd: 0.019 },
    xi: 0.655,
    interval: [0.591, 0.706],
    direction: 'up',
  })
  assert.ok(!('scores' in json))
})
