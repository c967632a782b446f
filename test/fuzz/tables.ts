import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { npy, npyTexts } from '../npy.js'

/** Where the fuzzer's files lie; gone when its process ends. */
export const folder = mkdtempSync(join(tmpdir(), 'scoring-bias-fuzz-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Scores of samples, in columns. */
export interface ScoreTable {
  readonly key: readonly string[]
  readonly label: readonly (0 | 1)[]
  readonly class: readonly string[]
  readonly baseline: readonly number[]
  readonly candidate: readonly number[]
}

const names = ['key', 'label', 'class', 'baseline', 'candidate'] as const

/** The endings of files that hold the same table. */
export const endings = ['csv', 'tsv', 'jsonl', 'csv.gz', 'jsonl.gz', 'parquet', 'npz'] as const
export type Ending = (typeof endings)[number]

/** The bytes of a table in each format but Parquet, which `writeTables` has DuckDB write. */
function bytesOf(table: ScoreTable): Record<Exclude<Ending, 'parquet'>, Uint8Array> {
  const rows = table.key.map((_, i) => names.map((name) => [name, table[name][i]] as const))
  const text = (separator: string) =>
    Buffer.from(
      [names.join(separator), ...rows.map((row) => row.map(([, value]) => field(value)).join(separator))].join('\n'),
    )
  const jsonl = Buffer.from(rows.map((row) => JSON.stringify(Object.fromEntries(row))).join('\n'))
  return {
    csv: text(','),
    tsv: text('\t'),
    jsonl,
    'csv.gz': gzipSync(text(',')),
    'jsonl.gz': gzipSync(jsonl),
    npz: zipSync({
      'key.npy': npyTexts(table.key),
      'label.npy': npy(BigInt64Array.from(table.label, BigInt), '<i8', [table.label.length]),
      'class.npy': npyTexts(table.class),
      'baseline.npy': npy(Float64Array.from(table.baseline), '<f8', [table.baseline.length]),
      'candidate.npy': npy(Float64Array.from(table.candidate), '<f8', [table.candidate.length]),
    }),
  }
}

function field(value: unknown): string {
  return typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value)
}

/** Writes a table in every format; the path of each. */
export async function writeTables(table: ScoreTable, name: string): Promise<Record<Ending, string>> {
  const path = (ending: Ending) => join(folder, `${name}.${ending}`)
  for (const [ending, bytes] of Object.entries(bytesOf(table))) writeFileSync(path(ending as Ending), bytes)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  // Every value is written as it was read, texts too: nothing is guessed.
  const columns = "{key: 'VARCHAR', label: 'BIGINT', class: 'VARCHAR', baseline: 'DOUBLE', candidate: 'DOUBLE'}"
  await connection.run(
    `COPY (FROM read_json('${path('jsonl')}', format = 'newline_delimited', columns = ${columns})) TO '${path('parquet')}' (FORMAT parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
  return Object.fromEntries(endings.map((ending) => [ending, path(ending)])) as Record<Ending, string>
}

const n = 40

/** A table as users have them. */
export const usual: ScoreTable = {
  key: Array.from({ length: n }, (_, i) => `k${i}`),
  label: Array.from({ length: n }, (_, i) => (i % 3 === 2 ? 1 : 0)),
  class: Array.from({ length: n }, (_, i) => (i % 3 === 2 ? ['crack', 'dent'][i % 2] : 'normal') as string),
  baseline: Array.from({ length: n }, (_, i) => Math.round(1000 * Math.sin(i * i)) / 1000),
  candidate: Array.from({ length: n }, (_, i) => Math.round(1000 * Math.cos(i * i)) / 1000 + (i % 3)),
}

/** Its paths. */
export const usualPaths = await writeTables(usual, 'usual')

/** Its bytes. */
export const usualBytes = Object.fromEntries(
  endings.map((ending) => [ending, new Uint8Array(readFileSync(usualPaths[ending]))]),
) as Record<Ending, Uint8Array>

/** Paths of another table of the same detectors. */
export const otherPaths = await writeTables({ ...usual, baseline: usual.candidate, candidate: usual.baseline }, 'other')

export const pathsOfTables = fc.constantFrom(...Object.values(usualPaths))

const className = fc.oneof(
  fc.constantFrom('normal', 'constructor', '__proto__', 'a,b', 'a\tb', '"', "'", '=1+1', 'true', '1', 'é'),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
)

/** Tables with any names of classes and scores whose shortest decimal is exact. */
export const scoreTables: fc.Arbitrary<ScoreTable> = fc
  .array(
    fc.record({
      label: fc.constantFrom(0 as const, 1 as const),
      class: className.filter((name) => name.trim() === name && !/[\p{C}\p{Z}\uFEFF]/u.test(name)),
      baseline: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
      candidate: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
    }),
    { minLength: 2, maxLength: 25 },
  )
  .map((rows): ScoreTable => {
    // Both kinds of samples, or there is nothing to compare.
    const label = rows.map((row, i): 0 | 1 => (i === 0 ? 0 : i === 1 ? 1 : row.label))
    const column = <K extends 'class' | 'baseline' | 'candidate'>(name: K) => rows.map((row) => row[name])
    return {
      key: rows.map((_, i) => `k${i}`),
      label,
      class: column('class'),
      baseline: column('baseline').map((x) => x + 0),
      candidate: column('candidate').map((x) => x + 0),
    }
  })
