import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const path = '../../docs/examples/service.mjs'
const { createService }: { createService: (limits?: object) => Server } = await import(path as string)

describe('the service', () => {
  const limits = { body: 100_000, line: 1000, lines: 5000, classes: 3, resamples: 20_000, requests: 2 }
  const server = createService(limits)
  let port = 0
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close())

  const row = (i: number, more: object = {}) =>
    `${JSON.stringify({ label: i % 2, baseline: i % 7, candidate: i % 11, ...more })}\n`
  const body = Array.from({ length: 400 }, (_, i) => row(i)).join('')
  const post = async (query: string, text: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/compare?${query}`, { method: 'POST', body: text })
    return { status: response.status, answer: (await response.json()) as { error?: string; code?: string } }
  }
  const serves = async () => assert.equal((await post('resamples=100', body)).status, 200)

  /** What comes back for bytes as they are, and whether the service then ends the connection. */
  async function raw(...sent: (string | Buffer)[]): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    // A service that ends a connection while more is sent resets it.
    socket.on('error', () => {})
    let answer = ''
    socket.on('data', (data) => (answer += data))
    for (const text of sent) socket.write(text)
    await once(socket, 'close')
    return answer
  }

  for (const [what, query, text, status, message] of [
    ['more resamples', 'resamples=20001', body, 400, /at most 20000 resamples/],
    ['resamples without a number', 'resamples=', body, 400, /resamples must be an integer/],
    ['a target FPR that is none', 'fpr=half', body, 400, /fpr must/],
    [
      'an option that it does not have',
      'resample=100',
      body,
      400,
      /there is no resample, only fpr, level, resamples, seed/,
    ],
    ['an option of the name of a method', 'constructor=1', body, 400, /there is no constructor/],
    ['more bytes', '', body.repeat(10), 413, /at most 100000 bytes/],
    ['a longer line', '', row(1, { class: 'x'.repeat(1000) }), 413, /at most 1000 characters/],
    ['a longer line without an end', '', 'x'.repeat(50_000), 413, /at most 1000 characters/],
    [
      'more classes',
      '',
      [1, 2, 3, 4].map((i) => row(2 * i + 1, { class: i })).join(''),
      400,
      /at most 3 classes, line 4/,
    ],
    ['more lines', '', body + '\n'.repeat(5000), 413, /at most 5000 lines/],
    ['more lines that are blank', '', ' \n'.repeat(5001), 413, /at most 5000 lines/],
    ['a wrong line behind blank ones', '', `${'\n'.repeat(4000)}{`, 400, /line 4001 is not JSON/],
    ['nested brackets', '', '['.repeat(999), 400, /line 1 is not JSON/],
    ['a line that is no sample', '', 'null\n', 400, /row 1/],
  ] as const) {
    it(`refuses ${what}, and goes on`, async () => {
      const { status: found, answer } = await post(query, text)
      assert.equal(found, status)
      assert.match(answer.error ?? '', message)
      await serves()
    })
  }

  for (const target of ['//', 'http://[', '//:1:1/compare']) {
    it(`answers the malformed target ${target} with 400`, async () => {
      assert.match(await raw(`POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`), /^HTTP\/1\.1 400 /)
      await serves()
    })
  }

  it('answers and ends a connection whose body never ends', async () => {
    const chunk = `10000\r\n${'{"label":0}\n'.padEnd(0x10000, ' \n')}\r\n`
    const answer = await raw(
      'POST /compare HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
      ...Array<string>(4).fill(chunk),
    )
    assert.match(answer, /^HTTP\/1\.1 4\d\d /)
    await serves()
  })

  it('answers no more requests at once than it may, and counts those that leave', async () => {
    const waiting = Array.from({ length: 2 }, () => connect(port, '127.0.0.1'))
    for (const socket of waiting) {
      const arrived = once(server, 'request')
      socket.write('POST /compare HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n')
      await arrived
    }
    assert.equal((await post('', body)).status, 503)
    for (const socket of waiting) socket.destroy()
    // Until the service has seen that they left.
    while ((await post('resamples=100', body)).status === 503);
    await serves()
  })

  it('listens to this machine alone, if nothing else is said', async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(path, import.meta.url)), '0'])
    try {
      const [line] = await once(child.stdout, 'data')
      assert.match(String(line), /^listening on 127\.0\.0\.1, port \d+\n$/)
    } finally {
      child.kill()
    }
  })
})
