import type { Comparison, ScoreData } from '../../compare/types.js'
import { ScoringBiasError } from '../../errors.js'
import type { ScoreArray } from '../../native.js'
import { defaultDelta } from '../../stats/biasDefaults.js'
import { sort } from '../../stats/ranks/sort.js'
import { thresholds } from '../../stats/ranks/threshold.js'
import { countAbove } from '../scores/sortedScores.js'
import { targetGrid } from './targetGrid.js'

/** What a detector does at each target false-positive rate of a grid. */
export interface DetectorPoints {
  readonly name: string
  /** τ, [targets]. */
  readonly thresholds: Float64Array
  /** Validation normals above τ, [targets]. */
  readonly falseAlarms: Uint32Array
  /** Anomalous samples above τ, [sets][targets]. */
  readonly detected: readonly Uint32Array[]
  /** Ascending. */
  readonly sorted: { readonly normal: ScoreArray; readonly anomalous: ScoreArray }
}

/** What the detectors of a comparison do at each target false-positive rate that its report can be asked for. */
export interface OperatingPoints {
  /** Increasing. */
  readonly fprs: readonly number[]
  /** Where in `fprs` the comparison's own target is. */
  readonly iTarget: number
  readonly nNormal: number
  /** All anomalous samples first, then each class. */
  readonly sets: readonly { readonly name: string; readonly n: number }[]
  /** The baseline first, then the candidates. */
  readonly detectors: readonly DetectorPoints[]
}

export interface OperatingPointsOptions {
  /** How many of the candidates, from the first on. */
  readonly nCandidates: number
}

/** Counts to keep at most: the page holds about two bytes for each. */
const maxCounts = 400_000

/**
 * Thresholds, false alarms and detections of every detector at a grid of targets, exactly as {@link relativeBias} finds
 * them at any one. Time: a few sorts of each detector's scores.
 *
 * Errors: `UNKNOWN_NAME` or `LENGTH_MISMATCH` where the data are not those of the comparison.
 */
export async function operatingPoints(
  comparison: Comparison,
  data: ScoreData,
  { nCandidates }: OperatingPointsOptions,
): Promise<OperatingPoints> {
  const compared = [
    comparison.baseline,
    ...comparison.candidates.slice(0, nCandidates).map(({ candidate }) => candidate),
  ]
  const classes = rowsByClass(data.classes)
  const nNormal = data.validation[0]?.length ?? 0
  const { thresholdRule: definition, delta = defaultDelta } = comparison
  const columns = compared.length * (classes.size + 2)
  const stepsToTarget = [100, 50, 25, 10].find((steps) => 4 * steps * columns <= maxCounts) ?? 5
  const fprs = targetGrid(comparison.fpr, { definition, delta, nNormal, stepsToTarget })
  const iTarget = fprs.indexOf(comparison.fpr)
  const detectors: DetectorPoints[] = []
  // One after the other: each sort uses all cores already, and memory stays that of one detector's work.
  for (const { name, threshold } of compared) {
    const d = indexOf(data, name)
    const normal = await sort(data.validation[d] ?? new Float64Array())
    const points = await thresholds(normal, {
      fprs,
      thresholdRule: definition,
      ...(definition === 'certified' ? { delta } : {}),
    })
    const taus = Float64Array.from(points, ({ threshold: tau }) => tau)
    if (taus[iTarget] !== threshold) throw otherData(name, threshold, taus[iTarget])
    const scores = data.anomalous[d] ?? new Float64Array()
    const anomalous = await sort(scores)
    const detected = [countsAbove(anomalous, taus)]
    for (const rows of classes.values()) detected.push(countsAbove(await sort(pick(scores, rows)), taus))
    detectors.push({
      name,
      thresholds: taus,
      falseAlarms: countsAbove(normal, taus),
      detected,
      sorted: { normal, anomalous },
    })
  }
  const sets = [
    { name: 'all anomalies', n: data.anomalous[0]?.length ?? 0 },
    ...Array.from(classes, ([name, rows]) => ({ name, n: rows.length })),
  ]
  return { fprs, iTarget, nNormal, sets, detectors }
}

function countsAbove(sorted: ScoreArray, taus: Float64Array): Uint32Array {
  return Uint32Array.from(taus, (tau) => countAbove(sorted, tau))
}

function rowsByClass(classes: readonly string[] = []): Map<string, number[]> {
  const rows = new Map<string, number[]>()
  classes.forEach((name, i) => {
    const members = rows.get(name)
    if (members === undefined) rows.set(name, [i])
    else members.push(i)
  })
  return rows
}

function pick(scores: ScoreArray, rows: readonly number[]): ScoreArray {
  const at = (row: number) => scores[row] ?? Number.NaN
  return scores instanceof Float32Array ? Float32Array.from(rows, at) : Float64Array.from(rows, at)
}

function indexOf({ detectors }: ScoreData, name: string): number {
  const d = detectors.indexOf(name)
  if (d >= 0) return d
  throw new ScoringBiasError(
    'UNKNOWN_NAME',
    `the comparison is of a detector '${name}' that the scores lack; they are of ${detectors.join(', ')}`,
  )
}

function otherData(name: string, threshold: number, found: number | undefined): ScoringBiasError {
  return new ScoringBiasError(
    'LENGTH_MISMATCH',
    `data are not the scores that were compared: the threshold of '${name}' was ${threshold} and is ${found} on them`,
  )
}
