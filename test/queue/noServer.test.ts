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

describe('who waits for a server that is not there', { timeout: 60_000 }, () => {
  for (const [when, tries] of [
    ['between two tries', 1],
    ['after several', 3],
  ] as const) {
    it(`is let go by the signal, ${when}, and not by the next try`, async () => {
      const stop = new AbortController()
      let tried = 0
      const { at } = await port((socket) => {
        socket.destroy()
        // Once the client knows, and pauses.
        if (++tried === tries) setTimeout(() => stop.abort(), 100)
      })
      await assert.rejects(connectRedis(`redis://${at}`, listener, stop.signal), { code: 'ABORTED' })
      assert.equal(tried, tries)
    })
  }

  it('is let go by the signal, while a connection is made or a greeting is waited for', async () => {
    const { at } = await port(() => {})
    for (const url of [`redis://${at}`, `rediss://${at}`])
      await assert.rejects(connectRedis(url, listener, AbortSignal.timeout(300)), { code: 'ABORTED' })
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

  it('that takes connections and says nothing, gives up', async () => {
    const { at } = await port(() => {})
    await assert.rejects(connectRedis(`redis://${at}`, listener), {
      code: 'NO_QUEUE',
      message:
        /^what listens at redis:.+ takes connections and says nothing\. .+ If it is Redis with TLS, its address begins with rediss:\/\/$/,
    })
  })

  it('with TLS, and gets no answer to its greeting, gives up after one try', async () => {
    const { at } = await port(() => {})
    await assert.rejects(connectRedis(`rediss://${at}`, listener), {
      code: 'NO_QUEUE',
      message:
        /^no Redis answers at rediss:.+ \(tried once: no answer came in time \(ETIMEDOUT\)\)\. .+ If it has no TLS, its address begins with redis:\/\//,
    })
  })

  it('with TLS, and gets an answer without, gives up at once', async () => {
    let tried = 0
    const { at } = await port((socket) => {
      tried++
      socket.once('data', () => socket.end('-ERR unknown command\r\n'))
    })
    await assert.rejects(connectRedis(`rediss://${at}`, listener), {
      code: 'NO_QUEUE',
      message: `what listens at rediss://${at} has no TLS. If it is Redis, its address begins with redis://`,
    })
    assert.equal(tried, 1)
  })

  it('with TLS, while Redis itself has none, gives up', { skip: noRedis }, async () => {
    const { url } = await Server.start()
    await assert.rejects(connectRedis(url.replace('redis:', 'rediss:'), listener), {
      code: 'NO_QUEUE',
      message: /no TLS.+ its address begins with redis:\/\//,
    })
  })
})
