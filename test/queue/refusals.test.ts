import assert from 'node:assert/strict'
import { afterEach, it } from 'node:test'
import { pausingUnits } from '../../bench/queueRun.js'
import { ScoringBiasError } from '../../src/errors.js'
import { distributeUnits } from '../../src/queue/distributeUnits.js'
import { serveUnits } from '../../src/queue/serveUnits.js'
import type { UnitResult } from '../../src/study/core/unit.js'
import { endAll, noRedis, Server } from './machines.js'

afterEach(endAll)

const result: UnitResult = {
  device: 'cpu',
  runs: [
    {
      training: { run: 0, losses: new Float64Array(1), pretrainLosses: new Float64Array(0) },
      scores: new Float32Array(1),
    },
  ],
}

it('a worker that may train nothing does not keep units from one that may', { skip: noRedis }, async () => {
  const { url } = await Server.start()
  const stop = new AbortController()
  const serve = { url, slots: 1, signal: stop.signal }
  const units = pausingUnits(60, { scores: 1 })
  const other = serveUnits({
    ...serve,
    run: async () => {
      throw new ScoringBiasError('OTHER_MACHINE', 'another version is here')
    },
  })
  const told: string[] = []
  let starting: Promise<unknown> = Promise.resolve()
  const onNotice = (text: string) => {
    told.push(text)
    if (/may train/.test(text)) starting = serveUnits({ ...serve, run: async () => result })
  }
  const store = { find: async () => undefined, keepAll: async () => {} }
  const failed = await distributeUnits(units, { url, study: '0'.repeat(64), store, onNotice })
  stop.abort()
  await starting
  assert.deepEqual(failed, [])
  assert.ok(told.includes('none of the 1 worker may train what is left: another version is here'), told.join('\n'))
  // Each unit once at most, and again more and more seldom: 20 times more would take eight minutes.
  const { refused } = await other
  assert.ok(refused >= 4 && refused <= units.length + 20, String(refused))
})
