import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Queue, QueueEvents } from 'bullmq'
import { prefix, queueName } from '../../src/queue/keys.js'
import { normal } from '../../src/random/normal.js'
import { run } from '../cli/program.js'
import { program, sourceFlags } from '../sources.js'
import type { HostRequest, HostWord } from './host.js'
import type { StrangeKind } from './strangeUnits.js'

/** Why tests with a server are skipped here; false where they run. */
export const noRedis =
  spawnSync('redis-server', ['--version']).status !== 0 && process.env.REQUIRE_REDIS !== '1'
    ? '`apt-get install redis-server` brings a server'
    : false

/** What a test has started and made. */
interface Site {
  readonly processes: Set<ChildProcess>
  /** What hosts do for it. */
  readonly tasks: Set<HostTask>
  readonly folders: string[]
}

const newSite = (): Site => ({ processes: new Set(), tasks: new Set(), folders: [] })
const common = newSite()
const sites = new AsyncLocalStorage<Site>()
const site = () => sites.getStore() ?? common

/** A test that may run beside others: what it starts ends with it. */
export function apart(test: () => Promise<void>): () => Promise<void> {
  return () =>
    sites.run(newSite(), async () => {
      try {
        await test()
      } finally {
        await endAll()
      }
    })
}

/** Ends all that was started. */
export async function endAll(): Promise<void> {
  const { processes, tasks, folders } = site()
  for (const child of processes) child.kill('SIGCONT')
  await Promise.all([...tasks].map((task) => task.stop()))
  await Promise.all([...processes].map((child) => ended(child, 'SIGKILL')))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'queue-'))
  site().folders.push(path)
  return path
}

/** What somebody says, as it comes. */
export class Words {
  #text = ''
  #hasEnded = false
  readonly #looks = new Set<() => void>()

  add(more: string): void {
    this.#text += more
    for (const look of this.#looks) look()
  }

  end(): void {
    this.#hasEnded = true
    for (const look of this.#looks) look()
  }

  /** All of it, until now. */
  readonly said = (): string => this.#text

  /** Waits until it matches. */
  readonly says = (what: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (what.test(this.#text)) resolve()
        else if (this.#hasEnded) reject(new Error(`${what} was not said, but: ${this.#text}`))
        else return
        this.#looks.delete(look)
      }
      this.#looks.add(look)
      look()
    })
}

type Telling = Pick<Words, 'said' | 'says'>

/** A process that has been started, and what it says. */
export interface Started extends Telling {
  readonly child: ChildProcess
}

interface StartOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

export function start(command: string, args: readonly string[], options: StartOptions = {}): Started {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const { processes } = site()
  const words = new Words()
  processes.add(child)
  child.once('close', () => {
    processes.delete(child)
    words.end()
  })
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => words.add(more))
  return { child, said: words.said, says: words.says }
}

/** What a host does, and says of it on stderr. */
export class HostTask extends Words {
  readonly ended: Promise<number>
  readonly stop: () => Promise<unknown>
  stdout = ''

  constructor(child: ChildProcess, id: number) {
    super()
    const { tasks } = site()
    tasks.add(this)
    this.ended = new Promise((resolve, reject) => {
      const gone = () => reject(new Error(`the host has ended: ${this.said()}`))
      child.once('close', gone)
      child.on('message', (word: HostWord) => {
        if (word.id !== id) return
        if (word.text !== undefined) this.add(word.text)
        if (word.out !== undefined) this.stdout += word.out
        if (word.code !== undefined) {
          child.off('close', gone)
          tasks.delete(this)
          resolve(word.code)
          this.end()
        }
      })
    })
    // Who waits for it is told.
    this.ended.catch(() => this.end())
    this.stop = () => {
      child.send({ id, stop: true } satisfies HostRequest)
      return this.ended
    }
  }
}

/**
 * A process that runs coordinators, or workers, of several tests side by side: those that no test harms. So a repetition costs
 * little more than what it trains.
 */
export class Host {
  readonly #child: ChildProcess
  #asked = 0

  private constructor(child: ChildProcess) {
    this.#child = child.setMaxListeners(0)
  }

  static start(): Host {
    const script = join(import.meta.dirname, `host${extname(import.meta.filename)}`)
    return new Host(fork(script, { execArgv: [...sourceFlags] }))
  }

  ask(request: Omit<HostRequest, 'id'>): HostTask {
    const id = this.#asked++
    const task = new HostTask(this.#child, id)
    this.#child.send({ id, ...request } satisfies HostRequest)
    return task
  }

  async end(): Promise<void> {
    await ended(this.#child, 'SIGKILL')
  }
}

/** Ends a process, if it has not ended, and waits for that. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill(signal)
  await closed
}

/** Has a process stand still, and waits until it does. */
export async function still(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP')
  const state = () => /\) (\w)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))?.[1]
  while (state() !== 'T') await setTimeout(10)
}

/**
 * Kills a worker at the first moment from now on at which no unit is in training that has lost a worker before: whose second
 * loss would be its last. So it is the killer, not chance, who decides whether a unit is given up.
 */
export async function killSparing({ child }: Started, url: string): Promise<void> {
  const queue = new Queue(queueName, { prefix, connection: { url } })
  try {
    for (;;) {
      // While it stands still, no unit comes to it or leaves it.
      await still(child)
      const active = await queue.getActive()
      if (active.every((job) => job === undefined || job.stalledCounter === 0)) return await ended(child, 'SIGKILL')
      child.kill('SIGCONT')
      await setTimeout(50)
    }
  } finally {
    await queue.close()
  }
}

/** Waits until a unit of a silent worker goes back to the queue. */
export async function stalled(url: string): Promise<void> {
  const events = new QueueEvents(queueName, { prefix, connection: { url }, lastEventId: '0' })
  try {
    await once(events, 'stalled')
  } finally {
    await events.close()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

/** A Redis server that keeps nothing on disk, and can be started again. */
export class Server {
  readonly url: string
  readonly #ports: readonly string[]
  readonly #folder = folder()
  #running: Started | undefined

  private constructor(scheme: string, port: number) {
    this.#ports = scheme === 'redis' ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port)]
    this.url = `${scheme}://127.0.0.1:${port}`
  }

  static async start(...args: string[]): Promise<Server> {
    const server = new Server('redis', await freePort())
    await server.again(...args)
    return server
  }

  /** With TLS only. */
  static async startTls(...args: string[]): Promise<Server> {
    const server = new Server('rediss', await freePort())
    await server.again(...args)
    return server
  }

  async again(...args: string[]): Promise<void> {
    const fixed = [...this.#ports, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#running = start('redis-server', [...fixed, ...args], { cwd: this.#folder })
    await this.#running.says(/Ready to accept connections/)
  }

  async stop(): Promise<void> {
    await ended(this.#process, 'SIGKILL')
  }

  /** Neither answers nor hangs up for so long. */
  async freeze(ms: number): Promise<void> {
    await this.fallSilent()
    await setTimeout(ms)
    this.#process.kill('SIGCONT')
  }

  /** Neither answers nor hangs up any more. */
  async fallSilent(): Promise<void> {
    await still(this.#process)
  }

  get #process(): ChildProcess {
    assert.ok(this.#running)
    return this.#running.child
  }
}

interface WorkerOptions {
  readonly launcher?: readonly string[]
  readonly lock?: number
  /** A file that it has, of a column `kind`. */
  readonly table?: string
  readonly env?: NodeJS.ProcessEnv
}

/** A worker with a lock of five seconds, for tests that kill it; it has begun when this returns. A launcher runs it. */
export async function startWorker(
  url: string,
  { launcher = [], lock = 5, table, env }: WorkerOptions = {},
): Promise<Started> {
  const data = table === undefined ? [] : ['--table', table, '--label', 'kind']
  const flags = ['--workers', '1', '--device', 'cpu', '--lock', String(lock), ...data]
  const [command = '', ...args] = [...launcher, process.execPath, ...program, 'worker', url, ...flags]
  const started = start(command, args, { env: env ?? process.env })
  await started.says(/at a time/)
  return started
}

/** A worker that does what `strangeUnits.ts` says of a kind. It says when it is ready, if it lives so long. */
export function startStrange(url: string, kind: StrangeKind, table: string): Started {
  const script = join(import.meta.dirname, `strangeWorker${extname(import.meta.filename)}`)
  return start(process.execPath, [...sourceFlags, script, url, kind, table])
}

/** Numbers of sixty things, of which six are cracked. */
function tableText(): string {
  const values = normal(60 * 4, { seed: 3 })
  const rows = Array.from({ length: 60 }, (_, i) => {
    const isCracked = i % 10 === 0
    const numbers = [0, 1, 2, 3].map((j) => (Number(values[4 * i + j]) + (isCracked ? 2 : 0)).toFixed(3))
    return [...numbers, isCracked ? 'crack' : 'good'].join()
  })
  return `a,b,c,d,kind\n${rows.join('\n')}\n`
}

/** The samples that are trained on. */
export class Parts {
  readonly #folder = mkdtempSync(join(tmpdir(), 'queue-parts-'))
  readonly path = join(this.#folder, 'parts.csv')

  constructor() {
    writeFileSync(this.path, tableText())
  }

  /** A study of these: ten runs are four units. */
  study(...flags: string[]): readonly string[] {
    const trained = ['--normal', 'good', '--epochs', '1', '--pretrain-epochs', '1', '--device', 'cpu']
    const told = ['--resamples', '100', '--no-report', '--json']
    return ['study', this.path, '--label', 'kind', ...trained, ...told, ...flags]
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}

/** What a study says, but for how long it took and where it trained. */
export function answerOf(json: string): unknown {
  const { elapsedSeconds: _, environment: __, workers: ___, ...answer } = JSON.parse(json)
  return answer
}

/** The answer of one process. */
export async function alone(args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run([...args], folder())
  assert.equal(code, 0, stderr)
  return answerOf(stdout)
}

/** A command that a queue trains. */
export interface Coordinator extends Telling {
  readonly finish: () => Promise<{ code: number | null; stdout: string; stderr: string }>
}

interface CoordinatorOptions {
  readonly cwd?: string
  /** Waits until so many of its units are stored. */
  readonly after?: number
  readonly env?: NodeJS.ProcessEnv
}

const queued = (args: readonly string[], url: string, cwd: string) => [
  ...[...args, '--queue', url, '--store', join(cwd, 'all.duckdb'), '--progress', 'json'],
]

/** At least so many units are stored. */
export const stored = (units: number) =>
  new RegExp(`queue","done":(${Array.from({ length: 100 - units }, (_, i) => i + units).join('|')}),`)

/** Starts a process that does it. */
export async function coordinator(
  url: string,
  args: readonly string[],
  { cwd = folder(), after = 0, env = process.env }: CoordinatorOptions = {},
): Promise<Coordinator & Started> {
  const out = join(cwd, 'answer.json')
  const line = [process.execPath, ...program, ...queued(args, url, cwd)]
  const started = start('sh', ['-c', 'exec "$@" > answer.json', 'sh', ...line], { cwd, env })
  if (after > 0) await started.says(stored(after))
  return {
    ...started,
    finish: async () => {
      if (started.child.exitCode === null) await once(started.child, 'close')
      return { code: started.child.exitCode, stdout: readFileSync(out, 'utf8'), stderr: started.said() }
    },
  }
}

/** Has a host do it. */
export async function hostedCoordinator(
  host: Host,
  args: readonly string[],
  { url, cwd = folder(), after = 0 }: CoordinatorOptions & { readonly url: string },
): Promise<Coordinator> {
  const task = host.ask({ args: queued(args, url, cwd) })
  if (after > 0) await task.says(stored(after))
  return {
    ...{ said: task.said, says: task.says },
    finish: async () => ({ code: await task.ended, stdout: task.stdout, stderr: task.said() }),
  }
}
