import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { resultsKey } from '../../src/queue/keys.js'
import {
  alone,
  answerOf,
  apart,
  coordinator,
  endAll,
  ended,
  folder,
  noRedis,
  other,
  Server,
  stalled,
  startStrange,
  startWorker,
  still,
  study,
} from './machines.js'

const noQemu =
  spawnSync('qemu-x86_64', ['--version']).status !== 0 && process.env.REQUIRE_QEMU !== '1'
    ? 'no qemu-x86_64; `apt-get install qemu-user` brings it'
    : process.arch !== 'x64' && 'only one x64 processor trains as another one of x64'
const repeats = Number(process.env.SCORING_BIAS_QUEUE_REPEATS ?? 1)
/** So many tests at a time: each mostly waits for locks to end. */
const beside = 4
const [expected, expectedOther] = noRedis ? [] : [await alone(study), await alone(other)]
await endAll()

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

const failures: Readonly<Record<string, () => Promise<void>>> = {
  'with two workers, of which each in turn is killed at a random moment': async () => {
    const { url } = await Server.start()
    const workers = [await startWorker(url), await startWorker(url)]
    const cwd = folder()
    const asked = await coordinator(url, study, { cwd, after: 1 })
    for (const done of ['[1-9]', '([4-9]|1\\d)', '([89]|1\\d)']) {
      await asked.says(new RegExp(`queue","done":${done},`))
      await setTimeout(1000 * Math.random())
      const killed = workers.shift()
      assert.ok(killed)
      await ended(killed.child, 'SIGKILL')
      workers.push(await startWorker(url))
    }
    const finished = await asked.finish()
    if (finished.code === 0) return requireAnswer(finished)
    // Two of three kills may meet one unit, which is given up. The same command trains it.
    assert.match(finished.stderr, /error: 1 unit of \d+ could not be trained: .*twice while they trained it/)
    requireAnswer(await (await coordinator(url, study, { cwd })).finish())
  },

  'with a worker that stands still beyond its lock and goes on: of two equal results one is stored': async () => {
    const { url } = await Server.start()
    const asked = await coordinator(url, study)
    const first = await startStrange(url, 'still')
    await first.says(/stands still/)
    // So that it finds both results.
    await still(asked.child)
    await startWorker(url)
    await stalled(url)
    first.child.kill('SIGCONT')
    await twoResults(url)
    asked.child.kill('SIGCONT')
    requireAnswer(await asked.finish())
  },

  'with a server that is silent for 30 s, then goes away and comes back empty, and then with little memory':
    async () => {
      const server = await Server.start()
      await startWorker(server.url)
      const asked = await coordinator(server.url, study, { after: 1 })
      await server.freeze(30_000)
      await asked.says(/queue","done":([3-9]|\d\d),/)
      await server.stop()
      await asked.says(/is away/)
      await server.again()
      await asked.says(/queue","done":([6-9]|\d\d),/)
      await server.stop()
      await server.again('--maxmemory', '20mb')
      requireAnswer(await asked.finish())
    },

  'with a coordinator that is killed and started again': async () => {
    const { url } = await Server.start()
    await startWorker(url)
    const cwd = folder()
    const first = await coordinator(url, study, { cwd, after: 2 })
    await ended(first.child, 'SIGKILL')
    const again = await coordinator(url, study, { cwd })
    requireAnswer(await again.finish())
  },

  'with coordinators of two studies at once; the same study twice is refused': async () => {
    const { url } = await Server.start()
    const first = await coordinator(url, study)
    await first.says(/no worker is there/)
    const [second, same] = [await coordinator(url, other), await coordinator(url, study)]
    const refused = await same.finish()
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /coordinates this study already/)
    await startWorker(url)
    await startWorker(url)
    requireAnswer(await first.finish())
    requireAnswer(await second.finish(), expectedOther)
  },

  'with a unit that ends every worker which trains it: it is given up, and the rest goes on': async () => {
    const { url } = await Server.start()
    const cwd = folder()
    const asked = await coordinator(url, study, { cwd })
    for (const _ of [1, 2]) {
      const { child } = await startStrange(url, 'poison')
      if (child.signalCode === null && child.exitCode === null) await once(child, 'close')
    }
    await startWorker(url)
    const { code, stderr } = await asked.finish()
    assert.equal(code, 1)
    assert.match(stderr, /1 unit of \d+ could not be trained: Deep SAD.*twice.*others are in the store/s)
    // With workers that do not die, the same command trains what is left.
    requireAnswer(await (await coordinator(url, study, { cwd })).finish())
  },

  'with a worker of another version, which says so, and the next that may train': async () => {
    const { url } = await Server.start()
    const asked = await coordinator(url, study)
    await asked.says(/no worker is there/)
    await startStrange(url, 'version')
    await asked.says(/none of the 1 worker may train what is left: .*0\.0\.1/)
    await startWorker(url)
    requireAnswer(await asked.finish())
  },

  'or none where two machines trained a unit to different bits, and names both': async () => {
    const { url } = await Server.start()
    const asked = await coordinator(url, study)
    await startStrange(url, 'wrong')
    await startWorker(url)
    const { code, stderr } = await asked.finish()
    assert.equal(code, 2)
    assert.match(stderr, /faulty.* trained .* to different bits/)
  },
}

describe('a queue gives the answer of one process', { skip: noRedis, concurrency: beside }, () => {
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [what, test] of Object.entries(failures)) it(`${what} (${repeat + 1} of ${repeats})`, apart(test))
  }

  // It refuses before it trains: no moment makes a difference.
  it(
    'with a worker whose processor rounds differently: it leaves the units to others, and says so',
    { skip: noQemu },
    apart(async () => {
      const { url } = await Server.start()
      const asked = await coordinator(url, other)
      // Emulated, it may be silent for long.
      const old = await startWorker(url, { launcher: ['qemu-x86_64', '-cpu', 'Nehalem'], lock: 600 })
      await asked.says(/none of the 1 worker may train what is left: .*gives other bits \(another fingerprint\)/)
      await old.says(/Left to others: .*another fingerprint/)
      await startWorker(url)
      requireAnswer(await asked.finish(), expectedOther)
    }),
  )
})
