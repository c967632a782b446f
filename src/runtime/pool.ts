import { availableParallelism } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { abortedError, throwIfAborted } from '../abort.js'
import { requireInteger } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { onnxruntimeFile } from '../version.js'
import { chosenDevice, type Device, type DeviceRequest, deviceTitle, workersOn } from './device.js'
import { HeldValues } from './heldValues.js'
import { noDevice } from './noDevice.js'
import type { Provider } from './providers/provider.js'
import { providerOf } from './providers.js'
import { RemoteSession } from './remoteSession.js'
import { tryDevice } from './tryDevice.js'
import type { Values } from './value.js'
import { WorkerHandle } from './workerHandle.js'

export interface PoolOptions {
  /**
   * Number of worker threads, each with one native thread. Default: the cores of the machine. One where a device takes one thread
   * at a time.
   */
  readonly workers?: number | undefined
  /** Default `auto`. */
  readonly device?: DeviceRequest | undefined
  /** When it fires, every worker ends once the graph that it is running has run, and whatever was asked of it rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Worker threads that run graphs, since `InferenceSession.run` blocks the thread that calls it. A job takes one worker
 * for itself, opens sessions on it and runs them; jobs beyond the number of workers wait for their turn.
 */
export class Pool {
  readonly #idle: WorkerHandle[] = []
  readonly #waiting: { take: (worker: WorkerHandle) => void; refuse: (error: Error) => void }[] = []
  readonly #all = new Set<WorkerHandle>()
  readonly #device: Device
  readonly #signal: AbortSignal | undefined
  readonly #onAbort = (): void => {
    if (this.#signal !== undefined) void this.#stop(abortedError(this.#signal))
  }
  #stopped: Error | undefined
  #tried: Promise<void> | undefined
  /** Worker threads at most. */
  readonly workers: number

  constructor({ workers, device, signal }: PoolOptions = {}) {
    throwIfAborted(signal)
    onnxruntimeFile()
    this.#device = chosenDevice(device)
    const most = requireInteger('workers', workers ?? availableParallelism(), 1, 1024)
    this.workers = workersOn(device, most)
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /**
   * Where all graphs of this pool run; `auto` takes `automaticDevice`. The device is tried once; a session that then does not open
   * is an error, so that no job's numbers come from two devices. Errors: `NO_DEVICE`, `ABORTED`.
   */
  async device(): Promise<Device> {
    this.#tried ??= this.#try(providerOf(this.#device))
    await this.#tried
    return this.#device
  }

  async #try(provider: Provider): Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped
    if (provider.sharedContext && !isMainThread) {
      const why = 'ONNX Runtime crashes where two threads use it, and this is not the main thread'
      throw noDevice(provider, { why, way: 'Call from the main thread' })
    }
    await tryDevice(provider, this.#signal)
  }

  /**
   * Starts all threads, which load ONNX Runtime while this thread prepares their jobs; without it each starts with its first job.
   * Not where the device has to be tried first.
   */
  start(): void {
    if (providerOf(this.#device).absence !== undefined) return
    while (this.#stopped === undefined && this.#all.size < this.workers) this.#idle.push(this.#newWorker())
  }

  /** Runs a job with a worker of its own. `label` says in error messages what the worker was doing. */
  async run<T>(label: string, job: (worker: JobWorker) => Promise<T>): Promise<T> {
    // Before it has a worker: deciding takes one.
    const device = await this.device()
    const handle = await this.#acquire()
    const worker = new JobWorker(handle, label, { device, threads: this })
    try {
      return await job(worker)
    } finally {
      try {
        await worker.releaseAll()
      } finally {
        // Whatever happened to the worker, the job's place is free again.
        this.#giveBack(handle)
      }
    }
  }

  /** Stops the workers; jobs that still wait or run, and later ones, reject with `ABORTED` and the message. */
  async close(message = 'the pool was closed'): Promise<void> {
    await this.#stop(new ScoringBiasError('ABORTED', message))
  }

  async #stop(reason: Error): Promise<void> {
    this.#stopped ??= reason
    for (const { refuse } of this.#waiting.splice(0)) refuse(reason)
    await Promise.all([...this.#all].map((worker) => worker.stop(reason)))
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }

  async #acquire(): Promise<WorkerHandle> {
    if (this.#stopped !== undefined) throw this.#stopped
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.alive) return idle
      this.#all.delete(idle)
    }
    if (this.#all.size < this.workers) return this.#newWorker()
    return new Promise((take, refuse) => this.#waiting.push({ take, refuse }))
  }

  #newWorker(): WorkerHandle {
    const worker = new WorkerHandle()
    this.#all.add(worker)
    return worker
  }

  #giveBack(worker: WorkerHandle): void {
    const next = this.#waiting.shift()
    if (!worker.alive) this.#all.delete(worker)
    if (next === undefined) {
      if (worker.alive) this.#idle.push(worker)
    } else if (worker.alive) {
      next.take(worker)
    } else {
      // It waits for the place of the worker that died. Where no other one starts, nobody may wait for one.
      this.#acquire().then(next.take, (error) => {
        for (const { refuse } of [next, ...this.#waiting.splice(0)]) refuse(error)
      })
    }
  }
}

/** The worker that a job has for itself. */
export class JobWorker {
  readonly #handle: WorkerHandle
  readonly #label: string
  readonly #device: Device
  readonly #open = new Set<RemoteSession>()
  readonly #held = new Set<HeldValues>()
  /** The pool that it is of, as what lives as long. */
  readonly threads: object

  constructor(handle: WorkerHandle, label: string, { device, threads }: { device: Device; threads: object }) {
    this.#handle = handle
    this.#label = label
    this.#device = device
    this.threads = threads
  }

  get device(): Device {
    return this.#device
  }

  /**
   * Loads a model (ModelProto bytes) in the worker. `doing` completes the label of error messages.
   * Errors: `WORKER_FAILED`, also where the device opened when it was tried, and no longer does.
   */
  async open(model: Uint8Array, doing: string): Promise<RemoteSession> {
    const label = `${this.#label}: ${doing}`
    try {
      const session = await RemoteSession.open(this.#handle, model, this.#device, label)
      this.#open.add(session)
      return session
    } catch (error) {
      if (!(error instanceof ScoringBiasError && error.code === 'NO_DEVICE')) throw error
      const message = `${label}: ${deviceTitle(this.#device)} opened at first, but not here: ${error.message}`
      throw new ScoringBiasError('WORKER_FAILED', message, { cause: error })
    }
  }

  /**
   * Gives the worker values that several sessions are to be bound to, until the job ends. Their buffers go there without a copy and are
   * empty afterwards.
   */
  hold(values: Values): HeldValues {
    const held = new HeldValues(this.#handle, values, this.#label)
    this.#held.add(held)
    return held
  }

  /**
   * Gives a session back before the end of the job: its worker frees it, or keeps it for who opens the same model, as long as all that it
   * keeps work with 24 MiB. Bound inputs are freed at once.
   *
   * @param kept bytes that the session works with, about, if it may be kept
   */
  async release(session: RemoteSession, kept?: number): Promise<void> {
    if (this.#open.delete(session)) await session.release(kept)
  }

  async releaseAll(): Promise<void> {
    for (const session of this.#open) if (this.#handle.alive) await session.release()
    for (const values of this.#held) if (this.#handle.alive) await values.drop()
    this.#open.clear()
    this.#held.clear()
  }
}
