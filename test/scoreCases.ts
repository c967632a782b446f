import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { normal } from '../src/random/normal.js'
import { npy } from './npy.js'

/** Files of scores as pandas, scikit-learn and spreadsheets write them: one table, each with a way of its own. */

export interface Sample {
  readonly kind: 'normal' | 'crack' | 'dent' | 'scratch'
  readonly iforest: number
  readonly deepsad: number
}

const counts = { normal: 800, crack: 60, dent: 60, scratch: 60 } as const
const shifts = { normal: 0, crack: 3.2, dent: 1.8, scratch: 0.9 } as const

/** 800 normal samples and 60 of each of three kinds of anomalies, mixed; the same bits on every machine. */
export const samples: readonly Sample[] = (() => {
  const kinds = (Object.keys(counts) as (keyof typeof counts)[]).flatMap((kind) =>
    new Array<keyof typeof counts>(counts[kind]).fill(kind),
  )
  const [shared = [], own = [], other = [], order = []] = [1, 2, 3, 4].map((stream) => [
    ...normal(kinds.length, { seed: 3, stream }),
  ])
  const round = (x: number) => Math.round(x * 1e4) / 1e4
  return kinds
    .map((kind, i) => {
      const [z = 0, a = 0, b = 0, place = 0] = [shared[i], own[i], other[i], order[i]]
      const iforest = round(z + 0.6 * a + (kind === 'normal' ? 0 : 1.8))
      return { kind, iforest, deepsad: round(z + 0.6 * b + shifts[kind]), place }
    })
    .sort((a, b) => a.place - b.place)
    .map(({ place: _, ...sample }) => sample)
})()

export type Row = Readonly<Record<string, string | number>>

export function csv(rows: readonly Row[]): string {
  return [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
    .map((line) => `${line.join()}\n`)
    .join('')
}

/** 0 for normal, 1 for anomalous, before everything else. */
export const plain: readonly Row[] = samples.map(({ kind, ...scores }) => ({
  label: kind === 'normal' ? 0 : 1,
  kind,
  ...scores,
}))

function changed(change: (row: Row, i: number) => Row): readonly Row[] {
  return plain.map((row, i) => change({ ...row }, i))
}

const without = ({ kind: _, ...row }: Row): Row => row
const negated = (row: Row, ...names: readonly string[]): Row => ({
  ...row,
  ...Object.fromEntries(names.map((name) => [name, -Number(row[name])])),
})
const labelled = (anomalous: string | number, fine: string | number) =>
  changed((row) => without({ ...row, label: row.label === 1 ? anomalous : fine }))
const missingAt = (i: number) => i % 97 === 5

/** A row for each sample and detector. */
export const long: readonly Row[] = (['iforest', 'deepsad'] as const).flatMap((detector) =>
  plain.map((row, i) => ({
    sample: `s${i}`,
    kind: row.kind ?? '',
    label: row.label ?? '',
    detector,
    score: row[detector] ?? '',
  })),
)

/** Every case by the name of its file. */
export const cases: Readonly<Record<string, readonly Row[]>> = {
  'plain.csv': plain,
  'lower.csv': changed((row) => negated(row, 'iforest', 'deepsad')),
  'onelower.csv': changed((row) => negated(row, 'deepsad')),
  'sklearn.csv': labelled(-1, 1),
  'inlier.csv': labelled('outlier', 'inlier'),
  'normal.csv': labelled('anomaly', 'normal'),
  'bool.csv': labelled('True', 'False'),
  'intclass.csv': changed((row) =>
    without({ ...row, label: ['normal', 'crack', 'dent', 'scratch'].indexOf(String(row.kind)) }),
  ),
  'long.csv': long,
  'missing.csv': changed((row, i) => (missingAt(i) ? { ...row, deepsad: i % 2 === 0 ? '' : 'NaN' } : row)),
  'gaps.csv': changed((row, i) => (i % 10 === 5 ? { ...row, iforest: 'NA' } : row)),
  'val.csv': changed((row, i) => ({ ...row, split: ['train', 'val', 'Test', 'dev'][i % 4] ?? '' })),
  'traintest.csv': changed((row, i) => ({ ...row, split: ['train', 'test'][i % 2] ?? '' })),
  'folds.csv': changed((row, i) => ({ ...row, split: `fold${i % 5}` })),
  'ytrue.csv': plain.map(({ label = '', kind = '', iforest = '', deepsad = '' }) => ({
    kind,
    score_a: iforest,
    score_b: deepsad,
    y_true: label,
  })),
}

/** Label and both scores of every sample, row by row. */
const numbersOf = Float64Array.from(
  plain.flatMap(({ label, iforest, deepsad }) => [label, iforest, deepsad].map(Number)),
)

/** The same samples as arrays of NumPy: one of numbers, and one of records. */
const arrays: Readonly<Record<string, Uint8Array>> = {
  'scores.npy': npy(numbersOf, '<f8', [plain.length, 3]),
  'records.npy': npy(numbersOf, "[('label', '<f8'), ('iforest', '<f8'), ('deepsad', '<f8')]", [plain.length]),
}

/** Writes every case, and images with labels as NPZ, into a folder. */
export async function writeCases(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await Promise.all(Object.entries(cases).map(([name, rows]) => writeFile(join(folder, name), csv(rows))))
  for (const [name, bytes] of Object.entries(arrays)) await writeFile(join(folder, name), bytes)
  await writeFile(join(folder, 'images.npz'), images())
}

/** 120 images of 28 × 28 with a bright square in every fourth. */
export function images(): Uint8Array {
  const n = 120
  const noise = normal(n * 784, { seed: 5, stream: 1 })
  const isSquare = (i: number) => {
    const [pixel, image] = [i % 784, Math.floor(i / 784)]
    const [x, y] = [pixel % 28, Math.floor(pixel / 28)]
    return image % 4 === 3 && x >= 10 && x < 18 && y >= 10 && y < 18
  }
  const pixels = Float32Array.from(noise, (x, i) => (isSquare(i) ? 1 : Math.min(1, Math.abs(x) / 4)))
  const labels = BigInt64Array.from({ length: n }, (_, i) => BigInt(i % 4 === 3 ? 1 : 0))
  return zipSync({ 'images.npy': npy(pixels, '<f4', [n, 28, 28]), 'label.npy': npy(labels, '<i8', [n]) })
}
