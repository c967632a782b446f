import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { after, describe, it } from 'node:test'
import { connectRedis } from '../../src/queue/redis.js'
import { sourceFlags, sourceUrl } from '../sources.js'
import { endAll, folder, noRedis, Server } from './machines.js'

after(endAll)

const listener = { onNotice: assert.fail }

/** A port at which somebody takes connections, and does something with them. */
async function port(answer: (socket: Socket) => void): Promise<{ readonly at: string; readonly server: NetServer }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    answer(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { at: `127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

describe('who waits for a server that is not there', { timeout: 60_000 }, () => {
  for (const [when, ms] of [
    ['between two tries', 250],
    ['after several', 1750],
  ] as const) {
    it(`is let go by the signal, ${when}`, async () => {
      const seconds = await secondsOf(() =>
        assert.rejects(connectRedis('redis://127.0.0.1:1', listener, AbortSignal.timeout(ms)), { code: 'ABORTED' }),
      )
      assert.ok(seconds < ms / 1000 + 0.4, String(seconds))
    })
  }

  it('is let go by the signal, while a connection is made or a greeting is waited for', async () => {
    const { at } = await port(() => {})
    for (const url of [`redis://${at}`, `rediss://${at}`]) {
      const seconds = await secondsOf(() =>
        assert.rejects(connectRedis(url, listener, AbortSignal.timeout(300)), { code: 'ABORTED' }),
      )
      assert.ok(seconds < 0.7, String(seconds))
    }
  })

  it('and nothing of it keeps the process', async () => {
    const script = `
      const { workOnQueue } = await import('${sourceUrl('queue/workOnQueue')}')
      const { trainByQueue } = await import('${sourceUrl('queue/trainByQueue')}')
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 1500)
      const asked = { url: 'redis://127.0.0.1:1', signal: stop.signal }
      const code = ({ code }) => code
      const study = { dataset: 'statlog', runs: 2, device: 'cpu' }
      const store = process.argv[1]
      const all = [workOnQueue({ ...asked, device: 'cpu', workers: 1 }), trainByQueue({ study }, { ...asked, store })]
      console.log(...await Promise.all(all.map((one) => one.catch(code))))`
    const store = join(folder(), 'all.duckdb')
    const child = spawn(process.execPath, [...sourceFlags, '--input-type=module', '-e', script, store])
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said += text
      })
    const [code] = await once(child, 'close')
    assert.deepEqual([code, said], [0, 'ABORTED ABORTED\n'])
  })

  it('with TLS, and gets no answer to its greeting, gives up after one try', async () => {
    const { at } = await port(() => {})
    const seconds = await secondsOf(() =>
      assert.rejects(connectRedis(`rediss://${at}`, listener), {
        code: 'NO_QUEUE',
        message:
          /^no Redis answers at rediss:.+ \(tried once: no answer came in time \(ETIMEDOUT\)\)\. .+ If it has no TLS, its address begins with redis:\/\//,
      }),
    )
    assert.ok(seconds > 4.5 && seconds < 7, String(seconds))
  })

  it('with TLS, and gets an answer without, gives up at once', async () => {
    const { at } = await port((socket) => socket.once('data', () => socket.end('-ERR unknown command\r\n')))
    const seconds = await secondsOf(() =>
      assert.rejects(connectRedis(`rediss://${at}`, listener), {
        code: 'NO_QUEUE',
        message: `what listens at rediss://${at} has no TLS. If it is Redis, its address begins with redis://`,
      }),
    )
    assert.ok(seconds < 2, String(seconds))
  })

  it('with TLS, while Redis itself has none, gives up after one try', { skip: noRedis }, async () => {
    const { url } = await Server.start()
    const seconds = await secondsOf(() =>
      assert.rejects(connectRedis(url.replace('redis:', 'rediss:'), listener), {
        code: 'NO_QUEUE',
        message: /no TLS.+ its address begins with redis:\/\//,
      }),
    )
    assert.ok(seconds < 7, String(seconds))
  })
})
