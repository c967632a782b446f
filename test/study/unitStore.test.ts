import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import type { Progress } from '../../src/progress.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import type { StudyResult } from '../../src/study/core/types.js'
import type { StoredStudy, Unit, UnitResult, UnitStore, UnitTrainer } from '../../src/study/core/unit.js'
import { type RunStudyOptions, runStudy } from '../../src/study/runStudy.js'

/** Another kind of store: in memory, for several studies at once, each unit for the first that asks. */
class MemoryStore implements UnitStore {
  readonly results = new Map<string, UnitResult | undefined>()
  readonly claimed = new Set<string>()
  readonly answers: StoredStudy[] = []
  nKept = 0

  async plan(units: readonly Unit[]): Promise<void> {
    for (const { id } of units) if (!this.results.has(id)) this.results.set(id, undefined)
  }

  async claim(units: readonly Unit[]): Promise<readonly Unit[]> {
    const free = units.filter(({ id }) => this.results.get(id) === undefined && !this.claimed.has(id))
    // One at a time, so that the others find something to do.
    const given = free.slice(0, 1)
    for (const { id } of given) this.claimed.add(id)
    return given
  }

  async keep({ id }: Unit, result: UnitResult): Promise<void> {
    assert.ok(this.results.has(id), 'kept before it was planned')
    this.results.set(id, result)
    this.nKept++
  }

  async find({ id }: Unit, nSamples: number): Promise<UnitResult | undefined> {
    const result = this.results.get(id)
    for (const { scores } of result?.runs ?? []) assert.equal(scores.length, nSamples)
    return result
  }

  async keepStudy(result: StudyResult): Promise<void> {
    this.answers.push({ id: String(this.answers.length), result })
  }

  async studies(): Promise<readonly StoredStudy[]> {
    return this.answers
  }
}

const quick = {
  dataset: 'statlog',
  runs: 2,
  settings: { epochs: 2, pretrainEpochs: 1 },
  resamples: 200,
  device: 'cpu',
} as const
const answer = ({ elapsedSeconds: _, ...rest }: StudyResult): unknown => rest

describe('a store of another kind than DuckDB’s', () => {
  it('stands in for it, from study to study', async () => {
    const store = new MemoryStore()
    const alone = answer(await runStudy(quick))
    const seen: Progress[] = []
    assert.deepEqual(answer(await runStudy({ ...quick, store })), alone)
    assert.deepEqual(answer(await runStudy({ ...quick, store, onProgress: (at) => seen.push(at) })), alone)
    assert.deepEqual([store.nKept, store.answers.length, at(seen, 0).done], [2, 2, at(seen, 0).total])
    await anomalyMatrix({ ...quick, store })
    // Deep SVDD and one row's Deep SAD were there.
    assert.equal(store.nKept, 2 + 4)
  })

  it('divides the work of studies that run at once', async () => {
    const store = new MemoryStore()
    const study = { ...quick, runs: 7, workers: 1, store }
    const [one, other] = await Promise.all([runStudy(study), runStudy(study)])
    assert.deepEqual(answer(one), answer(other))
    assert.deepEqual(answer(one), answer(await runStudy({ ...study, store: undefined })))
    assert.deepEqual([store.results.size, store.nKept], [4, 4])
  })

  it('keeps a study waiting for what it gives to nobody, until the signal fires', async () => {
    const store = new MemoryStore()
    store.claim = async () => []
    const controller = new AbortController()
    store.find = async () => {
      controller.abort()
      return undefined
    }
    const waiting = runStudy({ ...quick, store, signal: controller.signal })
    await assert.rejects(waiting, { code: 'ABORTED' })
    assert.equal(store.nKept, 0)
  })
})

describe('a store that lacks a method which will be called is refused before anything is trained', () => {
  const { device: _, ...asked } = quick
  const lacking = (changes: object) => Object.assign(new MemoryStore(), changes) as UnitStore
  const trainer: UnitTrainer = { workers: 1, device: async () => 'cpu', train: () => assert.fail('it trains') }

  for (const name of ['plan', 'claim', 'keep', 'find', 'keepStudy']) {
    it(name, async () => {
      const message = `store.${name} must be a function, got undefined`
      const study = { ...asked, trainer, store: lacking({ [name]: undefined }) }
      await assert.rejects(runStudy(study), { code: 'WRONG_TYPE', message })
      // A matrix has no answer that a store keeps.
      if (name !== 'keepStudy') await assert.rejects(anomalyMatrix(study), { code: 'WRONG_TYPE', message })
    })
  }

  it('but one that may be lacking, which must be a function where it is there', async () => {
    const wrong = { code: 'WRONG_TYPE', message: /(fingerprintOf|fingerprint) must be a function, got 5$/ }
    await assert.rejects(runStudy({ ...asked, trainer, store: lacking({ fingerprintOf: 5 }) }), wrong)
    await assert.rejects(runStudy({ ...asked, trainer: { ...trainer, fingerprint: 5 as never } }), wrong)
  })
})

describe('a trainer of another kind than threads', () => {
  const { device: _, ...asked } = quick
  /** Sees nothing but which rows are labelled: scores of the candidate are 1 for them and 0 for the others. */
  const trainer: UnitTrainer = {
    workers: 3,
    device: async () => 'cpu',
    train: async ({ objective, runs, samples }, onSteps) => {
      onSteps(1)
      return {
        device: 'cpu',
        runs: runs.map(({ run, anomalous }) => {
          const scores = Float32Array.from({ length: samples.nSamples }, (_, row) => (row * 7919) % samples.nSamples)
          if (objective.name === 'deep-sad') for (const row of anomalous) scores[row] = samples.nSamples
          return { training: { run, losses: Float64Array.of(run), pretrainLosses: new Float64Array(0) }, scores }
        }),
      }
    },
  }

  it('stands in for them, with a store and without', async () => {
    const store = new MemoryStore()
    const options: RunStudyOptions = { ...asked, trainer }
    const result = await runStudy(options)
    assert.deepEqual(answer(await runStudy({ ...options, store })), answer(result))
    assert.deepEqual([result.workers, result.device, store.nKept], [3, 'cpu', 2])
    assert.deepEqual(
      result.training.candidate.map(({ losses }) => [...losses]),
      [[0], [1]],
    )
    // Labelled samples are not tested, and all others have equal scores by both detectors.
    for (const { xi, tprBaseline } of result.classes) {
      assert.equal(xi, 0)
      assert.ok(tprBaseline.mean > 0 && tprBaseline.mean < 0.2, String(tprBaseline.mean))
    }
  })
})
