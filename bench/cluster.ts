// How a queue of 10 to 10,000 workers would go: npm run bench:cluster [-- --queue | --simulate | --table]. Measures units, coordinator and Redis on this machine,
// sets the simulation beside a real queue of one and two workers, lets it run, and writes bench/cluster.json. --queue leaves the
// units as they were measured, --simulate only simulates again, --table prints the tables of docs/scaling.md from what is there. Needs redis-server, and Fashion-MNIST.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { endAll } from '../test/queue/machines.js'
import { type MeasuredQueue, type MeasuredUnits, measureQueue, measureUnits } from './clusterMeasure.js'
import { simulate } from './clusterModel.js'
import { type ClusterCell, cellOf, clusterTables, modelOf, workerCounts } from './clusterTable.js'
import { benchFolder } from './harness.js'
import { runQueue } from './queueRun.js'

/** A real queue whose training is a pause, and what the simulation says of it. */
export interface Validation {
  readonly workers: number
  readonly units: number
  readonly pauseSeconds: number
  readonly seconds: number
  readonly simulated: number
}

/** What `bench/cluster.json` has. */
export interface ClusterBench {
  readonly machine: string
  readonly units: readonly MeasuredUnits[]
  readonly queue: MeasuredQueue
  readonly validation: readonly Validation[]
  readonly cells: readonly ClusterCell[]
}

const path = join(benchFolder, 'cluster.json')

if (process.argv[2] === undefined || process.argv[2] === '--queue') {
  const units =
    process.argv[2] === '--queue'
      ? read().units
      : [await measureUnits('statlog'), await measureUnits('fashion-mnist', 0.01)]
  const queue = await measureQueue()
  const validation = [await validated(queue, 1), await validated(queue, 2)]
  await endAll()
  write({ machine: `AMD EPYC, 2 cores, node ${process.versions.node}`, units, queue, validation, cells: [] })
}
if (process.argv[2] !== '--table') {
  const { cells: _, ...measured } = read()
  const { units, queue } = measured
  // A death a day is nothing to units of seconds.
  const livesOf = ({ seconds }: MeasuredUnits) => [Number.POSITIVE_INFINITY, ...(Math.max(...seconds) < 60 ? [] : [24])]
  const fleetsOf = (of: MeasuredUnits) =>
    livesOf(of).flatMap((hours) => workerCounts.map((workers) => ({ workers, hours })))
  write({ ...measured, cells: units.flatMap((of) => fleetsOf(of).map((fleet) => cellOf(of, queue, fleet))) })
}
console.log(clusterTables(read()))

function read(): ClusterBench {
  return JSON.parse(readFileSync(path, 'utf8')) as ClusterBench
}

function write(bench: ClusterBench): void {
  const text = JSON.stringify(bench, null, 2)
  // As the formatter has it: short lists on one line.
  const lists = text.replace(/\[([\s\d.,]+)\]/g, (_, list: string) => `[${list.trim().replace(/\s+/g, ' ')}]`)
  writeFileSync(path, `${lists}\n`)
}

/** Workers that wait half a second at each unit: a busy machine slows them little. */
async function validated(queue: MeasuredQueue, workers: number): Promise<Validation> {
  const [units, pauseSeconds] = [60, 0.5]
  const { seconds } = await runQueue({ units, pauseMs: 1000 * pauseSeconds, scores: 1, processes: workers, slots: 1 })
  const model = modelOf({ dataset: 'a pause', runsOfUnit: 1, seconds: [pauseSeconds], bytes: 0 }, queue, {
    workers,
    hours: Infinity,
  })
  const { makespan } = simulate({ ...model, units: new Float64Array(units).fill(pauseSeconds) })
  return { workers, units, pauseSeconds, seconds, simulated: makespan }
}
