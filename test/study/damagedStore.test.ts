import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Unit, UnitResult } from '../../src/study/core/unit.js'
import { runStudy } from '../../src/study/runStudy.js'
import { DuckdbStore, storedStudies } from '../../src/study/store/duckdbStore.js'
import { removeLeftovers } from '../../src/study/store/leftovers.js'

const root = mkdtempSync(join(tmpdir(), 'damaged-'))
after(() => rmSync(root, { recursive: true }))
let path = ''
beforeEach(() => {
  path = join(mkdtempSync(join(root, 'case-')), 's.duckdb')
})

const unit: Unit = { id: 'aa', task: 'ta', config: '{}', runs: [0] }
const result: UnitResult = {
  device: 'cpu',
  runs: [
    {
      training: { run: 0, losses: Float64Array.of(1, 2), pretrainLosses: new Float64Array(0) },
      scores: Float32Array.of(1, 2, 3),
    },
  ],
}

async function withStore<T>(work: (store: DuckdbStore) => Promise<T>): Promise<T> {
  const store = await DuckdbStore.open(path)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

async function change(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

describe('a damaged store is named, with what is wrong', () => {
  const nan = '\\x00\\x00\\xC0\\x7F'
  const cases = [
    [
      "UPDATE runs SET scores = scores || '\\x00'::BLOB",
      /run 0 of unit aa has numbers whose bytes are 13, no multiple of 4/,
    ],
    [
      "UPDATE runs SET losses = losses || '\\x00'::BLOB",
      /run 0 of unit aa has numbers whose bytes are 17, no multiple of 8/,
    ],
    [
      "UPDATE runs SET pretrain_losses = '\\x00'::BLOB",
      /run 0 of unit aa has numbers whose bytes are 1, no multiple of 8/,
    ],
    [`UPDATE runs SET scores = '${nan}${nan}${nan}'::BLOB`, /run 0 of unit aa has a score that is NaN/],
    ["UPDATE runs SET scores = ''::BLOB", /run 0 of unit aa has no scores/],
    ["UPDATE runs SET scores = repeat('\\x00'::BLOB, 4)", /unit aa is not whole: run 0 of it has 1 score, not 3/],
    ['UPDATE runs SET run = 1', /unit aa is not whole: run 0 of it is missing/],
    ['DELETE FROM runs', /unit aa is not whole/],
    ['ALTER TABLE runs ALTER scores TYPE VARCHAR', /run 0 of unit aa has no bytes/],
  ] as const
  for (const [sql, message] of cases) {
    it(sql, async () => {
      await withStore(async (store) => {
        await store.plan([unit])
        await store.keep(unit, result)
        assert.deepEqual(await store.find(unit, 3), result)
      })
      await change(sql)
      await assert.rejects(
        withStore((store) => store.find(unit, 3)),
        (error: Error & { code: string }) => {
          assert.equal(error.code, 'BAD_FILE')
          assert.ok(error.message.startsWith(`${path} is damaged: `), error.message)
          assert.match(error.message, message)
          return true
        },
      )
    })
  }

  for (const sql of [
    'DELETE FROM units',
    "UPDATE units SET status = 'planned'",
    "INSERT INTO runs SELECT 'bb', 0, losses, losses, NULL, scores, NULL, NULL, NULL, NULL FROM runs",
  ]) {
    it(`before anything is trained: ${sql}`, async () => {
      await withStore(async (store) => {
        await store.plan([unit])
        await store.keep(unit, result)
      })
      await change(sql)
      const message = new RegExp(`^${path} is damaged: it has runs of unit (aa|bb), which it does not know as done`)
      await assert.rejects(
        withStore((store) => store.claim([unit])),
        { code: 'BAD_FILE', message },
      )
    })
  }

  it('so that a study is read only as it was stored', async () => {
    const settings = { epochs: 1, pretrainEpochs: 1 }
    await runStudy({ dataset: 'statlog', runs: 1, resamples: 100, device: 'cpu', settings, store: path })
    assert.equal((await storedStudies(path)).length, 1)
    for (const record of ["'{}'", "'null'", "'[1]'", 'replace(result::VARCHAR, \'"title"\', \'"titel"\')']) {
      await change(`UPDATE studies SET result = ${record}`)
      await assert.rejects(storedStudies(path), {
        code: 'BAD_FILE',
        message: /is damaged: study \w+ is not what was stored/,
      })
    }
  })
})

it('a store that was cut short says so, in plain words', async () => {
  await withStore((store) => store.plan([unit]))
  truncateSync(path, 5000)
  const way = 'Copy it again from where it is whole, or name another file'
  const message = `${path} is damaged or cut short: it ends too early. ${way}`
  await assert.rejects(storedStudies(path), { code: 'BAD_FILE', message })
})

it('a store is made where a link leads', async () => {
  symlinkSync('target.duckdb', path)
  await withStore((store) => store.plan([unit]))
  assert.deepEqual(readdirSync(dirname(path)).sort(), [basename(path), 'target.duckdb'])
  assert.ok(lstatSync(path).isSymbolicLink())
})

for (const [what, target, message] of [
  ['to a folder that is not there', join('none', 'target.duckdb'), /its folder does not exist/],
  ['in a circle', 's.duckdb', /its links go in a circle/],
] as const) {
  it(`a link ${what} is refused`, async () => {
    symlinkSync(target, path)
    await assert.rejects(DuckdbStore.open(path), { code: 'BAD_FILE', message })
    assert.deepEqual(readdirSync(dirname(path)), [basename(path)])
  })
}

/** What another process would make before it is a file at `path`. */
const foreignTemporary = () => join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)

describe('what a killed process has left beside a store', () => {
  /** A process that holds a DuckDB file open until it is killed. */
  async function holder(file: string): Promise<ChildProcess> {
    const code = `
      const { DuckDBInstance } = await import('@duckdb/node-api')
      globalThis.instance = await DuckDBInstance.create(${JSON.stringify(file)})
      await (await instance.connect()).run('CREATE TABLE t (a INTEGER)')
      console.log('open')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    return child
  }

  it('is removed when the store is opened next, but not while its process lives', async () => {
    const temporary = foreignTemporary()
    const child = await holder(temporary)
    try {
      await withStore(async () => {})
      assert.ok(readdirSync(dirname(path)).includes(basename(temporary)))
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await withStore(async () => {})
    assert.deepEqual(readdirSync(dirname(path)), [basename(path)])
  })

  it('is removed where it was hardly begun, and nothing else is', async () => {
    const others = [
      'other.duckdb',
      '.s.duckdb.tmp',
      '.s.duckdb.mine.tmp',
      '.t.duckdb.00000000-0000-0000-0000-000000000000.tmp',
    ]
    for (const name of others) writeFileSync(join(dirname(path), name), '')
    writeFileSync(foreignTemporary(), '')
    writeFileSync(foreignTemporary(), 'half')
    writeFileSync(`${foreignTemporary()}.wal`, '')
    await withStore(async () => {})
    assert.deepEqual(readdirSync(dirname(path)).sort(), [basename(path), ...others].sort())
  })

  it('is kept where it may be a Parquet file that is being written, for a day', async () => {
    const temporary = foreignTemporary()
    writeFileSync(temporary, 'PAR1')
    await removeLeftovers(path)
    assert.deepEqual(readdirSync(dirname(path)), [basename(temporary)])
    const before = Date.now() / 1000 - 25 * 3600
    utimesSync(temporary, before, before)
    await removeLeftovers(path)
    assert.deepEqual(readdirSync(dirname(path)), [])
  })

  it('is not what other processes make at the same time', async () => {
    const code = `
      const { DuckdbStore } = await import(${JSON.stringify(new URL('../../dist/study/store/duckdbStore.js', import.meta.url).href)})
      const store = await DuckdbStore.open(${JSON.stringify(path)}).catch((error) => ({ close() {}, error }))
      if (store.error && !/in use by another process/.test(store.error.message)) throw store.error
      await store.close()`
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: 'inherit' }),
    )
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
    assert.deepEqual(codes, [0, 0, 0, 0])
    assert.deepEqual(readdirSync(dirname(path)), [basename(path)])
  })
})
