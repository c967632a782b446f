import { spawnSync } from 'node:child_process'
import { at, invariant } from '../../src/check.js'
import { modelPlans } from '../../src/models/modelPlan.js'
import type { Device } from '../../src/runtime/device.js'
import { type JobWorker, Pool } from '../../src/runtime/pool.js'
import { providerOf } from '../../src/runtime/providers.js'
import { type GraphRun, trainedRun } from './graphs.js'

/** A detector's training whose speed is measured. */
export interface Workload {
  /** Of a model: `mlp/deep-sad.train`. */
  readonly name: string
  readonly replicas: readonly number[]
  readonly batch: number
  /** Steps of a call. */
  readonly steps: number
}

/** How fast R replicas train on a device. */
export interface Speed {
  readonly graph: string
  readonly device: Device
  readonly replicas: number
  /** The first call, which opens, compiles and allocates. */
  readonly firstMs: number
  /** The fastest of the later calls, divided by its steps. */
  readonly stepMs: number
  /** The most memory that this process has taken so far. */
  readonly processMiB: number
  /** Of the GPU, where nvidia-smi tells. */
  readonly gpuMiB: number | undefined
}

/** The longest first call after which a larger number of replicas is still tried. */
const longestMs = 20_000
const calls = 3

/** Speeds of a workload, from the smallest number of replicas on, until a call takes 20 s. */
export async function speeds(workload: Workload, device: Device, onSpeed: (one: Speed) => void): Promise<void> {
  const pool = new Pool({ workers: 1, device })
  try {
    for (const replicas of workload.replicas) {
      const one = await pool.run(workload.name, (worker) => speedOf(worker, workload, replicas))
      onSpeed(one)
      if (one.firstMs > longestMs) return
    }
  } finally {
    await pool.close()
  }
}

async function speedOf(worker: JobWorker, workload: Workload, replicas: number): Promise<Speed> {
  const { model, feeds } = runOf(workload, replicas, worker.device)
  const began = performance.now()
  const session = await worker.open(model, 'speed')
  await session.run({}, feeds)
  const firstMs = performance.now() - began
  let best = firstMs
  for (let i = 0; i < calls && best < longestMs; i++) {
    const start = performance.now()
    await session.run({}, feeds)
    best = Math.min(best, performance.now() - start)
  }
  const memory = { processMiB: process.resourceUsage().maxRSS / 1024, gpuMiB: gpuMemory() }
  await worker.release(session)
  return { graph: workload.name, device: worker.device, replicas, firstMs, stepMs: best / workload.steps, ...memory }
}

function runOf({ name, batch, steps }: Workload, replicas: number, device: Device): GraphRun {
  const [networkName = ''] = name.split('/')
  const plan = modelPlans({ networks: [networkName] }).find((one) => one.name === name)
  invariant(plan !== undefined, `${name} is a model`)
  return trainedRun(plan, { N: 2000, S: steps, R: replicas, B: batch }, device)
}

/** Two trainings at once, each with a worker of its own, beside one alone. */
export interface Together {
  readonly graph: string
  /** Whether the device takes one thread at a time. */
  readonly inTurns: boolean
  readonly oneMs: number
  /** Until both of two are done. */
  readonly twoMs: number
}

export async function together(workload: Workload, device: Device): Promise<Together> {
  const { model, feeds } = runOf(workload, at(workload.replicas, 0), device)
  const pools = [0, 1].map(() => new Pool({ workers: 1, device }))
  const timed = async (some: readonly Pool[]): Promise<number> => {
    const began = performance.now()
    const done = some.map((pool) =>
      pool.run(workload.name, async (worker) => {
        const session = await worker.open(model, 'two workers')
        for (let i = 0; i < calls; i++) await session.run({}, feeds)
        await worker.release(session)
      }),
    )
    await Promise.all(done)
    return performance.now() - began
  }
  try {
    // Starts the threads, and compiles.
    await timed(pools)
    const inTurns = providerOf(device).sharedContext === true
    return { graph: workload.name, inTurns, oneMs: await timed(pools.slice(1)), twoMs: await timed(pools) }
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
  }
}

function gpuMemory(): number | undefined {
  const { stdout, status } = spawnSync('nvidia-smi', ['--query-gpu=memory.used', '--format=csv,noheader,nounits'], {
    encoding: 'utf8',
  })
  return status === 0 ? Number(stdout.split('\n')[0]) : undefined
}
