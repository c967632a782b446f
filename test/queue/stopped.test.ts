import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { pausingUnits } from '../../bench/queueRun.js'
import { distributeUnits } from '../../src/queue/distributeUnits.js'
import { serveUnits } from '../../src/queue/serveUnits.js'
import { endAll, noRedis, Server, Words } from './machines.js'

afterEach(endAll)

const harms: readonly (readonly [string, (server: Server, words: Words) => Promise<void>])[] = [
  ['while its server is there', async () => {}],
  [
    'while its server is away',
    async (server, words) => {
      await server.stop()
      await words.says(/is away/)
    },
  ],
  ['while its server is silent', (server) => server.fallSilent()],
]

// The server is not back before this ends: who waits for it fails by the timeout.
const options = { skip: noRedis, timeout: 120_000 }

describe('a coordinator that is stopped ends', options, () => {
  for (const [what, harm] of harms) {
    it(what, async () => {
      const server = await Server.start()
      const stop = new AbortController()
      const words = new Words()
      const going = distributeUnits(pausingUnits(3, { scores: 1 }), {
        ...{ url: server.url, study: '0'.repeat(64), signal: stop.signal },
        store: { find: async () => undefined, keepAll: async () => {} },
        onNotice: (text) => words.add(`${text}\n`),
      })
      await words.says(/no worker is there/)
      await harm(server, words)
      stop.abort()
      await assert.rejects(going, { code: 'ABORTED' })
    })
  }
})

describe('a worker that is stopped over a unit ends', options, () => {
  for (const [what, harm] of harms) {
    it(what, async () => {
      const server = await Server.start()
      const [stop, stopAll] = [new AbortController(), new AbortController()]
      const words = new Words()
      const serving = serveUnits({
        ...{ url: server.url, slots: 1, signal: stop.signal },
        onNotice: (text) => words.add(`${text}\n`),
        run: async () => {
          words.add('begun')
          await setTimeout(3_600_000, undefined, { signal: stop.signal })
          return assert.fail('it goes on')
        },
      })
      const going = distributeUnits(pausingUnits(3, { scores: 1 }), {
        ...{ url: server.url, study: '0'.repeat(64), signal: stopAll.signal },
        store: { find: async () => undefined, keepAll: async () => {} },
      })
      await words.says(/begun/)
      await harm(server, words)
      stop.abort()
      assert.deepEqual(await serving, { trained: 0, refused: 0 })
      stopAll.abort()
      await assert.rejects(going, { code: 'ABORTED' })
    })
  }
})
