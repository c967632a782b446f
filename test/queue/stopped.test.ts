import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { pausingUnits } from '../../bench/queueRun.js'
import { distributeUnits } from '../../src/queue/distributeUnits.js'
import { endAll, noRedis, Server, Words } from './machines.js'

afterEach(endAll)

// It is still away when this ends: who waits for it fails by the timeout.
describe('a coordinator that is stopped ends', { skip: noRedis, timeout: 120_000 }, () => {
  for (const [what, harm] of [
    ['while its server is there', async () => {}],
    [
      'while its server is away',
      async (server: Server, words: Words) => {
        await server.stop()
        await words.says(/is away/)
      },
    ],
    ['while its server is silent', (server: Server) => server.fallSilent()],
  ] as const) {
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
