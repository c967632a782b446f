import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { converge } from '../../src/converge/converge.js'
import { convergeScores } from '../../src/converge/convergeScores.js'
import { loadStatlog } from '../../src/data/sets/statlog.js'
import { reproduce } from '../../src/paper/reproduce.js'
import { reproduceAll } from '../../src/paper/reproduceAll.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { describeDataset } from '../../src/study/describeDataset.js'
import { runStudy } from '../../src/study/runStudy.js'
import { classDistances } from '../../src/study/similarity.js'
import { storedStudies } from '../../src/study/store/storedStudies.js'

const scores = Float64Array.from({ length: 50 }, (_, i) => Math.sin(i))
const sets = { normal: scores, anomalous: scores }
const pair = { baseline: sets, candidate: sets }

/** Every function that takes options, as someone calls it who writes no types. */
const functions: Record<string, (options: never) => Promise<unknown>> = {
  runStudy,
  anomalyMatrix,
  converge,
  convergeScores: (options) => convergeScores(pair, options),
  reproduce: (options) => reproduce('table4', options),
  reproduceAll: (options) => reproduceAll(options).next(),
}
const needsData = new Set(['runStudy', 'anomalyMatrix', 'converge'])

for (const [name, call] of Object.entries(functions)) {
  describe(`${name}`, () => {
    const required = needsData.has(name) ? { dataset: 'statlog' } : {}
    const refused = (options: unknown, code: string, message: RegExp) =>
      assert.rejects(call(options as never), { name: 'ScoringBiasError', code, message })

    it('refuses options that are no object', async () => {
      for (const options of [null, 5, 'statlog', []]) {
        await refused(options, 'WRONG_TYPE', new RegExp(`^the options of ${name} must be an object`))
      }
      if (needsData.has(name)) await refused(undefined, 'WRONG_TYPE', /^dataset must be/)
    })

    it('refuses an option that it has not, and names the nearest', async () => {
      const message = new RegExp(`^${name} has no option 'run' \\(did you mean 'runs'\\?\\)`)
      await refused({ ...required, run: 5 }, 'UNKNOWN_NAME', message)
      await refused({ ...required, threshold: 'linear' }, 'UNKNOWN_NAME', new RegExp(`^${name} has no option`))
    })

    it('refuses values of the wrong kind', async () => {
      for (const [option, value] of Object.entries({
        runs: 5n,
        seed: Symbol('seed'),
        signal: { aborted: 'no' },
        onProgress: 'loud',
      })) {
        await refused({ ...required, [option]: value }, 'WRONG_TYPE', new RegExp(`^${option} must be`))
      }
    })
  })
}

describe('arguments beside options', () => {
  it('are refused by kind, too', async () => {
    const kinds = { code: 'WRONG_TYPE', name: 'ScoringBiasError' }
    for (const bad of [
      undefined,
      null,
      5,
      {},
      { ...pair, candidate: null },
      { ...pair, candidate: { normal: scores } },
    ]) {
      await assert.rejects(convergeScores(bad as never), kinds)
    }
    for (const bad of [undefined, null, 5]) {
      await assert.rejects(storedStudies(bad as never), kinds)
      await assert.rejects(reproduce(bad as never), kinds)
    }
    await assert.rejects(reproduceAll({ items: [5] as never }).next(), kinds)
    const statlog = await loadStatlog({ share: 0.01 })
    for (const bad of [undefined, null, 5, {}, { ...statlog, features: [1] }, { ...statlog, sample: 36 }]) {
      assert.throws(() => describeDataset(bad as never), kinds)
      assert.throws(() => classDistances(bad as never, 'red soil'), kinds)
    }
    for (const bad of [undefined, 5, [5]]) assert.throws(() => classDistances(statlog, bad as never), kinds)
    const cut = { ...statlog, features: statlog.features.subarray(1) }
    assert.throws(() => describeDataset(cut), { code: 'LENGTH_MISMATCH' })
  })
})
