import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonText } from '../../../src/report/jsonText.js'
import { similaritySentence } from '../../../src/report/study/similarityText.js'
import { studyJson } from '../../../src/report/study/studyJson.js'
import { studyText } from '../../../src/report/study/studyText.js'
import type { Similarity } from '../../../src/study/core/similarityTrend.js'
import type { RunTraining } from '../../../src/study/core/types.js'
import { divergedStudy, study } from './studyFixture.js'

const expected = `\
Deep SAD against Deep SVDD on statlog (mlp 36-32-16-8): normal very damp grey soil (1,206 to train on), labelled anomalies damp grey soil (120), 5 runs
┌────────────────────┬───────┬──────────┬───────────────┬──────────────┬───────┬────────────────┬────────────────┬────────────┬───┐
│ anomalies          │     n │ distance │ TPR Deep SVDD │ TPR Deep SAD │     ξ │  95 % interval │   simultaneous │ adjusted p │   │
├────────────────────┼───────┼──────────┼───────────────┼──────────────┼───────┼────────────────┼────────────────┼────────────┼───┤
│ damp grey soil     │   506 │     0.00 │   0.15 ± 0.03 │  0.81 ± 0.02 │ +0.66 │ [+0.59, +0.71] │ [+0.55, +0.75] │     0.0011 │ ↑ │
│ red soil           │ 1,533 │     4.39 │   0.74 ± 0.17 │  0.89 ± 0.06 │ +0.15 │ [−0.03, +0.33] │ [−0.17, +0.46] │     0.3500 │ · │
│ grey soil          │ 1,358 │     4.42 │   0.68 ± 0.10 │  0.91 ± 0.02 │ +0.23 │ [+0.11, +0.35] │ [+0.02, +0.44] │     0.0310 │ ↑ │
│ vegetation stubble │   707 │     5.44 │   0.45 ± 0.09 │  0.25 ± 0.06 │ −0.20 │ [−0.30, −0.08] │ [−0.36, −0.01] │     0.0420 │ ↓ │
│ cotton crop        │   703 │    11.46 │   0.95 ± 0.07 │  0.67 ± 0.23 │ −0.28 │ [−0.50, −0.06] │ [−0.55, −0.02] │     0.0120 │ ↓ │
└────────────────────┴───────┴──────────┴───────────────┴──────────────┴───────┴────────────────┴────────────────┴────────────┴───┘
ξ = TPR Deep SAD − TPR Deep SVDD at FPR 5 %; ± is the sd over runs; simultaneous intervals hold for all classes at once with 95 %; ↑ ↓ where they exclude 0.
Distances are from damp grey soil: Euclidean distances between class means of the features as trained on.
${study.intervalCovers}
ξ tends to fall with the distance to damp grey soil, but 5 classes are too few to be sure of it: Kendall’s τ −0.80 (p 0.083) over 5 classes, −0.67 (p 0.33) over the 4 not labelled.
Thresholds from 1,508 samples of very damp grey soil; FPR there: Deep SVDD 0.0497, Deep SAD 0.0497.
Warning: few samples.
Computed on CPU.
Data: ${study.attribution}.`

test('the text is a table without colour codes, with what the intervals cover, warnings and the source', () => {
  assert.equal(studyText({ ...study, warnings: ['few samples'] }), expected)
})

test('the text names the device, and why it was taken where auto chose it', () => {
  assert.match(studyText({ ...study, device: 'webgpu' }), /\nComputed on WebGPU\.\n/)
  assert.match(studyText({ ...study, deviceReason: 'it is there' }), /\nComputed on CPU \(auto: it is there\)\.\n/)
})

/** A study of three runs with a patience, whose validation losses were lowest after such epochs; `undefined` where the run diverged. */
function stopped(baseline: readonly (number | null | undefined)[], candidate: readonly (number | null | undefined)[]) {
  const runs = (epochs: typeof baseline): RunTraining[] =>
    epochs.map((epoch, run) => ({
      ...{ run, losses: Float64Array.of(1), pretrainLosses: new Float64Array(0) },
      validation: { losses: [null], bestEpoch: epoch ?? null, n: 3 },
      ...(epoch === undefined && { divergence: { kind: 'constant-scores', score: 1 } }),
    }))
  const training = { ...study.training, nHeldOut: 3, baseline: runs(baseline), candidate: runs(candidate) }
  const told = (patience?: number) =>
    studyText({
      ...study,
      training,
      settings: { ...study.settings, validationShare: 0.1, ...(patience && { patience }) },
    })
  return (patience?: number) => /Lowest validation loss: (.*)\.\n/.exec(told(patience))?.[1]
}

test('the lowest validation losses are those of runs that count, and the weights are said to be of epochs that there are', () => {
  const both = stopped([3, 4, undefined], [undefined, 7, 9])
  assert.equal(
    both(2),
    'Deep SVDD after epoch 4, Deep SAD after epoch 7; the weights are those of that epoch (patience 2)',
  )
  assert.equal(both(), 'Deep SVDD after epoch 4, Deep SAD after epoch 7; the weights are those of the last epoch')
  assert.equal(
    stopped([1, 2, 4], [null, 5, null])(2),
    'Deep SVDD after epochs 1 to 4, Deep SAD after epoch 5 (never finite in 2 of 3 trainings); the weights are those of that epoch (patience 2), ' +
      'or of the last one where no loss was finite',
  )
  assert.equal(
    stopped([null, null, 1], [null, null, undefined])(2),
    'Deep SVDD never finite, Deep SAD never finite; the weights are those of the last epoch',
  )
})

test('the text says how many runs count where some diverged', () => {
  assert.match(studyText(divergedStudy), /labelled anomalies damp grey soil \(120\), 3 of 5 runs\n/)
  assert.match(studyText(divergedStudy), /\nWarning: 2 of 5 runs diverged\.\n/)
})

test('the JSON has the losses of every run, rounded, and why it diverged', () => {
  const { training } = studyJson(divergedStudy)
  assert.deepEqual(training.converged, [0, 2, 4])
  assert.equal(training.baseline.length, 5)
  for (const [i, loss] of (training.baseline[2]?.losses ?? []).entries()) {
    const exact = study.training.baseline[2]?.losses[i] ?? Number.NaN
    assert.ok(Math.abs(loss / exact - 1) <= 5e-5)
  }
  assert.deepEqual(
    training.candidate.map(({ losses, pretrainLosses, divergence }) => [
      losses.length,
      pretrainLosses.length,
      divergence,
    ]),
    [
      [200, 100, undefined],
      [40, 100, { kind: 'not-finite', quantity: 'loss', phase: 'train', epoch: 41 }],
      [200, 100, undefined],
      [0, 30, { kind: 'not-finite', quantity: 'loss', phase: 'pretrain', epoch: 31 }],
      [200, 100, undefined],
    ],
  )
})

test('JSON text has each list of numbers on one line, and reads as what it was made of', () => {
  const tricky = { list: [1, -2.5e-7, 3], none: [], text: '[\n 1,\n 2\n]', nested: [[1, 2], ['a']], mixed: [1, null] }
  const text = jsonText(tricky)
  assert.deepEqual(JSON.parse(text), tricky)
  assert.ok(text.includes('"list": [1, -2.5e-7, 3]') && text.includes('[1, 2]'))
  const page = jsonText(studyJson(study))
  assert.deepEqual(JSON.parse(page), studyJson(study))
  assert.ok(page.split('\n').length < 300)
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
    pValue: 0.0002,
    simultaneous: [0.55, 0.75],
    pAdjusted: 0.0011,
    direction: 'up',
  })
  assert.ok(!('scores' in json))
})

test('the sentence on similarity says what is clear, and of which classes', () => {
  const trend = (tau: number, pValue: number) => ({ n: 9, tau, pValue, exact: true, uncertainty: null })
  const of = (all: Similarity['all'], unlabelled: Similarity['unlabelled']) =>
    similaritySentence({ ...study, similarity: { all, unlabelled } })
  assert.match(
    of(trend(-0.8, 0.0009), trend(-0.7, 0.012)),
    /^ξ falls with the distance to damp grey soil, also among .*: Kendall’s τ −0.80 \(p < 0.001\) over 9/,
  )
  assert.match(of(trend(0.8, 0.01), trend(0.3, 0.4)), /^ξ rises with .*, but not clearly so among classes/)
  // What all classes do not show clearly, those not labelled are not asked: one verdict has one chance.
  assert.match(of(trend(-0.3, 0.2), trend(-0.6, 0.05)), /^ξ neither clearly falls nor clearly rises/)
  assert.match(of(trend(-0.6, 0.06), trend(-0.9, 0.001)), /^ξ tends to fall with .*, but 9 classes are too few/)
  const once = { ...study, training: { ...study.training, converged: [0] } }
  const all = trend(-0.8, 0.0009)
  assert.match(similaritySentence({ ...once, similarity: { all, unlabelled: null } }), /^In this one run, ξ falls with/)
  assert.match(
    of(trend(-0.2, 0.5), null),
    /^ξ neither clearly falls nor clearly rises .*: Kendall’s τ −0.20 \(p 0.5\) over 9 classes\.$/,
  )
  const unsure = { ...trend(-0.8, 0.001), uncertainty: { below: 0.96, above: 0.03 } }
  assert.match(of(unsure, unsure), /^ξ tends to fall with .*, but ξ is too uncertain to be sure of it: Kendall/)
  assert.match(of(null, null), /the same for all classes/)
  const few = { ...study, classes: study.classes.slice(0, 3), similarity: { all: null, unlabelled: null } }
  assert.equal(similaritySentence(few), '3 classes are too few to tell whether ξ goes with distance.')
})
