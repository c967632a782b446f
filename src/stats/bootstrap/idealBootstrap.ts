import { allocate } from '../../allocate.js'
import { requireBetween } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type JobOptions, runJob, threadsOf } from '../../job.js'
import { addon, type NativeDefinition, type ScoreArray } from '../../native.js'
import { type Direction, direction } from '../bias/direction.js'
import type { DetectorReading, ScorePair } from '../bias/relativeBiasTypes.js'
import { relativeBiasWarnings } from '../bias/relativeBiasWarnings.js'
import { copyScores } from '../ranks/scores.js'
import { nativeDefinition, requireCertifiable, type ThresholdRule, toleratedAlarms } from '../ranks/thresholdRule.js'

export interface IdealOptions extends JobOptions {
  /** Target false-positive rate in (0, 1). Default 0.05. */
  readonly fpr?: number | undefined
  /** How the threshold is read off normal scores. Default `inverse-cdf`; see {@link threshold}. */
  readonly thresholdRule?: ThresholdRule | undefined
  /** Of the threshold `certified`: δ in (0, 1). Default 0.05. */
  readonly delta?: number | undefined
  /** Confidence level in (0, 1). Default 0.95. */
  readonly level?: number | undefined
}

/** One detector's reading of its samples, and the law of its TPR in resamples of them. */
export interface IdealTpr extends DetectorReading {
  /** Mean of the TPR over all resamples; less `tpr`, the bootstrap's estimate of its bias. */
  readonly mean: number
  /** Standard deviation of the TPR over all resamples. */
  readonly standardError: number
  /** Percentile interval: the quantiles of the law at (1 − level)/2 and (1 + level)/2. */
  readonly interval: readonly [number, number]
  /** Float64Array [n₁ + 1]: `law[j]` is the probability that j of the n₁ anomalies of a resample are flagged. */
  readonly law: Float64Array
  /** The target false-positive rate. */
  readonly fpr: number
  readonly level: number
  readonly nNormal: number
  readonly nAnomalous: number
  /** Whether the normal scores are too few for the target: it tolerates no false alarm among them. */
  readonly tooFew: boolean
}

/** ξ of two detectors on samples of their own, and what its law over all resamples says of it. */
export interface IdealBias {
  /** ξ = TPR(candidate) − TPR(baseline). */
  readonly xi: number
  readonly baseline: IdealTpr
  readonly candidate: IdealTpr
  /** Mean of ξ over all resamples. */
  readonly mean: number
  /** Standard deviation of ξ over all resamples. */
  readonly standardError: number
  /** Percentile interval. */
  readonly interval: readonly [number, number]
  /** Two-sided, for ξ = 0: twice the smaller of P(ξ* ≤ 0) and P(ξ* ≥ 0). Not resolved below about 1e-18. */
  readonly pValue: number
  readonly direction: Direction
  /** The target false-positive rate. */
  readonly fpr: number
  readonly level: number
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
}

/**
 * The ideal bootstrap of one detector's TPR at a re-estimated threshold: what {@link bootstrap} approaches as the number
 * of resamples grows (Efron, Annals of Statistics 7, 1979), computed instead of drawn. No seed, no Monte Carlo error.
 *
 * In a resample of n₀ normal scores the threshold is one of them: that of rank t from the top when the order statistic
 * U₍ₖ₎ ~ Beta(k, n₀ − k + 1) of n₀ uniforms lies in ((t − 1)/n₀, t/n₀], k being the threshold's rank among n₀ scores
 * (for `linear` the joint law of two neighbouring order statistics). It flags c of the n₁ anomalous scores, and a
 * resample of these holds Bin(n₁, c/n₁) flagged ones. With P(c) the probabilities of the thresholds:
 * - law: P(j flagged) = Σ P(c)·Bin(j; n₁, c/n₁);
 * - mean: E[c]/n₁; variance: Var[c]/n₁² + E[c(n₁ − c)]/n₁³.
 *
 * Probabilities sum to 1 within 1e-12, to which quantiles are read. Ties are exact. Few samples make the law right all
 * the same, but not the samples: see `tooFew`.
 *
 * Time: the sort of the scores, and about 1 µs for each of 19·√(fpr·n₀) ranks: 8 ms beside the sort for 10⁶ normal and
 * 10⁵ anomalous scores, 12 ms for `linear`. Memory: a copy of the scores and 8 bytes for each anomaly.
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`,
 * `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const scores = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5) }
 * const { tpr, mean, law } = await idealTpr(scores, { fpr: 0.25 }) // tpr 0.5, law: Float64Array [3]
 */
export async function idealTpr(scores: ScorePair, options: IdealOptions = {}): Promise<IdealTpr> {
  const settings = settingsOf(options)
  return idealOf(copyPair('scores', '', scores), settings, options)
}

/**
 * The ideal bootstrap of ξ = TPR(candidate) − TPR(baseline) for detectors scored on samples of their own: the limit of
 * {@link relativeBias} with `design: 'independent'` and `interval: 'percentile'` as `resamples` grows.
 *
 * The two TPRs are independent and have the laws of {@link idealTpr}; ξ takes the values k/n₁′ − j/n₁. Its quantiles are
 * exact on that lattice, its mean and variance are the difference and the sum of theirs. Detectors that scored the same
 * samples are not independent: for them {@link relativeBias} has the paired design.
 *
 * Time: that of {@link idealTpr} for each detector, and about 0.7 ms more for 10⁵ anomalies. Errors: those of
 * {@link idealTpr}.
 *
 * @example
 * const baseline = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5, 2) }
 * const candidate = { normal: Float64Array.of(2, 1, 4, 3, 0), anomalous: Float64Array.of(5, 6) }
 * const { xi, interval, pValue } = await idealBias({ baseline, candidate }, { fpr: 0.25 })
 */
export async function idealBias(
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair },
  options: IdealOptions = {},
): Promise<IdealBias> {
  const settings = settingsOf(options)
  const pairs = [
    copyPair('baseline', 'baseline.', scores?.baseline),
    copyPair('candidate', 'candidate.', scores?.candidate),
  ] as const
  const [baseline, candidate] = await Promise.all([
    idealOf(pairs[0], settings, options),
    idealOf(pairs[1], settings, options),
  ])
  const quantiles = new Float64Array(2)
  const signs = new Float64Array(2)
  await runJob(
    (control) =>
      addon.idealDifference(baseline.law, candidate.law, settings.probabilities, { quantiles, signs }, control),
    (array) => (array === 0 ? 'baseline' : 'candidate'),
    options,
  )
  const [low = Number.NaN, high = Number.NaN] = quantiles
  const standardError = Math.hypot(baseline.standardError, candidate.standardError)
  const { fpr, level } = settings
  const reading = { baseline, candidate, nNormal: baseline.nNormal, fpr, level, resamples: Number.POSITIVE_INFINITY }
  return {
    xi: candidate.observedTpr - baseline.observedTpr,
    baseline,
    candidate,
    mean: candidate.mean - baseline.mean,
    standardError,
    interval: [low, high],
    pValue: Math.min(1, 2 * Math.min(...signs)),
    direction: direction([low, high]),
    fpr,
    level,
    warnings: relativeBiasWarnings(reading, {
      nNormalCandidate: candidate.nNormal,
      thresholdRule: options.thresholdRule,
      method: 'percentile',
      degenerate: { overall: standardError === 0, classes: [] },
    }),
  }
}

interface Settings {
  readonly fpr: number
  readonly level: number
  readonly definition: NativeDefinition
  readonly threads: number
  /** Of the interval's two bounds. */
  readonly probabilities: Float64Array
}

function settingsOf(options: IdealOptions): Settings {
  const fpr = requireBetween('fpr', options.fpr ?? 0.05, 0, 1)
  const level = requireBetween('level', options.level ?? 0.95, 0, 1)
  return {
    fpr,
    level,
    definition: nativeDefinition(options.thresholdRule, options.delta),
    threads: threadsOf(options),
    probabilities: Float64Array.of((1 - level) / 2, (1 + level) / 2),
  }
}

interface PairCopy {
  readonly normal: ScoreArray
  readonly anomalous: ScoreArray
  /** What goes before the names of its arrays in messages. */
  readonly prefix: string
}

function copyPair(name: string, prefix: string, pair: ScorePair | undefined): PairCopy {
  if (typeof pair !== 'object' || pair === null) {
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be an object { normal, anomalous }`)
  }
  return {
    normal: copyScores(`${prefix}normal`, pair.normal),
    anomalous: copyScores(`${prefix}anomalous`, pair.anomalous),
    prefix,
  }
}

/** {@link idealTpr} of scores that nobody else can reach. */
async function idealOf(pair: PairCopy, settings: Settings, options: JobOptions): Promise<IdealTpr> {
  const { normal, anomalous, prefix } = pair
  requireCertifiable(`${prefix}normal`, normal.length, [settings.fpr], settings.definition)
  const law = allocate('the law of the TPR', anomalous.length + 1, (n) => new Float64Array(n))
  const quantiles = new Float64Array(2)
  const readings = new Float64Array(5)
  const outputs = { law, quantiles, readings }
  await runJob(
    (control) =>
      addon.idealTpr(
        normal,
        anomalous,
        settings.definition,
        settings.fpr,
        settings.probabilities,
        outputs,
        settings.threads,
        control,
      ),
    (array) => `${prefix}${array === 0 ? 'normal' : 'anomalous'}`,
    options,
  )
  const [threshold = Number.NaN, fpr = Number.NaN, tpr = Number.NaN, mean = Number.NaN, standardError = Number.NaN] =
    readings
  const [low = Number.NaN, high = Number.NaN] = quantiles
  return {
    threshold,
    observedTpr: tpr,
    observedFpr: fpr,
    mean,
    standardError,
    interval: [low, high],
    law,
    fpr: settings.fpr,
    level: settings.level,
    nNormal: normal.length,
    nAnomalous: anomalous.length,
    tooFew: toleratedAlarms(settings.fpr, normal.length) === 0,
  }
}
