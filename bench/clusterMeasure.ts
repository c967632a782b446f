import { randomUUID } from 'node:crypto'
import process from 'node:process'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { at } from '../src/check.js'
import { encodeUnitResult } from '../src/cluster/unitResultBytes.js'
import { jobId, prefix, queueName, workersKey } from '../src/queue/keys.js'
import { LiveWorkers } from '../src/queue/liveWorkers.js'
import { studyTrainings } from '../src/study/runStudy.js'
import { unitPieces } from '../src/study/trainer/trainPieces.js'
import { ThreadTrainer } from '../src/study/trainer/trainScenarios.js'
import { Server } from '../test/queue/machines.js'
import { pausingUnits, redisNow, runQueue } from './queueRun.js'

/** What units of a data set take, with the paper's settings. */
export interface MeasuredUnits {
  readonly dataset: string
  readonly runsOfUnit: number
  /** Processor time of a unit of either detector. */
  readonly seconds: readonly number[]
  /** Of a result, compressed. */
  readonly bytes: number
}

/** What the queue takes. Milliseconds are processor time. */
export interface MeasuredQueue {
  /** Of the coordinator and of Redis for a unit, and for each megabyte of its result. */
  readonly coordinatorMs: number
  readonly coordinatorMsOfMegabyte: number
  readonly redisMs: number
  readonly redisMsOfMegabyte: number
  /** Commands of Redis for a unit. */
  readonly commands: number
  /** Of one look at a queued unit, and of one reading of what a worker says of itself. */
  readonly look: Load
  readonly news: Load
  /** Commands each second of a worker process at a unit that does not end, with the coordinator's looks at it and the three behind it. */
  readonly commandsOfWorker: number
  /** Bytes in Redis of a unit that is queued. */
  readonly bytesOfUnit: number
}

/** Processor time, and commands of Redis. */
export interface Load {
  readonly coordinatorMs: number
  readonly redisMs: number
  readonly commands: number
}

/**
 * Trains a unit of each detector for few epochs and for more, and goes on from there to all: training takes as long in every epoch. Of a
 * large data set a share is trained on; its units take as much longer as it has more samples.
 */
export async function measureUnits(dataset: string, share = 1): Promise<MeasuredUnits> {
  const whole = await unitsOf(dataset, share, {})
  const { epochs } = at(whole, 0).work.settings
  const [least, more] = share === 1 ? [2, 22] : [1, 4]
  const few = await Promise.all([least, more].map((n) => unitsOf(dataset, share, { epochs: n, pretrainEpochs: n })))
  const trainer = new ThreadTrainer({ workers: 1, device: 'cpu' })
  try {
    const seconds: number[] = []
    let bytes = 0
    for (const i of at(few, 0).keys()) {
      // Graphs are made once.
      await trainer.train(at(at(few, 0), i).work, () => {})
      const taken: number[] = []
      for (const units of few) {
        const { work } = at(units, i)
        const before = process.cpuUsage()
        const result = await trainer.train(work, () => {})
        const { user, system } = process.cpuUsage(before)
        taken.push((user + system) / 1e6)
        bytes = encodeUnitResult(result).length / share
      }
      // One epoch with one of pretraining; the paper has as many of both, or fewer of the latter.
      const ofEpoch = (at(taken, 1) - at(taken, 0)) / (more - least)
      seconds.push((ofEpoch * epochs) / share)
    }
    return { dataset, runsOfUnit: at(whole, 0).runs.length, seconds, bytes: Math.round(bytes) }
  } finally {
    await trainer.close()
  }
}

/** The first unit of each detector. */
async function unitsOf(dataset: string, share: number, settings: { epochs?: number; pretrainEpochs?: number }) {
  const plans = await studyTrainings({ dataset, share, runs: 5, settings, device: 'cpu' })()
  const { jobs, training } = at(plans, 0)
  const trainer = { workers: 1, device: async () => 'cpu' as const, fingerprint: async () => '', train: untrained }
  const all = await unitPieces(jobs, trainer, training)
  return jobs.map(({ objective }) =>
    at(
      all.filter(({ work }) => work.objective === objective),
      0,
    ),
  )
}

function untrained(): Promise<never> {
  return Promise.reject(new Error('a fingerprint is given, so that nothing trains for one'))
}

/** Passes units of small and of large results, and watches a coordinator whose workers are at work for long. */
export async function measureQueue(): Promise<MeasuredQueue> {
  const small = await runQueue({ units: 1000, pauseMs: 1, scores: 1, processes: 1, slots: 8 })
  const large = await runQueue({ units: 200, pauseMs: 1, scores: 260_000, processes: 1, slots: 8 })
  const megabytes = 0.98
  const ofUnit = (cost: typeof small, of: 'coordinatorMs' | 'redisMs') => cost[of] / cost.stored
  const [one, four] = [await resting(1), await resting(4)]
  const { look, news, bytesOfUnit } = await measureLooks()
  return {
    coordinatorMs: ofUnit(small, 'coordinatorMs'),
    coordinatorMsOfMegabyte: (ofUnit(large, 'coordinatorMs') - ofUnit(small, 'coordinatorMs')) / megabytes,
    redisMs: ofUnit(small, 'redisMs'),
    redisMsOfMegabyte: (ofUnit(large, 'redisMs') - ofUnit(small, 'redisMs')) / megabytes,
    commands: small.commands / small.stored,
    ...{ look, news, bytesOfUnit },
    commandsOfWorker: (four - one) / 3,
  }
}

/** Commands each second of workers at whose units nothing ends: of a long time less of a short one, so that their start does not count. */
async function resting(processes: number): Promise<number> {
  const asked = { units: 4 * processes, pauseMs: 1e9, scores: 1, processes, slots: 1 }
  const short = await runQueue({ ...asked, forMs: 10_000 })
  const long = await runQueue({ ...asked, forMs: 40_000 })
  return (long.commands - short.commands) / (long.seconds - short.seconds)
}

/** Looks at a thousand queued units, and reads the news of a thousand workers. */
async function measureLooks(): Promise<Pick<MeasuredQueue, 'look' | 'news' | 'bytesOfUnit'>> {
  const [n, times] = [1000, 10]
  const { url } = await Server.start()
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  const queue = new Queue(queueName, { connection: redis, prefix, skipVersionCheck: true })
  try {
    const empty = await redisNow(redis)
    const units = pausingUnits(n, { scores: 1 })
    await queue.addBulk(
      units.map(({ unit, description }) => ({
        ...{ name: unit.id, data: { study: '0'.repeat(64), description } },
        opts: { jobId: jobId('0'.repeat(64), unit.id) },
      })),
    )
    const bytesOfUnit = ((await redisNow(redis)).bytes - empty.bytes) / n
    const each = async (work: () => Promise<unknown>): Promise<Load> => {
      await work()
      const [before, cpu] = [await redisNow(redis), process.cpuUsage()]
      for (let i = 0; i < times; i++) await work()
      const { user, system } = process.cpuUsage(cpu)
      const after = await redisNow(redis)
      const of = (more: number, less: number) => (more - less) / n / times
      return {
        coordinatorMs: (user + system) / 1000 / n / times,
        redisMs: of(after.processorMs, before.processorMs),
        commands: of(after.commands, before.commands),
      }
    }
    const look = await each(() =>
      Promise.all(units.map(({ unit }) => queue.getJobState(jobId('0'.repeat(64), unit.id)))),
    )
    for (let i = 0; i < n; i++) {
      const [seconds] = await redis.time()
      const said = { host: `machine-${i}`, pid: i, slots: 1, running: 1, at: 1000 * Number(seconds) }
      await redis.hset(workersKey, `machine-${i} ${i} ${randomUUID()}`, JSON.stringify(said))
    }
    return { look, news: await each(() => new LiveWorkers(redis).all()), bytesOfUnit }
  } finally {
    await queue.close()
    redis.disconnect()
  }
}
