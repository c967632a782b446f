import { ScoringBiasError } from '../../errors.js'
import type { ScoreArray } from '../../native.js'
import { requireSameLength } from '../bootstrap/bootstrapInput.js'

/** The class of each anomalous sample: names, or numbers that stand for them. */
export type ClassLabels = ArrayLike<string> | ArrayLike<number>

/** Labels of samples that both detectors scored, or of those that each scored on its own. */
export type PairLabels = ClassLabels | { readonly baseline: ClassLabels; readonly candidate: ClassLabels }

export interface ClassGroup {
  readonly name: string
  /** The scores of the class's samples, the baseline's and the candidate's, as new arrays. */
  readonly scores: readonly [ScoreArray, ScoreArray]
}

/**
 * The anomaly scores of both detectors, class by class in the order in which classes first occur.
 *
 * Errors: `WRONG_TYPE` (with the index), `LENGTH_MISMATCH`, `UNKNOWN_CLASS` for a class that one detector lacks.
 */
export function groupByClass(
  labels: PairLabels | undefined,
  paired: boolean,
  anomalous: readonly [ScoreArray, ScoreArray],
): ClassGroup[] {
  if (labels === undefined) return []
  const [baseline, candidate] = labelsOf(labels, paired)
  const rowsBaseline = rowsByClass(baseline.name, baseline.labels, 'baseline.anomalous', anomalous[0])
  const rowsCandidate = rowsByClass(candidate.name, candidate.labels, 'candidate.anomalous', anomalous[1])
  for (const name of rowsCandidate.keys()) {
    if (!rowsBaseline.has(name)) throw unknownClass(name, 'candidate', 'baseline')
  }
  return Array.from(rowsBaseline, ([name, rows]) => {
    const others = rowsCandidate.get(name)
    if (others === undefined) throw unknownClass(name, 'baseline', 'candidate')
    return { name, scores: [pick(anomalous[0], rows), pick(anomalous[1], others)] }
  })
}

interface NamedLabels {
  readonly name: string
  readonly labels: ClassLabels
}

function labelsOf(labels: PairLabels, paired: boolean): [NamedLabels, NamedLabels] {
  if (isLabels(labels) !== paired || typeof labels !== 'object') {
    const expected = paired ? 'one label for each sample' : 'an object { baseline, candidate } of labels'
    const design = paired ? 'paired' : 'independent'
    throw new ScoringBiasError('WRONG_TYPE', `classes must be ${expected} in the ${design} design`)
  }
  if (isLabels(labels)) {
    const both = { name: 'classes', labels }
    return [both, both]
  }
  return [
    { name: 'classes.baseline', labels: labels.baseline },
    { name: 'classes.candidate', labels: labels.candidate },
  ]
}

function isLabels(labels: PairLabels): labels is ClassLabels {
  return Array.isArray(labels) || ArrayBuffer.isView(labels)
}

/**
 * The rows of each class, in the order in which classes first occur.
 *
 * Errors: `WRONG_TYPE` (with the index), `LENGTH_MISMATCH`.
 */
export function rowsByClass(
  name: string,
  labels: ClassLabels,
  scoresName: string,
  scores: ScoreArray,
): Map<string, number[]> {
  if (typeof labels !== 'object' || labels === null) {
    throw new ScoringBiasError('WRONG_TYPE', `${name} must hold one label for each sample`)
  }
  requireSameLength(name, labels, scoresName, scores)
  const rows = new Map<string, number[]>()
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]
    if (typeof label !== 'string' && typeof label !== 'number') {
      throw new ScoringBiasError('WRONG_TYPE', `${name}[${i}] must be a string or a number`)
    }
    const key = String(label)
    const members = rows.get(key)
    if (members === undefined) rows.set(key, [i])
    else members.push(i)
  }
  return rows
}

/** The scores of some rows, as a new array. */
export function pick(scores: ScoreArray, rows: readonly number[]): ScoreArray {
  const picked = scores instanceof Float32Array ? new Float32Array(rows.length) : new Float64Array(rows.length)
  rows.forEach((row, i) => {
    picked[i] = scores[row] ?? Number.NaN
  })
  return picked
}

function unknownClass(name: string, having: string, lacking: string): ScoringBiasError {
  return new ScoringBiasError(
    'UNKNOWN_CLASS',
    `the ${having} scored samples of class '${name}' and the ${lacking} none: both are needed to compare them`,
  )
}
