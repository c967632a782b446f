import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { trainShard } from '../../src/cluster/trainShard.js'
import { ScoringBiasError } from '../../src/errors.js'
import type { UnitResult, UnitStore, UnitTrainer } from '../../src/study/core/unit.js'
import { runStudy } from '../../src/study/runStudy.js'
import { DuckdbStore } from '../../src/study/store/duckdbStore.js'
import { meanTrainer } from '../fuzz/meanTrainer.js'

const folder = mkdtempSync(join(tmpdir(), 'trainer-result-'))
after(() => rmSync(folder, { recursive: true }))

const study = { dataset: 'statlog', runs: 3, resamples: 200 } as const
const { elapsedSeconds: _, ...right } = await runStudy({ ...study, trainer: meanTrainer })

type Run = UnitResult['runs'][number]
type Change = (result: UnitResult) => unknown

/** Changes one run of a result. */
const inRun =
  (r: number, change: (run: Run) => object): Change =>
  (result) => ({ ...result, runs: result.runs.map((run, i) => (i === r ? { ...run, ...change(run) } : run)) })
/** Changes how the training of one run is told. */
const inTraining = (r: number, change: object): Change =>
  inRun(r, ({ training }) => ({ training: { ...training, ...change } }))

/** A trainer whose results for Deep SAD are changed. */
function changed(change: Change): UnitTrainer {
  return {
    ...meanTrainer,
    fingerprint: async () => 'of this test',
    train: async (work, onSteps) => {
      const result = await meanTrainer.train(work, onSteps)
      return (work.objective.name === 'deep-sad' ? change(result) : result) as UnitResult
    },
  }
}

const name = "the trainer's result for Deep SAD, .+, runs 0 to 2"
const nan = (run: Run) => run.scores.map((score, i) => (i === 7 ? Number.NaN : score))
const faults: readonly (readonly [what: string, Change, code: string, message: string])[] = [
  ['nothing', () => undefined, 'WRONG_TYPE', ' must be an object, got undefined'],
  [
    'another device',
    (result) => ({ ...result, device: 'webgpu' }),
    'OUT_OF_RANGE',
    ": device must be 'cpu', .+'webgpu'",
  ],
  ['a host that is no text', (result) => ({ ...result, host: 5 }), 'WRONG_TYPE', ': host must be a string, got 5'],
  ['no runs', (result) => ({ ...result, runs: undefined }), 'WRONG_TYPE', ': runs must be an array, got undefined'],
  [
    'a run that is nothing',
    (result) => ({ ...result, runs: [null] }),
    'WRONG_TYPE',
    ': runs\\[0\\] must be an object, got null',
  ],
  [
    'a run too few',
    ({ runs, ...result }) => ({ ...result, runs: runs.slice(1) }),
    'LENGTH_MISMATCH',
    ': runs has 2 runs, and must have 3: run 0 is missing',
  ],
  [
    'a run too many',
    ({ runs, ...result }) => ({ ...result, runs: [...runs, at(runs, 0)] }),
    'LENGTH_MISMATCH',
    ': runs has 4 runs, and must have 3: those asked for, each once',
  ],
  [
    'runs in another order',
    ({ runs, ...result }) => ({ ...result, runs: runs.toReversed() }),
    'OUT_OF_RANGE',
    ': runs\\[0\\]\\.training\\.run must be 0, got 2\\. Give the runs in the order in which they are asked for',
  ],
  [
    'no training',
    inRun(1, () => ({ training: undefined })),
    'WRONG_TYPE',
    ': runs\\[1\\]\\.training must be an object, got undefined',
  ],
  [
    'too few scores',
    inRun(1, ({ scores }) => ({ scores: scores.subarray(1) })),
    'LENGTH_MISMATCH',
    ': runs\\[1\\]\\.scores must have one score for each sample, 6435, got 6434',
  ],
  [
    'a plain array of scores',
    inRun(2, ({ scores }) => ({ scores: [...scores] })),
    'WRONG_TYPE',
    ': runs\\[2\\]\\.scores must be a Float32Array, got Array',
  ],
  [
    'a score that is NaN',
    inRun(0, (run) => ({ scores: nan(run) })),
    'NOT_A_NUMBER',
    ': runs\\[0\\]\\.scores\\[7\\] is NaN\\. Of .+',
  ],
  [
    'infinite scores where thresholds are set',
    inRun(0, ({ scores }) => ({ scores: scores.map(() => Number.POSITIVE_INFINITY) })),
    'OUT_OF_RANGE',
    ': runs\\[0\\]\\.scores\\[\\d+\\] must be finite, as the threshold is set on this sample, got Infinity\\. .+',
  ],
  [
    'losses of float32',
    inTraining(0, { losses: new Float32Array(1) }),
    'WRONG_TYPE',
    ': runs\\[0\\].+ must be a Float64Array, got Float32Array',
  ],
  [
    'no losses of pretraining',
    inTraining(0, { pretrainLosses: undefined }),
    'WRONG_TYPE',
    ': runs\\[0\\]\\.training\\.pretrainLosses must be .+',
  ],
  [
    'a loss that is NaN',
    inTraining(1, { losses: Float64Array.of(1, Number.NaN) }),
    'NOT_A_NUMBER',
    ': runs\\[1\\]\\.training\\.losses\\[1\\] is NaN.+',
  ],
  ['an unknown divergence', inTraining(1, { divergence: { kind: 'bored' } }), 'UNKNOWN_NAME', '.*'],
  [
    'a divergence without epoch',
    inTraining(1, { divergence: { kind: 'not-finite', quantity: 'loss', phase: 'train' } }),
    'WRONG_TYPE',
    ': .+divergence\\.epoch must be a number, got undefined',
  ],
  [
    'a record of validation without losses',
    inTraining(1, { validation: { bestEpoch: null, n: 3 } }),
    'WRONG_TYPE',
    ': .+validation\\.losses must be an array, got undefined',
  ],
  [
    'a best epoch that was not trained',
    inTraining(1, { validation: { losses: [1], bestEpoch: 2, n: 3 } }),
    'OUT_OF_RANGE',
    ': .+bestEpoch must be an integer from 1 to 1, got 2',
  ],
  [
    'weights of no kind',
    inRun(1, () => ({ weights: [] })),
    'WRONG_TYPE',
    ': runs\\[1\\]\\.weights must be an object, got Array',
  ],
]

describe("what a caller's trainer gives is checked whole before it is used or kept", () => {
  for (const [i, [what, change, code, message]] of faults.entries()) {
    it(`${what}, without a store and with one, which a right trainer can use afterwards`, async () => {
      const refused = (error: unknown) => {
        assert.ok(error instanceof ScoringBiasError, String(error))
        assert.equal(error.code, code, error.message)
        assert.match(
          error.message,
          code === 'UNKNOWN_NAME' ? /^unknown kind of the trainer's .+ 'bored'/ : new RegExp(`^${name}${message}$`),
        )
        return true
      }
      await assert.rejects(runStudy({ ...study, trainer: changed(change) }), refused)
      const store = join(folder, `${i}.duckdb`)
      await assert.rejects(runStudy({ ...study, trainer: changed(change), store }), refused)
      // Twice: the first that was refused has left nothing.
      await assert.rejects(runStudy({ ...study, trainer: changed(change), store }), refused)
      const { elapsedSeconds: __, ...answer } = await runStudy({
        ...study,
        trainer: changed((result) => result),
        store,
      })
      assert.deepEqual(answer, right)
    })
  }

  it('in a shard', async () => {
    const store = join(folder, 'shard.duckdb')
    const command = (change: Change) => ({ study: { ...study, trainer: changed(change) } })
    const one = { shard: { index: 1, count: 1 }, store }
    await assert.rejects(trainShard(command(inRun(0, (run) => ({ scores: nan(run) }))), one), { code: 'NOT_A_NUMBER' })
    assert.equal(
      (
        await trainShard(
          command((result) => result),
          one,
        )
      ).own,
      2,
    )
  })

  it('but NaN of a run that says that it diverged', async () => {
    const divergence = { kind: 'not-finite', quantity: 'score' } as const
    const diverged = changed((result) =>
      inTraining(1, { divergence })(inRun(1, (run) => ({ scores: nan(run) }))(result) as UnitResult),
    )
    const store = join(folder, 'diverged.duckdb')
    for (const _ of ['trained', 'stored']) {
      const { training } = await runStudy({ ...study, trainer: diverged, store })
      assert.deepEqual([training.converged, training.candidate[1]?.divergence], [[0, 2], divergence])
    }
  })

  it('and what its device and its fingerprint are', async () => {
    const of = (trainer: Partial<UnitTrainer>) =>
      runStudy({
        ...study,
        store: join(folder, 'device.duckdb'),
        trainer: { ...meanTrainer, ...trainer } as UnitTrainer,
      })
    const device = async () => 'tpu' as never
    await assert.rejects(of({ device }), {
      code: 'UNKNOWN_NAME',
      message: /^unknown device that the trainer says 'tpu' .+; known: cpu/,
    })
    const fingerprint = async () => 5 as never
    await assert.rejects(of({ fingerprint }), {
      code: 'WRONG_TYPE',
      message: 'what trainer.fingerprint() gives must be a string, got 5',
    })
  })

  it("and what a caller's store gives", async () => {
    const kept = await DuckdbStore.open(join(folder, 'kept.duckdb'))
    const store: UnitStore = {
      plan: (units) => kept.plan(units),
      claim: (units) => kept.claim(units),
      keep: (unit, result) => kept.keep(unit, result),
      keepStudy: (result) => kept.keepStudy(result),
      studies: () => kept.studies(),
      find: async (unit, nSamples) => {
        const result = await kept.find(unit, nSamples)
        return result && { ...result, runs: result.runs.slice(1) }
      },
    }
    await runStudy({ ...study, trainer: meanTrainer, store })
    await assert.rejects(runStudy({ ...study, trainer: meanTrainer, store }), {
      code: 'LENGTH_MISMATCH',
      message: /^the store's result for Deep SVDD, runs 0 to 2: runs has 2 runs, and must have 3: run 0 is missing$/,
    })
    await kept.close()
  })
})
