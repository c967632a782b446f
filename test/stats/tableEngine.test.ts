import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { compare } from '../../src/compare/compare.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { type BootstrapOptions, bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import { meanSd } from '../../src/stats/meanSd.js'
import { scorePair } from './samples.js'

const { baseline, candidate } = scorePair(1000, 200)
const detectors = [baseline, candidate].map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] }))
const alone = { thresholds: false }
const draws = (options: BootstrapOptions) => bootstrap(detectors, { outputs: alone, ...options })

describe('the engine that draws both thresholds at once', () => {
  it('has the law of the tree: means and spreads of both recalls and of their difference', async () => {
    const resamples = 40_000
    const [table, tree] = await Promise.all(
      (['table', 'tree'] as const).map((engine) => draws({ engine, resamples, contrast: [-1, 1] })),
    )
    assert.ok(table !== undefined && tree !== undefined)
    assert.equal(table.engine, 'table')
    assert.deepEqual(table.observed, tree.observed)
    assert.deepEqual(table.acceleration, tree.acceleration)
    assert.notDeepEqual(table.tpr, tree.tpr)
    const readings = [
      (tpr: Float64Array, b: number) => at(tpr, 2 * b),
      (tpr: Float64Array, b: number) => at(tpr, 2 * b + 1),
      (tpr: Float64Array, b: number) => at(tpr, 2 * b + 1) - at(tpr, 2 * b),
    ]
    for (const reading of readings) {
      const [one, other] = [table, tree].map(({ tpr = new Float64Array() }) =>
        meanSd(Float64Array.from({ length: resamples }, (_, b) => reading(tpr, b))),
      )
      assert.ok(one !== undefined && other !== undefined)
      assert.ok(Math.abs(one.mean - other.mean) < (5 * Math.hypot(one.sd, other.sd)) / Math.sqrt(resamples))
      assert.ok(Math.abs(one.sd / other.sd - 1) < 0.03)
    }
  })

  it('draws replicate r alike however the work is cut up, and whatever the threads', async () => {
    const engine = 'table'
    const { tpr: whole } = await draws({ engine, resamples: 3000, seed: 9, threads: 1 })
    const { tpr: part } = await draws({ engine, resamples: 1000, firstReplicate: 1500, seed: 9, threads: 3 })
    assert.deepEqual(part, whole?.slice(3000, 5000))
  })

  it('is taken by auto where it pays, and only for TPRs', async () => {
    const engineOf = async (options: BootstrapOptions) => (await draws(options)).engine
    assert.equal(await engineOf({ resamples: 10_000 }), 'table')
    assert.equal(await engineOf({ resamples: 500 }), 'tree')
    assert.equal(await engineOf({ resamples: 10_000, outputs: {} }), 'tree')
    assert.equal(await engineOf({ resamples: 10_000, fprs: [0.05, 0.1] }), 'tree')
    assert.equal(await engineOf({ resamples: 10_000, thresholdRule: 'linear' }), 'tree')
    const { engine } = await bootstrap(detectors.slice(0, 1), { resamples: 10_000, outputs: alone })
    assert.equal(engine, 'tree')
  })

  it('answers for ξ, for each of several candidates', async () => {
    const options = { engine: 'table', intervalMethod: 'percentile', resamples: 20_000 } as const
    const drawn = await relativeBias({ baseline, candidate }, options)
    const exact = await relativeBias({ baseline, candidate }, { ...options, engine: 'exact' })
    assert.equal(drawn.engine, 'table')
    for (const [i, end] of drawn.interval.entries()) assert.ok(Math.abs(end - at(exact.interval, i)) <= 0.01)
    const others = {
      ...{ source: 'scores.csv', detectors: ['old', 'new', 'newer'], classes: undefined },
      validation: [baseline, candidate, candidate].map(({ normal }) => normal),
      anomalous: [baseline, candidate, candidate].map(({ anomalous }) => anomalous),
    }
    const { candidates, engine, multiplicity } = await compare(others, { ...options, resamples: 2000 })
    assert.deepEqual([engine, multiplicity], ['table', 'bonferroni'])
    assert.deepEqual(candidates[0]?.overall, candidates[1]?.overall)
  })

  it('refuses what it does not draw, and names the engine that does', async () => {
    const refused = (options: BootstrapOptions, message: RegExp) =>
      assert.rejects(draws({ engine: 'table', resamples: 10, ...options }), { code: 'OUT_OF_RANGE', message })
    await refused(
      { outputs: {} },
      /^engine 'table' draws TPRs, and neither .* Leave those out with outputs: \{ thresholds: false \}, or use the engine 'tree'$/,
    )
    await refused({ outputs: { thresholds: false, standardErrors: true }, contrast: [-1, 1] }, /use the engine 'tree'$/)
    for (const options of [{ fprs: [0.05, 0.1] }, { thresholdRule: 'linear' }, { design: 'independent' }] as const) {
      await refused(options, /^engine 'table' takes two paired detectors, .* Leave the engine to 'auto'$/)
    }
    await assert.rejects(
      relativeBias({ baseline, candidate }, { engine: 'table', intervalMethod: 'percentile', replicates: true }),
      { code: 'OUT_OF_RANGE', message: /use the engine 'tree'$/ },
    )
  })
})
