import { requireBetween, requireInteger, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type BootstrapResult, bootstrapInput } from './bootstrap.js'
import { copyInput, type DetectorScores } from './bootstrapInput.js'
import { bootstrapInterval, type IntervalMethod, intervalMethods } from './bootstrapInterval.js'
import { groupByClass } from './classGroups.js'
import type { ClassBias, Direction, RelativeBias, RelativeBiasOptions, ScorePair } from './relativeBiasTypes.js'
import { relativeBiasWarnings } from './relativeBiasWarnings.js'

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
 * overall answer resamples all anomalous samples together. Intervals are per class, not simultaneous, and are cut to
 * [−1, 1].
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
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair },
  options: RelativeBiasOptions = {},
): Promise<RelativeBias> {
  const { fpr = 0.05, level = 0.95, interval: method = 'bca', seed = 0, design = 'paired', replicates } = options
  const resamples = requireInteger('resamples', options.resamples ?? 10_000, 2, 2 ** 31 - 1)
  requireBetween('fpr', fpr, 0, 1)
  requireBetween('level', level, 0, 1)
  requireKnown('interval', method, intervalMethods)
  const { input, groups } = copyScoresOf(scores, options)
  const result = await bootstrapInput(
    input,
    {
      resamples,
      seed,
      engine: options.engine,
      contrast: [-1, 1],
      outputs: { thresholds: replicates === true },
      threads: options.threads,
      signal: options.signal,
      onProgress: options.onProgress,
    },
    nameOf,
  )
  const answers = await Promise.all(['', ...groups].map((_, set) => answer(result, set, method, level)))
  const [overall, ...perClass] = answers
  if (overall === undefined) throw new RangeError('the set of all anomalies is always answered for')
  const { observed } = result
  const reading = (d: 0 | 1) => ({
    threshold: at(observed.thresholds, d),
    tpr: at(observed.tpr, d),
    fpr: at(observed.fpr, d),
  })
  const classes = perClass.map((bias, k): ClassBias => {
    const group = groups[k]
    const { replicates: columns, ...numbers } = bias
    return {
      name: group?.name ?? '',
      n: group?.scores[0].length ?? 0,
      nCandidate: group?.scores[1].length ?? 0,
      ...numbers,
      ...(replicates === true ? { replicates: columns } : {}),
    }
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
    nAnomalous: input.anomalous[0]?.[0]?.length ?? 0,
    engine: result.engine,
  }
  const degenerate = answers.flatMap(({ replicates: { xi } }, set) =>
    xi.every((x) => x === xi[0]) ? [set === 0 ? 'over all anomalies' : `for class '${groups[set - 1]?.name}'`] : [],
  )
  const warnings = relativeBiasWarnings(answered, input.normal[1]?.length ?? 0, degenerate)
  if (replicates !== true || result.thresholds === undefined) return { ...answered, warnings }
  const thresholdBaseline = column(result.thresholds, 0, 2, resamples)
  const thresholdCandidate = column(result.thresholds, 1, 2, resamples)
  return { ...answered, warnings, replicates: { ...overall.replicates, thresholdBaseline, thresholdCandidate } }
}

/** What is resampled: set 0 the normals, set 1 all anomalies, then each class. */
function copyScoresOf(scores: { baseline: ScorePair; candidate: ScorePair }, options: RelativeBiasOptions) {
  const pairs = [pairOf('baseline', scores?.baseline), pairOf('candidate', scores?.candidate)]
  const fprs = [options.fpr ?? 0.05]
  const input = copyInput(
    pairs,
    { design: options.design, threshold: options.threshold, delta: options.delta, fprs },
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

function pairOf(name: string, pair: ScorePair | undefined): DetectorScores {
  if (typeof pair !== 'object' || pair === null) {
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be an object { normal, anomalous }`)
  }
  return { normal: pair.normal, anomalous: [pair.anomalous] }
}

/** A NaN is met among all anomalies, at the caller's index, before any class is looked at. */
function nameOf(d: number, set: number): string {
  return `${d === 0 ? 'baseline' : 'candidate'}.${set === 0 ? 'normal' : 'anomalous'}`
}

/** ξ on one set of anomalies (0: all, then the classes), with its interval. */
async function answer(result: BootstrapResult, set: number, method: IntervalMethod, level: number) {
  const { nClasses, resamples, observed, tpr = new Float64Array(0) } = result
  const tprBaseline = column(tpr, 2 * set, 2 * nClasses, resamples)
  const tprCandidate = column(tpr, 2 * set + 1, 2 * nClasses, resamples)
  const replicates = { xi: tprCandidate.map((x, b) => x - at(tprBaseline, b)), tprBaseline, tprCandidate }
  const estimates = { tprBaseline: at(observed.tpr, 2 * set), tprCandidate: at(observed.tpr, 2 * set + 1) }
  const xi = estimates.tprCandidate - estimates.tprBaseline
  const acceleration = at(result.acceleration ?? new Float64Array(0), set)
  const { interval, pValue } = await bootstrapInterval(replicates.xi, xi, { method, level, acceleration })
  const [low, high] = [Math.max(-1, interval[0]), Math.min(1, interval[1])]
  const direction: Direction = low > 0 ? 'up' : high < 0 ? 'down' : 'none'
  return { ...estimates, xi, interval: [low, high] as const, pValue, direction, replicates }
}

/** Column `index` of a row-major table of `width` columns and `rows` rows, as a new array. */
function column(table: Float64Array, index: number, width: number, rows: number): Float64Array {
  const values = new Float64Array(rows)
  for (let b = 0; b < rows; b++) values[b] = at(table, b * width + index)
  return values
}

function at(values: Float64Array, i: number): number {
  const value = values[i]
  if (value === undefined) throw new RangeError(`there is no element ${i}`)
  return value
}
