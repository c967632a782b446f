import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { program } from '../sources.js'

const folder = mkdtempSync(join(tmpdir(), 'stored-device-'))
after(() => rmSync(folder, { recursive: true }))

// Processes that try a device inherit the environment, not the flags.
const pretend = `--import=${new URL('../runtime/pretendCuda.mjs', import.meta.url).href}`
const command = ['study', 'statlog', '--runs', '2', '--epochs', '2', '--pretrain-epochs', '1', '--resamples', '200']
const flags = ['--workers', '1', '--no-report', '--json', '--progress', 'json']

/** Runs a study; `sessions` is how many open on what looks like CUDA, undefined where there is none. */
function study(sessions: number | undefined, args: string[]) {
  const env = {
    ...process.env,
    ...(sessions !== undefined && { NODE_OPTIONS: pretend, PRETENDED_SESSIONS: String(sessions) }),
  }
  const ended = spawnSync(process.execPath, [...program, ...command, ...flags, ...args], {
    ...{ cwd: folder, encoding: 'utf8' as const, env },
  })
  const found = () => JSON.parse(ended.stderr.split('\n')[0] ?? '').done as number
  const answer = () => {
    const { elapsedSeconds: _, deviceReason: __, ...rest } = JSON.parse(ended.stdout)
    return rest
  }
  const reason = () => JSON.parse(ended.stdout).deviceReason as string | undefined
  return { ...ended, found, answer, reason }
}

/** Units of a store: the device in their configuration, the one that they were trained on, and how many. */
function unitsOf(store: string): Promise<unknown[][]> {
  return rowsOf(store, `SELECT config->>'device', device, count(*)::INTEGER FROM units GROUP BY ALL ORDER BY ALL`)
}

/** Studies of a store: how many, and whether one says why its device was taken. */
function studiesOf(store: string): Promise<unknown[][]> {
  return rowsOf(store, `SELECT count(*)::INTEGER, bool_or(result LIKE '%deviceReason%') FROM studies`)
}

async function rowsOf(store: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(join(folder, store))
  try {
    const connection = await instance.connect()
    const rows = (await connection.runAndReadAll(sql)).getRows()
    connection.closeSync()
    return rows
  } finally {
    instance.closeSync()
  }
}

describe("a store's units are those of the device that trains, not of the one asked for", () => {
  it('so that auto finds what cpu has trained, even where there is CUDA', async () => {
    const first = study(undefined, ['--device', 'cpu', '--store', 'cpu.duckdb'])
    assert.equal(first.status, 0, first.stderr)
    assert.equal(first.reason(), undefined)
    for (const sessions of [undefined, 100]) {
      const again = study(sessions, ['--device', 'auto', '--store', 'cpu.duckdb'])
      assert.deepEqual(again.answer(), first.answer())
      assert.equal(again.reason(), 'no other device has been measured to be faster')
      assert.ok(again.found() > 0)
    }
    assert.deepEqual(await studiesOf('cpu.duckdb'), [[1, false]])
    assert.deepEqual(await unitsOf('cpu.duckdb'), [['cpu', 'cpu', 2]])
  })

  it('and CUDA that fails amid a study ends it, keeps what was whole, and is not mixed with the CPU', async () => {
    // Seven that the fingerprints open and the trainings take over, and one of each detector that measures its validation loss.
    const measured = ['--validation-share', '0.2']
    const failed = study(8, ['--device', 'cuda', '--store', 'both.duckdb', ...measured])
    assert.equal(failed.status, 1)
    assert.equal(failed.stdout, '')
    const [message] = failed.stderr.trimEnd().split('\n').slice(-1)
    assert.match(
      message ?? '',
      /^error: training Deep SAD, runs 0, 1: validation: CUDA opened at first, but not here: device 'cuda' cannot be used: its memory has no room left .*out of memory\)\. End what else uses that memory, or take fewer workers or smaller batches, or choose device 'auto' or 'cpu'$/,
    )
    assert.deepEqual(await unitsOf('both.duckdb'), [
      ['cuda', 'cuda', 1],
      ['cuda', null, 1],
    ])

    const elsewhere = study(undefined, ['--device', 'auto', '--store', 'both.duckdb', ...measured])
    assert.equal(elsewhere.found(), 0)
    assert.deepEqual(elsewhere.answer(), study(undefined, ['--device', 'cpu', ...measured]).answer())

    const resumed = study(100, ['--device', 'cuda', '--store', 'both.duckdb', ...measured])
    assert.ok(resumed.found() > 0)
    assert.equal(resumed.answer().device, 'cuda')
    assert.deepEqual(await unitsOf('both.duckdb'), [
      ['cpu', 'cpu', 2],
      ['cuda', 'cuda', 2],
    ])
  })
})
