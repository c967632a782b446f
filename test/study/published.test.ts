import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { reproduce } from '../../src/paper/reproduce.js'
import type { Progress } from '../../src/progress.js'
import { meanSd } from '../../src/stats/meanSd.js'
import type { MeanSd, RunTraining } from '../../src/study/core/types.js'
import { runStudy } from '../../src/study/runStudy.js'
import { requireRecorded, table4 } from '../answers/answers.js'
import { pooledError } from '../oracle/pooledError.js'
import { statlogTorch, statlogTorchScratch } from '../oracle/statlogTorch.js'

const nRuns = 10
/** Pairs of detectors, which a study trains at once. */
const pairs = [
  ['deep-svdd', 'deep-sad'],
  ['ae', 'hsc'],
  ['sae', 'abc'],
] as const
type Name = (typeof pairs)[number][number]

const classes = ['damp grey soil', 'red soil', 'grey soil', 'vegetation stubble', 'cotton crop'] as const

/** Mean and standard deviation of TPR over ten seeds of a PyTorch reference program, in the order of `classes`. */
const listed: Readonly<Record<Name, readonly (readonly [mean: number, sd: number])[]>> = {
  'deep-svdd': [
    [0.15, 0.03],
    [0.74, 0.17],
    [0.68, 0.1],
    [0.45, 0.09],
    [0.95, 0.04],
  ],
  'deep-sad': [
    [0.81, 0.02],
    [0.89, 0.06],
    [0.91, 0.02],
    [0.25, 0.06],
    [0.67, 0.23],
  ],
  hsc: [
    [0.81, 0.02],
    [0.9, 0.06],
    [0.93, 0.01],
    [0.23, 0.05],
    [0.92, 0.05],
  ],
  ae: [
    [0, 0],
    [0, 0],
    [0.01, 0],
    [0.34, 0],
    [0.89, 0],
  ],
  sae: [
    [0.05, 0.02],
    [0, 0],
    [0.04, 0.02],
    [0.35, 0.01],
    [0.9, 0.01],
  ],
  abc: [
    [0, 0],
    [0, 0],
    [0.09, 0.07],
    [0.35, 0.01],
    [0.91, 0.01],
  ],
}

/** Standard errors that a mean may differ from the listed ones by. */
const listedErrors = 3
/** For the oracle, where 30 cells are compared without any rounding: one of a correct program's lies beyond in 1 % of trials. */
const oracleErrors = 4

function agree(tested: string, ours: MeanSd, reference: MeanSd, allowed: number, standardError: number): void {
  const text = `${tested}: ${ours.mean} ± ${ours.sd} against ${reference.mean} ± ${reference.sd}`
  assert.ok(Math.abs(ours.mean - reference.mean) <= allowed, `${text}, a standard error of ${standardError}`)
}

interface Trained {
  /** By class. */
  readonly tpr: ReadonlyMap<string, MeanSd>
  readonly runs: readonly RunTraining[]
}

// One training of all detectors serves every comparison.
describe('ten StatLog runs of every detector with the published settings', () => {
  let folder = ''
  const ours = new Map<Name, Trained>()
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'published-'))
    const training = { dataset: 'statlog', runs: nRuns, resamples: 100, device: 'cpu' } as const
    for (const [baseline, candidate] of pairs) {
      const store = join(folder, 'published.duckdb')
      const study = await runStudy({ ...training, baseline, candidate, store })
      const tpr = (key: 'tprBaseline' | 'tprCandidate') => new Map(study.classes.map((one) => [one.name, one[key]]))
      ours.set(baseline, { tpr: tpr('tprBaseline'), runs: study.training.baseline })
      ours.set(candidate, { tpr: tpr('tprCandidate'), runs: study.training.candidate })
    }
  })
  after(() => rm(folder, { recursive: true }))

  for (const name of pairs.flat()) {
    const of = () => ours.get(name) ?? assert.fail(name)
    const tpr = (tested: string) => of().tpr.get(tested) ?? assert.fail(tested)

    it(`${name}: recall agrees with the listed means of ten seeds of a PyTorch program`, () => {
      for (const [i, tested] of classes.entries()) {
        const [mean, sd] = listed[name][i] ?? assert.fail(tested)
        const standardError = Math.sqrt((tpr(tested).sd ** 2 + sd ** 2) / nRuns)
        // The listed means are rounded to two digits.
        agree(tested, tpr(tested), { mean, sd }, listedErrors * standardError + 0.005, standardError)
      }
    })

    it(`${name}: recall agrees with the runs of test/oracle/statlog_torch.py`, () => {
      for (const tested of classes) {
        const ours = tpr(tested)
        const reference = meanSd(statlogTorch.detectors[name].tpr[tested] ?? [])
        const standardError = pooledError(ours.sd, nRuns, reference.sd, statlogTorch.runs)
        agree(tested, ours, reference, oracleErrors * standardError, standardError)
      }
    })

    it(`${name}: losses agree with its own after 1 to 200 epochs, and of pretraining`, () => {
      const { loss, pretrainLoss } = statlogTorch.detectors[name]
      for (const [what, losses, expected] of [
        ['training', (run: RunTraining) => run.losses, loss],
        ['pretraining', (run: RunTraining) => run.pretrainLosses, pretrainLoss],
      ] as const) {
        for (const [epoch, theirs] of Object.entries(expected)) {
          // On a logarithmic scale losses of different runs scatter evenly.
          const ours = meanSd(of().runs.map((run) => Math.log(at(losses(run), Number(epoch) - 1))))
          const reference = meanSd(theirs.map(Math.log))
          const standardError = pooledError(ours.sd, nRuns, reference.sd, statlogTorch.runs)
          agree(`ln loss of ${what}, epoch ${epoch}`, ours, reference, oracleErrors * standardError, standardError)
        }
      }
    })
  }

  it('Table 4 is made of the same runs where it pretrains, of those of four detectors where it does not, and answers as recorded', async () => {
    const found = async (pretraining: { pretrainEpochs?: number }) => {
      const seen: Progress[] = []
      const onProgress = (at: Progress) => /training/.test(at.phase) && seen.push(at)
      await reproduce('table4', { store: join(folder, 'published.duckdb'), onProgress, ...pretraining })
      return { done: seen[0]?.done, total: seen[0]?.total }
    }
    // Batches of an epoch: ten of the normal samples, eleven with the labelled anomalies.
    const pretrained = nRuns * (10 + 11) * (100 + 200)
    const others = nRuns * (11 + 10 + 11 + 11) * 200
    assert.deepEqual(await found({ pretrainEpochs: 100 }), { done: pretrained + others, total: pretrained + others })
    assert.deepEqual(await found({}), { done: others, total: others + nRuns * (10 + 11) * 200 })
    await requireRecorded(table4, { input: folder, output: folder })
  })

  for (const name of ['deep-svdd', 'deep-sad'] as const)
    it(`${name} without pretraining: recall in Table 4 and losses agree with the runs of test/oracle/statlog_torch.py`, async () => {
      const table = await reproduce('table4', { store: join(folder, 'published.duckdb') })
      if (table.kind !== 'table') return assert.fail(table.kind)
      const { tpr, loss } = statlogTorchScratch.detectors[name]
      for (const { class: tested, cells } of table.rows) {
        const { ours } = cells.find(({ detector }) => detector === name) ?? assert.fail(name)
        const reference = meanSd(tpr[tested] ?? [])
        const standardError = pooledError(ours.sd, nRuns, reference.sd, statlogTorchScratch.runs)
        agree(tested, ours, reference, oracleErrors * standardError, standardError)
      }
      const settings = { pretrainEpochs: 0 }
      const training = { dataset: 'statlog', runs: nRuns, resamples: 100, settings, device: 'cpu' } as const
      const study = await runStudy({ ...training, candidate: 'deep-sad', store: join(folder, 'published.duckdb') })
      const runs = name === 'deep-sad' ? study.training.candidate : study.training.baseline
      assert.ok(runs.every(({ pretrainLosses }) => pretrainLosses.length === 0))
      for (const [epoch, theirs] of Object.entries(loss)) {
        const ours = meanSd(runs.map(({ losses }) => Math.log(at(losses, Number(epoch) - 1))))
        const reference = meanSd(theirs.map(Math.log))
        const standardError = pooledError(ours.sd, nRuns, reference.sd, statlogTorchScratch.runs)
        agree(`ln loss, epoch ${epoch}`, ours, reference, oracleErrors * standardError, standardError)
      }
    })
})
