import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { at } from '../../src/check.js'
import type { Progress } from '../../src/progress.js'
import type { StudyResult } from '../../src/study/core/types.js'
import type { Unit, UnitResult } from '../../src/study/core/unit.js'
import { type RunStudyOptions, runStudy } from '../../src/study/runStudy.js'
import { DuckdbStore, storedStudies } from '../../src/study/store/duckdbStore.js'
import { sourceFlags, sourceUrl } from '../sources.js'

const root = mkdtempSync(join(tmpdir(), 'study-store-'))
after(() => rmSync(root, { recursive: true }))
let path = ''
let nCases = 0
beforeEach(() => {
  path = join(root, `${++nCases}.duckdb`)
})

const unit: Unit = { id: 'aa', task: 'ta', config: '{"seed":1}', runs: [0, 1] }
const result: UnitResult = {
  device: 'cuda',
  runs: [
    {
      training: {
        run: 0,
        losses: Float64Array.of(0.1, Number.NaN, 1 / 3),
        pretrainLosses: new Float64Array(0),
        divergence: { kind: 'collapsed', spread: 1e-7 },
      },
      // A view that begins where no float64 may.
      scores: Float32Array.of(9, 0.1, Number.NaN, Number.POSITIVE_INFINITY, -0).subarray(1),
    },
    {
      training: { run: 1, losses: Float64Array.of(5e-324), pretrainLosses: Float64Array.of(2) },
      scores: Float32Array.of(1, 2, 3, 4),
    },
  ],
}

/** The store's tables as any DuckDB sees them. */
async function query(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path)
  try {
    const connection = await instance.connect()
    const rows = (await connection.runAndReadAll(sql)).getRowsJson()
    connection.closeSync()
    return rows
  } finally {
    instance.closeSync()
  }
}

async function withStore<T>(work: (store: DuckdbStore) => Promise<T>): Promise<T> {
  const store = await DuckdbStore.open(path)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

describe('a study store', () => {
  it('gives back, in another process even, the bits that it was given', async () => {
    await withStore(async (store) => {
      await store.plan([unit])
      assert.equal(await store.find(unit, 4), undefined)
      await store.keep(unit, result)
    })
    assert.deepEqual(await withStore((store) => store.find(unit, 4)), result)
  })

  it('has a row for each unit and run, the scores as float32', async () => {
    await withStore(async (store) => {
      await store.plan([unit, { ...unit, id: 'bb' }])
      await store.keep(unit, result)
      await store.plan([unit])
    })
    assert.deepEqual(await query('SELECT id, config, status, device FROM units ORDER BY id'), [
      ['aa', '{"seed":1}', 'done', 'cuda'],
      ['bb', '{"seed":1}', 'planned', null],
    ])
    assert.deepEqual(
      await query(
        'SELECT unit, run, octet_length(losses)::INTEGER, octet_length(scores)::INTEGER FROM runs ORDER BY run',
      ),
      [
        ['aa', 0, 24, 16],
        ['aa', 1, 8, 16],
      ],
    )
  })

  it('takes a unit whole or not at all', async () => {
    const twice = { ...result, runs: [...result.runs, ...result.runs] }
    await withStore(async (store) => {
      await store.plan([unit])
      await assert.rejects(store.keep(unit, twice), { code: 'BAD_FILE' })
      assert.equal(await store.find(unit, 4), undefined)
      await store.keep(unit, result)
      assert.deepEqual(await store.find(unit, 4), result)
    })
  })

  it('takes units that come at once, one after the other, and close waits for them', async () => {
    const units = Array.from({ length: 20 }, (_, i) => ({ ...unit, id: String(i) }))
    const store = await DuckdbStore.open(path)
    await store.plan(units)
    const kept = units.map((one) => store.keep(one, result))
    await store.close()
    await Promise.all(kept)
    await withStore(async (again) => {
      for (const one of units) assert.deepEqual(await again.find(one, 4), result)
    })
  })

  it('refuses a unit that lacks runs or scores', async () => {
    await withStore(async (store) => {
      await store.plan([unit])
      await store.keep(unit, result)
      const damaged = { code: 'BAD_FILE', message: /is damaged: unit aa is not whole/ }
      await assert.rejects(store.find(unit, 5), damaged)
      await assert.rejects(store.find({ ...unit, runs: [0, 1, 2] }, 4), damaged)
    })
  })

  it('refuses a unit of a device that it does not know, and reads it as no other', async () => {
    await withStore(async (store) => {
      await store.plan([unit])
      await store.keep(unit, result)
    })
    await query("UPDATE units SET device = 'tpu'")
    const message = /names the device 'tpu', which this version of scoring-bias does not know/
    await withStore((store) => assert.rejects(store.find(unit, 4), { code: 'BAD_FILE', message }))
  })

  it('refuses a file of a newer or older format, naming both versions', async () => {
    await withStore(async () => {})
    for (const [format, made] of [
      [99, '7.0.0'],
      [0, '0.0.1'],
    ]) {
      await query(`UPDATE store SET format = ${format}, version = '${made}'`)
      const message = `has format ${format}, made by scoring-bias ${made}\\. .* reads format 2\\. Use that version, or name another file`
      for (const open of [DuckdbStore.open, storedStudies])
        await assert.rejects(open(path), { code: 'BAD_FILE', message: new RegExp(message) })
    }
    // The refusal left nothing open.
    await query('UPDATE store SET format = 2')
    await withStore(async () => {})
  })

  it('does not go on with a store from before there were fingerprints, and still reads its studies', async () => {
    await withStore(async () => {})
    await query('UPDATE store SET format = 1')
    const message =
      /is of an earlier version of scoring-bias\. Its units do not say on what arithmetic .* `scoring-bias report .*` prints them\. Name another file$/
    await assert.rejects(DuckdbStore.open(path), { code: 'BAD_FILE', message })
    assert.deepEqual(await storedStudies(path), [])
  })

  it('keeps the host and the weights of a unit', async () => {
    const weights = {
      parameters: Float32Array.of(1, -0, 3),
      statistics: Float32Array.of(0.5),
      centre: new Float32Array(0),
    }
    const named: UnitResult = {
      ...result,
      host: 'node-7',
      runs: [{ ...at(result.runs, 0), weights }, at(result.runs, 1)],
    }
    await withStore(async (store) => {
      await store.plan([unit])
      await store.keep(unit, named)
      assert.deepEqual(await store.find(unit, 4), named)
    })
  })

  it('refuses a DuckDB file that is none of its own, and files of other kinds, and changes none of them', async () => {
    await query('CREATE TABLE mine (x INTEGER)')
    await assert.rejects(DuckdbStore.open(path), { code: 'BAD_FILE', message: /is a DuckDB file, but no study store/ })
    assert.deepEqual(await query('SELECT table_name FROM duckdb_tables()'), [['mine']])
    for (const text of ['', 'a', 'run,score\n0,1\n'.repeat(2000)]) {
      writeFileSync(path, text)
      const message = /is not a DuckDB file, or damaged\. Name another file$/
      await assert.rejects(DuckdbStore.open(path), { code: 'BAD_FILE', message })
      assert.equal(readFileSync(path, 'utf8'), text)
    }
  })

  it('refuses a store whose bytes were changed', async () => {
    await withStore(async (store) => {
      await store.plan([unit])
      await store.keep(unit, result)
    })
    const bytes = readFileSync(path)
    // Past the three headers of 4 KiB, that is in the blocks that hold the tables.
    for (let i = 3 * 4096; i < bytes.length; i += 64) bytes[i] = (bytes[i] ?? 0) ^ 0xff
    writeFileSync(path, bytes)
    const opened = withStore((store) => store.find(unit, 4))
    await assert.rejects(opened, {
      code: 'BAD_FILE',
      message: /is damaged: what it holds does not match its checksums\. Copy it again/,
    })
  })

  it('refuses a store that lacks a table, a column, its format or its end', async () => {
    const broken: [string, RegExp][] = [
      [
        'ALTER TABLE runs DROP COLUMN scores',
        /is damaged: run 0 of unit aa has no bytes of its scores\. Name another file/,
      ],
      ['DROP TABLE units', /is damaged \(.*units.*\)\. Name another file/],
      ['DELETE FROM store', /is damaged: it does not say its format\. Name another file/],
    ]
    for (const [sql, message] of broken) {
      await withStore(async (store) => {
        await store.plan([unit])
        await store.keep(unit, result)
      })
      await query(sql)
      await assert.rejects(
        withStore((store) => store.find(unit, 4)),
        { code: 'BAD_FILE', message },
      )
      rmSync(path)
    }
    await withStore(async () => {})
    truncateSync(path, 20_000)
    await assert.rejects(DuckdbStore.open(path), { code: 'BAD_FILE', message: /cut short: it ends too early\. Copy/ })
  })

  it('may be read without being written', async (t) => {
    await withStore((store) => store.plan([unit]))
    const before = readFileSync(path)
    const reader = await DuckdbStore.open(path, { readOnly: true })
    assert.deepEqual(await reader.studies(), [])
    await assert.rejects(reader.plan([unit]), { code: 'BAD_FILE', message: /read-only/ })
    await reader.close()
    assert.deepEqual(readFileSync(path), before)
    assert.deepEqual(
      readdirSync(root).filter((name) => name.startsWith(basename(path))),
      [basename(path)],
    )
    if (process.getuid?.() === 0) return t.diagnostic('permissions do not bind the superuser')
    chmodSync(path, 0o444)
    assert.deepEqual(await storedStudies(path), [])
    await assert.rejects(DuckdbStore.open(path), { code: 'BAD_FILE', message: /Permission denied\. Name another file/ })
  })

  it('refuses a path where no file can be', async () => {
    await assert.rejects(DuckdbStore.open(join(path, 'a.duckdb')), {
      code: 'BAD_FILE',
      message: /cannot use .*a\.duckdb/,
    })
    await assert.rejects(DuckdbStore.open(root), { code: 'BAD_FILE', message: /cannot use .* as a study store/ })
  })

  it('says who has it open', async () => {
    await withStore(async () => {
      await assert.rejects(DuckdbStore.open(path), {
        code: 'BAD_FILE',
        message: /in use by another study of this process/,
      })
      const code = `import { DuckdbStore } from ${JSON.stringify(sourceUrl('study/store/duckdbStore'))}
        await DuckdbStore.open(${JSON.stringify(path)}).catch((error) => console.log(error.code, error.message))`
      const other = spawnSync(process.execPath, [...sourceFlags, '--input-type=module', '--eval', code], {
        encoding: 'utf8',
      })
      assert.match(other.stdout, new RegExp(`^BAD_FILE .* is in use by another process .*PID ${process.pid}.*\\. Wait`))
    })
  })
})

describe('a study with a store', () => {
  const quick = {
    dataset: 'statlog',
    runs: 2,
    settings: { epochs: 2, pretrainEpochs: 1 },
    resamples: 200,
    device: 'cpu',
  } as const
  const answers = ({ elapsedSeconds: _, ...rest }: StudyResult): unknown => rest
  /** The study's answer, and the share of its training that it found done. */
  const study = async (options: Partial<RunStudyOptions> = {}) => {
    const seen: Progress[] = []
    const result = await runStudy({ ...quick, store: path, ...options, onProgress: (at) => seen.push(at) })
    return { answer: answers(result), found: (seen[0]?.done ?? 0) / (seen[0]?.total ?? 1) }
  }

  it('gives the answer of one without, then again without training', async () => {
    const alone = await study({ store: undefined })
    assert.deepEqual(await study(), { answer: alone.answer, found: 0 })
    const kept = () => query('SELECT * FROM runs JOIN units ON unit = id ORDER BY unit, run')
    const before = await kept()
    assert.equal(before.length, 4)
    assert.deepEqual(await study(), { answer: alone.answer, found: 1 })
    assert.deepEqual(await kept(), before)
  })

  it('trains only what other configurations have not trained, beside what they have', async () => {
    await study()
    const other = { anomaly: 'grey soil', fpr: 0.1 }
    const { answer, found } = await study(other)
    assert.deepEqual(answer, (await study({ ...other, store: undefined })).answer)
    // Deep SVDD does not learn from anomalies: 10 of the 21 batches of an epoch are its own.
    assert.equal(found, 10 / 21)
    assert.equal((await study({ seed: 3 })).found, 0)
    assert.equal((await study()).found, 1)
    assert.deepEqual(await query('SELECT status, count(*)::INTEGER FROM units GROUP BY status'), [['done', 5]])
  })

  it('keeps what was done when it is interrupted', async () => {
    const controller = new AbortController()
    const started = runStudy({
      ...quick,
      store: path,
      runs: 6,
      workers: 1,
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        if (done > 0.6 * total) controller.abort()
      },
    })
    await assert.rejects(started, { code: 'ABORTED' })
    const [[nDone]] = (await query("SELECT count(*)::INTEGER FROM units WHERE status = 'done'")) as [[number]]
    assert.ok(nDone >= 1 && nDone < 4, String(nDone))
    const resumed = await study({ runs: 6, workers: 1 })
    assert.ok(resumed.found > 0)
    assert.deepEqual(resumed.answer, (await study({ runs: 6, workers: 1, store: undefined })).answer)
  })
})
