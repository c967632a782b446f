import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { resultsKey } from '../../src/queue/keys.js'
import {
  alone,
  answerOf,
  apart,
  type Coordinator,
  coordinator,
  endAll,
  ended,
  folder,
  Host,
  hostedCoordinator,
  killSparing,
  noRedis,
  Parts,
  Server,
  stalled,
  startStrange,
  startWorker,
  still,
  stored,
} from './machines.js'
import type { StrangeKind } from './strangeUnits.js'

const noQemu =
  spawnSync('qemu-x86_64', ['--version']).status !== 0 && process.env.REQUIRE_QEMU !== '1'
    ? 'no qemu-x86_64; `apt-get install qemu-user` brings it'
    : process.arch !== 'x64' && 'only one x64 processor trains as another one of x64'
const repeats = Number(process.env.SCORING_BIAS_QUEUE_REPEATS ?? 1)
/** So many tests at a time: each mostly waits for locks to end. */
const beside = 16

const parts = new Parts()
/** Of twelve units, and of eight. */
const study = parts.study('--runs', '30')
const other = parts.study('--runs', '16', '--seed', '7')
const [expected, expectedOther] = noRedis ? [] : [await alone(study), await alone(other)]
await endAll()

/** Who takes the parts of coordinators and workers that nobody harms. */
interface Cast {
  readonly coordinator: (
    url: string,
    args: readonly string[],
    options?: { cwd?: string; after?: number },
  ) => Promise<Coordinator>
  readonly worker: (url: string) => Promise<unknown>
  readonly strange: (url: string, kind: 'version' | 'wrong') => Promise<unknown>
}

/** Processes of the program, one for each. */
const processes: Cast = {
  coordinator,
  worker: (url) => startWorker(url, { table: parts.path }),
  strange: async (url, kind) => startStrange(url, kind, parts.path),
}

/** Two processes for all tests: one runs the coordinators, one the workers, which are slow. */
function hostCast(coordinators: Host, workers: Host): Cast {
  const work = (url: string, kind: StrangeKind) =>
    workers.ask({ worker: { url, kind, tables: [parts.path] } }).says(/ready/)
  return {
    coordinator: (url, args, options) => hostedCoordinator(coordinators, args, { url, ...options }),
    worker: (url) => work(url, 'slow'),
    strange: work,
  }
}

/** Requires the answer of one process, to the last bit. */
function requireAnswer(
  { code, stdout, stderr }: { code: number | null; stdout: string; stderr: string },
  answer = expected,
): void {
  assert.equal(code, 0, stderr)
  assert.deepEqual(answerOf(stdout), answer)
}

/** Waits until two results of one unit are in a server. */
async function twoResults(url: string): Promise<void> {
  const redis = new Redis(url)
  try {
    for (;;) {
      const keys = await redis.keys(resultsKey('*'))
      const messages = (await Promise.all(keys.map((key) => redis.lrangeBuffer(key, 0, -1)))).flat()
      const units = messages.map((message) => message.subarray(0, 64).toString())
      if (new Set(units).size < units.length) return
      await setTimeout(100)
    }
  } finally {
    redis.disconnect()
  }
}

// The one that waits longest first.
const failures: Readonly<Record<string, (cast: Cast) => Promise<void>>> = {
  'with a server that is silent for 30 s, then goes away and comes back empty, and then with little memory': async (
    cast,
  ) => {
    const server = await Server.start()
    await cast.worker(server.url)
    const asked = await cast.coordinator(server.url, study, { after: 1 })
    await server.freeze(30_000)
    await asked.says(stored(3))
    await server.stop()
    await asked.says(/is away/)
    await server.again()
    await asked.says(stored(6))
    await server.stop()
    await server.again('--maxmemory', '20mb')
    requireAnswer(await asked.finish())
  },

  'with workers that are killed at random moments, over a unit each': async (cast) => {
    const { url } = await Server.start()
    const workers = [1, 2].map(() => startStrange(url, 'slow', parts.path))
    for (const { says } of workers) await says(/ready/)
    const asked = await cast.coordinator(url, study, { after: 1 })
    for (const worker of workers) {
      await setTimeout(1000 * Math.random())
      await killSparing(worker, url)
    }
    await cast.worker(url)
    requireAnswer(await asked.finish())
  },

  'with a unit that ends every worker which trains it: it is given up, and the rest goes on': async (cast) => {
    const { url } = await Server.start()
    const cwd = folder()
    const asked = await cast.coordinator(url, study, { cwd })
    for (const _ of [1, 2]) {
      const { child } = startStrange(url, 'poison', parts.path)
      if (child.signalCode === null && child.exitCode === null) await once(child, 'close')
    }
    await cast.worker(url)
    const { code, stderr } = await asked.finish()
    assert.equal(code, 1)
    assert.match(stderr, /1 unit of 12 could not be trained: Deep SAD.*twice.*others are in the store/s)
    // With workers that do not die, the same command trains what is left.
    requireAnswer(await (await cast.coordinator(url, study, { cwd })).finish())
  },

  'with coordinators of two studies at once; the same study twice is refused': async (cast) => {
    const { url } = await Server.start()
    const first = await cast.coordinator(url, study)
    await first.says(/no worker is there/)
    const [second, same] = [await cast.coordinator(url, other), await cast.coordinator(url, study)]
    const refused = await same.finish()
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /coordinates this study already/)
    await cast.worker(url)
    await cast.worker(url)
    requireAnswer(await first.finish())
    requireAnswer(await second.finish(), expectedOther)
  },

  'with a worker that stands still beyond its lock and goes on: of two equal results one is stored': async (cast) => {
    const { url } = await Server.start()
    const asked = await coordinator(url, study)
    const first = startStrange(url, 'still', parts.path)
    await first.says(/stands still/)
    // So that it finds both results.
    await still(asked.child)
    await cast.worker(url)
    await stalled(url)
    first.child.kill('SIGCONT')
    await twoResults(url)
    asked.child.kill('SIGCONT')
    requireAnswer(await asked.finish())
  },

  'with a coordinator that is killed and started again': async (cast) => {
    const { url } = await Server.start()
    await cast.worker(url)
    const cwd = folder()
    const first = await coordinator(url, study, { cwd, after: 2 })
    await ended(first.child, 'SIGKILL')
    requireAnswer(await (await cast.coordinator(url, study, { cwd })).finish())
  },

  'with a worker of another version, which says so, and the next that may train': async (cast) => {
    const { url } = await Server.start()
    const asked = await cast.coordinator(url, study)
    await asked.says(/no worker is there/)
    await cast.strange(url, 'version')
    await asked.says(/none of the 1 worker may train what is left: .*0\.0\.1/)
    await cast.worker(url)
    requireAnswer(await asked.finish())
  },

  'or none where two machines trained a unit to different bits, and names both': async (cast) => {
    const { url } = await Server.start()
    const asked = await cast.coordinator(url, study)
    await cast.strange(url, 'wrong')
    await cast.worker(url)
    const { code, stderr } = await asked.finish()
    assert.equal(code, 2)
    assert.match(stderr, /faulty.* trained .* to different bits/)
  },
}

describe('a queue gives the answer of one process', { skip: noRedis, concurrency: beside }, () => {
  // It refuses before it trains: no moment makes a difference.
  it(
    'with a worker whose processor rounds differently: it leaves the units to others, and says so',
    { skip: noQemu },
    apart(async () => {
      const { url } = await Server.start()
      const asked = await coordinator(url, other)
      const mine = { table: parts.path }
      // Emulated, it may be silent for long.
      const old = await startWorker(url, { launcher: ['qemu-x86_64', '-cpu', 'Nehalem'], lock: 600, ...mine })
      await asked.says(/none of the 1 worker may train what is left: .*gives other bits \(another fingerprint\)/)
      await old.says(/Left to others: .*another fingerprint/)
      await startWorker(url, mine)
      requireAnswer(await asked.finish(), expectedOther)
    }),
  )

  // Once with the commands that a user starts, then at other moments with fewer processes.
  for (const [what, test] of Object.entries(failures))
    it(
      `${what} (1 of ${repeats})`,
      apart(() => test(processes)),
    )
  if (repeats === 1) return
  const [coordinators, workers] = [Host.start(), Host.start()]
  const cast = hostCast(coordinators, workers)
  after(() => Promise.all([coordinators.end(), workers.end()]))
  for (const [what, test] of Object.entries(failures)) {
    for (let repeat = 2; repeat <= repeats; repeat++) {
      it(
        `${what} (${repeat} of ${repeats})`,
        apart(() => test(cast)),
      )
    }
  }
})

after(() => parts.remove())
