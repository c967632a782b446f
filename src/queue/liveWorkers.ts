import type { Redis } from 'ioredis'
import type { WorkersNow } from '../progress.js'
import { beatMs, silentMs, type WorkerNews, workersKey } from './keys.js'

/** The workers that have said lately that they live. */
export class LiveWorkers {
  readonly #redis: Redis
  #live: ReadonlyMap<string, WorkerNews> = new Map()
  #asked = Number.NEGATIVE_INFINITY

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** By their identities; at most a second old. */
  async all(): Promise<ReadonlyMap<string, WorkerNews>> {
    if (performance.now() - this.#asked < beatMs / 3) return this.#live
    const [[seconds], news] = await Promise.all([this.#redis.time(), this.#redis.hgetall(workersKey)])
    const now = Number(seconds) * 1000
    const parsed = Object.entries(news).map(([id, text]) => [id, JSON.parse(text) as WorkerNews] as const)
    this.#live = new Map(parsed.filter(([, { at }]) => now - at < silentMs))
    const gone = parsed.filter(([, { at }]) => now - at > 100 * silentMs).map(([id]) => id)
    if (gone.length > 0) await this.#redis.hdel(workersKey, ...gone)
    this.#asked = performance.now()
    return this.#live
  }

  /** Units that all of them train at a time. */
  async slots(): Promise<number> {
    return [...(await this.all()).values()].reduce((sum, { slots }) => sum + slots, 0)
  }

  /** Of those that were last heard of. */
  get summary(): Omit<WorkersNow, 'perMinute'> {
    const live = [...this.#live.values()]
    return {
      workers: live.length,
      running: live.reduce((sum, { running }) => sum + running, 0),
      hosts: [...new Set(live.map(({ host }) => host))].sort(),
    }
  }
}
