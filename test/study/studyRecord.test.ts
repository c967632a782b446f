import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStudy, studyId, studyRecord } from '../../src/study/store/studyRecord.js'
import { divergedStudy, study } from '../report/study/studyFixture.js'

test('a record gives the result back, to the bit', () => {
  const normal = Float32Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY, -0, 1e-45)
  const scores = { ...study.scores, baseline: { ...study.scores.baseline, normal: normal.subarray(1) } }
  for (const result of [study, divergedStudy, { ...study, scores }]) {
    assert.deepEqual(parseStudy(studyRecord(result)), result)
  }
})

test('an id stands for the answer, not for how long it took', () => {
  assert.equal(studyId({ ...study, elapsedSeconds: 1, workers: 7, processor: 'other' }), studyId(study))
  assert.notEqual(studyId(study), studyId(divergedStudy))
  assert.notEqual(studyId({ ...study, seed: 1 }), studyId(study))
  assert.match(studyId(study), /^[\da-f]{64}$/)
})

test('a record from before trends and all settings were recorded gets them', () => {
  const { similarity: _, data: __, processor: ___, settings, ...rest } = study
  const { network, decoder, optimiser, learningRate, milestones, batchSize, weightDecay, pretrainWeightDecay, eta } =
    settings
  const old = {
    ...rest,
    settings: {
      network,
      decoder,
      optimiser,
      learningRate,
      milestones,
      batchSize,
      weightDecay,
      pretrainWeightDecay,
      eta,
    },
  }
  const { similarity, ...read } = parseStudy(JSON.stringify({ ...old, scores: study.scores, training: study.training }))
  assert.deepEqual(read.settings, settings)
  assert.deepEqual([read.data, read.processor], [undefined, undefined])
  assert.deepEqual(similarity.all, { n: 5, tau: -0.8, pValue: 1 / 12, exact: true, uncertainty: null })
})

test('a record whose intervals held class by class has no arrow, and a warning', () => {
  const classes = study.classes.map(({ simultaneous: _, pValue: __, pAdjusted: ___, ...one }) => one)
  const uncertainty = { below: 1, above: 0, range: [-1, -0.6] }
  const similarity = { ...study.similarity, all: { ...study.similarity.all, uncertainty } }
  const read = parseStudy(studyRecord(Object.assign({ ...study }, { classes, similarity })))
  for (const { interval, simultaneous, pValue, pAdjusted, direction } of read.classes) {
    assert.deepEqual([interval, simultaneous, pValue, pAdjusted, direction], [[-1, 1], [-1, 1], 1, 1, 'none'])
  }
  assert.deepEqual(read.similarity.all?.uncertainty, { below: 1, above: 0 })
  assert.match(read.warnings.join(), /Run the study again with the same store/)
})
