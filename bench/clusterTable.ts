import { at } from '../src/check.js'
import { uniform } from '../src/random/uniform.js'
import type { ClusterBench } from './cluster.js'
import type { MeasuredQueue, MeasuredUnits } from './clusterMeasure.js'
import { type ClusterModel, type Simulated, simulate } from './clusterModel.js'

export const workerCounts = [10, 30, 100, 300, 1000, 3000, 10_000] as const

/** Assumed, not measured. */
const assumed = {
  /** Units for each worker. */
  unitsOfWorker: 20,
  /** Bytes a second from a worker to Redis, and from Redis to the coordinator. */
  workerBytes: 12.5e6,
  coordinatorBytes: 125e6,
  /** Training times lie evenly in so large a part of the measured one around it. */
  spread: 0.2,
  /** Seconds until another worker is in the place of one that died. */
  restart: 120,
  /** The default of `--lock`. */
  lock: 30,
} as const

/** The most of its time that the coordinator looks for lost units, as `distributeUnits` has it. */
const mostLooking = 0.05

/** A simulated study. */
export interface ClusterCell extends Simulated {
  readonly dataset: string
  readonly workers: number
  /** Mean hours of training until a worker dies; null where none does. */
  readonly hours: number | null
  readonly units: number
  /** What workers alone would take, without coordinator and deaths. */
  readonly ideal: number
  /** All that the coordinator does, as a share of the makespan. */
  readonly coordinatorShare: number
  /** Redis: commands a second, the share of its one core, and bytes at most. */
  readonly redisCommands: number
  readonly redisShare: number
  readonly redisBytes: number
}

interface Fleet {
  readonly workers: number
  readonly hours: number
}

const megabytes = ({ bytes }: MeasuredUnits) => bytes / 1e6

/** Seconds that the coordinator takes to store a result of a unit. */
export function storingSeconds(units: MeasuredUnits, queue: MeasuredQueue): number {
  const processor = (queue.coordinatorMs + megabytes(units) * queue.coordinatorMsOfMegabyte) / 1000
  return processor + units.bytes / assumed.coordinatorBytes
}

/** How many looks at queued units there are a second: of each four for each worker every two seconds, unless that takes too long. */
function looks({ look }: MeasuredQueue, workers: number): number {
  return Math.min(2 * workers, (1000 * mostLooking) / look.coordinatorMs)
}

/** The share of its time that the coordinator looks after units and workers. */
export function lookingShare(queue: MeasuredQueue, workers: number): number {
  return (looks(queue, workers) * queue.look.coordinatorMs + workers * queue.news.coordinatorMs) / 1000
}

/** The simulation of units of a data set, half of them of either detector. */
export function modelOf(units: MeasuredUnits, queue: MeasuredQueue, { workers, hours }: Fleet): ClusterModel {
  const n = assumed.unitsOfWorker * workers
  const costliest = units.seconds.toSorted((a, b) => b - a)
  const factors = uniform(n, { seed: 1, stream: 1, low: 1 - assumed.spread, high: 1 + assumed.spread })
  return {
    units: factors.map((factor, i) => factor * at(costliest, Math.floor((i * costliest.length) / n))),
    workers,
    delivery: units.bytes / assumed.workerBytes,
    storing: storingSeconds(units, queue),
    otherwise: lookingShare(queue, workers),
    life: 3600 * hours,
    restart: assumed.restart,
    lock: assumed.lock,
    ...{ deaths: 2, ahead: 4, seed: 1 },
  }
}

export function cellOf(units: MeasuredUnits, queue: MeasuredQueue, fleet: Fleet): ClusterCell {
  const model = modelOf(units, queue, fleet)
  const found = simulate(model)
  const { workers, hours } = fleet
  const looking = lookingShare(queue, workers)
  const rate = found.stored / found.makespan
  // With the looks at every unit every two seconds: with many workers they are fewer.
  const commands = rate * queue.commands + workers * queue.commandsOfWorker
  const results = rate * megabytes(units) * queue.redisMsOfMegabyte
  const redisMs = commands * ofCommand(queue) + results + workers * queue.news.redisMs
  const total = Array.from(model.units).reduce((sum, seconds) => sum + seconds, 0)
  return {
    ...{ dataset: units.dataset, workers, hours: Number.isFinite(hours) ? hours : null, units: model.units.length },
    ideal: total / workers,
    ...found,
    coordinatorShare: found.storingShare + looking,
    redisCommands: commands,
    redisShare: redisMs / 1000 + Math.min(mostLooking, (2 * workers * queue.look.redisMs) / 1000),
    redisBytes: model.ahead * workers * queue.bytesOfUnit + found.mostWaiting * units.bytes,
  }
}

/**
 * The most workers that a coordinator and a Redis keep busy whose units take so many seconds: W where the coordinator's
 * W (storing/between + news), or what workers ask of Redis, is all but the time of looking.
 */
export function mostWorkers(units: MeasuredUnits, queue: MeasuredQueue, seconds: number): number {
  const between = seconds + units.bytes / assumed.workerBytes
  const ofWorker = storingSeconds(units, queue) / between + queue.news.coordinatorMs / 1000
  const asked = ((queue.commandsOfWorker + queue.commands / between) * ofCommand(queue)) / 1000
  return Math.floor((1 - mostLooking) / Math.max(ofWorker, asked))
}

/** Milliseconds of Redis for a command. */
function ofCommand({ redisMs, commands }: MeasuredQueue): number {
  return redisMs / commands
}

const number = (value: number, digits = 2) => Number(value.toPrecision(digits)).toLocaleString('en')
const percent = (share: number) => `${share > 0.0995 ? Math.round(100 * share) : (100 * share).toPrecision(2)} %`
const duration = (seconds: number) =>
  seconds < 120
    ? `${number(seconds)} s`
    : seconds < 7200
      ? `${number(seconds / 60)} min`
      : `${number(seconds / 3600)} h`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** The tables of docs/scaling.md. */
export function clusterTables({ units, queue, validation, cells }: ClusterBench): string {
  const simulated = table(
    [
      'units of',
      'a worker dies',
      'workers',
      'makespan',
      'of it training',
      'coordinator',
      'results stored a second',
      'given up',
      'Redis: commands a second',
      'its core',
      'its memory',
    ],
    cells.map((cell) => [
      ...[cell.dataset, cell.hours === null ? 'never' : `every ${cell.hours} h`, cell.workers.toLocaleString('en')],
      ...[duration(cell.makespan), percent(cell.utilisation), percent(cell.coordinatorShare)],
      ...[number(cell.stored / cell.makespan), cell.givenUp.toLocaleString('en')],
      ...[number(cell.redisCommands), percent(cell.redisShare), `${number(cell.redisBytes / 1e6)} MB`],
    ]),
  )
  const limits = table(
    ['a unit trains for', ...units.map(({ dataset }) => `with results of ${dataset}`)],
    [1, 10, 60, 600, 3600].map((seconds) => [
      duration(seconds),
      ...units.map((of) => number(mostWorkers(of, queue, seconds))),
    ]),
  )
  const costs = table(
    ['', 'coordinator', 'Redis', 'commands of Redis'],
    [
      ['a unit', `${number(queue.coordinatorMs)} ms`, `${number(queue.redisMs)} ms`, number(queue.commands)],
      [
        'each megabyte of its result',
        `${number(queue.coordinatorMsOfMegabyte)} ms`,
        `${number(queue.redisMsOfMegabyte)} ms`,
        '',
      ],
      [
        'a look at a queued unit',
        `${number(1000 * queue.look.coordinatorMs)} µs`,
        `${number(1000 * queue.look.redisMs)} µs`,
        number(queue.look.commands),
      ],
      [
        'the news of a worker, once a second',
        `${number(1000 * queue.news.coordinatorMs)} µs`,
        `${number(1000 * queue.news.redisMs)} µs`,
        '',
      ],
      ['a worker process, each second', '', '', number(queue.commandsOfWorker)],
    ],
  )
  const measured = table(
    ['units of', 'runs', 'seconds of a processor', 'result'],
    units.map(({ dataset, runsOfUnit, seconds, bytes }) => [
      ...[dataset, String(runsOfUnit), seconds.map((s) => number(s)).join(' and '), `${number(bytes / 1000)} kB`],
    ]),
  )
  const real = table(
    ['workers', 'real', 'simulated'],
    validation.map(({ workers, seconds, simulated: said }) => [
      String(workers),
      `${seconds.toFixed(1)} s`,
      `${said.toFixed(1)} s`,
    ]),
  )
  return [measured, costs, real, simulated, limits].join('\n\n')
}
