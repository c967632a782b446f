import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Split } from '../../src/data/splits/splits.js'
import { uniform } from '../../src/random/uniform.js'
import type { Divergence, RunTraining } from '../../src/study/core/types.js'
import { type StudyScores, studyStatistics } from '../../src/study/studyStatistics.js'

const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const nRuns = 4
/** 60 normal samples, then two classes of 20; scores of class k are k higher by halves. */
const scores = (detector: number) =>
  Array.from({ length: nRuns }, (_, run) =>
    Float32Array.from(
      uniform(100, { seed: 1, stream: detector, replicate: run }),
      (x, i) => x + (i < 60 ? 0 : 0.3 * detector),
    ),
  )
const split: Split = {
  trainNormal: rows(0, 0),
  trainAnomaly: rows(0, 0),
  validation: rows(0, 60),
  tests: [],
  seen: new Uint8Array(100),
}
const training = (divergences: Record<number, Divergence> = {}): RunTraining[] =>
  Array.from({ length: nRuns }, (_, run) => {
    const divergence = divergences[run]
    return { run, losses: Float64Array.of(1), pretrainLosses: new Float64Array(0), ...(divergence && { divergence }) }
  })
const study: StudyScores = {
  baseline: { title: 'AE', scores: scores(1), training: training() },
  candidate: { title: 'ABC', scores: scores(2), training: training() },
  splits: Array.from({ length: nRuns }, () => split),
  classes: [
    { name: 'a', l2: 0, rows: rows(60, 80) },
    { name: 'b', l2: 1, rows: rows(80, 100) },
  ],
  settings: {},
  fpr: 0.1,
  level: 0.95,
  resamples: 200,
  seed: 0,
  onProgress: () => {},
}
const lost: Divergence = { kind: 'not-finite', quantity: 'loss', phase: 'train', epoch: 9 }
const flat: Divergence = { kind: 'constant-scores', score: 0 }

describe('the statistics of a study', () => {
  it('leave a run out whole where one detector diverged: the result is that of the other runs', async () => {
    const pick = <T>(of: readonly T[]) => [of[0], of[3]].flatMap((one) => one ?? [])
    const only = (detector: StudyScores['baseline']) => ({
      ...detector,
      scores: pick(detector.scores),
      training: pick(training()),
    })
    const expected = await studyStatistics({
      ...study,
      baseline: only(study.baseline),
      candidate: only(study.candidate),
      splits: pick(study.splits),
    })
    // What a diverged run scored must not matter, whatever it is.
    const broken = study.baseline.scores.with(1, new Float32Array(100).fill(Number.NaN))
    const left = await studyStatistics({
      ...study,
      baseline: { ...study.baseline, scores: broken, training: training({ 1: lost }) },
      candidate: { ...study.candidate, training: training({ 1: lost, 2: flat }) },
    })
    assert.deepEqual(left.converged, [0, 3])
    assert.deepEqual(left.classes, expected.classes)
    assert.deepEqual(left.validation, expected.validation)
    assert.deepEqual(left.warnings, [
      '2 of 4 runs diverged and are left out of all figures, both detectors of each (numbered from 0; ' +
        'run 1: AE: the loss was no longer finite in epoch 9 of training, ' +
        'ABC: the loss was no longer finite in epoch 9 of training; run 2: ABC: all normal samples have the score 0)',
      '2 runs show little of how training varies. The intervals are therefore very wide. Use at least 3 runs. 5 or more ' +
        'give much shorter intervals',
    ])
    assert.notDeepEqual(left.classes, (await studyStatistics(study)).classes)
  })

  it('speak of a single run that diverged as one', async () => {
    const { warnings } = await studyStatistics({
      ...study,
      baseline: { ...study.baseline, training: training({ 1: lost }) },
    })
    assert.equal(
      warnings[0],
      '1 of 4 runs diverged and is left out of all figures, both detectors of it (numbered from 0; ' +
        'run 1: AE: the loss was no longer finite in epoch 9 of training)',
    )
  })

  it('show the first run that counts', async () => {
    const { firstRun } = await studyStatistics({
      ...study,
      baseline: { ...study.baseline, training: training({ 0: lost, 1: lost }) },
    })
    assert.equal(firstRun.run, 2)
    assert.deepEqual(firstRun.candidate.normal, study.candidate.scores[2]?.subarray(0, 60))
  })

  it('need one run, and name all that diverged where there is none', async () => {
    const three = { ...study.baseline, training: training({ 0: lost, 1: lost, 2: flat }) }
    const one = await studyStatistics({ ...study, baseline: three })
    assert.deepEqual(one.converged, [3])
    assert.equal(one.classes[0]?.rates.tprBaseline.sd, 0)
    assert.match(one.warnings.join(), /one run cannot show how training varies\. There is no arrow/)
    const candidate = { ...study.candidate, training: training({ 3: flat }) }
    await assert.rejects(studyStatistics({ ...study, baseline: three, candidate }), {
      code: 'DIVERGED',
      message:
        /^no run is left: a detector diverged in each of 4 \(run 0: AE: .*; run 1: AE: .*; run 2: AE: .*; run 3: ABC: .*\)/,
    })
  })

  it('decide nothing where the target tolerates no false alarm', async () => {
    const { tolerant, warnings } = await studyStatistics({ ...study, fpr: 0.01 })
    assert.equal(tolerant, false)
    assert.match(
      warnings.join(),
      /^60 normal samples are too few to set a threshold for fpr = 0\.01\..*Use at least 100 normal samples$/,
    )
    assert.deepEqual((await studyStatistics(study)).warnings, [])
    const trainNormal = Uint32Array.from({ length: 240 }, (_, i) => 1000 + i)
    const splits = study.splits.map((split) => ({ ...split, trainNormal }))
    assert.match(
      (await studyStatistics({ ...study, splits, fpr: 0.01 })).warnings.join(),
      /They are the fifth of 300 normal samples that training does not see\. Use at least 496$/,
    )
  })
})
