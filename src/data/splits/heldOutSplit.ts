import { requireKnown } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { permutation } from '../../random/permutation.js'
import type { RandomStream } from '../../random/stream.js'
import { classRows } from '../dataset.js'
import type { LabelledTable } from '../tables/labelledTable.js'
import { type AnomalyShare, drawMixture } from './anomalyMixture.js'
import type { Split } from './splits.js'

export interface HeldOutOptions {
  readonly normal: string
  /** Classes that the labelled anomalies are drawn from; none for a detector that learns from normal samples only. */
  readonly anomalies: readonly string[]
  /** Their shares, in the order of the table's classes (`mixtureOf`). Default: all their samples are drawn from as one. */
  readonly mixture?: readonly AnomalyShare[] | undefined
  readonly seed: number
  /** Runs differ in the labelled anomalies that they draw, not in the normal samples. Default 0. */
  readonly run?: number | undefined
}

/** Philox streams of the two draws; a stream is used for nothing else. */
const streams = { normal: 0x484f4c30, anomaly: 0x484f4c31 } as const

/** As few normal samples as make one labelled anomaly: a tenth of four fifths of them. */
const fewestNormal = 13

/**
 * Splits a table so that nothing that is evaluated was trained on: ⌊4n/5⌋ of the n normal samples are for training, the
 * others set the threshold. Labelled anomalies are a tenth of the normal samples trained on, at most four fifths of
 * those there are; the rest, and every other class whole, measure recall. Of a mixture each class gives its share, by
 * largest remainder; one of which that is more than four fifths is refused.
 *
 * Errors: `UNKNOWN_CLASS`, `EMPTY_SAMPLE` where a class is too small to train on and to test, `OUT_OF_RANGE`.
 */
export function heldOutSplit(
  table: Pick<LabelledTable, 'name' | 'classes' | 'labels'>,
  { normal, anomalies, mixture, seed, run = 0 }: HeldOutOptions,
): Split {
  requireKnown('normal class', normal, table.classes, 'UNKNOWN_CLASS')
  for (const name of anomalies) {
    requireKnown('anomaly class', name, table.classes, 'UNKNOWN_CLASS')
    if (name === normal)
      throw new ScoringBiasError('OUT_OF_RANGE', `class '${name}' cannot be both normal and anomalous`)
  }
  const rowsOf = (name: string) => classRows(table, table.classes.indexOf(name))
  const normals = rowsOf(normal)
  if (normals.length < fewestNormal) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${table.name}: normal class '${normal}' has ${normals.length} samples; training needs at least ${fewestNormal}`,
    )
  }
  for (const name of anomalies) {
    const n = rowsOf(name).length
    if (n < 2) {
      throw new ScoringBiasError(
        'EMPTY_SAMPLE',
        `${table.name}: anomaly class '${name}' has ${n} ${n === 1 ? 'sample' : 'samples'}; one to train on and one to test are the least`,
      )
    }
  }
  const drawnNormals = shuffled(normals, { seed, stream: streams.normal, replicate: 0 })
  const nNormal = Math.floor((4 * normals.length) / 5)
  const most = (n: number) => Math.floor((4 * n) / 5)
  const drawTogether = (rows: Uint32Array) =>
    shuffled(rows, { seed, stream: streams.anomaly, replicate: run })
      .slice(0, Math.min(Math.floor(nNormal / 10), most(rows.length)))
      .sort()
  const trainNormal = drawnNormals.slice(0, nNormal).sort()
  const trainAnomaly =
    mixture === undefined
      ? drawTogether(Uint32Array.from(anomalies.flatMap((name) => [...rowsOf(name)])))
      : drawMixture(mixture, Math.floor(nNormal / 10), {
          rowsOf,
          mostOf: (name) => most(rowsOf(name).length),
          seed,
          stream: streams.anomaly,
          run,
        })
  const seen = new Uint8Array(table.labels.length)
  for (const row of trainNormal) seen[row] = 1
  for (const row of trainAnomaly) seen[row] = 1
  const tests = table.classes.flatMap((name) => {
    const rows = rowsOf(name).filter((row) => seen[row] === 0)
    return name === normal || rows.length === 0 ? [] : [{ class: name, rows }]
  })
  return { trainNormal, trainAnomaly, validation: drawnNormals.slice(nNormal).sort(), tests, seen }
}

function shuffled(rows: Uint32Array, stream: RandomStream): Uint32Array {
  return permutation(rows.length, stream).map((place) => rows[place] ?? 0)
}
