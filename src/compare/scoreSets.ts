import { ScoringBiasError } from '../errors.js'
import type { BootstrapArguments, ScoreArray } from '../native.js'
import { pick, rowsByClass } from '../stats/bias/classGroups.js'
import { copyInput, requireSameLength } from '../stats/bootstrap/bootstrapInput.js'
import { copyScores } from '../stats/ranks/scores.js'
import type { ThresholdRule } from '../stats/ranks/thresholdRule.js'
import type { ScoreData } from './types.js'

/** Scores as the bootstrap takes them: set 0 are the normals, set 1 all anomalies, then each class. */
export interface ScoreSets {
  readonly input: BootstrapArguments['input']
  /** In the order in which they first occur. */
  readonly classNames: readonly string[]
  /** Of the normals that are only tested, [detectors][samples], where there are any. */
  readonly test: readonly ScoreArray[] | undefined
}

/** What messages call a set of scores; a NaN is met among all anomalies before any class is looked at. */
export function nameOf(d: number, set: number): string {
  return set === 0 ? `validation[${d}]` : `anomalous[${d}]`
}

/**
 * Private copies of everything, with kinds, shapes and options checked.
 *
 * Errors: `WRONG_TYPE`, `LENGTH_MISMATCH`, `EMPTY_SAMPLE`, `OUT_OF_RANGE`, `UNKNOWN_NAME`, `DETACHED`,
 * `OUT_OF_MEMORY`, and `NOT_A_NUMBER` for `test`; native code checks the values of the others.
 */
export function scoreSets(
  data: ScoreData,
  options: {
    readonly fpr: number
    readonly thresholdRule: ThresholdRule | undefined
    readonly delta: number | undefined
  },
): ScoreSets {
  const { detectors, validation, anomalous, classes } = data
  requireArray('detectors', detectors, undefined)
  if (detectors.length < 2) {
    throw new ScoringBiasError('EMPTY_SAMPLE', `detectors names ${detectors.length}: comparing takes two at least`)
  }
  requireArray('validation', validation, detectors)
  requireArray('anomalous', anomalous, detectors)
  const input = copyInput(
    validation.map((normal, d) => ({ normal, anomalous: anomalous.slice(d, d + 1) })),
    { design: 'paired', thresholdRule: options.thresholdRule, delta: options.delta, fprs: [options.fpr] },
    nameOf,
  )
  const all = input.anomalous.flat()
  const [reference] = all
  const rows =
    classes === undefined || reference === undefined
      ? new Map<string, number[]>()
      : rowsByClass('classes', classes, nameOf(0, 1), reference)
  const sets = all.map((scores) => [scores, ...Array.from(rows.values(), (members) => pick(scores, members))])
  return {
    input: { ...input, anomalous: sets, excluded: sets.map((arrays) => arrays.map(() => undefined)) },
    classNames: [...rows.keys()],
    test: copyTest(data.test, detectors),
  }
}

function copyTest(
  test: readonly ScoreArray[] | undefined,
  detectors: readonly string[],
): readonly ScoreArray[] | undefined {
  if (test === undefined) return undefined
  requireArray('test', test, detectors)
  const copies = test.map((scores, d) => copyScores(`test[${d}]`, scores, true))
  copies.forEach((scores, d) => {
    requireSameLength(`test[${d}]`, scores, 'test[0]', copies[0])
    const bad = scores.findIndex(Number.isNaN)
    if (bad >= 0) {
      throw new ScoringBiasError('NOT_A_NUMBER', `test[${d}][${bad}] is NaN: drop or repair that sample`)
    }
  })
  return copies[0]?.length === 0 ? undefined : copies
}

function requireArray(name: string, value: readonly unknown[], detectors: readonly string[] | undefined): void {
  if (!Array.isArray(value)) {
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be an array with one element for each detector`)
  }
  requireSameLength(name, value, 'detectors', detectors)
}
