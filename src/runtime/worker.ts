import { type MessagePort, parentPort } from 'node:worker_threads'
import { invariant } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { Device } from './device.js'
import { KeptSessions } from './keptSessions.js'
import { providerOf } from './providers.js'
import { loadRuntime, Session } from './session.js'
import { buffersOf, type Values } from './value.js'
import type { Answer, Farewell, Reply, Request } from './workerHandle.js'

// The thread that a Worker (worker thread side) runs on: it holds sessions and runs them one at a time, in order.

interface Opened {
  readonly session: Session
  /** What it may be kept by. */
  readonly key: string | undefined
  bound: Values
}

const sessions = new Map<number, Opened>()
const heldValues = new Map<number, Values>()
/** Those of small graphs: with more bytes, one trains for seconds, and the memory is worth more. */
const kept = new KeptSessions(3 * 2 ** 23)
/** Bytes of a model that a session may be kept by: one that holds weights is loaded once. */
const longestKey = 2 ** 20
/** Of devices whose context ends with its last session: held, so that what was compiled for them is not compiled again. */
const contexts = new Map<Device, Session>()

async function answer(request: Request): Promise<Answer> {
  switch (request.kind) {
    case 'open': {
      sessions.set(request.session, { ...(await open(request.model, request.device)), bound: {} })
      return {}
    }
    case 'hold': {
      heldValues.set(request.held, request.values)
      return {}
    }
    case 'bind': {
      const entry = opened(request.session)
      entry.bound = { ...entry.bound, ...request.values, ...(request.held !== undefined && valuesOf(request.held)) }
      return {}
    }
    case 'run': {
      const { session, bound } = opened(request.session)
      return { values: await session.run({ ...bound, ...request.feeds }) }
    }
    case 'release': {
      const { session, key } = opened(request.session)
      sessions.delete(request.session)
      if (key === undefined || request.kept === undefined) await session.release()
      else await kept.putBack(key, session, request.kept)
      return {}
    }
    case 'drop': {
      heldValues.delete(request.held)
      return {}
    }
  }
}

/** A session of a model: a kept one, or a new one. */
async function open(model: Uint8Array, device: Device): Promise<Omit<Opened, 'bound'>> {
  const key = model.length > longestKey ? undefined : keyOf(model, device)
  const found = key === undefined ? undefined : kept.take(key)
  if (found !== undefined) return { session: found, key }
  await holdContext(device)
  return { session: await Session.open(model, device), key }
}

/** The bytes themselves, each as a letter: a digest would take longer. */
function keyOf({ buffer, byteOffset, byteLength }: Uint8Array, device: Device): string {
  return `${device} ${Buffer.from(buffer, byteOffset, byteLength).toString('latin1')}`
}

function opened(id: number): Opened {
  const entry = sessions.get(id)
  invariant(entry !== undefined, `no session ${id} is open in this worker`)
  return entry
}

function valuesOf(held: number): Values {
  const values = heldValues.get(held)
  invariant(values !== undefined, `no values ${held} are held in this worker`)
  return values
}

async function holdContext(device: Device): Promise<void> {
  if (!providerOf(device).sharedContext || contexts.has(device)) return
  // Not at the top: what makes a model takes longer to load than all else here.
  const { probeModel } = await import('./tryDevice.js')
  contexts.set(device, await Session.open(probeModel(), device))
}

async function serve(port: MessagePort, request: Request): Promise<void> {
  let reply: Reply
  try {
    reply = { id: request.id, result: await answer(request) }
  } catch (error) {
    const code = error instanceof ScoringBiasError ? error.code : undefined
    reply = { id: request.id, error: { code, message: error instanceof Error ? error.message : String(error) } }
  }
  // Nothing here reads a run's outputs again.
  port.postMessage(reply, buffersOf(reply.result?.values ?? {}))
}

const port = parentPort
invariant(port !== null, 'this module is the entry of a worker thread')
// While the main thread makes the first graph. Should it not load, opening a session says so.
loadRuntime().catch(() => undefined)
let queue = Promise.resolve()
port.on('message', (request: Request | Farewell) => {
  if (request.kind === 'exit') process.exit()
  queue = queue.then(() => serve(port, request))
})
