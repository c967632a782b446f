import { buffersOf, type Values } from './value.js'
import type { Asked, Request, WorkerHandle } from './workerHandle.js'

let numbers = 0

/** Values that lie in a worker thread, where any number of sessions have them without a copy. */
export class HeldValues {
  readonly #handle: WorkerHandle
  readonly #label: string
  readonly #number = numbers++
  readonly #arrived: Promise<unknown>

  /** Does not wait for the worker. The buffers of the values go there without a copy and are empty afterwards. */
  constructor(handle: WorkerHandle, values: Values, label: string) {
    this.#handle = handle
    this.#label = label
    this.#arrived = this.#ask({ kind: 'hold', held: this.#number, values }, buffersOf(values))
    // Who needs them hears of it.
    this.#arrived.catch(() => undefined)
  }

  /** What the worker knows them by, once they are there. */
  async number(): Promise<number> {
    await this.#arrived
    return this.#number
  }

  /** Sessions that they are bound to keep them. */
  async drop(): Promise<void> {
    await this.#ask({ kind: 'drop', held: this.#number })
  }

  #ask(request: Asked<Request>, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    return this.#handle.ask(request, { label: this.#label, transfer, alone: false })
  }
}
