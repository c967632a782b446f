import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { AtomicFile, checkWritable, writeFileAtomic } from '../src/writeFile.js'

const root = await mkdtemp(join(tmpdir(), 'write-file-'))
after(() => rm(root, { recursive: true }))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

test('writeFileAtomic writes a new file and replaces an old one, leaving nothing else', async () => {
  const path = join(folder, 'report.html')
  await writeFileAtomic(path, 'one')
  await writeFileAtomic(path, 'two ξ')
  assert.equal(await readFile(path, 'utf8'), 'two ξ')
  assert.deepEqual(await readdir(folder), ['report.html'])
})

test('writeFileAtomic that fails removes its temporary file and says why', async () => {
  const path = join(folder, 'taken')
  await mkdir(join(path, 'inside'), { recursive: true })
  await assert.rejects(writeFileAtomic(path, 'text'), {
    code: 'BAD_FILE',
    message: new RegExp(`^cannot write ${path}: `),
  })
  assert.deepEqual(await readdir(folder), ['taken'])
})

test('writeFileAtomic that is aborted leaves the old file', async () => {
  const path = join(folder, 'report.html')
  await writeFile(path, 'old')
  await assert.rejects(writeFileAtomic(path, 'new', { signal: AbortSignal.abort('stop') }), { code: 'ABORTED' })

  const controller = new AbortController()
  const writing = writeFileAtomic(path, 'new', { signal: controller.signal })
  controller.abort()
  await assert.rejects(writing, { code: 'ABORTED' })
  assert.equal(await readFile(path, 'utf8'), 'old')
  assert.deepEqual(await readdir(folder), ['report.html'])
})

test('checkWritable accepts a new and an existing file and changes nothing', async () => {
  const path = join(folder, 'report.html')
  await checkWritable(path)
  assert.deepEqual(await readdir(folder), [])
  await writeFile(path, 'old')
  await checkWritable(path)
  assert.equal(await readFile(path, 'utf8'), 'old')
  assert.deepEqual(await readdir(folder), ['report.html'])
})

test('checkWritable refuses what cannot be written, with the reason', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  const cases: [string, RegExp][] = [
    [join(folder, 'missing', 'report.html'), /its folder does not exist/],
    [join(file, 'report.html'), /its folder is not a folder/],
    [folder, /it is not a file/],
    ['', /without a name/],
  ]
  for (const [path, message] of cases) await assert.rejects(checkWritable(path), { code: 'BAD_FILE', message })
  assert.deepEqual(await readdir(folder), ['file'])
})

test('writeFileAtomic writes bytes as they are', async () => {
  const path = join(folder, 'model.onnx')
  await writeFileAtomic(path, Uint8Array.of(0, 255, 10))
  assert.deepEqual([...(await readFile(path))], [0, 255, 10])
})

test('an AtomicFile appears whole on commit, and not at all when discarded', async () => {
  const path = join(folder, 'scores.csv')
  await writeFile(path, 'old')
  const discarded = await AtomicFile.create(path)
  await discarded.write('half')
  await discarded.discard()
  assert.equal(await readFile(path, 'utf8'), 'old')
  const committed = await AtomicFile.create(path)
  await committed.write('one,')
  await committed.write('ξ')
  assert.equal(await readFile(path, 'utf8'), 'old')
  await committed.commit()
  assert.equal(await readFile(path, 'utf8'), 'one,ξ')
  assert.deepEqual(await readdir(folder), ['scores.csv'])
})

test('an AtomicFile that cannot be put in place says why and leaves nothing', async () => {
  const path = join(folder, 'taken')
  await mkdir(join(path, 'inside'), { recursive: true })
  const file = await AtomicFile.create(path)
  await file.write('text')
  await assert.rejects(file.commit(), { code: 'BAD_FILE', message: new RegExp(`^cannot write ${path}: `) })
  await assert.rejects(AtomicFile.create(join(folder, 'missing', 'x')), { message: /its folder does not exist/ })
  assert.deepEqual(await readdir(folder), ['taken'])
})
