import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { throwIfAborted } from '../abort.js'
import { ScoringBiasError } from '../errors.js'
import { beatMs, coordinatorKey, silentMs } from './keys.js'

/** Takes the key where it is free or our own. */
const take = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return owner end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`

const give = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

/** The right to coordinate a study: one process has it at a time. It is lost when the process is silent for some seconds. */
export class CoordinatorLease {
  readonly #redis: Redis
  readonly #key: string
  readonly #owner = `${hostname()} ${process.pid} ${randomUUID()}`
  readonly #beat: NodeJS.Timeout

  private constructor(redis: Redis, study: string) {
    this.#redis = redis
    this.#key = coordinatorKey(study)
    // A server that is away is told when it is back.
    this.#beat = setInterval(() => void this.#take().catch(() => undefined), beatMs)
  }

  /**
   * Waits for a coordinator that may have died, as long as its word holds. Errors: `NO_QUEUE` where it lives, naming its
   * machine and process; `ABORTED`.
   */
  static async take(redis: Redis, study: string, signal?: AbortSignal): Promise<CoordinatorLease> {
    const lease = new CoordinatorLease(redis, study)
    const until = Date.now() + 1.2 * silentMs
    try {
      for (;;) {
        throwIfAborted(signal)
        const owner = await lease.#take()
        if (owner === lease.#owner) return lease
        const [host, pid] = owner.split(' ')
        if (!isGone(host, Number(pid)) && Date.now() > until) {
          throw new ScoringBiasError(
            'NO_QUEUE',
            `process ${pid} on ${host} coordinates this study already. Wait for its answer, or stop it`,
          )
        }
        if (isGone(host, Number(pid))) await redis.eval(give, 1, lease.#key, owner)
        else await setTimeout(500)
      }
    } catch (error) {
      await lease.release()
      throw error
    }
  }

  async #take(): Promise<string> {
    return String(await this.#redis.eval(take, 1, this.#key, this.#owner, silentMs))
  }

  async release(): Promise<void> {
    clearInterval(this.#beat)
    if (this.#redis.status === 'ready') await this.#redis.eval(give, 1, this.#key, this.#owner)
  }
}

/** Whether a process of this machine has ended; of another machine nothing can be said. */
function isGone(host: string | undefined, pid: number): boolean {
  if (host !== hostname() || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
