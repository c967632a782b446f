import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { decodeUnitResult, encodeUnitResult } from '../../src/cluster/unitResultBytes.js'
import { detector } from '../../src/detectors/detectors.js'
import { EarlyStopping } from '../../src/detectors/earlyStopping.js'
import { publishedSettings, requireSettings } from '../../src/detectors/settings.js'
import { train } from '../../src/detectors/train.js'
import { scoreRows, type TrainOptions, trainReplicas } from '../../src/detectors/trainReplicas.js'
import { dividedNormals } from '../../src/detectors/validationLoss.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniform } from '../../src/random/uniform.js'
import { lossCurves } from '../../src/report/study/lossChart.js'
import { Pool } from '../../src/runtime/pool.js'
import { runStudy } from '../../src/study/runStudy.js'
import { cli } from '../cli/commandLine.js'

const nSamples = 90
const features = Float32Array.from(uniform(nSamples * 5, { seed: 7, stream: 1, low: -1 }), (x, i) =>
  i < 350 ? x : x + 2,
)
const samples = { features, nSamples, sample: [5] }
const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const runs = [0, 1, 2].map((run) => ({ run, normal: rows(0, 50), anomalous: rows(70 + run, 80 + run) }))
const base = { ...publishedSettings, epochs: 40, pretrainEpochs: 2, batchSize: 16, learningRate: 0.05, milestones: [] }
const asked = { ...base, validationShare: 0.2, patience: 3 }

/** Whether an element of a flat array [R, n] is one of replica r. */
const of =
  (r: number, nReplicas: number, { length }: Float32Array) =>
  (_: number, i: number) =>
    Math.floor((i * nReplicas) / length) === r

describe('a validation loss', () => {
  const pool = new Pool({ workers: 2, device: 'cpu' })
  after(() => pool.close())
  const trained = (name: string, options: Partial<TrainOptions> = {}) =>
    pool.run('test', async (worker) => {
      const objective = detector(name)
      const all = {
        network: mlp(5),
        decoder: 'identity',
        settings: asked,
        pool: samples,
        runs,
        seed: 3,
        objective,
        ...options,
      } as const
      const done = await trainReplicas(worker, all)
      return { ...done, scores: await scoreRows(worker, done, samples, rows(0, nSamples)) }
    })

  for (const name of ['ae', 'deep-sad', 'prenet']) {
    it(`${name}: each replica stops by itself, with the weights of its lowest loss, as though it had trained alone`, async () => {
      const together = await trained(name)
      const records = together.validation ?? assert.fail('has no validation losses')
      for (const [r, { losses, bestEpoch, n }] of records.entries()) {
        assert.equal(n, 10)
        const finite = losses.map((loss) => loss ?? Number.NaN)
        const best = bestEpoch ?? assert.fail('no loss was finite')
        assert.equal(best, 1 + finite.indexOf(Math.min(...finite)))
        assert.ok(losses.length === best + 3 || losses.length === 40, `${losses.length} epochs, best ${best}`)
        const own = together.losses.filter((_, i) => i % 3 === r)
        assert.equal(own.filter((loss) => !Number.isNaN(loss)).length, losses.length)

        const alone = await trained(name, { runs: [at(runs, r)] })
        assert.deepEqual(alone.validation, [records[r]])
        assert.deepEqual(alone.scores[0], together.scores[r])
        // As long as its best epoch, with as many samples held out, it trains to the same weights.
        const { patience: _, ...same } = asked
        const short = await trained(name, { runs: [at(runs, r)], settings: { ...same, epochs: best } })
        assert.deepEqual(short.scores[0], together.scores[r])
      }
      assert.ok(new Set(records.map(({ losses }) => losses.length)).size > 1, 'they stop at different epochs')
    })
  }

  it('that is never finite stops no training, and neither it nor one that diverges depends on the replicas beside it', async () => {
    const farOut = features.slice()
    farOut[4 * 5] = 3e22
    const own = { ...samples, features: farOut }
    // Row 4 is held out in some runs, trained on in others, and in no way part of the last.
    const mixed = [0, 1, 2, 3, 4].map((run) => ({ run, normal: rows(0, 50), anomalous: rows(70, 80) }))
    const all = [...mixed, { run: 5, normal: rows(5, 55), anomalous: rows(70, 80) }]
    for (const name of ['ae', 'deep-sad']) {
      const together = await trained(name, { pool: own, runs: all })
      const records = together.validation ?? assert.fail('has no validation losses')
      const kinds = all.map((run, r) => {
        if (!dividedNormals(run, asked, 3).held.includes(4)) return together.divergences[r] ? 'diverged' : 'measured'
        return 'never finite'
      })
      assert.deepEqual([...new Set(kinds)].sort(), ['diverged', 'measured', 'never finite'])
      for (const [r, run] of all.entries()) {
        const alone = await trained(name, { pool: own, runs: [run] })
        assert.deepEqual(alone.validation, [records[r]])
        assert.deepEqual(alone.divergences, [together.divergences[r]])
        if (kinds[r] === 'diverged') assert.deepEqual(records[r], { losses: [], bestEpoch: null, n: 10 })
        else assert.deepEqual(alone.parameters, together.parameters.filter(of(r, all.length, together.parameters)))
        if (kinds[r] !== 'never finite') continue
        assert.deepEqual(records[r], { losses: Array(40).fill(null), bestEpoch: null, n: 10 })
        const { patience: _, ...endless } = asked
        assert.deepEqual((await trained(name, { pool: own, runs: [run], settings: endless })).scores, alone.scores)
      }
    }
  })

  it('is the mean loss of the held-out normal samples, which training does not see', async () => {
    const { patience: _, ...settings } = { ...asked, epochs: 5 }
    const { scores, validation } = await trained('ae', { settings })
    for (const [r, run] of runs.entries()) {
      const { normal, held } = dividedNormals(run, settings, 3)
      assert.deepEqual([held.length, [...normal, ...held].sort((a, b) => a - b)], [10, [...run.normal]])
      // An autoencoder's loss is its score.
      const mean = held.reduce((sum, row) => sum + (scores[r]?.[row] ?? Number.NaN), 0) / held.length
      assert.ok(Math.abs((validation?.[r]?.losses.at(-1) ?? Number.NaN) - mean) < 1e-5 * mean)
    }
    // Without held-out samples a training on the others gives the same.
    const { validationShare: __, ...plain } = settings
    const bare = await trained('ae', {
      settings: plain,
      runs: runs.map((run) => ({ ...run, ...dividedNormals(run, settings, 3) })),
    })
    assert.deepEqual(bare.scores, scores)
    assert.equal(bare.validation, undefined)
  })

  it('tells of all steps, those that are not taken too', async () => {
    const seen: number[] = []
    await trained('ae', { onProgress: (done, total) => seen.push(done / total) })
    assert.equal(seen.at(-1), 1)
  })
})

describe('stopping early', () => {
  it('ignores losses that are not finite, and takes the first of equal ones', async () => {
    const given = [
      [5, Number.NaN],
      [3, Number.NaN],
      [3, Number.POSITIVE_INFINITY],
      [4, 1],
      [1, 2],
      [1, 2],
    ]
    let epoch = 0
    const stopping = new EarlyStopping({ losses: async () => at(given, epoch), patience: 2 }, 2)
    const stopped: boolean[][] = []
    for (; epoch < given.length; epoch++) {
      await stopping.record(
        { parameters: Float32Array.of(epoch, 10 + epoch), statistics: new Float32Array(0) },
        epoch + 1,
        [undefined, undefined],
      )
      stopped.push([stopping.isStopped(0), stopping.isStopped(1)])
    }
    assert.deepEqual(stopped, [
      [false, false],
      [false, false],
      [false, false],
      [true, false],
      [true, false],
      [true, true],
    ])
    const last = { parameters: Float32Array.of(99, 98), statistics: new Float32Array(0) }
    assert.deepEqual([...stopping.chosen(last).parameters], [1, 13])
    assert.deepEqual(stopping.records(7), [
      { losses: [5, 3, 3, 4], bestEpoch: 2, n: 7 },
      { losses: [null, null, null, 1, 2, 2], bestEpoch: 4, n: 7 },
    ])
  })

  it('keeps the last weights of a replica without a finite loss, and nothing of one that has diverged', async () => {
    const stopping = new EarlyStopping({ losses: async () => [Number.NaN, 1], patience: 1 }, 2)
    const weights = { parameters: Float32Array.of(7, 8), statistics: new Float32Array(0) }
    const diverged = { kind: 'not-finite', quantity: 'centre' } as const
    for (const epoch of [1, 2, 3]) await stopping.record(weights, epoch, [undefined, diverged])
    assert.deepEqual([stopping.isStopped(0), stopping.isStopped(1)], [false, false])
    assert.deepEqual([...stopping.chosen({ ...weights, parameters: Float32Array.of(9, 9) }).parameters], [9, 9])
    assert.deepEqual(stopping.records(7), [
      { losses: [null, null, null], bestEpoch: null, n: 7 },
      { losses: [], bestEpoch: null, n: 7 },
    ])
  })

  it('needs samples that measure it, and some that train', () => {
    const { validationShare: _, ...without } = asked
    const message =
      /^patience is 3, and no sample measures the validation loss\. Hold some out: .*--validation-share 0\.1\)$/
    assert.throws(() => requireSettings(without), { code: 'OUT_OF_RANGE', message })
    assert.throws(() => requireSettings({ ...asked, validationShare: 1 }), { code: 'OUT_OF_RANGE' })
    assert.throws(() => requireSettings({ ...asked, patience: 0 }), { code: 'OUT_OF_RANGE' })
    assert.throws(() => dividedNormals({ run: 4, normal: rows(0, 3) }, { ...asked, validationShare: 0.9 }, 0), {
      code: 'EMPTY_SAMPLE',
      message:
        /^run 4 has 3 normal samples\. A validationShare of 0\.9 leaves none to train on\. Take a smaller share$/,
    })
  })
})

describe('a validation loss in commands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'early-'))
  after(() => rmSync(folder, { recursive: true }))
  const flags = [
    '--validation-share',
    '0.1',
    '--patience',
    '2',
    '--epochs',
    '30',
    '--learning-rate',
    '0.01',
    '--device',
    'cpu',
    '--quiet',
  ]
  const share = ['--share', '0.1']

  it('train draws it beside the training loss, and says which epoch it keeps', async () => {
    const { code, stdout, stderr } = await cli(
      'train',
      'statlog',
      ...share,
      '--detector',
      'ae',
      '-o',
      join(folder, 'd.onnx'),
      ...flags,
    )
    assert.equal(code, 0, stderr)
    assert.match(
      stdout,
      /\nValidation loss of 12 normal samples held out: first [\d.]+; lowest [\d.]+ after epoch \d+; the weights are those of epoch \d+\.\n {2}training {3}[▁-█]+\n {2}validation [▁-█]+\n/,
    )
  })

  it('train and study warn of one that is never finite, and train all epochs', async () => {
    const file = join(folder, 'far.csv')
    const row = (i: number) => `${i < 50 ? 'fine' : 'dent'},${i === 4 ? '3e22' : Math.sin(i)},${Math.cos(2 * i)}`
    writeFileSync(file, `label,u,v\n${Array.from({ length: 60 }, (_, i) => row(i)).join('\n')}\n`)
    // Half of the normal samples are held out: in some seeds the one that is far out is.
    const far = [
      file,
      '--no-standardise',
      '--validation-share',
      '0.5',
      '--patience',
      '2',
      '--epochs',
      '5',
      '--device',
      'cpu',
      '--quiet',
    ]
    const never =
      /Warning: the validation loss of AE is never finite\. So it measures nothing, and patience 2 stops nothing: the weights are those of the last epoch\./
    const trained = await cli(
      'train',
      ...far,
      '--detector',
      'ae',
      '--normal',
      'fine',
      '--seed',
      '0',
      '-o',
      join(folder, 'far.onnx'),
    )
    assert.equal(trained.code, 0, trained.stderr)
    assert.match(
      trained.stdout,
      /\n5 epochs; .*\nValidation loss of 20 normal samples held out: never finite; the weights are those of the last epoch\.\nThreshold/,
    )
    assert.match(trained.stdout, never)
    const study = [
      '--baseline',
      'ae',
      '--candidate',
      'hsc',
      '--normal',
      'fine',
      '--resamples',
      '100',
      '--runs',
      '4',
      '--no-report',
    ]
    const studied = await cli('study', ...far, ...study)
    assert.equal(studied.code, 0, studied.stderr)
    assert.match(studied.stdout, /Lowest validation loss: AE .*never finite.*HSC .*never finite/)
    assert.match(studied.stdout, /the validation loss of AE is never finite/)
  })

  it('a study keeps it in its store, in results of workers, and draws it', async () => {
    const settings = { epochs: 6, validationShare: 0.2, patience: 2 }
    const study = {
      dataset: 'statlog',
      share: 0.1,
      baseline: 'ae',
      candidate: 'sae',
      runs: 2,
      resamples: 100,
      settings,
      device: 'cpu',
    } as const
    const store = join(folder, 'study.duckdb')
    const first = await runStudy({ ...study, store })
    const again = await runStudy({ ...study, store })
    assert.deepEqual(again.training, first.training)
    assert.deepEqual([first.settings.validationShare, first.settings.patience], [0.2, 2])
    const { baseline } = first.training
    assert.ok(baseline.every(({ validation, losses }) => validation?.losses.length === losses.length))
    assert.equal(lossCurves(baseline, 0).validation.length, 2)
    const result = {
      device: 'cpu',
      runs: baseline.map((training) => ({ training, scores: Float32Array.of(1) })),
    } as const
    assert.deepEqual(decodeUnitResult(encodeUnitResult(result)), result)
  })

  it('without the option nothing is held out', async () => {
    const { metadata, validation } = await train({
      data: 'statlog',
      share: 0.1,
      detector: 'ae',
      settings: { epochs: 1 },
      device: 'cpu',
    })
    assert.equal(validation, undefined)
    assert.deepEqual(
      Object.keys(metadata.settings).filter((key) => /validation|patience/.test(key)),
      [],
    )
  })
})
