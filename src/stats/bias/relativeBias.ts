import { requireBetween, requireInteger, requireKnown } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { collectRows, isRows, type ScoreRows } from '../../scores/scoreRows.js'
import { bootstrapInput } from '../bootstrap/bootstrap.js'
import { copyInput, type DetectorScores } from '../bootstrap/bootstrapInput.js'
import { intervalMethods } from '../bootstrap/bootstrapInterval.js'
import { groupByClass } from './classGroups.js'
import { direction } from './direction.js'
import type { ClassBias, RelativeBias, RelativeBiasOptions, ScorePair } from './relativeBiasTypes.js'
import { relativeBiasWarnings } from './relativeBiasWarnings.js'
import { at, column, jointly, setBias } from './setBias.js'

/**
 * The relative scoring bias of two detectors and how sure the samples make us of it.
 *
 * ξ = TPR(s′, τ′) − TPR(s, τ), with s the baseline, s′ the candidate and each threshold such that the target
 * false-positive rate holds on the detector's own normal scores (Ye, Chen and Zheng, IJCAI 2021, Definition 1 and
 * Algorithm 1). ξ > 0: the candidate detects more. The interval and p-value come from {@link bootstrap} replicates in
 * which both thresholds are read anew: an interval that takes the thresholds for known is too short (Linnet, Statistics
 * in Medicine 6, 1987).
 *
 * With `classes`, each class is also answered for on its own; all share the thresholds and their replicates. The
 * overall answer resamples all anomalous samples together. Each class's `interval` and `pValue` are for that class
 * alone; its `simultaneous` interval holds together with those of all classes, `pAdjusted` allows for looking at all,
 * and `direction` follows the simultaneous interval, so that a table of arrows holds as a whole ({@link simultaneous}).
 * Intervals are cut to [−1, 1].
 *
 * Rows `{ label, baseline, candidate, class? }` that come one by one, from an async iterable or a stream of objects, are
 * collected first, at 8 bytes a score; label 0 is normal, 1 anomalous. Their classes are then `classes`, and with a
 * `split` the thresholds are set on its `validation`.
 *
 * Time and memory: those of {@link bootstrap} with two detectors, whose classes are all samples and each class.
 *
 * Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `UNKNOWN_CLASS` (a
 * class that only one detector scored), `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const baseline = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5, 2) }
 * const candidate = { normal: Float64Array.of(2, 1, 4, 3), anomalous: Float64Array.of(5, 6, 4) }
 * const { xi, interval } = await relativeBias({ baseline, candidate }, { fpr: 0.25, seed: 1 })
 */
export async function relativeBias(
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair } | ScoreRows,
  options: RelativeBiasOptions = {},
): Promise<RelativeBias> {
  if (isRows(scores)) return relativeBiasOfRows(scores, options)
  const { fpr = 0.05, level = 0.95, intervalMethod: method = 'bca', seed = 0, design = 'paired', replicates } = options
  const resamples = requireInteger('resamples', options.resamples ?? 10_000, 2, 2 ** 31 - 1)
  requireBetween('fpr', fpr, 0, 1)
  requireBetween('level', level, 0, 1)
  requireKnown('interval', method, intervalMethods)
  const { input, groups } = copyScoresOf(scores, options)
  const samples = (d: 0 | 1, set: number) => input.anomalous[d]?.[set]?.length ?? 0
  const result = await bootstrapInput(
    input,
    {
      resamples,
      seed,
      engine: method === 'studentized' ? (options.engine ?? 'tree') : options.engine,
      contrast: [-1, 1],
      outputs: { thresholds: replicates === true, standardErrors: method === 'studentized' },
      threads: options.threads,
      signal: options.signal,
      onProgress: options.onProgress,
    },
    nameOf,
  )
  const answers = ['', ...groups].map((_, set) =>
    setBias(result, 0, set, { method, level, design, n: samples(0, set), nCandidate: samples(1, set) }),
  )
  const [overall, ...perClass] = answers
  if (overall === undefined) throw new RangeError('the set of all anomalies is always answered for')
  const joint = jointly(perClass, design, level)
  const { observed } = result
  const reading = (d: 0 | 1) => ({
    threshold: at(observed.thresholds, d),
    observedTpr: at(observed.observedTpr, d),
    observedFpr: at(observed.observedFpr, d),
  })
  const classes = joint.map(({ bias: { replicates: columns, ...numbers }, interval, pAdjusted }, k): ClassBias => {
    const all = { name: groups[k]?.name ?? '', ...numbers, simultaneous: interval, pAdjusted }
    return { ...all, direction: direction(interval), ...(replicates === true ? { replicates: columns } : {}) }
  })
  const answered = {
    xi: overall.xi,
    baseline: reading(0),
    candidate: reading(1),
    interval: overall.interval,
    pValue: overall.pValue,
    direction: overall.direction,
    classes,
    fpr,
    level,
    resamples,
    seed,
    design,
    nNormal: input.normal[0]?.length ?? 0,
    nAnomalous: samples(0, 0),
    engine: result.engine,
  }
  const warnings = relativeBiasWarnings(answered, {
    nNormalCandidate: input.normal[1]?.length ?? 0,
    thresholdRule: options.thresholdRule,
    method,
    degenerate: {
      overall: overall.replicates.xi.every((xi, _, all) => xi === all[0]),
      classes: classes.filter((_, k) => joint[k]?.degenerate).map(({ name }) => name),
    },
  })
  if (replicates !== true || result.thresholds === undefined) return { ...answered, warnings }
  const thresholdBaseline = column(result.thresholds, 0, 2, resamples)
  const thresholdCandidate = column(result.thresholds, 1, 2, resamples)
  return { ...answered, warnings, replicates: { ...overall.replicates, thresholdBaseline, thresholdCandidate } }
}

async function relativeBiasOfRows(rows: ScoreRows, options: RelativeBiasOptions): Promise<RelativeBias> {
  if (options.classes !== undefined || options.design === 'independent') {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'rows are paired and have their classes in them: leave out classes and design',
    )
  }
  const detectors = ['baseline', 'candidate']
  const { validation, anomalous, classes } = await collectRows(rows, {
    name: 'rows',
    detectors,
    signal: options.signal,
  })
  const [baseline, candidate] = validation.map((normal, d) => ({ normal, anomalous: anomalous[d] ?? normal }))
  if (baseline === undefined || candidate === undefined) throw new RangeError('there are two detectors')
  return relativeBias({ baseline, candidate }, { ...options, classes })
}

/** What is resampled: set 0 the normals, set 1 all anomalies, then each class. */
function copyScoresOf(scores: { baseline: ScorePair; candidate: ScorePair }, options: RelativeBiasOptions) {
  const pairs = [pairOf('baseline', scores?.baseline), pairOf('candidate', scores?.candidate)]
  const fprs = [options.fpr ?? 0.05]
  const input = copyInput(
    pairs,
    { design: options.design, thresholdRule: options.thresholdRule, delta: options.delta, fprs },
    nameOf,
  )
  const [baseline, candidate] = input.anomalous.map(([all]) => all)
  if (baseline === undefined || candidate === undefined) throw new RangeError('there are two detectors')
  const groups = groupByClass(options.classes, (options.design ?? 'paired') === 'paired', [baseline, candidate])
  return {
    input: {
      ...input,
      anomalous: [
        [baseline, ...groups.map((group) => group.scores[0])],
        [candidate, ...groups.map((group) => group.scores[1])],
      ],
      excluded: input.excluded.map(([all]) => [all, ...groups.map(() => undefined)]),
    },
    groups,
  }
}

/** One detector of a pair with all its anomalies as one class. Errors: `WRONG_TYPE`. */
export function pairOf(name: string, pair: ScorePair | undefined): DetectorScores {
  if (typeof pair !== 'object' || pair === null) {
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be an object { normal, anomalous }`)
  }
  return { normal: pair.normal, anomalous: [pair.anomalous] }
}

/** A NaN is met among all anomalies, at the caller's index, before any class is looked at. */
export function nameOf(d: number, set: number): string {
  return `${d === 0 ? 'baseline' : 'candidate'}.${set === 0 ? 'normal' : 'anomalous'}`
}
