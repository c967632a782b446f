import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'

// `compare` on 10⁸ rows of Parquet beside DuckDB's own count of them: time, processor time and peak memory of a process each.
// Arguments: rows, and a file that is kept, or made where there is none.

const [rows = '100000000', given] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'many-rows-'))
const path = given ?? join(folder, 'rows.parquet')

const normal = 'sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())'
const samples = `SELECT i % 100 = 0 AS anomalous, i, ${normal} AS z, ${normal} AS a, ${normal} AS b FROM range(${Number(rows)}) t(i)`
const columns = `anomalous::INT AS label, z + 0.7 * a + 1.2 * anomalous::INT AS baseline, z + 0.7 * b + 1.4 * anomalous::INT AS candidate,
  CASE WHEN NOT anomalous THEN '' WHEN i % 300 = 0 THEN 'crack' WHEN i % 300 = 100 THEN 'dent' ELSE 'scratch' END AS class`

async function make(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', threads: '1' })
  const connection = await instance.connect()
  await connection.run('SELECT setseed(0.5)')
  await connection.run(`COPY (SELECT ${columns} FROM (${samples})) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}

/** Runs a program in a process of its own, which tells what it used. */
function measured(code: string, args: readonly string[]): { seconds: number; cpuSeconds: number; peakMb: number } {
  const told = `process.on('exit', () => { const u = process.resourceUsage(); process.stderr.write('\\n' + JSON.stringify([performance.now() / 1000, (u.userCPUTime + u.systemCPUTime) / 1e6, u.maxRSS / 1024])) })`
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `${told}\n${code}`, '-', ...args],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: fileURLToPath(new URL('../', import.meta.url)),
      maxBuffer: 2 ** 28,
    },
  )
  if (status !== 0) throw new Error(stderr.slice(-2000))
  const [seconds = 0, cpuSeconds = 0, peakMb = 0] = JSON.parse(stderr.slice(stderr.lastIndexOf('\n'))) as number[]
  return { seconds, cpuSeconds, peakMb }
}

const count = `import { DuckDBInstance } from '@duckdb/node-api'
const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await instance.connect()
const sql = "SELECT label, count(*), count(*) FILTER (baseline > 2), count(*) FILTER (candidate > 2) FROM '" + process.argv.at(-1) + "' GROUP BY label"
process.stdout.write(String((await connection.runAndReadAll(sql)).getRows()))`

try {
  if (!existsSync(path)) await make()
  process.stdout.write(`${Number(rows).toLocaleString('en')} rows, ${(statSync(path).size / 1e9).toFixed(2)} GB\n`)
  const compare = `process.argv = ['node', 'scoring-bias', 'compare', process.argv.at(-1), '--json']; await import('./dist/cli/main.js')`
  for (const [name, code] of Object.entries({ 'DuckDB count': count, compare })) {
    const { seconds, cpuSeconds, peakMb } = measured(code, [path])
    process.stdout.write(
      `${name}: ${seconds.toFixed(1)} s, processor ${cpuSeconds.toFixed(1)} s, peak ${peakMb.toFixed(0)} MB\n`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
