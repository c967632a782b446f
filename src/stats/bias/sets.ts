import { types } from 'node:util'
import { at, entryOf, wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { BootstrapArguments, ScoreArray } from '../../native.js'
import {
  copyInput,
  type DetectorScores,
  type InputOptions,
  requireSameLength,
  type SetName,
} from '../bootstrap/bootstrapInput.js'

/** The class of each anomalous sample: names, or numbers that stand for them. */
export type ClassLabels = ArrayLike<string> | ArrayLike<number>

/** Labels of samples that both detectors scored, or of those that each scored on its own. */
export type PairLabels = ClassLabels | { readonly baseline: ClassLabels; readonly candidate: ClassLabels }

/** Labels as their caller calls them. */
export interface NamedLabels {
  readonly name: string
  readonly labels: ClassLabels
}

/** Scores as the bootstrap takes them: set 0 are all anomalies, then each class; a single class is set 0 itself. */
export interface ScoreSets {
  readonly input: BootstrapArguments['input']
  /** In the order in which they first occur. */
  readonly classNames: readonly string[]
  /** [set]: which of the first detector's anomalies are in it. */
  readonly rows: readonly ArrayLike<number>[]
  /** [detector]: the number of each anomaly's class; empty with fewer than two classes. */
  readonly classOf: readonly Int32Array[]
}

/**
 * Private copies of everything, with kinds, shapes and options checked; native code checks the values.
 *
 * @param detectors with all anomalies of each as one class
 * @param labels of the anomalies of each detector: the same for all where they scored the same samples
 *
 * Errors: those of `copyInput`, and of labels `WRONG_TYPE` (with the index), `LENGTH_MISMATCH`, `EMPTY_SAMPLE` for an empty name, `UNKNOWN_CLASS` for a
 * class that one detector lacks.
 */
export function scoreSets(
  detectors: readonly DetectorScores[],
  labels: readonly NamedLabels[] | undefined,
  options: InputOptions,
  nameOf: SetName,
): ScoreSets {
  const input = copyInput(detectors, options, nameOf)
  const all = input.anomalous.map((sets) => at(sets, 0))
  const rows = labels === undefined ? [] : rowsOfClasses(labels, all, nameOf)
  const classNames = [...(rows[0]?.keys() ?? [])]
  const parts = classNames.length === 1 ? [] : classNames
  const anomalous = all.map((scores, d) => [scores, ...parts.map((name) => pick(scores, entryOf(at(rows, d), name)))])
  const excluded = input.excluded.map(([mask]) => [mask, ...parts.map(() => undefined)])
  // Of samples that all scored the rows are one object.
  const numbered = new Map<object, Int32Array>()
  const classOf = all.map((scores, d) => {
    if (parts.length === 0) return new Int32Array()
    const own = at(rows, d)
    const numbers =
      numbered.get(own) ??
      numbersOf(
        parts.map((name) => entryOf(own, name)),
        scores.length,
      )
    numbered.set(own, numbers)
    return numbers
  })
  const everything = new Uint32Array(at(all, 0).length)
  for (let row = 0; row < everything.length; row++) everything[row] = row
  const ofSets = [everything, ...parts.map((name) => entryOf(at(rows, 0), name))]
  return { input: { ...input, anomalous, excluded }, classNames, rows: ofSets, classOf }
}

/** The labels of both detectors of a pair. Errors: `WRONG_TYPE` where their shape does not suit the design. */
export function pairLabels(labels: PairLabels | undefined, paired: boolean): readonly NamedLabels[] | undefined {
  if (labels === undefined) return undefined
  if (typeof labels !== 'object' || labels === null || isLabels(labels) !== paired) {
    const expected = paired ? 'one label for each sample' : 'an object { baseline, candidate } of labels'
    const design = paired ? 'paired' : 'independent'
    throw new ScoringBiasError('WRONG_TYPE', `classes must be ${expected} in the ${design} design`)
  }
  if (isLabels(labels)) return Array.from({ length: 2 }, () => ({ name: 'classes', labels }))
  return [
    { name: 'classes.baseline', labels: labels.baseline },
    { name: 'classes.candidate', labels: labels.candidate },
  ]
}

function isLabels(labels: PairLabels): labels is ClassLabels {
  return Array.isArray(labels) || ArrayBuffer.isView(labels)
}

/** For each detector the rows of each class, the same classes for all. */
function rowsOfClasses(labels: readonly NamedLabels[], all: readonly ScoreArray[], nameOf: SetName) {
  const known = new Map<ClassLabels, Map<string, number[]>>()
  const rows = labels.map((own, d) => {
    const found = known.get(own.labels) ?? rowsByClass(own, nameOf(d, 1), at(all, d))
    known.set(own.labels, found)
    return found
  })
  for (const one of rows) {
    for (const other of rows) {
      for (const name of one.keys()) {
        if (!other.has(name)) throw unknownClass(name, nameOf(rows.indexOf(one), 1), nameOf(rows.indexOf(other), 1))
      }
    }
  }
  return rows
}

/** Requires one label for each sample, in what a length can be read of: not of a proxy of a typed array. Errors: `WRONG_TYPE`. */
export function requireLabels(name: string, labels: unknown): asserts labels is ArrayLike<unknown> {
  if (typeof labels === 'object' && labels !== null && (Array.isArray(labels) || !types.isProxy(labels))) return
  const what = 'one label for each sample'
  if (!types.isProxy(labels)) throw wrongType(name, what, labels)
  throw new ScoringBiasError('WRONG_TYPE', `${name} must be ${what}, got a Proxy. Give the array itself`)
}

/** What a class or a group is called. Errors: `WRONG_TYPE`, and `EMPTY_SAMPLE` for a name without letters, with the way out. */
export function labelName(name: string, label: unknown, ifEmpty: string): string {
  if (typeof label !== 'string' && !(typeof label === 'number' && Number.isFinite(label))) {
    throw wrongType(name, 'a string or a finite number', label)
  }
  if (label === '') throw new ScoringBiasError('EMPTY_SAMPLE', `${name} is empty. ${ifEmpty}`)
  return String(label)
}

/** The rows of each class, in the order in which classes first occur. */
function rowsByClass({ name, labels }: NamedLabels, scoresName: string, scores: ScoreArray): Map<string, number[]> {
  requireLabels(name, labels)
  requireSameLength(name, labels, scoresName, scores)
  const rows = new Map<string, number[]>()
  for (let i = 0; i < labels.length; i++) {
    const key = labelName(`${name}[${i}]`, labels[i], 'Every anomalous sample needs a class')
    const members = rows.get(key)
    if (members === undefined) rows.set(key, [i])
    else members.push(i)
  }
  return rows
}

/** Of so many rows the number of the class that each is a member of. */
function numbersOf(classes: readonly (readonly number[])[], length: number): Int32Array {
  const numbers = new Int32Array(length)
  for (const [k, members] of classes.entries()) for (const row of members) numbers[row] = k
  return numbers
}

/** The scores of some rows, as a new array. */
function pick(scores: ScoreArray, rows: readonly number[]): ScoreArray {
  const picked = scores instanceof Float32Array ? new Float32Array(rows.length) : new Float64Array(rows.length)
  let i = 0
  for (const row of rows) picked[i++] = at(scores, row)
  return picked
}

function unknownClass(name: string, having: string, lacking: string): ScoringBiasError {
  return new ScoringBiasError(
    'UNKNOWN_CLASS',
    `${having} has samples of class '${name}' and ${lacking} none: both are needed to compare them`,
  )
}
