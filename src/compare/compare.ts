import { requireBetween, requireInteger, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { JobOptions } from '../job.js'
import type { ScoreArray } from '../native.js'
import type { OnProgress, Progress } from '../progress.js'
import { isRows, type ScoreRows } from '../scores/scoreRows.js'
import { direction } from '../stats/bias/direction.js'
import {
  defaultFprs,
  type RelativeBiasCurve,
  type RelativeBiasCurveOptions,
  relativeBiasCurve,
} from '../stats/bias/relativeBiasCurve.js'
import { at } from '../stats/bias/setBias.js'
import type { BootstrapResult } from '../stats/bootstrap/bootstrap.js'
import { type IntervalMethod, intervalMethods } from '../stats/bootstrap/bootstrapInterval.js'
import type { Engine } from '../stats/bootstrap/engine.js'
import { defaultDelta, fewestCertified, type ThresholdRule, thresholdRules } from '../stats/ranks/thresholdRule.js'
import { type CandidateReplicates, candidateReplicates } from './candidateReplicates.js'
import { comparedDetector, rateOf } from './comparedDetector.js'
import { compareWarnings } from './compareWarnings.js'
import { enoughSamples } from './enoughSamples.js'
import { type FamilyBias, families } from './families.js'
import { type ReadScoresOptions, readScores } from './readScores.js'
import { type ScoreSets, scoreSets } from './scoreSets.js'
import type { CandidateComparison, ComparedClass, Comparison, ScoreData } from './types.js'

export interface CompareOptions extends JobOptions {
  /** Target false-positive rate in (0, 1). Default 0.05. */
  readonly fpr?: number | undefined
  /** How thresholds are read off validation normals. Default `inverse-cdf`; see {@link threshold}. */
  readonly thresholdRule?: ThresholdRule | undefined
  /** Of the threshold `certified`: δ in (0, 1). Default 0.05. */
  readonly delta?: number | undefined
  /** Confidence level in (0, 1), of all intervals. Default 0.95. */
  readonly level?: number | undefined
  /** Default `bca`; see {@link bootstrapInterval}. */
  readonly intervalMethod?: IntervalMethod | undefined
  /** Number of bootstrap replicates, 2 to 2³¹ − 1. Default 10,000. */
  readonly resamples?: number | undefined
  /** Integer in [0, 2⁵³); decides every bit of the result. Default 0. */
  readonly seed?: number | undefined
  /** Default `auto`; see {@link candidateReplicates} for several candidates. */
  readonly engine?: Engine | undefined
  /**
   * Whether to estimate ξ over target false-positive rates as well, with at most 2,000 replicates: at these rates, or
   * with `true` at 0.005, 0.010, …, 0.5, from 100,000 samples on at thirteen of them. Default false.
   */
  readonly curve?: boolean | readonly number[] | Float64Array | undefined
  /** Of rows that are read as they come: names of the detectors and of the normal class; see {@link readScores}. */
  readonly rows?: Pick<ReadScoresOptions, 'baseline' | 'candidates' | 'normal' | 'source'> | undefined
  readonly onProgress?: OnProgress | undefined
}

/** Targets of a curve where a hundred would take long, and the number of samples from which on they do. */
const fewTargets = Float64Array.of(0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
const manySamples = 100_000

/** The replicates of a curve at most: its band needs fewer than an interval's tail. */
const mostCurveResamples = 2000

/**
 * Compares detectors that scored the same samples: the recall of each candidate less that of the baseline at a fixed
 * false-positive rate, for each class of anomalies, with what the samples can and cannot tell.
 *
 * Thresholds are read off `validation`, false-positive rates off `validation` and `test`, recalls off `anomalous`. With
 * one candidate the estimates, intervals and p-values are those of {@link relativeBias}, bit for bit, of the same options. All
 * candidates and classes make one family: `simultaneous` intervals hold for all of them at once, `pAdjusted` allows for
 * looking at all ({@link simultaneous}; over candidates without shared replicates by Bonferroni, see {@link
 * candidateReplicates}), and arrows follow these intervals. Rates come with exact intervals ({@link binomialInterval});
 * at a threshold that is an order statistic of the same normals, that of their FPR holds for continuous scores too: its
 * upper limit is the quantile of Beta(m + 1, n − m), the law of the true FPR there.
 *
 * Rows that come one by one, from an async iterable or a stream of objects, are collected first, at 8 bytes a score; see
 * {@link readScores}.
 *
 * Nothing is flipped or dropped silently; `warnings` says what a careful reader would want to know. Time and memory:
 * those of {@link bootstrap} with all detectors on all anomalies and on each class.
 *
 * Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `UNKNOWN_NAME`,
 * `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const { candidates } = await compare({
 *   source: 'example',
 *   detectors: ['old', 'new'],
 *   validation: [Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 1, 4, 3)],
 *   anomalous: [Float64Array.of(3, 5, 2), Float64Array.of(5, 6, 4)],
 * }, { fpr: 0.25 })
 */
export async function compare(scores: ScoreData | ScoreRows, options: CompareOptions = {}): Promise<Comparison> {
  const began = performance.now()
  const { fpr = 0.05, level = 0.95, intervalMethod: method = 'bca', seed = 0, curve = false } = options
  const definition = options.thresholdRule ?? 'inverse-cdf'
  const resamples = requireInteger('resamples', options.resamples ?? 10_000, 2, 2 ** 31 - 1)
  requireBetween('fpr', fpr, 0, 1)
  requireBetween('level', level, 0, 1)
  requireKnown('interval', method, intervalMethods)
  requireKnown('threshold rule', definition, thresholdRules)
  const { threads, signal } = options
  const curveProgress = (at: Progress) => options.onProgress?.({ ...at, phase: 'curve' })
  if (typeof scores !== 'object' || scores === null) {
    throw new ScoringBiasError('WRONG_TYPE', 'scores must be an object of arrays or an iterable of rows')
  }
  const data = isRows(scores)
    ? await readScores(scores, { ...options.rows, signal, onProgress: options.onProgress })
    : scores
  const sets = scoreSets(data, { fpr, thresholdRule: definition, delta: options.delta })
  const replicates = await candidateReplicates(sets.input, {
    resamples,
    seed,
    engine: options.engine,
    method,
    threads,
    signal,
    onProgress: options.onProgress,
  })
  const sizes = sets.input.anomalous[0]?.map(({ length }) => length) ?? []
  const { overall, classes } = families(replicates, sizes, { method, level })
  const detector = (d: number) => comparedDetector(data.detectors[d] ?? '', sets, d, thresholdOf(replicates, d), level)
  const [baseline, ...others] = data.detectors.map((_, d) => detector(d))
  if (baseline === undefined) throw new RangeError('there are two detectors at least')
  const discordant = (d: number, set: number) =>
    discordance(sets, set, d, baseline.threshold, thresholdOf(replicates, d))
  const candidates: CandidateComparison[] = []
  for (const [i, candidate] of others.entries()) {
    const d = i + 1
    const answer = (name: string, set: number, family: FamilyBias | undefined) => {
      if (family === undefined) throw new RangeError('every candidate has an answer for every set')
      return comparedClass(name, sizes[set] ?? 0, family, discordant(d, set), level)
    }
    candidates.push({
      candidate,
      classes: sets.classNames.map((name, k) => answer(name, k + 1, classes[i]?.[k])),
      overall: answer('all anomalies', 0, overall[i]),
      curve:
        curve === false
          ? undefined
          : await curveOf(sets, d, curve, { ...options, resamples, onProgress: curveProgress }),
    })
  }
  const comparison = {
    source: data.source,
    fpr,
    thresholdRule: definition,
    delta: definition === 'certified' ? (options.delta ?? defaultDelta) : undefined,
    level,
    intervalMethod: method,
    resamples,
    seed,
    engine: replicates.engine,
    multiplicity: replicates.shared ? ('max-t' as const) : ('bonferroni' as const),
    nNormal: sets.input.normal[0]?.length ?? 0,
    nAnomalous: sizes[0] ?? 0,
    baseline,
    candidates,
  }
  const degenerate = candidates.map((one, i) =>
    [one.overall, ...one.classes].filter((_, k) => (k === 0 ? overall[i] : classes[i]?.[k - 1])?.joint.degenerate),
  )
  const warnings = [...(data.notes ?? []), ...compareWarnings(comparison, degenerate)]
  return { ...comparison, warnings, elapsedSeconds: (performance.now() - began) / 1000 }
}

function thresholdOf({ results }: CandidateReplicates, d: number): number {
  const of = (result: BootstrapResult | undefined, place: number) => at(result?.observed.thresholds, place)
  return d === 0 ? of(results[0], 0) : of(results[d - 1], 1)
}

function comparedClass(
  name: string,
  n: number,
  { bias, joint }: FamilyBias,
  discordant: number,
  level: number,
): ComparedClass {
  const { xi, interval, pValue } = bias
  const arrow = direction(joint.interval)
  return {
    name,
    n,
    tprBaseline: rateOf(bias.tprBaseline, n, level),
    tprCandidate: rateOf(bias.tprCandidate, n, level),
    xi,
    interval,
    pValue,
    simultaneous: joint.interval,
    pAdjusted: joint.pAdjusted,
    direction: arrow,
    enough: arrow === 'none' ? enoughSamples({ n, xi, discordant, ...joint }) : undefined,
  }
}

/** The fraction of a set that exactly one of the baseline and detector d flags. */
function discordance({ input }: ScoreSets, set: number, d: number, tauBaseline: number, tau: number): number {
  const baseline = scoresOf(input.anomalous[0]?.[set])
  const candidate = scoresOf(input.anomalous[d]?.[set])
  let count = 0
  for (let i = 0; i < baseline.length; i++) {
    if ((baseline[i] ?? 0) > tauBaseline !== (candidate[i] ?? 0) > tau) count++
  }
  return count / baseline.length
}

function scoresOf(scores: ScoreArray | undefined): ScoreArray {
  if (scores === undefined) throw new RangeError('every detector scored every set')
  return scores
}

async function curveOf(
  { input }: ScoreSets,
  d: number,
  curve: true | readonly number[] | Float64Array,
  options: Omit<CompareOptions, 'onProgress'> &
    Pick<RelativeBiasCurveOptions, 'onProgress'> & { readonly resamples: number },
): Promise<RelativeBiasCurve> {
  const pairOf = (detector: number) => ({
    normal: scoresOf(input.normal[detector]),
    anomalous: scoresOf(input.anomalous[detector]?.[0]),
  })
  const { thresholdRule, delta, level, seed, engine, threads, signal, onProgress } = options
  return relativeBiasCurve(
    { baseline: pairOf(0), candidate: pairOf(d) },
    {
      fprs: curve === true ? targets() : curve,
      thresholdRule,
      delta,
      level,
      seed,
      engine,
      resamples: Math.min(options.resamples, mostCurveResamples),
      threads,
      signal,
      onProgress,
    },
  )

  /** Those of the default that the normals can certify, where that is asked for. */
  function targets(): Float64Array {
    const { normal, anomalous } = pairOf(0)
    const all = normal.length + anomalous.length < manySamples ? defaultFprs : fewTargets
    if (thresholdRule !== 'certified') return all
    return all.filter((fpr) => fewestCertified(fpr, delta ?? defaultDelta) <= normal.length)
  }
}
