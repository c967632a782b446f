import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { abortedError, throwIfAborted } from '../abort.js'
import { requireInteger } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { cudaProviderInstalled, probeModel } from './cudaProvider.js'
import type { Device, DeviceRequest } from './device.js'
import type { Answer, Farewell, Reply, Request } from './protocol.js'
import type { TensorValue, Values } from './value.js'

export interface PoolOptions {
  /** Number of worker threads, each with one native thread. Default: the cores of the machine. */
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
  readonly #size: number
  readonly #device: DeviceRequest
  readonly #signal: AbortSignal | undefined
  readonly #onAbort = (): void => {
    if (this.#signal !== undefined) void this.#stop(abortedError(this.#signal))
  }
  #stopped: Error | undefined
  #decided: Promise<Device> | undefined

  constructor({ workers, device, signal }: PoolOptions = {}) {
    throwIfAborted(signal)
    this.#size = requireInteger('workers', workers ?? availableParallelism(), 1, 1024)
    this.#device = device ?? 'auto'
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /**
   * Where all graphs of this pool run. `auto` is decided once, by opening a small graph in one of its workers; a session
   * that then does not open where that one did is an error, so that no job's numbers come from two devices.
   */
  device(): Promise<Device> {
    this.#decided ??= this.#decide()
    return this.#decided
  }

  async #decide(): Promise<Device> {
    if (this.#device !== 'auto') return this.#device
    if (!cudaProviderInstalled()) return 'cpu'
    const handle = await this.#acquire()
    try {
      const session = await RemoteSession.open(handle, probeModel(), 'auto', 'trying CUDA')
      await session.release()
      return session.device
    } finally {
      this.#giveBack(handle)
    }
  }

  /** Runs a job with a worker of its own. `label` says in error messages what the worker was doing. */
  async run<T>(label: string, job: (worker: JobWorker) => Promise<T>): Promise<T> {
    // Before it has a worker: deciding takes one.
    const device = await this.device()
    const handle = await this.#acquire()
    const worker = new JobWorker(handle, label, { device, asked: this.#device })
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

  /** Stops the workers; jobs that still wait or run reject with `ABORTED`. */
  async close(): Promise<void> {
    await this.#stop(new ScoringBiasError('ABORTED', 'the pool was closed'))
  }

  async #stop(reason: Error): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#stopped ??= reason
    for (const { refuse } of this.#waiting.splice(0)) refuse(reason)
    await Promise.all([...this.#all].map((worker) => worker.stop(reason)))
  }

  #acquire(): Promise<WorkerHandle> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped)
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.alive) return Promise.resolve(idle)
      this.#all.delete(idle)
    }
    if (this.#all.size < this.#size) {
      const worker = new WorkerHandle()
      this.#all.add(worker)
      return Promise.resolve(worker)
    }
    return new Promise((take, refuse) => this.#waiting.push({ take, refuse }))
  }

  #giveBack(worker: WorkerHandle): void {
    if (!worker.alive) {
      this.#all.delete(worker)
      if (this.#stopped !== undefined || this.#waiting.length === 0) return
      // A job waits for the place of the worker that died.
      worker = new WorkerHandle()
      this.#all.add(worker)
    }
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(worker)
    else next.take(worker)
  }
}

/** The worker that a job has for itself. */
export class JobWorker {
  readonly #handle: WorkerHandle
  readonly #label: string
  readonly #device: Device
  readonly #asked: DeviceRequest
  readonly #open = new Set<RemoteSession>()

  constructor(handle: WorkerHandle, label: string, { device, asked }: { device: Device; asked: DeviceRequest }) {
    this.#handle = handle
    this.#label = label
    this.#device = device
    this.#asked = asked
  }

  /**
   * Loads a model (ModelProto bytes) in the worker. `doing` completes the label of error messages.
   * Errors: `NO_CUDA` where CUDA was asked for; `WORKER_FAILED` also where `auto` took it and it no longer opens.
   */
  async open(model: Uint8Array, doing: string): Promise<RemoteSession> {
    const label = `${this.#label}: ${doing}`
    try {
      const session = await RemoteSession.open(this.#handle, model, this.#device, label)
      this.#open.add(session)
      return session
    } catch (error) {
      if (this.#asked !== 'auto' || !(error instanceof ScoringBiasError && error.code === 'NO_CUDA')) throw error
      throw new ScoringBiasError(
        'WORKER_FAILED',
        `${label}: CUDA opened at first, but not here: take fewer workers, which need less of its memory, or device ` +
          `'cpu' (${error.message})`,
        { cause: error },
      )
    }
  }

  /** Frees a session before the end of the job. */
  async release(session: RemoteSession): Promise<void> {
    if (this.#open.delete(session)) await session.release()
  }

  async releaseAll(): Promise<void> {
    for (const session of this.#open) if (this.#handle.alive) await session.release()
    this.#open.clear()
  }
}

let sessions = 0

/** A session that lives in a worker thread. */
export class RemoteSession {
  readonly #handle: WorkerHandle
  readonly #id: number
  readonly #label: string
  readonly device: Device

  private constructor(handle: WorkerHandle, id: number, label: string, device: Device) {
    this.#handle = handle
    this.#id = id
    this.#label = label
    this.device = device
  }

  static async open(
    handle: WorkerHandle,
    model: Uint8Array,
    device: DeviceRequest,
    label: string,
  ): Promise<RemoteSession> {
    const session = sessions++
    const answer = await handle.ask(label, { kind: 'open', session, model, device }, [])
    return new RemoteSession(handle, session, label, answer.device ?? 'cpu')
  }

  /** Inputs that every later run gets, copied to the worker once. */
  async bind(values: Values): Promise<void> {
    await this.#handle.ask(this.#label, { kind: 'bind', session: this.#id, values }, [])
  }

  /** Runs the graph. The buffers of `moved` go to the worker without a copy and are empty afterwards; `copied` are kept. */
  async run(moved: Values, copied: Values = {}): Promise<Values> {
    const buffers = new Set(Object.values(moved).map(({ data }) => data.buffer))
    const transfer = [...buffers].filter((buffer) => buffer instanceof ArrayBuffer)
    const feeds = { ...moved, ...copied }
    const { values } = await this.#handle.ask(this.#label, { kind: 'run', session: this.#id, feeds }, transfer)
    return values ?? {}
  }

  async release(): Promise<void> {
    await this.#handle.ask(this.#label, { kind: 'release', session: this.#id }, [])
  }
}

/** The value of a named output; a graph that lacks it was built wrong. */
export function outputOf(values: Values, name: string): TensorValue {
  const found = values[name]
  if (found === undefined) throw new Error(`the graph has no output '${name}', only ${Object.keys(values).join(', ')}`)
  return found
}

// Distributes over the members of the union, which Omit itself does not.
type Asked<R> = R extends Request ? Omit<R, 'id'> : never

/** A worker thread and what was asked of it. */
class WorkerHandle {
  readonly #worker: Worker
  readonly #pending = new Map<
    number,
    { label: string; resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >()
  #asked = 0
  /** Once the thread is dead or was told to end: the error of whatever is asked of it, by the label of who asks. */
  #dead: ((label: string) => Error) | undefined

  constructor() {
    // Compiled, this module lies beside worker.js; run from its source, beside worker.ts.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    this.#worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      // A worker inherits the flags of its process, and Node refuses one that only suits a program from stdin or --eval.
      execArgv: process.execArgv.filter((flag) => !flag.startsWith('--input-type')),
    })
    this.#worker.on('message', (reply: Reply) => this.#settle(reply))
    this.#worker.on('error', (error) => this.#die(error))
    this.#worker.on('messageerror', (error) => {
      // An answer is lost, and nothing says whose: nobody must wait for it.
      this.#die(error)
      this.#worker.postMessage({ kind: 'exit' } satisfies Farewell)
    })
    this.#worker.on('exit', (code) => this.#die(new Error(`exit code ${code}`)))
  }

  get alive(): boolean {
    return this.#dead === undefined
  }

  ask(label: string, request: Asked<Request>, transfer: readonly ArrayBuffer[]): Promise<Answer> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead(label))
    const id = this.#asked++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { label, resolve, reject })
      this.#worker.postMessage({ ...request, id }, transfer)
    })
  }

  /**
   * Rejects what was asked and lets the thread end once the graph that it runs, if any, has run: a thread that is
   * terminated inside onnxruntime-node takes the whole process with it.
   */
  async stop(reason: Error): Promise<void> {
    if (this.#dead !== undefined) return
    this.#end(() => reason)
    const gone = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.postMessage({ kind: 'exit' } satisfies Farewell)
    await gone
  }

  #settle(reply: Reply): void {
    const asked = this.#pending.get(reply.id)
    if (asked === undefined) return
    this.#pending.delete(reply.id)
    if (reply.error === undefined) {
      asked.resolve(reply.result)
      return
    }
    const { code, message } = reply.error
    asked.reject(
      new ScoringBiasError(code ?? 'WORKER_FAILED', code === undefined ? `${asked.label}: ${message}` : message),
    )
  }

  #die(cause: Error): void {
    this.#end(
      (label) => new ScoringBiasError('WORKER_FAILED', `${label}: its worker thread died: ${cause.message}`, { cause }),
    )
  }

  /** From now on, and for what was asked already, there is only this error. */
  #end(error: (label: string) => Error): void {
    this.#dead ??= error
    for (const { label, reject } of this.#pending.values()) reject(this.#dead(label))
    this.#pending.clear()
  }
}
