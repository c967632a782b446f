import { Worker } from 'node:worker_threads'
import { type ErrorCode, reasonOf, ScoringBiasError } from '../errors.js'
import type { Device } from './device.js'
import { disableTelemetry } from './telemetry.js'
import { takeTurn } from './turns.js'
import type { Values } from './value.js'

/** What the main thread asks of a worker thread. */
export type Request = { readonly id: number } & (
  | { readonly kind: 'open'; readonly session: number; readonly model: Uint8Array; readonly device: Device }
  | { readonly kind: 'hold'; readonly held: number; readonly values: Values }
  /** The values, and what is held under a number. */
  | { readonly kind: 'bind'; readonly session: number; readonly values: Values; readonly held: number | undefined }
  | { readonly kind: 'run'; readonly session: number; readonly feeds: Values }
  /** With `kept`, the bytes that it works with, the session may be kept for who opens the same model. */
  | { readonly kind: 'release'; readonly session: number; readonly kept: number | undefined }
  | { readonly kind: 'drop'; readonly held: number }
)

/** Ends the worker thread; nothing is answered. */
export interface Farewell {
  readonly kind: 'exit'
}

export interface Answer {
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
export type Asked<R> = R extends Request ? Omit<R, 'id'> : never

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

export interface AskOptions {
  /** Says in error messages what the worker was doing. */
  readonly label: string
  /** Goes to the worker without a copy. */
  readonly transfer: readonly ArrayBuffer[]
  /** Whether no other worker may do such a thing at the same time. */
  readonly alone: boolean
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
  /** What ends the turn that the thread has, and the number of what was asked in it. */
  #turn: { readonly id: number; readonly end: () => void } | undefined
  /** Whether it was ever asked for something that takes a turn: its end, which frees that, then takes one too. */
  #takesTurns = false

  constructor() {
    this.#worker = startWorker()
    this.#worker.on('message', (reply: Reply) => this.#settle(reply))
    this.#worker.on('error', (error) => this.#die(error))
    this.#worker.on('messageerror', (error) => {
      // An answer is lost, and nothing says whose: nobody must wait for it.
      this.#die(error)
      this.#worker.postMessage({ kind: 'exit' } satisfies Farewell)
    })
    this.#worker.on('exit', (code) => {
      this.#endTurn()
      this.#die(new Error(`exit code ${code}`))
    })
  }

  get alive(): boolean {
    return this.#dead === undefined
  }

  ask(request: Asked<Request>, { label, transfer, alone }: AskOptions): Promise<Answer> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead(label))
    const id = this.#asked++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { label, resolve, reject })
      const post = () => this.#worker.postMessage({ ...request, id }, transfer)
      if (alone) this.#inTurn(id, post)
      else post()
    })
  }

  /** Does something once no other worker has its turn, unless this one is dead by then. */
  #inTurn(id: number, post: () => void): void {
    this.#takesTurns = true
    void takeTurn().then((end) => {
      if (this.#dead !== undefined) return end()
      this.#turn = { id, end }
      post()
    })
  }

  #endTurn(): void {
    this.#turn?.end()
    this.#turn = undefined
  }

  /**
   * Rejects what was asked and lets the thread end once the graph that it runs, if any, has run: a thread that is
   * terminated inside onnxruntime-node takes the whole process with it.
   */
  async stop(reason: Error): Promise<void> {
    if (this.#dead !== undefined) return
    this.#end(() => reason)
    const gone = new Promise((resolve) => this.#worker.once('exit', resolve))
    // Its sessions are freed as it ends: not while another worker has its turn.
    const end = this.#takesTurns ? await takeTurn() : () => {}
    this.#worker.postMessage({ kind: 'exit' } satisfies Farewell)
    await gone
    end()
  }

  #settle(reply: Reply): void {
    if (reply.id === this.#turn?.id) this.#endTurn()
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
