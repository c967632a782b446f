import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scoreCurves } from '../../../src/report/study/densityChart.js'
import { study } from '../study/studyFixture.js'

test('curves run over all scores in increasing order with the threshold among the points', () => {
  const { baseline } = study.scores
  const { scale, scores, iThreshold, curves } = scoreCurves(baseline)
  assert.equal(scale, 'log')
  assert.ok(scores.every((score, i) => i === 0 || score > (scores[i - 1] ?? Number.NaN)))
  assert.ok(Math.abs((scores[iThreshold] ?? Number.NaN) / baseline.threshold - 1) < 1e-12)
  assert.ok((scores[0] ?? Number.NaN) < Math.min(...baseline.normal))
  assert.ok((scores.at(-1) ?? Number.NaN) > Math.max(...(baseline.classes[4] ?? [])))
  assert.equal(curves.length, 6)
})

test('every curve has its highest point at 1', () => {
  for (const { heights } of scoreCurves(study.scores.candidate).curves) {
    assert.equal(Math.max(...heights), 1)
    assert.ok(heights.every((height) => height >= 0))
  }
})

test('a score equal to the threshold is not flagged', () => {
  const { curves } = scoreCurves({ threshold: 2, normal: Float32Array.of(1, 2, 3, 4), classes: [Float32Array.of(2)] })
  assert.deepEqual(
    curves.map(({ flagged }) => flagged),
    [0.5, 0],
  )
})

test('negative scores are drawn on a linear scale', () => {
  const { scale, scores } = scoreCurves({
    threshold: 0.5,
    normal: Float32Array.of(-1, 0),
    classes: [Float32Array.of(1)],
  })
  assert.equal(scale, 'linear')
  assert.ok((scores[0] ?? 0) < -1 && (scores.at(-1) ?? 0) > 1)
})

test('zeros among positive scores are taken as the smallest positive score', () => {
  const { scale, scores } = scoreCurves({ threshold: 0.1, normal: Float32Array.of(0, 0.01, 0.2), classes: [] })
  assert.equal(scale, 'log')
  assert.ok((scores[0] ?? 0) > 0.001 && (scores[0] ?? 1) < 0.01)
})

test('scores without any spread still give finite curves', () => {
  for (const score of [0, 3]) {
    const same = Float32Array.of(score, score)
    const { curves, scores } = scoreCurves({ threshold: score, normal: same, classes: [same] })
    assert.ok(scores.every(Number.isFinite))
    assert.ok(curves.every(({ heights }) => heights.every(Number.isFinite) && Math.max(...heights) === 1))
  }
})
