import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { fetchFile } from '../../src/data/core/fetchFile.js'
import { withFolderLock } from '../../src/data/core/folderLock.js'
import { fetchDataset, verifyDataset } from '../../src/data/datasets.js'
import { cli } from '../cli/commandLine.js'
import { sourceFlags, sourceUrl } from '../sources.js'
import { folder as real, skip } from './fashionMnistHere.js'
import { listen } from './localServer.js'

const names = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1']
const first = 'train-images-idx3-ubyte.gz'

let server: Server
let answer: RequestListener
let address: string
let root: string
let folder: string
let path: string

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'hostile-download-'))
  server = createServer((request, response) => answer(request, response))
  address = await listen(server)
})
after(async () => {
  server.close()
  await rm(root, { recursive: true })
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  path = join(folder, 'file')
})
afterEach(() => server.closeAllConnections())

const fetchAll = (from = address) => fetchDataset('fashion-mnist', { from, to: folder })

describe('fetchFile', () => {
  it('stops a body without end at the bytes that the file has, and removes it', async () => {
    answer = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1000)));
      }
      response.on('drain', more)
      more()
    }
    await assert.rejects(fetchFile(`${address}/file`, path, { mostBytes: 100_000 }), {
      code: 'BAD_FILE',
      message: `${address}/file is not the file: it is longer than 100000 bytes. It was stopped and removed. Use another server`,
    })
    assert.deepEqual(await readdir(folder), [])
  })

  it('takes nothing of a body that says it is too long', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-length': 1001 }).write('a')
    await assert.rejects(fetchFile(`${address}/file`, path, { mostBytes: 1000 }), { code: 'BAD_FILE' })
    assert.deepEqual(await readdir(folder), [])
  })

  it('goes on with nothing that may be of another: a link, a second name, a folder', async () => {
    answer = (_, response) => response.end('new')
    const other = join(folder, 'other')
    await writeFile(other, 'theirs')
    for (const [make, what] of [
      [() => symlink(other, path), 'no file of its own'],
      [() => link(other, path), 'a file with another name too'],
      [() => mkdir(path), 'a folder'],
    ] as const) {
      await make()
      await assert.rejects(fetchFile(`${address}/file`, path), {
        code: 'BAD_FILE',
        message: `cannot download to ${path}: it is ${what}. Remove it`,
      })
      assert.equal(await readFile(other, 'utf8'), 'theirs')
      await rm(path, { recursive: true })
    }
  })

  it('logs in with user and password of the address, and shows neither, nor a query', async () => {
    const asked: unknown[] = []
    answer = ({ url, headers }, response) => {
      asked.push([url, headers.authorization])
      response.writeHead(403).end()
    }
    const secret = `${address.replace('//', '//user:pa%20ss@')}/file?token=hidden`
    await assert.rejects(fetchFile(secret, path), {
      code: 'NO_DATA',
      message: `cannot download ${address}/file: the server answers 403 Forbidden`,
    })
    assert.deepEqual(asked, [['/file?token=hidden', `Basic ${Buffer.from('user:pa ss').toString('base64')}`]])
  })

  it('asks again from the start once, where there is nothing after what is here', async () => {
    let asked = 0
    answer = (_, response) => {
      asked++
      response.writeHead(416).end()
    }
    const refused = { code: 'NO_DATA', message: /: the server answers 416 Range Not Satisfiable$/ }
    await assert.rejects(fetchFile(`${address}/file`, path), refused)
    assert.equal(asked, 1)
    await writeFile(path, 'before')
    await assert.rejects(fetchFile(`${address}/file`, path), refused)
    assert.equal(asked, 3)
    assert.deepEqual(await readdir(folder), [])
  })

  it('refuses another part of the file than it asked for', async () => {
    await writeFile(path, 'before')
    answer = (_, response) => response.writeHead(206, { 'content-range': 'bytes 2-4/7' }).end('abc')
    await assert.rejects(fetchFile(`${address}/file`, path), {
      code: 'NO_DATA',
      message: /: the server sends another part of the file than the one after 6 bytes$/,
    })
    assert.equal(await readFile(path, 'utf8'), 'before')
  })
})

describe('data fetch', () => {
  it('takes addresses of HTTP only, and says what it got without what may be secret', async () => {
    for (const [from, got] of [
      ['data:text/plain,secret', 'one that begins with data:'],
      [`file://${folder}`, 'one that begins with file:'],
      ['ftp://user:secret@host', 'one that begins with ftp:'],
      ['here', "'here'"],
      ['http//user:secret@host', "'http//host'"],
    ] as const) {
      const message = `from must be an address that begins with http:// or https://, got ${got}`
      await assert.rejects(fetchAll(from), { code: 'OUT_OF_RANGE', message })
    }
    const { code, stderr } = await cli('data', 'fetch', 'fashion-mnist', '--from', 'data:,x', '--to', folder)
    assert.equal(code, 2)
    assert.match(stderr, /^error: --from must be an address/)
  })

  it('never prints the password of the address', async () => {
    const from = address.replace('//', '//user:pa55@')
    for (const body of [undefined, gzipSync(Buffer.alloc(100))]) {
      answer = (_, response) => (body === undefined ? response.writeHead(404).end() : response.end(body))
      const { code, stderr } = await cli('data', 'fetch', 'fashion-mnist', '--from', from, '--to', folder)
      assert.ok(code > 0)
      assert.match(stderr, new RegExp(`${address}/${first}`))
      assert.doesNotMatch(stderr, /pa55|user/)
    }
  })

  it('unpacks no more than the file has, from a server and in the reader', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000), { level: 1 })
    answer = (_, response) => response.end(bomb)
    await assert.rejects(fetchAll(), {
      code: 'BAD_FILE',
      message: /unpacked, it is longer than 47040016 bytes\. It was removed/,
    })
    assert.deepEqual(await readdir(folder), [])
    for (const name of names) await writeFile(join(folder, `${name}-ubyte.gz`), bomb)
    await assert.rejects(verifyDataset('fashion-mnist', { dataDir: folder }), {
      code: 'BAD_FILE',
      message:
        /-ubyte\.gz: (unpacked, it is longer than 47040016 bytes|has \d+ bytes, the file published has at most \d+)\. Replace it/,
    })
  })

  it('says what is in the place of a file that it cannot replace', async () => {
    await mkdir(join(folder, first))
    answer = (_, response) => response.end('x')
    await assert.rejects(fetchAll(), { code: 'BAD_FILE' })
    await assert.rejects(verifyDataset('fashion-mnist', { dataDir: folder }), { code: 'NO_DATA' })
  })

  it('tells what is kept when it is interrupted', async () => {
    const controller = new AbortController()
    await writeFile(join(folder, `${first}.part`), 'a')
    answer = () => controller.abort()
    await assert.rejects(fetchDataset('fashion-mnist', { from: address, to: folder, signal: controller.signal }), {
      code: 'ABORTED',
      message: `what arrived is kept in ${folder}. The same command goes on from there`,
    })
    assert.ok(!existsSync(join(folder, '.scoring-bias.lock')))
  })

  it('brings each file once where two are at it', { skip }, async () => {
    const asked: (string | undefined)[] = []
    answer = ({ url }, response) => {
      asked.push(url)
      void readFile(join(real ?? '', url ?? '')).then((bytes) => response.end(bytes))
    }
    const both = await Promise.all([fetchAll(), fetchAll()])
    const files = names.map((name) => `${name}-ubyte.gz`)
    assert.deepEqual(
      both.flatMap(({ downloaded }) => downloaded),
      files,
    )
    assert.deepEqual(
      asked,
      files.map((file) => `/${file}`),
    )
    assert.deepEqual((await readdir(folder)).sort(), files.sort())
  })
})

describe('withFolderLock', () => {
  const lock = () => join(folder, '.scoring-bias.lock')
  const quick = { signal: AbortSignal.timeout(600_000) }

  it('lets one at a time in, of one process and of several', async () => {
    const code = `import { appendFileSync } from 'node:fs'
      import { setTimeout } from 'node:timers/promises'
      import { withFolderLock } from ${JSON.stringify(sourceUrl('data/core/folderLock'))}
      const work = () => withFolderLock(${JSON.stringify(folder)}, {}, async () => {
        appendFileSync(${JSON.stringify(path)}, 'in ')
        await setTimeout(20)
        appendFileSync(${JSON.stringify(path)}, 'out ')
      })
      await Promise.all([work(), work(), work()])`
    const run = () =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [...sourceFlags, '--input-type=module', '--eval', code], {
          stdio: 'inherit',
        })
        child.on('close', resolve)
      })
    assert.deepEqual(await Promise.all([run(), run(), run()]), [0, 0, 0])
    assert.equal(await readFile(path, 'utf8'), 'in out '.repeat(9))
    assert.deepEqual(await readdir(folder), ['file'])
  })

  it('takes over the lock of a process that has died, and what is no lock', async () => {
    const child = spawn(process.execPath, ['--eval', ''])
    await new Promise((resolve) => child.on('close', resolve))
    const own = { host: hostname(), pid: process.pid, began: '', token: 'of a process with this number before' }
    for (const left of [JSON.stringify({ ...own, pid: child.pid }), JSON.stringify(own), 'no lock', '{}', '']) {
      await writeFile(lock(), left)
      assert.equal(await withFolderLock(folder, quick, async () => 'in'), 'in')
      assert.deepEqual(await readdir(folder), [])
    }
  })

  it('waits for what it cannot see to have died, until it is told to stop', async () => {
    await writeFile(lock(), JSON.stringify({ host: 'elsewhere', pid: 7, began: '', token: 'x' }))
    const controller = new AbortController()
    const told: unknown[] = []
    const onWait = (holder: object) => {
      told.push(holder)
      controller.abort()
    }
    const waiting = withFolderLock(folder, { signal: controller.signal, onWait }, async () => assert.fail('let in'))
    await assert.rejects(waiting, { code: 'ABORTED' })
    assert.deepEqual(told, [{ pid: 7, file: lock() }])
    assert.deepEqual(await readdir(folder), ['.scoring-bias.lock'])
  })
})
