import { allocate } from '../../allocate.js'
import { biasDefaults } from '../../biasDefaults.js'
import { at, type Given, type OptionChecks, requireOptions } from '../../check.js'
import { type JobOptions, runJob } from '../../job.js'
import { addon, type NativeDefinition } from '../../native.js'
import { copyScores } from '../ranks/scores.js'
import { nativeDefinition, requireCertifiable, type ThresholdRule, toleratedAlarms } from '../ranks/thresholdRule.js'
import { type BiasOptions, biasChecks } from './options.js'
import { requirePair } from './relativeBias.js'
import type { DetectorReading, ScorePair } from './types.js'
import { countsAt } from './warnings.js'

/** Options of {@link idealTpr}. */
export type IdealOptions = Pick<BiasOptions, 'fpr' | 'thresholdRule' | 'delta' | 'level' | keyof JobOptions>

const { fpr, thresholdRule, delta, level, threads, signal } = biasChecks
export const idealChecks: OptionChecks<IdealOptions> = { fpr, thresholdRule, delta, level, threads, signal }

/** One detector's reading of its samples, and the law of its TPR in resamples of them. */
export interface IdealTpr extends DetectorReading {
  /** Mean of the TPR over all resamples; less `observedTpr`, the bootstrap's estimate of its bias. */
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
 * Time: a few passes over the scores, and about 1 µs for each of 19·√(fpr·n₀) ranks: 16 ms for 10⁶ normal and 10⁵
 * anomalous scores, more for `linear`, on one thread. Memory: a copy of the scores and 8 bytes for each anomaly.
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`,
 * `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const scores = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5) }
 * const { observedTpr, mean, law } = await idealTpr(scores, { fpr: 0.25 }) // observedTpr 0.5, law: Float64Array [3]
 */
export async function idealTpr(scores: ScorePair, options: IdealOptions = {}): Promise<IdealTpr> {
  const settings = idealSettings(requireOptions('idealTpr', options, idealChecks))
  requirePair('scores', scores)
  return (await idealOf(copyPair('', scores), settings)).ideal
}

export interface IdealSettings extends JobOptions {
  readonly fpr: number
  readonly level: number
  readonly thresholdRule: ThresholdRule
  /** Of `certified`. */
  readonly delta: number | undefined
  readonly definition: NativeDefinition
  /** Of the interval's two bounds. */
  readonly probabilities: Float64Array
}

export function idealSettings(options: Given<IdealOptions>): IdealSettings {
  const { thresholdRule, delta, ...asked } = { ...biasDefaults, ...options }
  const { level } = asked
  return {
    ...asked,
    thresholdRule,
    delta,
    definition: nativeDefinition(thresholdRule, delta),
    probabilities: Float64Array.of((1 - level) / 2, (1 + level) / 2),
  }
}

export interface PairCopy extends ScorePair {
  /** What goes before the names of its arrays in messages. */
  readonly prefix: string
}

export function copyPair(prefix: string, { normal, anomalous }: ScorePair): PairCopy {
  return {
    normal: copyScores(`${prefix}normal`, normal),
    anomalous: copyScores(`${prefix}anomalous`, anomalous),
    prefix,
  }
}

/** {@link idealTpr} of scores that nobody else can reach, and their ties at the threshold. */
export async function idealOf({ normal, anomalous, prefix }: PairCopy, settings: IdealSettings) {
  const { fpr, level, definition, probabilities } = settings
  requireCertifiable(`${prefix}normal`, normal.length, [fpr], definition)
  const law = allocate('the law of the TPR', anomalous.length + 1, (n) => new Float64Array(n))
  const quantiles = new Float64Array(2)
  const readings = new Float64Array(5)
  const outputs = { law, quantiles, readings }
  await runJob(
    (control) => addon.idealTpr(normal, anomalous, definition, fpr, probabilities, outputs, control),
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
