import { spawnSync } from 'node:child_process'
import { at, invariant } from '../../src/check.js'
import { reasonOf, ScoringBiasError } from '../../src/errors.js'
import { type ModelPlan, modelPlans } from '../../src/models/modelPlan.js'
import type { Device } from '../../src/runtime/device.js'
import { type JobWorker, Pool } from '../../src/runtime/pool.js'
import { providerOf } from '../../src/runtime/providers.js'
import { type GraphRun, mostSteps, trainedRun } from './graphs.js'

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
  /** Steps of a call: those of the workload, or as many as the device is given at once. */
  readonly steps: number
  /** The first call, which opens, compiles and allocates. Undefined: the replicas do not fit into memory. */
  readonly firstMs: number | undefined
  /** The fastest of the later calls, divided by its steps. Undefined where there were none: the first took too long. */
  readonly stepMs: number | undefined
  /** What all processes of the machine have of the GPU while this one trains on it; where nvidia-smi tells. */
  readonly gpuMiB: number | undefined
}

/** The longest first call after which there are later ones, and a larger number of replicas is tried. */
const longestMs = 20_000
const calls = 3

/** Runs R replicas and says how fast they were. */
export type Measure = (replicas: number) => Promise<Speed>

/**
 * Speeds of a workload, from the smallest number of replicas on, until they do not fit or a call takes 20 s. Returns what was not
 * tried, and why. That one replica does not fit is an error.
 */
export async function speedsOf(
  replicas: readonly number[],
  measure: Measure,
  onSpeed: (one: Speed) => void,
): Promise<string[]> {
  for (const [i, each] of replicas.entries()) {
    const one = await measure(each)
    if (one.firstMs === undefined && i === 0)
      throw new Error('the smallest number of replicas does not fit into memory')
    onSpeed(one)
    const others = replicas.slice(i + 1).join(', ')
    const notTried = others === '' ? [] : [`${others} replicas were not tried`]
    if (one.firstMs === undefined) return [[`${each} replicas do not fit into memory`, ...notTried].join('; ')]
    if (one.stepMs === undefined) {
      const first = `the first call of ${counted(each)} took ${(one.firstMs / 1000).toFixed(0)} s, and later ones were not timed`
      return [[first, ...notTried].join('; ')]
    }
  }
  return []
}

function counted(replicas: number): string {
  return replicas === 1 ? '1 replica' : `${replicas} replicas`
}

/** Speeds of a workload on a device, see {@link speedsOf}. */
export async function speeds(workload: Workload, device: Device, onSpeed: (one: Speed) => void): Promise<string[]> {
  const pool = new Pool({ workers: 1, device })
  const measure: Measure = (replicas) => pool.run(workload.name, (worker) => speedOf(worker, workload, replicas))
  try {
    return await speedsOf(workload.replicas, measure, onSpeed)
  } finally {
    await pool.close()
  }
}

async function speedOf(worker: JobWorker, workload: Workload, replicas: number): Promise<Speed> {
  const steps = stepsOf(workload, replicas, worker.device)
  const row = { graph: workload.name, device: worker.device, replicas, steps }
  try {
    const { firstMs, laterMs, gpuMiB } = await timesOf(worker, runOf({ ...workload, steps }, replicas, worker.device))
    return { ...row, firstMs, stepMs: laterMs && laterMs / steps, gpuMiB }
  } catch (error) {
    if (!isTooLarge(error)) throw error
    return { ...row, firstMs: undefined, stepMs: undefined, gpuMiB: undefined }
  }
}

interface Times extends Pick<Speed, 'gpuMiB'> {
  readonly firstMs: number
  /** The fastest of the later calls; undefined after a first one that took too long. */
  readonly laterMs: number | undefined
}

async function timesOf(worker: JobWorker, { model, feeds }: GraphRun): Promise<Times> {
  const began = performance.now()
  const session = await worker.open(model, 'speed')
  await session.run({}, feeds)
  const firstMs = performance.now() - began
  let laterMs: number | undefined
  for (let i = 0; i < calls && firstMs <= longestMs; i++) {
    const start = performance.now()
    await session.run({}, feeds)
    laterMs = Math.min(laterMs ?? Number.POSITIVE_INFINITY, performance.now() - start)
  }
  const gpuMiB = worker.device === 'cpu' ? undefined : gpuMemory()
  await worker.release(session)
  return { firstMs, laterMs, gpuMiB }
}

/** What ONNX Runtime, devices and Node say where there is no memory. */
const tooLarge =
  /out ?of ?memory|bad_?alloc|failed to allocate|alloc(ation)?[ _]failed|invalid typed array length|exceeds .*limit|BufferBindingSize/i

/** Whether an error says that there is no memory for a graph. */
export function isTooLarge(error: unknown): boolean {
  return (error instanceof ScoringBiasError && error.code === 'OUT_OF_MEMORY') || tooLarge.test(reasonOf(error))
}

function planOf(name: string): ModelPlan {
  const [networkName = ''] = name.split('/')
  const plan = modelPlans({ networks: [networkName] }).find((one) => one.name === name)
  invariant(plan !== undefined, `${name} is a model`)
  return plan
}

/** As many as the workload has, or as the device is given at once. */
export function stepsOf({ name, batch, steps }: Workload, replicas: number, device: Device): number {
  return Math.min(steps, mostSteps(planOf(name), { R: replicas, B: batch }, device))
}

function runOf({ name, batch, steps }: Workload, replicas: number, device: Device): GraphRun {
  return trainedRun(planOf(name), { N: 2000, S: steps, R: replicas, B: batch }, device)
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
  const replicas = at(workload.replicas, 0)
  const steps = stepsOf(workload, replicas, device)
  const { model, feeds } = runOf({ ...workload, steps }, replicas, device)
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
