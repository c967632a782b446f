import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { reproduce } from '../../src/paper/reproduce.js'
import type { Progress } from '../../src/progress.js'
import { type AnomalyMatrixOptions, anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { runStudy } from '../../src/study/runStudy.js'
import { trainer } from './threads.js'

const root = mkdtempSync(join(tmpdir(), 'stored-training-'))
after(() => rmSync(root, { recursive: true }))
let store = ''
let nCases = 0
beforeEach(() => {
  store = join(root, `${++nCases}.duckdb`)
})

const [runs, epochs, pretrainEpochs] = [2, 3, 2]
const trained = { runs, device: 'cpu', seed: 5 } as const
const size = { epochs, pretrainEpochs }
const study = { runs, trainer, seed: 5, settings: size, dataset: 'statlog', resamples: 200 } as const

/** In a thread that an interruption may end. */
const inOneThread = { trainer: undefined, device: 'cpu', workers: 1 } as const

/** Steps of all runs: with 1,206 normal samples 10 batches an epoch, with 120 labelled anomalies beside them 11. */
const steps = {
  'deep-svdd': runs * 10 * (epochs + pretrainEpochs),
  'deep-sad': runs * 11 * (epochs + pretrainEpochs),
  others: runs * (11 + 10 + 11 + 11) * epochs,
}

/** What a call answers, and how many steps of training it found done of how many. */
async function watched<T extends { elapsedSeconds: number }>(
  call: (watch: { onProgress: (progress: Progress) => void }) => Promise<T>,
) {
  const seen: Progress[] = []
  const { elapsedSeconds: _, ...answer } = await call({ onProgress: (at) => seen.push(at) })
  const training = seen.filter(({ phase }) => phase.startsWith('training'))
  assert.equal(training.at(-1)?.done, training[0]?.total)
  return { answer, found: training[0]?.done, total: training[0]?.total }
}
const matrix = (options: Partial<AnomalyMatrixOptions> = {}) =>
  watched((watch) => anomalyMatrix({ ...study, ...options, ...watch }))
const total = steps['deep-svdd'] + 5 * steps['deep-sad']

describe('a matrix with a store', () => {
  it('gives the answer of one without, then again without training', async () => {
    const { answer } = await matrix()
    assert.deepEqual(await matrix({ store }), { answer, found: 0, total })
    assert.deepEqual(await matrix({ store }), { answer, found: total, total })
  })

  it('and studies of its rows have their units from each other', async () => {
    const row = (anomaly: string) => watched((watch) => runStudy({ ...study, anomaly, store, ...watch }))
    assert.equal((await row('cotton crop')).found, 0)
    assert.equal((await matrix({ store })).found, steps['deep-svdd'] + steps['deep-sad'])
    const { found, answer } = await row('red soil')
    assert.equal(found, steps['deep-svdd'] + steps['deep-sad'])
    assert.deepEqual(answer, (await watched(() => runStudy({ ...study, anomaly: 'red soil' }))).answer)
  })

  it('that is interrupted goes on from there', async () => {
    const controller = new AbortController()
    const onProgress = ({ done, total }: Progress) => {
      if (done > 0.7 * total) controller.abort()
    }
    const stopped = anomalyMatrix({ ...study, ...inOneThread, store, signal: controller.signal, onProgress })
    await assert.rejects(stopped, { code: 'ABORTED' })
    const { answer, found = 0 } = await matrix({ store, ...inOneThread })
    assert.ok(found > 0 && found < total, String(found))
    assert.deepEqual(answer, (await matrix(inOneThread)).answer)
  })

  it('of a baseline that learns from anomalies too keeps it for each labelled class', async () => {
    const pair = { baseline: 'hsc', candidate: 'sae', store }
    const { answer, total } = await matrix(pair)
    assert.deepEqual(await matrix(pair), { answer, found: total, total })
  })
})

describe('a table of the paper with a store', () => {
  const table = (options: object = {}) =>
    watched((watch) => reproduce('table4', { ...trained, ...size, ...options, ...watch }))
  const [pair, total] = [steps['deep-svdd'] + steps['deep-sad'], steps['deep-svdd'] + steps['deep-sad'] + steps.others]

  it('has its units from a study of the same settings, and gives the answer of one without', async () => {
    await runStudy({ ...study, store })
    const { answer } = await table()
    assert.deepEqual(await table({ store }), { answer, found: pair, total })
    assert.deepEqual(await table({ store }), { answer, found: total, total })
    const other = await watched((watch) => runStudy({ ...study, baseline: 'ae', candidate: 'hsc', store, ...watch }))
    assert.equal(other.found, other.total)
  })
})
