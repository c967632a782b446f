import { createHash } from 'node:crypto'
import { join } from 'node:path'
import process from 'node:process'
import { Redis } from 'ioredis'
import { at } from '../src/check.js'
import { distributeUnits, type QueuedUnit } from '../src/queue/distributeUnits.js'
import { DuckdbStore } from '../src/study/store/duckdbStore.js'
import { ended, folder, Server, type Started, start } from '../test/queue/machines.js'
import { sourceFlags } from '../test/sources.js'
import { benchFolder } from './harness.js'

/** A study whose training is a pause, trained by worker processes of this machine. */
export interface QueueRun {
  readonly units: number
  readonly pauseMs: number
  /** Of each unit's result: runs, and scores of each. */
  readonly runs?: number
  readonly scores: number
  readonly processes: number
  /** Units that each of them trains at a time. */
  readonly slots: number
  /** Ends it after so many milliseconds, however far it is. */
  readonly forMs?: number
}

/** What it took in all. */
export interface QueueCost {
  /** By the clock. */
  readonly seconds: number
  readonly stored: number
  /** Processor time of the coordinator with its store, of the workers from their start, and of Redis. */
  readonly coordinatorMs: number
  readonly workerMs: number
  readonly redisMs: number
  /** Commands that Redis did, those inside of scripts among them. */
  readonly commands: number
  /** Of the coordinator from the tenth part of the units on: neither its start nor its end. */
  readonly steady: { readonly seconds: number; readonly units: number; readonly coordinatorMs: number }
  /** Of Redis at most, beyond what it takes when it is empty. */
  readonly peakBytes: number
}

/** Runs it with a server of its own, and a store on the disk. */
export async function runQueue({ units: n, forMs, ...asked }: QueueRun): Promise<QueueCost> {
  const server = await Server.start()
  const redis = new Redis(server.url)
  const empty = await redisNow(redis)
  const workers = await Promise.all(Array.from({ length: asked.processes }, () => startPausing(server.url, asked)))
  const store = await DuckdbStore.open(join(folder(), 'store.duckdb'))
  try {
    const units = pausingUnits(n, asked)
    await store.plan(units.map(({ unit }) => unit))
    await store.claim(units.map(({ unit }) => unit))
    const [before, started] = [processorMs(), performance.now()]
    const stop = new AbortController()
    const timer = forMs === undefined ? undefined : setTimeout(() => stop.abort(), forMs)
    const marks: Mark[] = []
    const onProgress = ({ done }: { readonly done: number }) => {
      if (marks.at(-1)?.done !== done) marks.push({ done, at: performance.now(), ms: processorMs() })
    }
    const study = '0'.repeat(64)
    const whole = await distributeUnits(units, { url: server.url, study, store, signal: stop.signal, onProgress }).then(
      () => true,
      (error: unknown) => {
        if (!stop.signal.aborted) throw error
        return false
      },
    )
    clearTimeout(timer)
    const seconds = (performance.now() - started) / 1000
    const coordinatorMs = processorMs() - before
    const after = await redisNow(redis)
    const workerMs = (await Promise.all(workers.map(processorOf))).reduce((sum, ms) => sum + ms, 0)
    return {
      ...{ seconds, stored: whole ? n : (marks.at(-1)?.done ?? 0), coordinatorMs, workerMs },
      steady: steadyOf(marks),
      redisMs: after.processorMs - empty.processorMs,
      commands: after.commands - empty.commands,
      peakBytes: after.peakBytes - empty.bytes,
    }
  } finally {
    redis.disconnect()
    await store.close()
    await server.stop()
  }
}

/** How far a coordinator was at a time, and what it had taken of the processor. */
interface Mark {
  readonly done: number
  readonly at: number
  readonly ms: number
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function steadyOf(marks: readonly Mark[]): QueueCost['steady'] {
  const [first, last] = [at(marks, Math.floor(marks.length / 10)), at(marks, marks.length - 1)]
  return { seconds: (last.at - first.at) / 1000, units: last.done - first.done, coordinatorMs: last.ms - first.ms }
}

async function startPausing(
  url: string,
  { slots, pauseMs, runs = 1, scores }: Pick<QueueRun, 'slots' | 'pauseMs' | 'runs' | 'scores'>,
): Promise<Started> {
  const script = [...sourceFlags, join(benchFolder, 'queueWorker.ts')]
  const started = start(process.execPath, [...script, url, String(slots), ...[pauseMs, runs, scores].map(String)])
  await started.says(/ready/)
  return started
}

/** Ends a worker, and has what it says of its processor time. */
async function processorOf({ child, said }: Started): Promise<number> {
  await ended(child, 'SIGTERM')
  const [, text = ''] = /\n(\{.*\})\n/.exec(said()) ?? []
  return (JSON.parse(text) as { processorMs: number }).processorMs
}

export function pausingUnits(n: number, { runs = 1, scores }: Pick<QueueRun, 'runs' | 'scores'>): QueuedUnit[] {
  return Array.from({ length: n }, (_, i) => {
    const id = createHash('sha256').update(String(i)).digest('hex')
    const unit = { id, task: id, config: '{}', runs: [...Array(runs).keys()], title: `unit ${i}` }
    return {
      unit,
      description: {
        ...{ id, task: id, config: describedConfig, title: unit.title, cost: 1, nSamples: scores, version: '' },
        recipe: { kind: 'converge', dataset: 'synthetic', options: {} },
      },
    }
  })
}

/** As long as that of a study's unit: 1,400 bytes. */
const describedConfig = JSON.stringify({ text: 'x'.repeat(1388) })

/** Of a server. */
export interface RedisNow {
  readonly processorMs: number
  readonly commands: number
  readonly bytes: number
  readonly peakBytes: number
}

/** What Redis has taken until now. */
export async function redisNow(redis: Redis): Promise<RedisNow> {
  const info = await redis.info('all')
  const value = (name: string) => Number(at(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info) ?? [], 1))
  const calls = [...info.matchAll(/^cmdstat_[^:]*:calls=(\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0)
  return {
    processorMs: 1000 * (value('used_cpu_sys') + value('used_cpu_user')),
    commands: calls,
    bytes: value('used_memory'),
    peakBytes: value('used_memory_peak'),
  }
}
