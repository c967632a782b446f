import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { UnitDescription } from '../cluster/runUnit.js'
import { encodeUnitResult } from '../cluster/unitResultBytes.js'
import { type ErrorCode, reasonOf, ScoringBiasError } from '../errors.js'
import type { UnitResult } from '../study/core/unit.js'
import {
  beatMs,
  jobId,
  keptMs,
  prefix,
  queueName,
  refusalsKey,
  resultsChannel,
  resultsKey,
  type WorkerNews,
  workersKey,
} from './keys.js'
import { connectRedis, leaveRedis, leaveWhenAborted, loadBullmq } from './redis.js'

/** Options of `serveUnits`. */
export interface ServeOptions {
  readonly url: string
  /** Trains a unit; off the main thread, which keeps the locks of units alive. */
  readonly run: (description: UnitDescription) => Promise<UnitResult>
  /** Units that are trained at a time. */
  readonly slots: number
  /** When it fires, the units that are in training go back to the queue, and the worker ends. */
  readonly signal: AbortSignal
  /** How long a worker that is silent keeps its unit. Default 30,000. */
  readonly lockMs?: number | undefined
  /** Told once, when there is a connection. */
  readonly onReady?: (() => void) | undefined
  /** What people should know while it goes on, a sentence. */
  readonly onNotice?: ((text: string) => void) | undefined
}

/** What another worker may be able to do. */
const leavesToOthers: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'OTHER_MACHINE',
  'NO_DATA',
  'NO_DEVICE',
  'NOT_INSTALLED',
])
/** How long a unit that was refused is left to others, and a worker that refuses a unit again leaves all of them to others at most. */
const refusalPauseMs = 2000
const longestStandMs = 30_000
const memoryPauseMs = 1000
/** Workers that may die over a unit before it is given up. */
const mostStalls = 1

/** The units that a worker trained, and those that it left to others. */
export interface Served {
  readonly trained: number
  readonly refused: number
}

/**
 * Trains the units of a queue until the signal fires. A result is in Redis before its unit leaves the queue, so that a worker
 * may be killed at any time: its unit goes to another one when it has been silent for `lockMs`.
 *
 * Errors: `NO_QUEUE`, `NOT_INSTALLED`.
 */
export async function serveUnits(options: ServeOptions): Promise<Served> {
  const { url, slots, signal, lockMs = 30_000, onReady, onNotice = () => {} } = options
  const bullmq = await loadBullmq()
  const redis = await connectRedis(url, { onNotice }, signal)
  const stopWaiting = leaveWhenAborted(redis, signal)
  const served = new UnitServer({ ...options, onNotice, redis, bullmq })
  const worker: Worker = new bullmq.Worker(queueName, (job, token) => served.train(job, token), {
    ...{ connection: redis, prefix, skipVersionCheck: true, concurrency: slots },
    ...{ lockDuration: lockMs, stalledInterval: lockMs / 2, maxStalledCount: mostStalls, drainDelay: 2 },
    removeOnComplete: { count: 0 },
  })
  // Connections that break come back; a lock that was lost went to another worker.
  worker.on('error', () => undefined)
  const beat = setInterval(() => void served.say().catch(() => undefined), beatMs)
  try {
    await served.say()
    onReady?.()
    await fired(signal)
    return served.counts
  } catch (error) {
    // A connection that has been left refuses what it was asked.
    if (signal.aborted) return served.counts
    throw error
  } finally {
    clearInterval(beat)
    const isThere = redis.status === 'ready'
    // Waits for what is in training to go back to the queue, if there is one.
    await worker.close(!isThere).catch(() => undefined)
    if (isThere) await redis.hdel(workersKey, served.id).catch(() => undefined)
    stopWaiting()
    leaveRedis(redis)
  }
}

function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

interface Tools extends ServeOptions {
  readonly redis: Redis
  readonly bullmq: typeof import('bullmq')
  readonly onNotice: (text: string) => void
}

/** What the jobs of a study carry. */
interface UnitJob {
  readonly study: string
  readonly description: UnitDescription
}

class UnitServer {
  readonly id = `${hostname()} ${process.pid} ${randomUUID()}`
  readonly #tools: Tools
  readonly #said = new Set<string>()
  readonly #refusedJobs = new Set<string>()
  #standMs = refusalPauseMs
  #running = 0
  #trained = 0
  #refused = 0

  constructor(tools: Tools) {
    this.#tools = tools
  }

  get counts(): Served {
    return { trained: this.#trained, refused: this.#refused }
  }

  /** Tells coordinators that this worker lives. */
  async say(): Promise<void> {
    const { redis, slots } = this.#tools
    const [seconds] = await redis.time()
    const at = Number(seconds) * 1000
    const news: WorkerNews = { host: hostname(), pid: process.pid, slots, running: this.#running, at }
    await redis.hset(workersKey, this.id, JSON.stringify(news))
  }

  async train(job: Job<UnitJob>, token: string | undefined): Promise<void> {
    const { run, signal, bullmq } = this.#tools
    const { study, description } = job.data
    this.#running++
    try {
      const result = await run(description)
      await this.#deliver(study, description.id, encodeUnitResult(result))
      this.#trained++
      this.#standMs = refusalPauseMs
    } catch (error) {
      if (signal.aborted) {
        await job.moveToWait(token)
        throw new bullmq.WaitingError()
      }
      if (error instanceof ScoringBiasError && leavesToOthers.has(error.code)) {
        const isAgain = await this.#refuse(jobId(study, description.id), error.message)
        await job.moveToDelayed(Date.now() + refusalPauseMs, token)
        if (isAgain) await this.#standBack()
        throw new bullmq.DelayedError()
      }
      throw error
    } finally {
      this.#running--
    }
  }

  /** Gives a result to the coordinator; a server without memory gets it later, while the unit stays this worker's. */
  async #deliver(study: string, unit: string, bytes: Uint8Array): Promise<void> {
    const { redis, signal, onNotice } = this.#tools
    const message = Buffer.concat([Buffer.from(unit, 'latin1'), bytes])
    for (let tries = 0; ; tries++) {
      try {
        const key = resultsKey(study)
        await redis.multi().rpush(key, message).pexpire(key, keptMs).publish(resultsChannel, study).exec()
        return
      } catch (error) {
        if (signal.aborted || !/OOM|EXECABORT/.test(reasonOf(error))) throw error
        if (tries === 0) onNotice(`Redis has no memory for a result of ${message.length} bytes. Trying again`)
        await setTimeout(memoryPauseMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** Has the coordinator know why a unit is left to others. Returns whether this worker had left it before. */
  async #refuse(job: string, reason: string): Promise<boolean> {
    const { redis, onNotice } = this.#tools
    const key = refusalsKey(job)
    await redis.multi().hset(key, this.id, reason).pexpire(key, keptMs).exec()
    this.#refused++
    if (!this.#said.has(reason)) onNotice(`Left to others: ${reason}`)
    this.#said.add(reason)
    const isAgain = this.#refusedJobs.has(job)
    this.#refusedJobs.add(job)
    return isAgain
  }

  /** Takes nothing for a while, longer each time: who refuses all that comes by would else delay it for those who may train it. */
  async #standBack(): Promise<void> {
    const { signal } = this.#tools
    this.#running--
    await setTimeout(this.#standMs, undefined, { signal }).catch(() => undefined)
    this.#running++
    this.#standMs = Math.min(longestStandMs, 2 * this.#standMs)
  }
}
