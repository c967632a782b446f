import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { scorePair } from './samples.js'

test('a class that few anomalies decide leaves all anomalies to the method asked for, drawn or not', async () => {
  const scores = scorePair(1000, 400)
  const half = Array.from({ length: 400 }, (_, i) => (i < 200 ? 'one' : 'other'))
  const few = Array.from({ length: 400 }, (_, i) => (i < 12 ? 'few' : 'many'))
  for (const intervalMethod of ['studentized', 'percentile', 'bca'] as const) {
    for (const engine of ['auto', 'tree'] as const) {
      const options = { engine, intervalMethod, seed: 1, resamples: 500 }
      const enough = await relativeBias(scores, { ...options, classes: half })
      const answer = await relativeBias(scores, { ...options, classes: few })
      assert.deepEqual(
        [answer.interval, answer.pValue],
        [enough.interval, enough.pValue],
        `${intervalMethod}, ${engine}`,
      )
      assert.equal(answer.engine, enough.engine)
      const replaced = answer.warnings.filter((warning) => warning.includes('confidence'))
      assert.ok(
        replaced.length === 1 && replaced.every((warning) => warning.includes("'few'")),
        `${intervalMethod}, ${engine}: ${answer.warnings}`,
      )
    }
  }
})
