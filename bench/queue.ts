// How fast units pass through a queue whose training takes no time: npm run bench:queue [-- UNITS]. Needs redis-server. The coordinator,
// a store in memory and the worker are one process, so that its processor time is that of both.
import { createHash } from 'node:crypto'
import process from 'node:process'
import type { UnitDescription } from '../src/cluster/runUnit.js'
import { distributeUnits } from '../src/queue/distributeUnits.js'
import { serveUnits } from '../src/queue/serveUnits.js'
import type { Unit, UnitResult, UnitStore } from '../src/study/core/unit.js'
import { endAll, Server } from '../test/queue/machines.js'
import { machine } from './machine.js'

const nUnits = Number(process.argv[2] ?? 10_000)

const units = Array.from({ length: nUnits }, (_, i) => {
  const id = createHash('sha256').update(String(i)).digest('hex')
  const unit: Unit = { id, task: id, config: '{}', runs: [0] }
  const description: UnitDescription = {
    ...{ id, task: id, config: '{}', title: `unit ${i}`, cost: 1, nSamples: 1, version: '' },
    recipe: { kind: 'converge', dataset: 'synthetic', options: {} },
  }
  return { unit, description }
})
const result: UnitResult = {
  device: 'cpu',
  runs: [
    {
      training: { run: 0, losses: new Float64Array(1), pretrainLosses: new Float64Array(0) },
      scores: new Float32Array(1),
    },
  ],
}
const kept = new Map<string, UnitResult>()
const store: UnitStore = {
  plan: async () => {},
  claim: async (all) => all,
  keep: async ({ id }, own) => {
    kept.set(id, own)
  },
  find: async ({ id }) => kept.get(id),
  keepStudy: async () => {},
  studies: async () => [],
}

const { url } = await Server.start()
const stop = new AbortController()
const serving = serveUnits({ url, slots: 8, signal: stop.signal, run: async () => result })
const before = process.cpuUsage()
const started = performance.now()
await distributeUnits(units, { url, study: '0'.repeat(64), store })
const seconds = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(before)
stop.abort()
await serving
await endAll()
const processor = ((user + system) / 1e3 / nUnits).toFixed(2)
console.log(machine())
console.log(
  `${kept.size} units in ${seconds.toFixed(1)} s; ${processor} ms of processor time for each, coordinator and worker together`,
)
