import { at, type Check, list, record, requireKnown, text, wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type Dataset, requireClasses, requireLabels } from '../core/dataset.js'
import type { Anomalies, AnomalyShare } from './anomalyMixture.js'

/** A class, or several that count as one. */
export type NormalClasses = string | readonly string[]

/** A name or a list of names, which `unionName` looks at. */
export const normalCheck: Check = (name, value) => {
  if (typeof value === 'string') return
  if (!Array.isArray(value)) throw wrongType(name, 'the name of a class or a list of names', value)
  list(text)(name, value)
}

/** What has samples of named classes: a `Dataset`, a `LabelledTable`. */
export type Classified = Pick<Dataset, 'name' | 'classes' | 'labels'> & Partial<Pick<Dataset, 'counts'>>

/**
 * What normal classes are called once they are one: `grey soil + damp grey soil`, in the data's order, in whichever order
 * they are named. A single class keeps its name.
 *
 * Errors: `WRONG_TYPE`, `EMPTY_SAMPLE` for an empty list, `UNKNOWN_CLASS`, `OUT_OF_RANGE` for a class named twice or there twice, a list
 * of all classes, or a union that is called as another class is.
 */
export function unionName(data: Omit<Classified, 'labels'>, normal: NormalClasses): string {
  record('data', data)
  normalCheck('normal', normal)
  const { name: dataName, classes } = data
  text('name', dataName)
  requireClasses(classes)
  const names = listOf(normal)
  if (names.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'normal names no class. Name at least one')
  for (const [i, name] of names.entries()) {
    requireKnown('normal class', name, classes, 'UNKNOWN_CLASS')
    if (names.indexOf(name) < i)
      throw new ScoringBiasError('OUT_OF_RANGE', `normal class '${name}' is named twice. Name it once`)
  }
  if (names.length > 1 && names.length === classes.length) {
    const all = `normal has all classes of ${dataName} (${classes.join(', ')})`
    throw new ScoringBiasError('OUT_OF_RANGE', `${all}. No class is left for the anomalies. Leave one out`)
  }
  const union = classes.filter((name) => names.includes(name)).join(' + ')
  if (names.length > 1 && classes.includes(union)) {
    const clash = `the union of ${names.join(' and ')} would be called '${union}'`
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${clash}. Another class of ${dataName} has that name. Rename that class`,
    )
  }
  return union
}

/**
 * The data with several classes as one, as though their samples had had one label all along; of one class, the data
 * themselves. The union stands where the first of them stood. Features are shared, labels are new. O(n) time and memory.
 *
 * Errors: those of {@link unionName}, `OUT_OF_RANGE` for labels of no class.
 *
 * @example
 * const soils = mergeClasses(await loadDataset('statlog'), ['grey soil', 'damp grey soil'])
 * soils.classes // ['red soil', 'cotton crop', 'grey soil + damp grey soil', …]
 */
export function mergeClasses<T extends Classified>(data: T, normal: NormalClasses): T {
  const union = unionName(data, normal)
  const names = listOf(normal)
  if (names.length === 1) return data
  requireLabels(data)
  const merged = data.classes.map((name) => (names.includes(name) ? union : name))
  const classes = [...new Set(merged)]
  const labelOf = merged.map((name) => classes.indexOf(name))
  const labels = data.labels.map((label) => at(labelOf, label))
  const { counts } = data
  if (counts === undefined) return { ...data, classes, labels }
  const countOf = (name: string) =>
    counts.reduce((sum, count, iClass) => sum + (merged[iClass] === name ? count : 0), 0)
  return { ...data, classes, labels, counts: classes.map(countOf) }
}

/** Requires that no class of anomalies is among several normal ones. Errors: `OUT_OF_RANGE`. */
export function requireAnomalous(normal: NormalClasses | undefined, anomalies: Anomalies | readonly string[]): void {
  if (normal === undefined || typeof normal === 'string') return
  for (const one of listOf<string | AnomalyShare>(anomalies)) {
    const name = typeof one === 'string' ? one : one.class
    if (normal.includes(name)) {
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `class '${name}' cannot be both normal and anomalous. Normal are ${normal.join(', ')}. Name other anomalies`,
      )
    }
  }
}

function listOf<T>(names: string | readonly T[]): readonly (string | T)[] {
  return typeof names === 'string' ? [names] : names
}
