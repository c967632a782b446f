import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { QueueEvents } from 'bullmq'
import { prefix, queueName } from '../../src/queue/keys.js'
import { run } from '../cli/program.js'
import { program, sourceFlags } from '../sources.js'

/** Why tests with a server are skipped here; false where they run. */
export const noRedis =
  spawnSync('redis-server', ['--version']).status !== 0 && process.env.REQUIRE_REDIS !== '1'
    ? '`apt-get install redis-server` brings a server'
    : false

/** What a test has started and made. */
interface Site {
  readonly processes: Set<ChildProcess>
  readonly folders: string[]
}

const newSite = (): Site => ({ processes: new Set(), folders: [] })
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
  const { processes, folders } = site()
  for (const child of processes) child.kill('SIGCONT')
  await Promise.all([...processes].map((child) => ended(child, 'SIGKILL')))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'queue-'))
  site().folders.push(path)
  return path
}

/** A process that has been started, and all that it has said on stderr. */
export interface Started {
  readonly child: ChildProcess
  readonly said: () => string
  /** Waits until it has said something that matches. */
  readonly says: (what: RegExp) => Promise<void>
}

export function start(command: string, args: readonly string[], options: { readonly cwd?: string } = {}): Started {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const { processes } = site()
  processes.add(child)
  child.once('close', () => processes.delete(child))
  let text = ''
  const listen = (more: string) => {
    text += more
    child.emit('said')
  }
  child.stdout.setEncoding('utf8').on('data', listen)
  child.stderr.setEncoding('utf8').on('data', listen)
  const says = (what: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (what.test(text)) resolve()
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`${command} has ended: ${text}`))
        else return
        child.off('said', look).off('close', look)
      }
      child.on('said', look).on('close', look)
      look()
    })
  return { child, said: () => text, says }
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
  readonly #port: number
  readonly #folder = folder()
  #running: Started | undefined

  private constructor(port: number) {
    this.#port = port
    this.url = `redis://127.0.0.1:${port}`
  }

  static async start(...args: string[]): Promise<Server> {
    const server = new Server(await freePort())
    await server.again(...args)
    return server
  }

  async again(...args: string[]): Promise<void> {
    const fixed = ['--port', String(this.#port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#running = start('redis-server', [...fixed, ...args], { cwd: this.#folder })
    await this.#running.says(/Ready to accept connections/)
  }

  async stop(): Promise<void> {
    await ended(this.#process, 'SIGKILL')
  }

  /** Neither answers nor hangs up for so long. */
  async freeze(ms: number): Promise<void> {
    await still(this.#process)
    await setTimeout(ms)
    this.#process.kill('SIGCONT')
  }

  get #process(): ChildProcess {
    assert.ok(this.#running)
    return this.#running.child
  }
}

/** A worker with a lock of five seconds, for tests that kill it; it has begun when this returns. A launcher runs it. */
export async function startWorker(
  url: string,
  { launcher = [], lock = 5 }: { readonly launcher?: readonly string[]; readonly lock?: number } = {},
): Promise<Started> {
  const [command = '', ...args] = [
    ...launcher,
    process.execPath,
    ...program,
    'worker',
    url,
    '--workers',
    '1',
    '--lock',
    String(lock),
  ]
  const started = start(command, args)
  await started.says(/at a time/)
  return started
}

/** A worker that does what `strangeWorker.ts` says of a kind. */
export async function startStrange(url: string, kind: string): Promise<Started> {
  const script = join(import.meta.dirname, `strangeWorker${extname(import.meta.filename)}`)
  const started = start(process.execPath, [...sourceFlags, script, url, kind])
  await started.says(/ready/)
  return started
}

const training = ['--epochs', '2', '--pretrain-epochs', '1', '--device', 'cpu', '--resamples', '200']
/** A study of twelve units. */
export const study = ['study', 'statlog', '--runs', '30', ...training, '--no-report', '--json'] as const
/** Another one. */
export const other = ['study', 'statlog', '--runs', '16', '--seed', '7', ...training, '--no-report', '--json'] as const

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

/** Starts a study that a queue trains, and waits until so many of its units are stored. */
export async function coordinator(
  url: string,
  args: readonly string[],
  { cwd = folder(), after = 0 }: { readonly cwd?: string; readonly after?: number } = {},
): Promise<Started & { readonly finish: () => Promise<{ code: number | null; stdout: string; stderr: string }> }> {
  const out = join(cwd, 'answer.json')
  const line = [process.execPath, ...program, ...args, '--queue', url, '--store', 'all.duckdb', '--progress', 'json']
  const started = start('sh', ['-c', 'exec "$@" > answer.json', 'sh', ...line], { cwd })
  if (after > 0) await started.says(new RegExp(`queue","done":(${after}|[${after}-9]|\\d\\d),`))
  return {
    ...started,
    finish: async () => {
      if (started.child.exitCode === null) await once(started.child, 'close')
      return { code: started.child.exitCode, stdout: readFileSync(out, 'utf8'), stderr: started.said() }
    },
  }
}
