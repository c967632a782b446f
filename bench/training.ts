import { join } from 'node:path'
import process from 'node:process'
import { detector } from '../src/detectors/detectors.js'
import type { SamplePool } from '../src/detectors/samplePool.js'
import { publishedSettings } from '../src/detectors/settings.js'
import { trainReplicas } from '../src/detectors/trainReplicas.js'
import { lenet } from '../src/nn/lenet.js'
import { lstmNet } from '../src/nn/lstmNet.js'
import { mlp } from '../src/nn/mlp.js'
import type { Network } from '../src/nn/network.js'
import { uniform } from '../src/random/uniform.js'
import { Pool } from '../src/runtime/pool.js'
import {
  benchFolder,
  type Case,
  type Metrics,
  median,
  ownCommand,
  runOnce,
  type Subject,
  type TrialArguments,
} from './harness.js'
import { normalVariates } from './scores.js'

const name = 'training'
const script = join(benchFolder, 'rivals', 'training.py')

/** A network that trains, named alike in bench/rivals/training.py, and what is measured on it. */
interface Workload {
  readonly title: string
  readonly network: Network
  readonly detectors: readonly string[]
  /** Replicas × workers that train at once. */
  readonly ours: readonly (readonly [replicas: number, workers: number])[]
  /** PyTorch's loops over the parameters in Adam. */
  readonly adams: readonly ('single' | 'foreach')[]
  readonly nNormal: number
  readonly nAnomalous: number
  readonly seconds: number
}

const batchSize = 128

export const workloads: Readonly<Record<string, Workload>> = {
  mlp: {
    title: 'StatLog MLP',
    network: mlp(36),
    detectors: ['deep-sad', 'abc'],
    ours: [
      [1, 1],
      [5, 1],
      [10, 1],
      [16, 1],
      [5, 2],
    ],
    adams: ['single', 'foreach'],
    nNormal: 1160,
    nAnomalous: 120,
    seconds: 3,
  },
  lenet: {
    title: 'LeNet',
    network: lenet(),
    detectors: ['deep-svdd', 'ae'],
    ours: [[1, 1]],
    adams: ['single'],
    nNormal: 1280,
    nAnomalous: 128,
    seconds: 6,
  },
  lstm: {
    title: 'LSTM 125 × 128',
    network: lstmNet(),
    detectors: ['deep-svdd', 'ae'],
    ours: [[1, 1]],
    adams: ['single'],
    nNormal: 512,
    nAnomalous: 128,
    seconds: 6,
  },
}

/**
 * The rival with its arguments, by the interpreter that has PyTorch: Debian's python3-torch is not seen by a python3 that
 * lies before it in the path.
 */
export function torchCommand(...args: readonly string[]): Case['command'] {
  const programs = ['python3', '/usr/bin/python3']
  const program = programs.find((one) => !('missing' in runOnce([one, script, 'versions'])))
  if (program === undefined) return ['echo', JSON.stringify({ missing: 'torch is not installed' })]
  return [program, script, ...args]
}

function cases(): Case[] {
  return Object.entries(workloads).flatMap(([network, workload]) =>
    workload.detectors.flatMap((objective) => {
      const input = `${workload.title}, ${detector(objective).title}`
      const sizes = [workload.nNormal, workload.nAnomalous, batchSize, workload.seconds].map(String)
      const rivals = workload.adams.map((adam): Case => {
        const contestant = `PyTorch, ${adam === 'single' ? 'Adam' : 'foreach Adam'}`
        return { input, contestant, command: torchCommand(network, objective, adam, ...sizes) }
      })
      const ours = workload.ours.map(([replicas, workers]): Case => {
        const suffix = workers === 1 ? '' : ` on each of ${workers} workers`
        const contestant = `trainReplicas, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}${suffix}`
        return { input, contestant, command: ownCommand(name, 'train', { network, objective, replicas, workers }) }
      })
      return [...rivals, ...ours]
    }),
  )
}

/** Trains until there is enough to say what a step costs, then aborts. */
async function train(args: TrialArguments): Promise<Metrics> {
  const workload = workloads[String(args.network)]
  if (workload === undefined) throw new RangeError(`there is no network '${args.network}'`)
  const { network, nNormal, nAnomalous, seconds } = workload
  const replicas = Number(args.replicas)
  const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
  const normal = rows(0, nNormal)
  const anomalous = rows(nNormal, nNormal + nAnomalous)
  const samples = samplePool(network, nNormal + nAnomalous)
  const settings = { ...publishedSettings, batchSize, epochs: 100_000, pretrainEpochs: 0, milestones: [] }

  const controller = new AbortController()
  const pool = new Pool({ workers: Number(args.workers), device: 'cpu', signal: controller.signal })
  const clocks = Array.from({ length: Number(args.workers) }, () => new StepClock(seconds))
  const outcomes = await Promise.allSettled(
    clocks.map((clock, worker) =>
      pool.run(`worker ${worker}`, async (job) => {
        const runs = Array.from({ length: replicas }, (_, r) => ({ run: worker * replicas + r, normal, anomalous }))
        const onProgress = (done: number) => {
          clock.tick(done)
          if (clocks.every((one) => one.enough)) controller.abort()
        }
        const objective = detector(String(args.objective))
        await trainReplicas(job, {
          objective,
          network,
          decoder: 'sigmoid',
          settings,
          pool: samples,
          runs,
          seed: 1,
          onProgress,
        })
      }),
    ),
  )
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected' && outcome.reason?.code !== 'ABORTED') throw outcome.reason
  }
  const stepsPerSecond = clocks.reduce((sum, { stepSeconds }) => sum + replicas / stepSeconds, 0)
  const processor = clocks.reduce((sum, { processorSeconds }) => sum + processorSeconds, 0) / clocks.length ** 2
  return {
    'µs a step and replica': 1e6 / stepsPerSecond,
    'processor µs a step and replica': (1e6 * processor) / replicas,
  }
}

/** Standard normal features where they are standardised (vectors), uniform ones in [0, 1) elsewhere. */
function samplePool({ sample }: Network, nSamples: number): SamplePool {
  const size = sample.reduce((product, dim) => product * dim, nSamples)
  const features =
    sample.length === 1
      ? normalVariates(new Float32Array(size), 0, 0)
      : Float32Array.from(uniform(size, { seed: 1, stream: 0 }))
  return { features, nSamples, sample }
}

/** The rule of bench/rivals/training.py: the median over stretches of 150 ms or more, after a fifth of the time. */
class StepClock {
  readonly #seconds: number
  readonly #start = performance.now() / 1000
  readonly #stretches: number[] = []
  /** Of the whole process: that of several workers is each one's number of times too long. */
  readonly #processor: number[] = []
  #begun = this.#start
  #busy = processorTime()
  #doneBefore = 0

  constructor(seconds: number) {
    this.#seconds = seconds
  }

  tick(done: number): void {
    const now = performance.now() / 1000
    if (now - this.#begun < 0.15) return
    const used = processorTime()
    if (this.#begun - this.#start >= this.#seconds / 5) {
      this.#stretches.push((now - this.#begun) / (done - this.#doneBefore))
      this.#processor.push((used - this.#busy) / (done - this.#doneBefore))
    }
    this.#begun = now
    this.#busy = used
    this.#doneBefore = done
  }

  get enough(): boolean {
    return this.#stretches.length >= 3 && this.#begun - this.#start >= this.#seconds
  }

  get stepSeconds(): number {
    return median(this.#stretches)
  }

  get processorSeconds(): number {
    return median(this.#processor)
  }
}

/** Seconds, user and system, of all threads of this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

export const trainingSubject: Subject = {
  name,
  about:
    `Microseconds of one step of training (batch ${batchSize}, float32, Adam with weight decay) and replica, on one ` +
    'thread or on one for each worker, in steady state, by the clock and of the processor (user and system, which a busy ' +
    'machine does not stretch); and of PyTorch milliseconds from the construction of the model to the end of the first step, which the ' +
    'subject firstStep measures of this package. PyTorch trains one replica: samples in one tensor, batches by index_select, no data loader.',
  trials: 3,
  cases,
  ours: { train },
}
