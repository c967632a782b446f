import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { fetchDataset } from '../../src/data/datasets.js'
import { listen } from './localServer.js'

const first = 'train-images-idx3-ubyte.gz'

let server: Server
let answer: RequestListener
let address: string
let root: string
let folder: string
let nAsked = 0

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'fetch-messages-'))
  server = createServer((request, response) => {
    nAsked++
    answer(request, response)
  })
  address = await listen(server)
})
after(async () => {
  server.close()
  await rm(root, { recursive: true })
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  nAsked = 0
})
afterEach(() => server.closeAllConnections())

const fetchAll = (from = address, signal?: AbortSignal) => fetchDataset('fashion-mnist', { from, to: folder, signal })
const status = (code: number, headers: Record<string, string> = {}): RequestListener => {
  return (_, response) => response.writeHead(code, headers).end()
}

describe('a folder in the place of a file', () => {
  for (const name of [first, 'train-images-idx3-ubyte', 't10k-labels-idx1-ubyte.gz', 't10k-labels-idx1-ubyte']) {
    it(`is told before anything is downloaded: ${name}`, async () => {
      const path = join(folder, name)
      await mkdir(path)
      answer = status(404)
      const why = 'a folder is in the place of the file. Move it away, or name another folder with --to'
      await assert.rejects(fetchAll(), { code: 'BAD_FILE', message: `cannot download to ${path}: ${why}` })
      assert.equal(nAsked, 0)
    })
  }
})

describe('a server that is not there', () => {
  it('is told in words, with the code of the system', async () => {
    const other = createServer()
    const gone = await listen(other)
    await new Promise((resolve) => other.close(resolve))
    const message = new RegExp(`^cannot download ${gone}/${first}: nothing listens there \\(ECONNREFUSED\\)\\. `)
    await assert.rejects(fetchAll(gone), { code: 'NO_DATA', message })
  })
  it('is told when it breaks off', async () => {
    answer = (request) => request.socket.resetAndDestroy()
    const message = /: (the connection was broken off \(ECONNRESET\)|other side closed)\. /
    await assert.rejects(fetchAll(), { code: 'NO_DATA', message })
  })
})

describe('an address that is none', () => {
  const begins = 'from must be an address that begins with http:// or https://, got'
  const broken = (shown: string) =>
    `from is no address: '${shown}' cannot be read as a URL. Write it as in https://host/folder`
  const escapes = "from has a '%' in its user or password that begins no escape. Write each '%' of them as '%25'"
  for (const [from, message] of [
    ['http://user:secret@[::bad', broken('http://[::bad')],
    ['http://user:sec/ret@[::bad', broken('http://[::bad')],
    ['HTTPS://user:secret@host:99999/a?token=secret', broken('HTTPS://host:99999/a')],
    ['http://', broken('http://')],
    ['user:secret@host', `${begins} one that begins with user:`],
    ['//user:secret@host/a?token=secret', `${begins} '//host/a'`],
    ['http://user:secret%@host', escapes],
    ['http://user%zz:secret@host', escapes],
    ['http://user:secret%ff@host', escapes],
  ] as const) {
    it(from, () => assert.rejects(fetchAll(from), { code: 'OUT_OF_RANGE', message }))
  }
})

describe('a download that fails', () => {
  const way = () =>
    `Without a network, install Debian's package dataset-fashion-mnist, or copy its four files into ${folder}`
  const nothing = () => `Run the command again later, or name another server with --from. ${way()}`
  const kept = () => `What arrived is kept. Run the command again to go on. ${way()}`
  for (const [what, answers, why] of [
    ['404', status(404), 'the server answers 404 Not Found'],
    ['416', status(416), 'the server answers 416 Range Not Satisfiable'],
    ['a body of nothing', status(204), 'the server answers 204 No Content'],
    [
      'a redirection to a file',
      status(302, { location: 'file:///etc/passwd' }),
      'the server sends on to an address that is none of HTTP',
    ],
    [
      'a circle of redirections',
      (({ url }, response) => response.writeHead(302, { location: url }).end()) satisfies RequestListener,
      'the server sends on from address to address without end',
    ],
  ] as const) {
    it(`does not say that something is kept where nothing arrived: ${what}`, async () => {
      answer = answers
      const message = `cannot download ${address}/${first}: ${why}. ${nothing()}`
      await assert.rejects(fetchAll(), { code: 'NO_DATA', message })
    })
  }

  it('says that the beginning is kept where there is one', async () => {
    const part = join(folder, `${first}.part`)
    await writeFile(part, 'before')
    answer = status(404)
    const message = `cannot download ${address}/${first}: the server answers 404 Not Found. ${kept()}`
    await assert.rejects(fetchAll(), { code: 'NO_DATA', message })
    assert.equal(await readFile(part, 'utf8'), 'before')
    // Nothing is after it, of a length that is not its own: it is another file's, and is removed.
    answer = status(416)
    await assert.rejects(fetchAll(), {
      code: 'NO_DATA',
      message: `cannot download ${address}/${first}: the server answers 416 Range Not Satisfiable. ${nothing()}`,
    })
  })

  it('that is interrupted says the same', async () => {
    const stopped = () => {
      const controller = new AbortController()
      answer = () => controller.abort()
      return fetchAll(address, controller.signal)
    }
    await assert.rejects(stopped(), { code: 'ABORTED', message: 'nothing has arrived yet' })
    await writeFile(join(folder, `${first}.part`), 'before')
    const message = `what arrived is kept in ${folder}. The same command goes on from there`
    await assert.rejects(stopped(), { code: 'ABORTED', message })
  })
})
