import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Progress } from '../../src/progress.js'
import type { StudyResult } from '../../src/study/core/types.js'
import { type RunStudyOptions, runStudy } from '../../src/study/runStudy.js'

const quick = {
  dataset: 'statlog',
  runs: 2,
  settings: { epochs: 2, pretrainEpochs: 1 },
  resamples: 200,
  device: 'cpu',
} as const

/** What must not depend on the machine. */
function answers({ elapsedSeconds: _, workers: __, ...rest }: StudyResult): unknown {
  return rest
}

describe('a study', () => {
  it('gives the same answer with one worker and with two, and another with another seed', async () => {
    const one = await runStudy({ ...quick, workers: 1 })
    assert.deepEqual(answers(await runStudy({ ...quick, workers: 2 })), answers(one))
    assert.notDeepEqual((await runStudy({ ...quick, seed: 1 })).classes, one.classes)
  })

  it('answers for every class but the normal one, nearest to the labelled anomalies first', async () => {
    const { classes, normal, anomaly, training, validation, detectors, scores, l2Normal } = await runStudy(quick)
    assert.equal(normal, 'very damp grey soil')
    assert.equal(anomaly, 'damp grey soil')
    assert.deepEqual(detectors, { baseline: 'deep-svdd', candidate: 'deep-sad' })
    const { nNormal, nAnomaly, converged, ...trained } = training
    assert.deepEqual([nNormal, nAnomaly, converged], [1206, 120, [0, 1]])
    for (const run of [...trained.baseline, ...trained.candidate]) {
      assert.deepEqual([run.losses.length, run.pretrainLosses.length, run.divergence], [2, 1, undefined])
      assert.ok(Number(run.losses[1]) < Number(run.losses[0]))
    }
    assert.equal(validation.n, 1508)
    // 75 of 1,508 are the most that a target of 5 % tolerates.
    assert.equal(validation.fprBaseline.mean, 75 / 1508)
    assert.equal(l2Normal.toFixed(2), '3.63')
    assert.deepEqual(
      classes.map(({ name, n, l2 }) => [name, n, l2.toFixed(2)]),
      [
        ['damp grey soil', 506, '0.00'],
        ['red soil', 1533, '4.39'],
        ['grey soil', 1358, '4.42'],
        ['vegetation stubble', 707, '5.44'],
        ['cotton crop', 703, '11.46'],
      ],
    )
    for (const { xi, interval, simultaneous, tprBaseline, tprCandidate, direction } of classes) {
      assert.ok(Math.abs(xi - (tprCandidate.mean - tprBaseline.mean)) < 1e-12)
      assert.ok(interval[0] <= xi && xi <= interval[1])
      assert.ok(simultaneous[0] <= interval[0] && interval[1] <= simultaneous[1])
      assert.equal(direction, simultaneous[0] > 0 ? 'up' : simultaneous[1] < 0 ? 'down' : 'none')
    }
    // The first run's scores, counted again by hand.
    const { threshold, normal: normals, classes: byClass } = scores.candidate
    assert.equal(normals.filter((score) => score > threshold).length, 75)
    assert.deepEqual(
      byClass.map((tested) => tested.length),
      classes.map(({ n }) => n),
    )
  })

  it('reports progress through training and resampling', async () => {
    const seen: Progress[] = []
    await runStudy({ ...quick, onProgress: (progress) => seen.push(progress) })
    assert.deepEqual([...new Set(seen.map(({ phase }) => phase))], ['training Deep SVDD and Deep SAD', 'resampling'])
    const training = seen.filter(({ phase }) => phase !== 'resampling')
    const total = 2 * (10 * (1 + 2) + 11 * (1 + 2))
    assert.deepEqual(training.at(-1), { phase: 'training Deep SVDD and Deep SAD', done: total, total })
    assert.ok(training.every(({ done }, i) => done >= (training[i - 1]?.done ?? 0)))
  })

  it('stops when its signal fires, and the main thread answers timers until then', async () => {
    const controller = new AbortController()
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    const onProgress = ({ done }: Progress) => {
      if (done > 0) controller.abort('enough')
    }
    const study = runStudy({ ...quick, settings: { epochs: 10_000 }, signal: controller.signal, onProgress })
    await assert.rejects(study, { code: 'ABORTED', cause: 'enough' })
    clearInterval(timer)
    assert.ok(ticks > 0)
  })

  it('says what its intervals cover, and warns of a setting that decides the result', async () => {
    const many = await runStudy({ ...quick, baseline: 'ae', candidate: 'sae' })
    assert.match(many.intervalCovers, /cover both the choice of .* and training .* over 2 runs/)
    assert.match(many.warnings.join(), /sigmoid decoder .* decides what AE and SAE detect/)
    const one = await runStudy({ ...quick, runs: 1, decoder: 'identity', baseline: 'ae', candidate: 'sae' })
    assert.match(one.intervalCovers, /do not cover training, which one run cannot show/)
    assert.match(one.warnings.join(), /^one run cannot show how training varies\./)
  })

  const refused: readonly [Partial<RunStudyOptions>, string, RegExp][] = [
    [{ dataset: 'satlog' }, 'UNKNOWN_NAME', /unknown data set 'satlog' \(did you mean 'statlog'\?\)/],
    [{ normal: 'blue soil' }, 'UNKNOWN_CLASS', /unknown normal class 'blue soil'.*known: .*red soil/],
    [{ anomaly: 'grey sol' }, 'UNKNOWN_CLASS', /did you mean 'grey soil'/],
    [{ normal: 'red soil', anomaly: 'red soil' }, 'OUT_OF_RANGE', /different classes/],
    [
      { baseline: 'deep-svd' },
      'UNKNOWN_NAME',
      /unknown detector 'deep-svd' \(did you mean 'deep-svdd'\?\).*known: deep-svdd, deep-sad, hsc, ae, sae, abc/,
    ],
    [{ candidate: 'deep-svdd' }, 'OUT_OF_RANGE', /must be different detectors/],
    [{ runs: 0 }, 'OUT_OF_RANGE', /runs must be an integer from 1 to 10000, got 0/],
    [{ fpr: 1 }, 'OUT_OF_RANGE', /fpr must lie strictly between 0 and 1, got 1/],
    [{ settings: { epochs: 1.5 } }, 'OUT_OF_RANGE', /epochs must be an integer/],
  ]
  for (const [options, code, message] of refused) {
    it(`refuses ${JSON.stringify(options)} before it trains`, async () => {
      const phases: string[] = []
      const study = runStudy({ ...quick, ...options, onProgress: ({ phase }) => phases.push(phase) })
      await assert.rejects(study, { code, message })
      assert.deepEqual(phases, [])
    })
  }
})
