import { invariant, requireKnown } from '../check.js'
import { type Device, type DeviceRequest, devices } from './device.js'
import type { Values } from './value.js'
import type { WorkerHandle } from './workerHandle.js'

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
    return new RemoteSession(handle, session, label, requireKnown('device', answer.device, devices))
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
    invariant(values !== undefined, 'a run answers with values')
    return values
  }

  async release(): Promise<void> {
    await this.#handle.ask(this.#label, { kind: 'release', session: this.#id }, [])
  }
}
