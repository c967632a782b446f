import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { zipSync } from 'fflate'
import { normal } from '../../src/random/normal.js'
import { npy, npyTexts } from '../npy.js'

const kinds = [
  { name: 'normal', n: 2000, shifts: [0, 0] },
  { name: 'crack', n: 200, shifts: [1.5, 2.2] },
  { name: 'dent', n: 60, shifts: [2, 1.2] },
  { name: 'scratch', n: 12, shifts: [1, 2.5] },
] as const

const columns = ['id', 'label', 'class', 'baseline', 'candidate', 'other'] as const

interface Row {
  readonly id: number
  readonly label: 0 | 1
  readonly class: string
  readonly baseline: number
  readonly candidate: number
  readonly other: number
  readonly split: string
}

/** Correlated scores of three detectors on 2,000 normals and three kinds of anomalies; the same bits on every machine. */
function rows(): Row[] {
  const samples = kinds.flatMap(({ name, n, shifts }) => Array.from({ length: n }, () => ({ name, shifts })))
  const draw = (stream: number) => normal(samples.length, { seed: 7, stream })
  const [shared, ...own] = [1, 2, 3, 4].map(draw)
  const round = (x: number) => Math.round(x * 1e4) / 1e4
  return samples.map(({ name, shifts: [ofBaseline, ofCandidate] }, id) => {
    const [common = 0, ...noise] = [shared, ...own].map((values) => values?.[id] ?? Number.NaN)
    const [a = 0, b = 0, c = 0] = noise
    return {
      id,
      label: name === 'normal' ? 0 : 1,
      class: name,
      baseline: round(common + a * 0.5 + ofBaseline),
      candidate: round(common + b * 0.5 + ofCandidate),
      other: round(c + ofBaseline),
      split: id % 3 === 0 ? 'test' : 'validation',
    }
  })
}

/** Writes the same scores in every format into a folder. */
export async function writeInputs(folder: string): Promise<void> {
  const all = rows()
  const path = (name: string) => join(folder, name)
  const text = (separator: string, names: readonly (keyof Row)[] = columns, own: readonly Row[] = all) =>
    [names, ...own.map((row) => names.map((name) => row[name]))].map((line) => line.join(separator)).join('\n')
  const joined = (score: 'baseline' | 'candidate', own: readonly Row[]) =>
    text(',', ['id', 'label', 'class', score], own).replace(`class,${score}`, 'class,score')
  await Promise.all([
    writeFile(path('scores.csv'), text(',')),
    writeFile(path('scores.csv.gz'), gzipSync(text(','))),
    writeFile(path('scores.tsv'), text('\t')),
    writeFile(path('split.csv'), text(',', [...columns, 'split'])),
    writeFile(path('a.csv'), joined('baseline', all)),
    writeFile(path('b.csv'), joined('candidate', all.toReversed())),
    writeFile(
      path('scores.jsonl'),
      all.map((row) => JSON.stringify(Object.fromEntries(columns.map((name) => [name, row[name]])))).join('\n'),
    ),
    writeFile(path('scores.npz'), npz(all)),
  ])
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (FROM read_csv('${path('scores.csv')}')) TO '${path('scores.parquet')}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}

function npz(all: readonly Row[]): Uint8Array {
  const numbers = (name: 'baseline' | 'candidate' | 'other') =>
    npy(
      Float64Array.from(all, (row) => row[name]),
      '<f8',
      [all.length],
    )
  return zipSync({
    'label.npy': npy(
      BigInt64Array.from(all, (row) => BigInt(row.label)),
      '<i8',
      [all.length],
    ),
    'class.npy': npyTexts(all.map((row) => row.class)),
    'baseline.npy': numbers('baseline'),
    'candidate.npy': numbers('candidate'),
    'other.npy': numbers('other'),
  })
}
