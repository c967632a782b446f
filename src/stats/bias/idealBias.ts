import { allocate } from '../../allocate.js'
import { biasDefaults } from '../../biasDefaults.js'
import { at, type OptionChecks, requireOptions } from '../../check.js'
import { type JobOptions, runJob, threadsOf } from '../../job.js'
import { addon, type NativeDefinition } from '../../native.js'
import { copyInput } from '../bootstrap/bootstrapInput.js'
import { alphaOf } from '../bootstrap/bootstrapInterval.js'
import { copyScores } from '../ranks/scores.js'
import {
  emptySide,
  nativeDefinition,
  requireCertifiable,
  type ThresholdRule,
  toleratedAlarms,
} from '../ranks/thresholdRule.js'
import { type Direction, direction } from './direction.js'
import { type BiasOptions, biasChecks } from './options.js'
import { detectorsOf, pairNameOf, pairNames, requirePair } from './relativeBias.js'
import { pairEvidence } from './replicates.js'
import { fewDeciding, rarerOutcome, setBias } from './setBias.js'
import { cut } from './simultaneous.js'
import type { DetectorReading, ScorePair } from './types.js'
import { counted, countsAt, detectorWarnings, thresholdWarnings } from './warnings.js'

export type IdealOptions = Pick<BiasOptions, 'fpr' | 'thresholdRule' | 'delta' | 'level' | keyof JobOptions>

const { fpr, thresholdRule, delta, level, threads, signal } = biasChecks
const checks: OptionChecks<IdealOptions> = { fpr, thresholdRule, delta, level, threads, signal }

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
  /** Percentile interval; by the confidence distribution where fewer than 30 samples decide, which are too few to resample. */
  readonly interval: readonly [number, number]
  /**
   * Two-sided, for ξ = 0: twice the smaller of P(ξ* ≤ 0) and P(ξ* ≥ 0). Not resolved below about 1e-18. 1 where the
   * target leaves its threshold no place among the normals; the interval is then widened to hold 0.
   */
  readonly pValue: number
  /** Of the interval. */
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
 * const { observedTpr, mean, law } = await idealTpr(scores, { fpr: 0.25 }) // observedTpr 0.5, law: Float64Array [3]
 */
export async function idealTpr(scores: ScorePair, options: IdealOptions = {}): Promise<IdealTpr> {
  const settings = settingsOf('idealTpr', options)
  requirePair('scores', scores)
  return (await idealOf(copyPair('', scores), settings)).ideal
}

/**
 * The ideal bootstrap of ξ = TPR(candidate) − TPR(baseline) for detectors scored on samples of their own: the limit of
 * {@link relativeBias} with `design: 'independent'` and `intervalMethod: 'percentile'` as `resamples` grows.
 *
 * The two TPRs are independent and have the laws of {@link idealTpr}; ξ takes the values k/n₁′ − j/n₁. Its quantiles are
 * exact on that lattice, its mean and variance are the difference and the sum of theirs. Where fewer than 30 samples decide, or
 * the target leaves its threshold no place among the normals, the interval and the p-value are those of `relativeBias` with
 * `intervalMethod: 'confidence'`, 10,000 draws and seed 0, and a warning says so. Detectors that scored the same
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
  const settings = settingsOf('idealBias', options)
  const pairs = detectorsOf(scores).map((_, d) => copyPair(`${at(pairNames, d)}.`, scores[at(pairNames, d)]))
  const both = await Promise.all(pairs.map((pair) => idealOf(pair, settings)))
  const [baseline, candidate] = [at(both, 0).ideal, at(both, 1).ideal]
  const quantiles = new Float64Array(2)
  const signs = new Float64Array(2)
  await runJob(
    (control) =>
      addon.idealDifference(baseline.law, candidate.law, settings.probabilities, { quantiles, signs }, control),
    (array) => at(pairNames, array),
    settings,
  )
  const standardError = Math.hypot(baseline.standardError, candidate.standardError)
  const { fpr, level } = settings
  const detectors = both.map(({ ideal, ties }, d) => ({ name: at(pairNames, d), ...ideal, ties }))
  const tolerant = detectors.every(({ nNormal }) => emptySide(fpr, nNormal, settings.definition) === undefined)
  const deciding = detectors.reduce((sum, one) => sum + rarerOutcome(one.observedTpr, one.nAnomalous), 0)
  const few = deciding < fewDeciding
  const ideal = {
    interval: [at(quantiles, 0), at(quantiles, 1)] as const,
    pValue: Math.min(1, 2 * Math.max(Number.MIN_VALUE, Math.min(...signs))),
  }
  const { interval, pValue } = few || !tolerant ? await confidenceOf(pairs, settings) : ideal
  return {
    xi: candidate.observedTpr - baseline.observedTpr,
    baseline,
    candidate,
    mean: candidate.mean - baseline.mean,
    standardError,
    interval,
    pValue,
    direction: direction(interval),
    fpr,
    level,
    warnings: [
      ...thresholdWarnings({ ...settings, intervalMethod: 'percentile' }, detectors),
      ...detectors.flatMap((detector) => detectorWarnings(detector, fpr)),
      ...(few && tolerant ? [fewDecidingWarning(deciding)] : []),
    ],
  }
}

/** Interval and p-value of {@link relativeBias} where samples are too few to resample. */
async function confidenceOf(
  pairs: readonly ScorePair[],
  { fpr, level, thresholdRule, delta, threads, signal }: Settings,
): Promise<Pick<IdealBias, 'interval' | 'pValue'>> {
  const { resamples, seed, engine } = biasDefaults
  const design = 'independent'
  const detectors = pairs.map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] }))
  const input = copyInput(detectors, { fprs: [fpr], thresholdRule, delta, design }, pairNameOf)
  const drawn = { resamples, seed, engine, intervalMethod: 'confidence', threads, signal } as const
  const { reading } = setBias(await pairEvidence(input, drawn, pairNameOf), { f: 0, k: 0 }, { ...drawn, level, design })
  return { interval: cut(reading.interval(alphaOf(level))), pValue: reading.pValue }
}

function fewDecidingWarning(deciding: number): string {
  return (
    `only ${counted(deciding, 'sample')} ${deciding === 1 ? 'decides' : 'decide'} between the detectors, and ` +
    `${fewDeciding} are needed to resample. So the interval and the p-value are by 'confidence', from ` +
    `${biasDefaults.resamples.toLocaleString('en')} draws, as relativeBias has them. Label more anomalies for the ideal bootstrap`
  )
}

interface Settings extends JobOptions {
  readonly fpr: number
  readonly level: number
  readonly thresholdRule: ThresholdRule
  /** Of `certified`. */
  readonly delta: number | undefined
  readonly definition: NativeDefinition
  /** Of the interval's two bounds. */
  readonly probabilities: Float64Array
}

function settingsOf(where: string, options: IdealOptions): Settings {
  const { thresholdRule, delta, ...asked } = { ...biasDefaults, ...requireOptions(where, options, checks) }
  const { level } = asked
  return {
    ...asked,
    thresholdRule,
    delta,
    definition: nativeDefinition(thresholdRule, delta),
    probabilities: Float64Array.of((1 - level) / 2, (1 + level) / 2),
  }
}

interface PairCopy extends ScorePair {
  /** What goes before the names of its arrays in messages. */
  readonly prefix: string
}

function copyPair(prefix: string, { normal, anomalous }: ScorePair): PairCopy {
  return {
    normal: copyScores(`${prefix}normal`, normal),
    anomalous: copyScores(`${prefix}anomalous`, anomalous),
    prefix,
  }
}

/** {@link idealTpr} of scores that nobody else can reach, and their ties at the threshold. */
async function idealOf({ normal, anomalous, prefix }: PairCopy, settings: Settings) {
  const { fpr, level, definition, probabilities } = settings
  requireCertifiable(`${prefix}normal`, normal.length, [fpr], definition)
  const law = allocate('the law of the TPR', anomalous.length + 1, (n) => new Float64Array(n))
  const quantiles = new Float64Array(2)
  const readings = new Float64Array(5)
  const outputs = { law, quantiles, readings }
  const threads = threadsOf(settings)
  await runJob(
    (control) => addon.idealTpr(normal, anomalous, definition, fpr, probabilities, outputs, threads, control),
    (array) => `${prefix}${array === 0 ? 'normal' : 'anomalous'}`,
    settings,
  )
  const threshold = at(readings, 0)
  const ideal: IdealTpr = {
    threshold,
    observedTpr: at(readings, 2),
    observedFpr: at(readings, 1),
    mean: at(readings, 3),
    standardError: at(readings, 4),
    interval: [at(quantiles, 0), at(quantiles, 1)],
    law,
    fpr,
    level,
    nNormal: normal.length,
    nAnomalous: anomalous.length,
    tooFew: toleratedAlarms(fpr, normal.length) === 0,
  }
  return { ideal, ties: { normal: countsAt(normal, threshold).equal, anomalous: countsAt(anomalous, threshold).equal } }
}
