import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { afterEach, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  alone,
  answerOf,
  coordinator,
  endAll,
  ended,
  folder,
  noRedis,
  other,
  Server,
  startStrange,
  startWorker,
  study,
} from './machines.js'

afterEach(endAll)
const noQemu =
  spawnSync('qemu-x86_64', ['--version']).status !== 0 && process.env.REQUIRE_QEMU !== '1'
    ? 'no qemu-x86_64; `apt-get install qemu-user` brings it'
    : process.arch !== 'x64' && 'only one x64 processor trains as another one of x64'
const repeats = Number(process.env.SCORING_BIAS_QUEUE_REPEATS ?? 1)
const expected = noRedis ? undefined : await alone(study)

/** Requires the answer of one process, to the last bit. */
function requireAnswer({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): void {
  assert.equal(code, 0, stderr)
  assert.deepEqual(answerOf(stdout), expected)
}

for (let repeat = 0; repeat < repeats; repeat++) {
  describe(`a queue gives the answer of one process, ${repeat + 1} of ${repeats}`, { skip: noRedis }, () => {
    it('with two workers, of which each in turn is killed at a random moment', async () => {
      const { url } = await Server.start()
      const workers = [await startWorker(url), await startWorker(url)]
      const asked = await coordinator(url, study, { after: 1 })
      for (const done of ['[1-9]', '([5-9]|1\\d)', '(9|1\\d)']) {
        // A unit whose workers die twice is given up: what the last one had is trained before the next one dies.
        await asked.says(new RegExp(`queue","done":${done},`))
        await setTimeout(1000 * Math.random())
        const killed = workers.shift()
        assert.ok(killed)
        await ended(killed.child, 'SIGKILL')
        workers.push(await startWorker(url))
      }
      requireAnswer(await asked.finish())
    })

    it('with a worker that stands still beyond its lock and goes on: the result that comes twice is stored once', async () => {
      const { url } = await Server.start()
      const [still] = [await startWorker(url), await startWorker(url)]
      assert.ok(still)
      const asked = await coordinator(url, study, { after: 1 })
      still.child.kill('SIGSTOP')
      await asked.says(/queue","done":([5-9]|\d\d),/)
      still.child.kill('SIGCONT')
      requireAnswer(await asked.finish())
    })

    it('with a server that goes away and comes back empty, and then with little memory', async () => {
      const server = await Server.start()
      await startWorker(server.url)
      const asked = await coordinator(server.url, study, { after: 1 })
      await server.stop()
      await asked.says(/is away/)
      await server.again()
      await asked.says(/queue","done":([4-9]|\d\d),/)
      await server.stop()
      await server.again('--maxmemory', '20mb')
      requireAnswer(await asked.finish())
    })

    it('with a coordinator that is killed and started again', async () => {
      const { url } = await Server.start()
      await startWorker(url)
      const cwd = folder()
      const first = await coordinator(url, study, { cwd, after: 2 })
      await ended(first.child, 'SIGKILL')
      const again = await coordinator(url, study, { cwd })
      requireAnswer(await again.finish())
    })
  })
}

describe('a queue with several coordinators', { skip: noRedis }, () => {
  it('for two studies at once; the same study twice is refused', async () => {
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
    const { code, stdout, stderr } = await second.finish()
    assert.equal(code, 0, stderr)
    assert.deepEqual(answerOf(stdout), await alone(other))
  })
})

describe('a queue with workers that are no help', { skip: noRedis }, () => {
  it('gives up a unit that ends every worker which trains it, and goes on with the rest', async () => {
    const { url } = await Server.start()
    const cwd = folder()
    const asked = await coordinator(url, study, { cwd })
    for (const _ of [1, 2]) {
      const { child } = await startStrange(url, 'poison')
      while (child.signalCode === null && child.exitCode === null) await setTimeout(100)
    }
    await startWorker(url)
    const { code, stderr } = await asked.finish()
    assert.equal(code, 1)
    assert.match(stderr, /1 unit of \d+ could not be trained: Deep SAD.*twice.*others are in the store/s)
    // With workers that do not die, the same command trains what is left.
    requireAnswer(await (await coordinator(url, study, { cwd })).finish())
  })

  it('says what keeps workers from training, and is trained by the next that may', async () => {
    const { url } = await Server.start()
    const asked = await coordinator(url, study)
    await asked.says(/no worker is there/)
    await startStrange(url, 'version')
    await asked.says(/none of the 1 worker may train what is left: .*0\.0\.1/)
    await startWorker(url)
    requireAnswer(await asked.finish())
  })

  it('leaves its units to others on a processor that rounds differently, and says so', { skip: noQemu }, async () => {
    const { url } = await Server.start()
    const asked = await coordinator(url, other)
    // Emulated, it may be silent for long.
    const old = await startWorker(url, { launcher: ['qemu-x86_64', '-cpu', 'Nehalem'], lock: 600 })
    await asked.says(/none of the 1 worker may train what is left: .*gives other bits \(another fingerprint\)/)
    await old.says(/Left to others: .*another fingerprint/)
    await startWorker(url)
    const { code, stdout, stderr } = await asked.finish()
    assert.equal(code, 0, stderr)
    assert.deepEqual(answerOf(stdout), await alone(other))
  })

  it('ends where two machines trained a unit to different bits, and names both', async () => {
    const { url } = await Server.start()
    const asked = await coordinator(url, study)
    await startStrange(url, 'wrong')
    await startWorker(url)
    const { code, stderr } = await asked.finish()
    assert.equal(code, 2)
    assert.match(stderr, /faulty.* trained .* to different bits/)
  })
})
