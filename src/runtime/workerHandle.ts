import { Worker } from 'node:worker_threads'
import { type ErrorCode, reasonOf, ScoringBiasError } from '../errors.js'
import type { DeviceRequest } from './device.js'
import { disableTelemetry } from './telemetry.js'
import type { Values } from './value.js'

/** What the main thread asks of a worker thread. */
export type Request = { readonly id: number; readonly session: number } & (
  | { readonly kind: 'open'; readonly model: Uint8Array; readonly device: DeviceRequest }
  | { readonly kind: 'bind'; readonly values: Values }
  | { readonly kind: 'run'; readonly feeds: Values }
  | { readonly kind: 'release' }
)

/** Ends the worker thread; nothing is answered. */
export interface Farewell {
  readonly kind: 'exit'
}

export interface Answer {
  /** Of a session that was opened. */
  readonly device?: string
  /** Of a run. */
  readonly values?: Values
}

export type Reply =
  | { readonly id: number; readonly result: Answer; readonly error?: never }
  | {
      readonly id: number
      readonly result?: never
      readonly error: { readonly code: ErrorCode | undefined; readonly message: string }
    }

// Distributes over the members of the union, which Omit itself does not.
type Asked<R> = R extends Request ? Omit<R, 'id'> : never

/**
 * Starts a thread on worker.js. It inherits the flags of its process as Node does by itself: told them, Node refuses those
 * of V8 and of the process. Through a module in a URL, for with `--input-type` Node refuses a thread that is a file.
 */
function startWorker(): Worker {
  disableTelemetry()
  // Compiled, this module lies beside worker.js; run from its source, beside worker.ts.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const program = new URL(`./worker.${extension}`, import.meta.url).href
  try {
    return new Worker(new URL(`data:text/javascript,${encodeURIComponent(`import ${JSON.stringify(program)}`)}`))
  } catch (cause) {
    throw new ScoringBiasError('WORKER_FAILED', `no worker thread starts: ${reasonOf(cause)}`, { cause })
  }
}

/** What ONNX Runtime says of a graph that it does not open or run. The thread goes on. */
export class GraphError extends Error {}

/** A worker thread and what was asked of it. */
export class WorkerHandle {
  readonly #worker: Worker
  readonly #pending = new Map<
    number,
    { label: string; resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >()
  #asked = 0
  /** Once the thread is dead or was told to end: the error of whatever is asked of it, by the label of who asks. */
  #dead: ((label: string) => Error) | undefined

  constructor() {
    this.#worker = startWorker()
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
      code === undefined
        ? new ScoringBiasError('WORKER_FAILED', `${asked.label}: ${message}`, { cause: new GraphError(message) })
        : new ScoringBiasError(code, message),
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
