// What a queue costs, part by part: npm run bench:queue [-- PART…]. Needs redis-server, and a machine that does nothing else for what it
// says of seconds; processor times hold on a busy one too.
//   pass         10,000 units of a millisecond each pass in under a minute
//   coordinator  at 100 units a minute the coordinator takes under 2 % of a core
//   speedup      two workers train a study at least 1.85 times as fast as one
// That answers stay right while parts die, 50 times over: SCORING_BIAS_QUEUE_REPEATS=50 npm test -- queue/survives
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { at } from '../src/check.js'
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
    const runs: [Training[], Training[]] = [[], []]
    for (let round = 0; round < 3; round++) {
      runs[0].push(await training(1))
      runs[1].push(await training(2))
    }
    const median = (all: readonly Training[]) =>
      at(
        all.map(({ seconds }) => seconds).toSorted((a, b) => a - b),
        1,
      )
    const [one, two] = runs.map((all) =>
      all.map(({ seconds, workers, load }) => `${seconds.toFixed(1)} s (${workers}; load ${load})`).join(', '),
    )
    const ratio = (median(runs[0]) / median(runs[1])).toFixed(2)
    return `One worker takes ${one}, two take ${two}: ${ratio} times as fast by the medians. In brackets: processor time of each worker`
  },
}

/** What a study took by the clock, its workers of processor time, and how busy the machine was in the minute before its end. */
interface Training {
  readonly seconds: number
  readonly workers: string
  readonly load: string
}

/** A study of 40 units of a second and more, on so many workers of a thread each. */
async function training(workers: number): Promise<Training> {
  const { url } = await Server.start()
  const all = []
  for (let i = 0; i < workers; i++) all.push(await startWorker(url, { lock: 30 }))
  const study = { dataset: 'statlog', runs: 100, settings: { epochs: 100, pretrainEpochs: 50 }, device: 'cpu' } as const
  const started = performance.now()
  await trainByQueue({ study }, { url, store: join(folder(), 'store.duckdb') })
  const seconds = (performance.now() - started) / 1000
  const taken = all.map(({ child }) => `${processorSeconds(child.pid ?? 0).toFixed(1)} s`).join(' and ')
  for (const { child } of all) await ended(child, 'SIGTERM')
  return { seconds, workers: taken, load: at(loadavg(), 0).toFixed(1) }
}

/** Of a process that lives, from the 14th and 15th field of what Linux says of it, in hundredths. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const asked = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts)
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`)
console.log(machine())
for (const name of asked) {
  console.log(`${name}: ${await parts[name]?.()}`)
  await endAll()
}
