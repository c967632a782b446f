import { invariant } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type Device, deviceTitle } from './device.js'
import { firstLine } from './firstLine.js'
import type { HeldValues } from './heldValues.js'
import { orAnother } from './noDevice.js'
import { automaticDevice, providerOf } from './providers.js'
import { buffersOf, type Values } from './value.js'
import { type Answer, type Asked, GraphError, type Request, type WorkerHandle } from './workerHandle.js'

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

  static async open(handle: WorkerHandle, model: Uint8Array, device: Device, label: string): Promise<RemoteSession> {
    const remote = new RemoteSession(handle, sessions++, label, device)
    await remote.#ask({ kind: 'open', session: remote.#id, model, device })
    return remote
  }

  /** Inputs that every later run gets, copied to the worker once, and those that the worker holds. */
  async bind(values: Values, held?: HeldValues): Promise<void> {
    await this.#ask({ kind: 'bind', session: this.#id, values, held: await held?.number() })
  }

  /** Runs the graph. The buffers of `moved` go to the worker without a copy and are empty afterwards; `copied` are kept. */
  async run(moved: Values, copied: Values = {}): Promise<Values> {
    const feeds = { ...moved, ...copied }
    const { values } = await this.#ask({ kind: 'run', session: this.#id, feeds }, buffersOf(moved))
    invariant(values !== undefined, 'a run answers with values')
    return values
  }

  /** @param kept bytes that it works with, about, if its worker may keep it for who opens the same model; else it is freed */
  async release(kept?: number): Promise<void> {
    await this.#ask({ kind: 'release', session: this.#id, kept })
  }

  #ask(request: Asked<Request>, transfer: readonly ArrayBuffer[] = []): Promise<Answer> {
    const alone = providerOf(this.device).sharedContext === true
    return this.#handle
      .ask(request, { label: this.#label, transfer, alone })
      .catch(graphRefused(this.#label, this.device))
  }
}

/** Says of a graph that fails on a device that is not always there which device that is, in ONNX Runtime's last words, and the way out. */
function graphRefused(label: string, device: Device): (error: unknown) => never {
  return (error) => {
    const isGraph = error instanceof ScoringBiasError && error.cause instanceof GraphError
    const { absence, explain } = providerOf(device)
    if (!isGraph || absence === undefined) throw error
    const { cause } = error
    const said = innermost(cause instanceof GraphError ? cause.message : '')
    const { why, way } = explain?.(said) ?? { why: said }
    const message =
      `${label}: ${deviceTitle(device)} does not run this graph (${why}). ` +
      orAnother(way, `device '${automaticDevice}'`)
    throw new ScoringBiasError('WORKER_FAILED', message, { cause })
  }
}

/** Of an error of nodes within loops, each in the words of the one around it, what the node itself says. */
function innermost(message: string): string {
  const [last = message] = message.split('Status Message: ').slice(-1)
  return firstLine(last).replace(/\.$/, '')
}
