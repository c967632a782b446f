import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { fetchFile } from '../../src/data/core/fetchFile.js'
import { fetchDataset } from '../../src/data/datasets.js'
import type { Progress } from '../../src/progress.js'
import { folder as real, skip } from './fashionMnistHere.js'
import { listen } from './localServer.js'

/** What the server has, how it behaves, and what it was asked. */
const files = new Map<string, Buffer>()
let knowsRanges = true
let cutAfter = Number.POSITIVE_INFINITY
let asked: { path: string; range: string | undefined; sent: number }[] = []
let server: Server
let address: string
let root: string
let folder: string

/** Breaks a connection off when something of what was sent is on the disk. */
async function cutOnceStored(response: ServerResponse): Promise<void> {
  while (!response.destroyed) {
    // Of a test that has ended meanwhile, the folder is gone.
    const names = await readdir(folder, { recursive: true }).catch(() => [])
    const files = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)))
    if (files.some((file) => file?.isFile() && file.size > 0)) response.destroy()
    else await setTimeout(5)
  }
}

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'fetch-'))
  server = createServer((request, response) => {
    const bytes = files.get(request.url ?? '')
    const range = request.headers.range
    if (bytes === undefined) {
      asked.push({ path: request.url ?? '', range, sent: 0 })
      response.writeHead(404).end()
      return
    }
    const from = knowsRanges ? Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0
    const rest = bytes.subarray(from)
    const sent = rest.subarray(0, cutAfter)
    asked.push({ path: request.url ?? '', range, sent: sent.length })
    if (from > 0 && rest.length === 0) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
      return
    }
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    })
    if (sent.length < rest.length) response.write(sent, () => void cutOnceStored(response))
    else response.end(rest)
  })
  address = await listen(server)
})
after(async () => {
  server.close()
  await rm(root, { recursive: true })
})
beforeEach(async () => {
  files.clear()
  knowsRanges = true
  cutAfter = Number.POSITIVE_INFINITY
  asked = []
  folder = await mkdtemp(join(root, 'case-'))
})

const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * i) % 251))

describe('fetchFile', () => {
  beforeEach(() => files.set('/file', content))
  const path = () => join(folder, 'file')

  it('downloads a file and tells how far it is', async () => {
    const seen: Progress[] = []
    await fetchFile(`${address}/file`, path(), { onProgress: (at) => seen.push(at) })
    assert.deepEqual(await readFile(path()), content)
    assert.deepEqual(seen.at(-1), { phase: 'downloading file', done: 100_000, total: 100_000 })
  })

  it('goes on after a broken connection with the bytes that are missing, and no others', async () => {
    cutAfter = 40_000
    await assert.rejects(fetchFile(`${address}/file`, path()), {
      code: 'NO_DATA',
      message: /cannot download .*\/file: /,
    })
    const kept = (await readFile(path())).length
    assert.ok(kept > 0 && kept <= 40_000, `${kept} bytes kept`)
    cutAfter = Number.POSITIVE_INFINITY
    await fetchFile(`${address}/file`, path())
    assert.deepEqual(asked[1], { path: '/file', range: `bytes=${kept}-`, sent: 100_000 - kept })
    assert.deepEqual(await readFile(path()), content)
  })

  it('starts over where the server does not know ranges', async () => {
    await writeFile(path(), 'something else')
    knowsRanges = false
    await fetchFile(`${address}/file`, path())
    assert.deepEqual(await readFile(path()), content)
  })

  it('is content with a file that is whole, and replaces one that is longer', async () => {
    await writeFile(path(), content)
    await fetchFile(`${address}/file`, path())
    assert.deepEqual(
      asked.map(({ sent }) => sent),
      [0],
    )
    await writeFile(path(), Buffer.concat([content, content]))
    await fetchFile(`${address}/file`, path())
    assert.deepEqual(await readFile(path()), content)
  })

  it('names the address and the reason where there is no file or no server', async () => {
    await assert.rejects(fetchFile(`${address}/none`, path()), {
      code: 'NO_DATA',
      message: `cannot download ${address}/none: the server answers 404 Not Found`,
    })
    await assert.rejects(fetchFile('http://127.0.0.1:9/file', path()), { code: 'NO_DATA', message: /127\.0\.0\.1:9/ })
  })

  it('stops when its signal fires and keeps what arrived', async () => {
    const controller = new AbortController()
    cutAfter = 50_000
    const fetching = fetchFile(`${address}/file`, path(), {
      signal: controller.signal,
      onProgress: () => controller.abort('enough'),
    })
    await assert.rejects(fetching, { code: 'ABORTED', cause: 'enough' })
  })
})

const names = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1']

describe('fetchDataset', () => {
  const to = () => join(folder, 'data')
  const fetchAll = () => fetchDataset('fashion-mnist', { from: `${address}/`, to: to() })

  it('has nothing to do for what comes with the package or is simulated', async () => {
    for (const name of ['statlog', 'spectrum'])
      assert.deepEqual(await fetchDataset(name), { name, folder: null, downloaded: [] })
    await assert.rejects(fetchDataset('fashion'), { code: 'UNKNOWN_NAME' })
  })

  it('says without a network what else to do', async () => {
    await assert.rejects(fetchDataset('fashion-mnist', { from: 'http://127.0.0.1:9', to: to() }), {
      code: 'NO_DATA',
      message:
        /cannot download http:\/\/127\.0\.0\.1:9\/train-images.*dataset-fashion-mnist.* copy its four files into/,
    })
  })

  it('refuses another file than the one published, and leaves nothing of it', async () => {
    const idx = Buffer.alloc(16 + 60_000 * 784)
    idx.set([0, 0, 8, 3, 0, 0, 0xea, 0x60, 0, 0, 0, 28, 0, 0, 0, 28])
    files.set('/train-images-idx3-ubyte.gz', gzipSync(idx, { level: 1 }))
    await assert.rejects(fetchAll(), {
      code: 'BAD_FILE',
      message:
        /sent is wrong: .*is not the file published: unpacked, its SHA-256.*\. It was removed\. Run the command again, or/,
    })
    assert.deepEqual(await readdir(to()), [])
    files.set('/train-images-idx3-ubyte.gz', gzipSync(idx).subarray(0, 1000))
    await assert.rejects(fetchAll(), { code: 'BAD_FILE', message: /cannot be unpacked/ })
    assert.deepEqual(await readdir(to()), [])
  })

  it('needs a folder', async () => {
    await writeFile(to(), '')
    await assert.rejects(fetchAll(), { code: 'BAD_FILE', message: /cannot make the folder/ })
  })

  it('brings the real files, whatever was interrupted or damaged, and each of them once', { skip }, async () => {
    for (const name of names) {
      const path = join(real ?? '', `${name}-ubyte.gz`)
      files.set(`/${name}-ubyte.gz`, await readFile(path))
    }
    cutAfter = 3_000_000
    await assert.rejects(fetchAll(), { code: 'NO_DATA', message: /What arrived is kept\. Run the command again/ })
    assert.deepEqual(await readdir(to()), ['train-images-idx3-ubyte.gz.part'])
    cutAfter = Number.POSITIVE_INFINITY
    await writeFile(join(to(), 't10k-labels-idx1-ubyte'), 'damaged')
    const fetched = await fetchAll()
    assert.deepEqual(fetched, {
      name: 'fashion-mnist',
      folder: to(),
      downloaded: names.map((name) => `${name}-ubyte.gz`),
    })
    assert.match(asked[1]?.range ?? '', /^bytes=[1-9]\d*-$/)
    assert.deepEqual((await readdir(to())).sort(), names.map((name) => `${name}-ubyte.gz`).sort())
    asked = []
    assert.deepEqual(await fetchAll(), { ...fetched, downloaded: [] })
    assert.deepEqual(asked, [])
  })
})
