import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { throwIfAborted } from '../abort.js'
import { at } from '../check.js'
import type { UnitDescription } from '../cluster/runUnit.js'
import { decodeUnitResult, sameResult } from '../cluster/unitResultBytes.js'
import { counted } from '../counted.js'
import { reasonOf, ScoringBiasError } from '../errors.js'
import type { OnProgress } from '../progress.js'
import type { Unit, UnitResult } from '../study/core/unit.js'
import type { DuckdbStore, TrainedUnit } from '../study/store/duckdbStore.js'
import type { UnitConfig } from '../study/store/storedUnit.js'
import { requireResult } from '../study/trainer/checkedResult.js'
import { CoordinatorLease } from './coordinatorLease.js'
import { jobId, prefix, queueName, refusalsKey, resultsChannel, resultsKey } from './keys.js'
import { LiveWorkers } from './liveWorkers.js'
import { connectRedis, leaveRedis, leaveWhenAborted, loadBullmq } from './redis.js'

/** A unit that workers are to train. */
export interface QueuedUnit {
  readonly unit: Unit
  readonly description: UnitDescription
}

/** Options of `distributeUnits`. */
export interface DistributeOptions {
  /** Of the Redis server, with its password if it has one. */
  readonly url: string
  /** Digest of what is trained: two coordinators never train the same at the same time. */
  readonly study: string
  /** Has the results: what is in the queue may get lost. It has planned the units, has none of them yet, and nobody else adds any. */
  readonly store: Pick<DuckdbStore, 'find' | 'keepAll'>
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
  /** What people should know while it goes on, a sentence. */
  readonly onNotice?: ((text: string) => void) | undefined
}

/** A unit that no worker could train. */
export interface FailedUnit {
  readonly unit: Unit
  readonly reason: string
}

/** Units that are queued at a time, for each that can be trained at a time. */
const ahead = 4
/** Results that are stored in one go, which takes less of the processor than one by one. */
const atOnce = 16
/**
 * How often jobs are looked for that got lost, more seldom where looking at many would take more than this share of the time; and the
 * longest wait for a result without looking.
 */
const lookMs = 2000
const lookShare = 0.05
const waitMs = 1000

/**
 * Has units trained by the workers of a queue, the costliest first, and stores their results as they come. Returns those that
 * failed: that a worker could not train, or whose workers died twice.
 *
 * The store is the truth and the queue may be lost at any time: a unit that is neither stored nor queued is queued again, a
 * result that comes twice is stored once. Each unit is stored whole, in one transaction with those that came with it, and then leaves the queue.
 *
 * Errors: `NO_QUEUE` without a server, or where another process coordinates the same study; `BAD_FILE` for two results of a unit
 * that differ, naming both machines; `NOT_INSTALLED`, `ABORTED`, then the units that are not stored leave the queue; those of the
 * store.
 */
export async function distributeUnits(
  units: readonly QueuedUnit[],
  options: DistributeOptions,
): Promise<readonly FailedUnit[]> {
  const { url, study, signal, onNotice = () => {} } = options
  const { Queue } = await loadBullmq()
  const redis = await connectRedis(url, { onNotice }, signal)
  const stopWaiting = leaveWhenAborted(redis, signal)
  try {
    const lease = await CoordinatorLease.take(redis, study, signal)
    const news = redis.duplicate()
    const queue: Queue = new Queue(queueName, {
      ...{ connection: redis, prefix, skipVersionCheck: true },
      streams: { events: { maxLen: 1000 } },
    })
    // Of a connection that breaks, which comes back.
    for (const one of [queue, news]) one.on('error', () => undefined)
    try {
      await news.subscribe(resultsChannel)
      return await new Distribution(units, { ...options, onNotice, redis, news, queue }).run()
    } finally {
      news.disconnect()
      await lease.release()
      await queue.close()
    }
  } catch (error) {
    // Rather than that of the connection which has been left.
    throwIfAborted(signal)
    throw error
  } finally {
    stopWaiting()
    leaveRedis(redis)
  }
}

interface Tools extends DistributeOptions {
  readonly redis: Redis
  readonly news: Redis
  readonly queue: Queue
  readonly onNotice: (text: string) => void
}

/** One study on its way through the queue. */
class Distribution {
  readonly #tools: Tools
  readonly #byId: ReadonlyMap<string, QueuedUnit>
  /** Units that are not stored and not queued, the costliest last. */
  readonly #waiting: QueuedUnit[]
  readonly #queued = new Map<string, QueuedUnit>()
  readonly #failed = new Map<string, FailedUnit>()
  readonly #stored = new Set<string>()
  readonly #workers: LiveWorkers
  readonly #results: Bell
  readonly #started = performance.now()
  #nextLook = 0
  #lastNotice = ''

  constructor(units: readonly QueuedUnit[], tools: Tools) {
    this.#tools = tools
    this.#byId = new Map(units.map((one) => [one.unit.id, one]))
    this.#waiting = [...this.#byId.values()].sort((a, b) => a.description.cost - b.description.cost)
    this.#workers = new LiveWorkers(tools.redis)
    this.#results = new Bell(tools.news, tools.study, tools.signal)
  }

  async run(): Promise<readonly FailedUnit[]> {
    const { signal } = this.#tools
    try {
      await this.#forgetFailures()
      while (this.#waiting.length + this.#queued.size > 0) {
        throwIfAborted(signal)
        const more = this.#results.heard()
        const read = await this.#storeResults()
        await this.#fill()
        if (performance.now() > this.#nextLook) await this.#look()
        this.#report()
        if (read < atOnce) await more(waitMs)
      }
      await this.#tools.redis.del(resultsKey(this.#tools.study))
      return [...this.#failed.values()]
    } catch (error) {
      await this.#takeBack()
      throw error
    } finally {
      this.#results.close()
    }
  }

  /** Units that failed before are to be tried again. */
  async #forgetFailures(): Promise<void> {
    const { queue, study } = this.#tools
    const own = jobId(study, '')
    for (const job of await queue.getFailed()) if (job.id?.startsWith(own)) await job.remove()
  }

  /** Queues more units, if those that are queued may soon be trained: at least one for each that can be trained at a time. */
  async #fill(): Promise<void> {
    const slots = Math.max(1, await this.#workers.slots())
    const room = Math.max(0, ahead * slots - this.#queued.size)
    if (room < slots) return
    await this.#add(this.#waiting.splice(Math.max(0, this.#waiting.length - room)).reverse())
  }

  async #add(units: readonly QueuedUnit[]): Promise<void> {
    if (units.length === 0) return
    const { queue, study, signal, onNotice } = this.#tools
    for (const one of units) this.#queued.set(one.unit.id, one)
    const jobs = units.map(({ unit, description }) => ({
      name: description.title,
      data: { study, description },
      opts: { jobId: jobId(study, unit.id), removeOnComplete: true, removeOnFail: false },
    }))
    try {
      await queue.addBulk(jobs)
    } catch (error) {
      // A server without memory for them: they are found missing, and added again, when results have left it.
      throwIfAborted(signal)
      onNotice(`Redis does not take units now: ${reasonOf(error)}. Trying again`)
    }
  }

  /** Stores the oldest results, and returns how many. A process that ends before they leave Redis finds them again. */
  async #storeResults(): Promise<number> {
    const { redis, store, study } = this.#tools
    const key = resultsKey(study)
    const messages = await redis.lrangeBuffer(key, 0, atOnce - 1)
    if (messages.length === 0) return 0
    const fresh = new Map<string, TrainedUnit>()
    let refused: ScoringBiasError | undefined
    for (const message of messages) {
      const found = this.#byId.get(message.subarray(0, 64).toString('latin1'))
      if (found === undefined) continue
      const result = decodeUnitResult(message.subarray(64))
      refused = await this.#refusal(found, result, fresh)
      if (refused !== undefined) break
      if (!this.#stored.has(found.unit.id)) fresh.set(found.unit.id, { unit: found.unit, result })
    }
    await store.keepAll([...fresh.values()])
    await Promise.all([...fresh.keys()].map((id) => this.#end(id)))
    if (refused !== undefined) throw refused
    await redis.ltrim(key, messages.length, -1)
    return messages.length
  }

  /** Why a result may not be stored; undefined where it may, or is stored already. */
  async #refusal(
    { unit, description }: QueuedUnit,
    result: UnitResult,
    fresh: ReadonlyMap<string, TrainedUnit>,
  ): Promise<ScoringBiasError | undefined> {
    const { nSamples, title } = description
    const fault = faultOf(unit, nSamples, result)
    if (fault !== undefined) {
      const what = `${hostOf(result)} sent a result of ${title} that is not whole (${reasonOf(fault)})`
      return new ScoringBiasError('BAD_FILE', `${what}. It is not stored. Find out what that machine runs`, {
        cause: fault,
      })
    }
    const isStored = this.#stored.has(unit.id)
    const known = isStored ? await this.#tools.store.find(unit, nSamples) : fresh.get(unit.id)?.result
    if (known === undefined || sameResult(known, result)) return undefined
    return new ScoringBiasError(
      'BAD_FILE',
      `${hostOf(known)} and ${hostOf(result)} trained ${title} to different bits. The second is not stored. ` +
        'Find out which machine is at fault',
    )
  }

  /** A unit that is stored leaves the queue. */
  async #end(id: string): Promise<void> {
    const { queue, study } = this.#tools
    this.#stored.add(id)
    this.#failed.delete(id)
    if (this.#queued.delete(id)) {
      // Trained twice, its job may still be there; while a worker has it, it cannot go, and goes when that worker ends it.
      await queue.remove(jobId(study, id)).catch(() => undefined)
      return
    }
    // It came from before this process began.
    const place = this.#waiting.findIndex((one) => one.unit.id === id)
    if (place >= 0) this.#waiting.splice(place, 1)
  }

  /** Looks for jobs that failed or got lost, and for units that no worker may train. */
  async #look(): Promise<void> {
    const { queue, study } = this.#tools
    const began = performance.now()
    const queued = [...this.#queued.values()]
    const states = await Promise.all(queued.map(({ unit }) => queue.getJobState(jobId(study, unit.id))))
    // What ended meanwhile has its result in Redis before its job is gone.
    while ((await this.#storeResults()) > 0);
    const lost: QueuedUnit[] = []
    let isActive = false
    for (const [i, one] of queued.entries()) {
      if (!this.#queued.has(one.unit.id)) continue
      const state = at(states, i)
      if (state === 'failed') await this.#fail(one)
      else if (state === 'unknown') lost.push(one)
      else if (state === 'active') isActive = true
    }
    await this.#add(lost)
    await this.#explain(isActive)
    const now = performance.now()
    this.#nextLook = now + Math.max(lookMs, (now - began) / lookShare)
  }

  async #fail(one: QueuedUnit): Promise<void> {
    const { queue, study, onNotice } = this.#tools
    const { unit, description } = one
    const job = await queue.getJob(jobId(study, unit.id))
    const said = job?.failedReason ?? 'no reason is known'
    const reason = /stalled/.test(said) ? 'its workers died, or were silent, twice while they trained it' : said
    this.#queued.delete(unit.id)
    this.#failed.set(unit.id, { unit, reason })
    await job?.remove()
    onNotice(`${description.title} is given up: ${reason}`)
  }

  /** Says why nothing goes on, if nothing does: there is no worker, or none that may train what is left. */
  async #explain(isActive: boolean): Promise<void> {
    const { onNotice } = this.#tools
    const live = await this.#workers.all()
    let text = ''
    if (live.size === 0) {
      text = 'no worker is there. Start one with `scoring-bias worker` and the address of this Redis'
    } else if (!isActive) {
      const reasons = await this.#refusals([...live.keys()])
      if (reasons.size > 0) {
        const all = [...reasons].slice(0, 3).join('; ')
        text = `none of the ${counted(live.size, 'worker')} may train what is left: ${all}`
      }
    }
    if (text !== '' && text !== this.#lastNotice) onNotice(text)
    this.#lastNotice = text
  }

  /** Why some workers have refused each unit that is queued; nothing where one of them has not refused one. */
  async #refusals(workers: readonly string[]): Promise<ReadonlySet<string>> {
    const { redis, study } = this.#tools
    const reasons = new Set<string>()
    for (const id of this.#queued.keys()) {
      for (const reason of await redis.hmget(refusalsKey(jobId(study, id)), ...workers)) {
        if (reason === null) return new Set()
        reasons.add(reason)
      }
    }
    return reasons
  }

  #report(): void {
    const total = this.#stored.size + this.#failed.size + this.#waiting.length + this.#queued.size
    const minutes = (performance.now() - this.#started) / 60_000
    this.#tools.onProgress?.({
      phase: 'training in the queue',
      done: this.#stored.size,
      total,
      workers: { ...this.#workers.summary, perMinute: this.#stored.size / minutes },
    })
  }

  /** Takes units out of the queue that no worker has begun. */
  async #takeBack(): Promise<void> {
    const { queue, redis, study } = this.#tools
    if (redis.status !== 'ready') return
    await Promise.all([...this.#queued.keys()].map((id) => queue.remove(jobId(study, id)).catch(() => undefined)))
  }
}

/** Rings when a result of a study has come, or the signal fires. */
class Bell {
  #rings = 0
  #wake = () => {}
  readonly #ring = () => {
    this.#rings++
    this.#wake()
  }
  readonly #signal: AbortSignal | undefined

  constructor(news: Redis, study: string, signal: AbortSignal | undefined) {
    news.on('message', (_, of: string) => of === study && this.#ring())
    this.#signal = signal
    signal?.addEventListener('abort', this.#ring)
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#ring)
  }

  /** A wait of so many milliseconds at most, until it rings, or has rung since this call. */
  heard(): (mostMs: number) => Promise<void> {
    const before = this.#rings
    return (mostMs) =>
      new Promise((resolve) => {
        if (this.#rings > before) return resolve()
        const timer = setTimeout(resolve, mostMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
  }
}

/** What is wrong with a result of a unit, if anything: stored, it would damage the store. */
function faultOf(unit: Unit, nSamples: number, result: UnitResult): unknown {
  const { runs = unit.runs, weights = false }: UnitConfig = JSON.parse(unit.config)
  try {
    requireResult('the result', result, { runs: runs.map((run) => ({ run })), nSamples, weights })
    return undefined
  } catch (error) {
    return error
  }
}

function hostOf({ host = 'a machine without a name' }: UnitResult): string {
  return host
}
