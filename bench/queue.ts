// What a queue costs, part by part: npm run bench:queue [-- PART…]. Needs redis-server, and a machine that does nothing else for what it
// says of seconds; processor times hold on a busy one too.
//   pass         10,000 units of a millisecond each pass in under a minute
//   coordinator  at 100 units a minute the coordinator takes under 2 % of a core
//   speedup      two workers train a study at least 1.85 times as fast as one
// That answers stay right while parts die, 50 times over: SCORING_BIAS_QUEUE_REPEATS=50 npm test -- queue/survives
import { join } from 'node:path'
import process from 'node:process'
import { trainByQueue } from '../src/queue/trainByQueue.js'
import { endAll, ended, folder, Server, startWorker } from '../test/queue/machines.js'
import { machine } from './machine.js'
import { runQueue } from './queueRun.js'

/** Of a unit on StatLog. */
const statlog = { runs: 5, scores: 6435 }

const parts: Readonly<Record<string, () => Promise<string>>> = {
  pass: async () => {
    const cost = await runQueue({ units: 10_000, pauseMs: 1, scores: 1, processes: 2, slots: 4 })
    const each = (ms: number) => `${(ms / cost.stored).toFixed(2)} ms`
    return (
      `${cost.stored.toLocaleString('en')} units of a millisecond passed in ${cost.seconds.toFixed(1)} s; of each the coordinator took ` +
      `${each(cost.coordinatorMs)} of processor time, the workers ${each(cost.workerMs)}, Redis ${each(cost.redisMs)}`
    )
  },
  coordinator: async () => {
    const cost = await runQueue({ units: 200, pauseMs: 540, ...statlog, processes: 1, slots: 1 })
    const { seconds, units, coordinatorMs } = cost.steady
    const pace = (60 * units) / seconds
    const share = (100 * coordinatorMs) / 1000 / seconds
    return (
      `At ${pace.toFixed(0)} units a minute the coordinator takes ${share.toFixed(2)} % of a core, ${(coordinatorMs / units).toFixed(1)} ms ` +
      `of processor time a unit of five runs and 129 kB; its start took ${(cost.coordinatorMs - coordinatorMs).toFixed(0)} ms more`
    )
  },
  speedup: async () => {
    const seconds: [number[], number[]] = [[], []]
    for (let round = 0; round < 3; round++) {
      seconds[0].push(await trainingSeconds(1))
      seconds[1].push(await trainingSeconds(2))
    }
    const [one, two] = seconds.map((all) => all.toSorted((a, b) => a - b)[1] ?? Number.NaN) as [number, number]
    const all = seconds.map((own) => own.map((s) => s.toFixed(1)).join(', '))
    return `One worker takes ${all[0]} s, two take ${all[1]} s: ${(one / two).toFixed(2)} times as fast by the medians`
  },
}

/** A study of 40 units of some seconds, on so many workers of a thread each. */
async function trainingSeconds(workers: number): Promise<number> {
  const { url } = await Server.start()
  const all = []
  for (let i = 0; i < workers; i++) all.push(await startWorker(url, { lock: 30 }))
  const study = { dataset: 'statlog', runs: 100, settings: { epochs: 20, pretrainEpochs: 10 }, device: 'cpu' } as const
  const started = performance.now()
  await trainByQueue({ study }, { url, store: join(folder(), 'store.duckdb') })
  const seconds = (performance.now() - started) / 1000
  for (const { child } of all) await ended(child, 'SIGTERM')
  return seconds
}

const asked = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts)
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`)
console.log(machine())
for (const name of asked) {
  console.log(`${name}: ${await parts[name]?.()}`)
  await endAll()
}
