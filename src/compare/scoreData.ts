import { at, list, text, wrongType } from '../check.js'
import { repeated } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import type { ScoreArray } from '../native.js'
import type { Compared } from '../stats/bias/estimate.js'
import { requireSameLength } from '../stats/bootstrap/bootstrapInput.js'
import { copyScores, requireScores } from '../stats/ranks/scores.js'
import { requireFewDetectors } from './mostDetectors.js'
import type { ScoreData } from './types.js'

/** What messages call a set of scores; a NaN is met among all anomalies before any class is looked at. */
export function nameOf(d: number, set: number): string {
  return set === 0 ? `validation[${d}]` : `anomalous[${d}]`
}

/**
 * Requires scores of detectors, as arrays.
 *
 * @param of what messages put before the names of its parts, as in `data.`
 *
 * Errors: `WRONG_TYPE`, `LENGTH_MISMATCH`.
 */
export function requireScoreSets({ source, detectors, validation, anomalous }: ScoreData, of = ''): void {
  text(`${of}source`, source)
  list(text)(`${of}detectors`, detectors)
  requireArray(`${of}validation`, validation, detectors, of)
  requireArray(`${of}anomalous`, anomalous, detectors, of)
}

/**
 * Scores to compare whose names are copies of the caller's, who may change them while we work. The scores themselves are copied where
 * they are first read. Errors: `WRONG_TYPE`.
 */
export function namedScores({ source, detectors, notes = [], ...scores }: ScoreData): ScoreData {
  text('source', source)
  list(text)('detectors', detectors)
  list(text)('notes', notes)
  return { ...scores, source, detectors: [...detectors], notes: [...notes] }
}

/**
 * Scores as they are compared, and private copies of the normals that are only tested.
 *
 * @param scores those of {@link namedScores}
 * @param isNamedOnce whether each detector must have a name of its own, which trainings of one need not have
 *
 * Errors: `WRONG_TYPE`, `LENGTH_MISMATCH`, `EMPTY_SAMPLE`, `OUT_OF_RANGE` for too many detectors and for two of one name, `DETACHED`, `OUT_OF_MEMORY`, and `NOT_A_NUMBER` for `test`.
 */
export function comparedSets(
  { source, detectors, validation, anomalous, classes, test }: ScoreData,
  { isNamedOnce = true }: { readonly isNamedOnce?: boolean } = {},
): { readonly compared: Compared; readonly test: readonly ScoreArray[] | undefined } {
  if (detectors.length < 2) {
    throw new ScoringBiasError('EMPTY_SAMPLE', `detectors names ${detectors.length}. Name at least two to compare`)
  }
  requireFewDetectors(source, detectors.length)
  const twice = isNamedOnce ? repeated(detectors) : undefined
  if (twice !== undefined) {
    throw new ScoringBiasError('OUT_OF_RANGE', `detectors names '${twice}' twice. Give each a name of its own`)
  }
  requireArray('validation', validation, detectors)
  requireArray('anomalous', anomalous, detectors)
  const compared = {
    detectors: validation.map((normal, d) => ({ normal, anomalous: anomalous.slice(d, d + 1) })),
    labels: classes === undefined ? undefined : detectors.map(() => ({ name: 'classes', labels: classes })),
    nameOf,
  }
  return { compared, test: test === undefined ? undefined : copyTest(test, detectors) }
}

function copyTest(test: readonly ScoreArray[], detectors: readonly string[]): readonly ScoreArray[] | undefined {
  requireArray('test', test, detectors)
  const copies = test.map((scores, d) => copyScores(`test[${d}]`, scores, true))
  copies.forEach((scores, d) => {
    requireSameLength(`test[${d}]`, scores, 'test[0]', copies[0])
    const bad = scores.findIndex(Number.isNaN)
    if (bad >= 0) {
      throw new ScoringBiasError('NOT_A_NUMBER', `test[${d}][${bad}] is NaN. Drop or repair that sample`)
    }
  })
  return at(copies, 0).length === 0 ? undefined : copies
}

function requireArray(name: string, value: readonly unknown[], detectors: readonly string[], of = ''): void {
  if (!Array.isArray(value)) throw wrongType(name, 'an array with one element for each detector', value)
  requireSameLength(name, value, `${of}detectors`, detectors)
  for (const [d, scores] of value.entries()) requireScores(`${name}[${d}]`, scores)
}
