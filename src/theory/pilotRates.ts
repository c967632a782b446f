import { at, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { ScoreArray } from '../native.js'
import type { ScorePair } from '../stats/bias/types.js'
import { copyScores } from '../stats/ranks/scores.js'
import { sortedScores } from '../stats/ranks/sortedScores.js'
import { toleratedAlarms } from '../stats/ranks/thresholdRule.js'
import type { KnownRates, Pilot } from './biasVariance.js'
import { type Detectors, requireDetectors, theoryDefaults } from './options.js'
import { type RocSlope, type RocSlopeOptions, rocSlopeChecks, slopeOfSorted } from './rocSlope.js'

/** What a pilot says of two detectors; goes as it is into `planSamples`, `precision` and `biasVariance`. */
export interface PilotRates extends KnownRates {
  readonly pilot: Pilot
}

/**
 * The rates that planning needs, estimated from scores of a few samples by both detectors: recalls at the thresholds of
 * Algorithm 1, slopes by {@link rocSlope}, and the correlation of flags within each class.
 *
 * A small pilot gives rough rates, and its slopes' intervals say how rough. Correlations of flags that do not vary count as 0.
 * Cost: a sort of each array.
 *
 * Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `WRONG_TYPE`,
 * `UNKNOWN_NAME`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const rates = await theory.pilotRates({ baseline, candidate }, { fpr: 0.05 })
 * const plan = theory.planSamples({ ...rates, precision: 0.05 })
 */
export async function pilotRates(detectors: Detectors<ScorePair>, options: RocSlopeOptions = {}): Promise<PilotRates> {
  const { fpr = theoryDefaults.fpr, ...given } = requireOptions('pilotRates', options, rocSlopeChecks)
  requireDetectors(detectors)
  const [baseline, candidate] = await Promise.all([
    readingOf('baseline', detectors.baseline, { ...given, fpr }),
    readingOf('candidate', detectors.candidate, { ...given, fpr }),
  ])
  for (const kind of ['normal', 'anomalous'] as const) {
    const [n, m] = [baseline[kind].length, candidate[kind].length]
    if (n === m) continue
    throw new ScoringBiasError(
      'LENGTH_MISMATCH',
      `baseline.${kind} has ${n} scores and candidate.${kind} ${m}: both detectors score the same samples`,
    )
  }
  return {
    fpr,
    tprBaseline: mean(baseline.anomalous),
    tprCandidate: mean(candidate.anomalous),
    slopeBaseline: baseline.slope.slope,
    slopeCandidate: candidate.slope.slope,
    anomalousCorrelation: correlation(baseline.anomalous, candidate.anomalous),
    normalCorrelation: correlation(baseline.normal, candidate.normal),
    pilot: {
      nNormal: baseline.normal.length,
      nAnomalous: baseline.anomalous.length,
      slopes: { baseline: baseline.slope, candidate: candidate.slope },
    },
  }
}

/** What one detector's scores say: the slope of its ROC curve, and which samples it flags. */
async function readingOf(
  name: string,
  scores: ScorePair,
  { fpr, level = theoryDefaults.level, ...job }: RocSlopeOptions & { readonly fpr: number },
): Promise<{ slope: RocSlope; normal: Uint8Array; anomalous: Uint8Array }> {
  const normal = copyScores(`${name}.normal`, scores.normal)
  const anomalous = copyScores(`${name}.anomalous`, scores.anomalous)
  const sorted = await sortedScores(`${name}.normal`, normal, job)
  const slope = slopeOfSorted(sorted, await sortedScores(`${name}.anomalous`, anomalous, job), fpr, level)
  const tau = at(sorted, sorted.length - 1 - toleratedAlarms(fpr, sorted.length))
  return { slope, normal: flags(normal, tau), anomalous: flags(anomalous, tau) }
}

function flags(scores: ScoreArray, tau: number): Uint8Array {
  return Uint8Array.from(scores, (score) => (score > tau ? 1 : 0))
}

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Pearson's, of two arrays of zeros and ones; 0 where one of them does not vary. */
function correlation(a: Uint8Array, b: Uint8Array): number {
  const [p, q] = [mean(a), mean(b)]
  const both = mean(a.map((value, i) => value & at(b, i)))
  const scale = Math.sqrt(p * (1 - p) * q * (1 - q))
  return scale === 0 ? 0 : Math.min(1, Math.max(-1, (both - p * q) / scale))
}
