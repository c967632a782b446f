import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { cli } from '../cli/commandLine.js'

// Commands in shards, and what their stores hold.

export const quick = ['--epochs', '2', '--pretrain-epochs', '1', '--device', 'cpu', '--quiet']
export const small = [...quick, '--share', '0.1', '--workers', '1']

const said = (...args: readonly string[]) => cli(...args, ...(args.includes('--quiet') ? [] : ['--quiet']))

/** Runs a command that must succeed. */
export async function done(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await said(...args)
  assert.equal(code, 0, stderr)
  return stdout
}

/** Runs one that must not, and has its message. */
export async function refused(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await said(...args)
  assert.notEqual(code, 0)
  return stderr.trimEnd()
}

const passing = new Set(['elapsedSeconds', 'seconds', 'samplingSeconds'])
const answerOf = (json: string) => JSON.parse(json, (key, value) => (passing.has(key) ? 0 : value))

export async function sql(path: string, text: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path)
  try {
    const connection = await instance.connect()
    const rows = (await connection.runAndReadAll(text)).getRowsJson()
    connection.closeSync()
    return rows
  } finally {
    instance.closeSync()
  }
}

/** Trains all shards of a command, and returns their stores in a folder. */
export async function shardsOf(folder: string, command: readonly string[], count: number): Promise<string[]> {
  const stores = Array.from({ length: count }, (_, i) => join(folder, `part-${i + 1}.duckdb`))
  for (const [i, store] of stores.entries()) await done(...command, '--shard', `${i + 1}/${count}`, '--store', store)
  return stores
}

/** Requires that the merged shards of a command give what one process gives, without training anything. */
export async function requireSameAnswer(
  folder: string,
  command: readonly string[],
  parts: readonly string[],
): Promise<void> {
  const all = join(folder, 'all.duckdb')
  await done('merge', all, ...parts)
  const units = "SELECT count(*)::INTEGER, count(*) FILTER (status = 'done')::INTEGER FROM units"
  const [before = []] = await sql(all, units)
  assert.equal(before[0], before[1])
  assert.deepEqual(
    answerOf(await done(...command, '--store', all, '--json')),
    answerOf(await done(...command, '--json')),
  )
  assert.deepEqual(await sql(all, units), [before])
}
