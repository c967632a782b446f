import { at, type OptionChecks, record, requireOptions } from '../check.js'
import { counted } from '../counted.js'
import { pow } from '../elementary.js'
import { ScoringBiasError } from '../errors.js'
import { type JobOptions, jobChecks } from '../job.js'
import type { ScoreArray } from '../native.js'
import { betaQuantile, betaQuantileUpper, normalCdf, normalDensity, normalQuantile } from '../special.js'
import type { ScorePair } from '../stats/bias/types.js'
import { lowerRate, type RateInterval, upperRate } from '../stats/binomialInterval.js'
import { countAboveSorted, sortedScores } from '../stats/ranks/sortedScores.js'
import { nextBelow } from '../stats/ranks/thresholdAtTpr.js'
import { toleratedAlarms } from '../stats/ranks/thresholdRule.js'
import { probability, theoryDefaults } from './options.js'

export interface RocSlopeOptions extends JobOptions {
  /** Target false-positive rate, in (0, 1). Default 0.05. */
  readonly fpr?: number | undefined
  /** Confidence level of the interval, in (0, 1). Default 0.95. */
  readonly level?: number | undefined
}

export const rocSlopeChecks: OptionChecks<RocSlopeOptions> = { ...jobChecks, fpr: probability, level: probability }

/** An estimate of the slope L of a ROC curve, and what it was made of. */
export interface RocSlope {
  readonly slope: number
  readonly interval: readonly [low: number, high: number]
  /** What the mean slope over the window, and its interval, were multiplied by to get those at the target. */
  readonly bend: number
  readonly level: number
  readonly fpr: number
  /** The stretch of empirical FPRs over which the slope was averaged. */
  readonly window: RateInterval
  /** How many scores lie in it. */
  readonly nNormal: number
  readonly nAnomalous: number
}

/**
 * L = dTPR/dFPR = f_a(τ)/f₀(τ), the slope of a detector's ROC curve at a target FPR: how much recall an error of the
 * threshold costs. Estimated by spacings of ranks, so that a monotone transformation of the scores changes nothing.
 *
 * Between the order statistics of normal scores with i and j > i scores above them lie j − i of n₀ normals and K of n₁
 * anomalies; the mean slope over this window is (K/n₁)/((j − i)/n₀). The window reaches h to either side of the target: h⁵ =
 * C/(4B²), the least mean squared error on the binormal curve with equal variances through the measured point, where the
 * squared bias of the relative slope is (Bh²)², B = μ(μ + z)/(6φ(z)²), and its variance C/h, C = (1/(n₁L) + 1/n₀)/2
 * (docs/theory.md); at least one false alarm, at most fpr and 1 − fpr. Where it would end among tied normals it holds them all, as
 * the empirical curve is one straight line there, or, where none lie below them, none: as long as it holds the target.
 *
 * A bent curve has another slope at the target than on average over the window. On that binormal curve, R(f) = Φ(μ − z_f),
 * the ratio is bend = R′(fpr)(f_j − f_i)/(R(f_j) − R(f_i)), by which the mean slope is multiplied: without it the slope
 * is overestimated by 7 to 27 % with 1,000 normals and 200 anomalies, or 400 and 50; with it by at most 3 %, or 8 %, also
 * where the variances differ (docs/theory.md).
 *
 * The interval divides Clopper and Pearson's limits of K's rate by the quantiles of Beta(j − i, n₀ − (j − i) + 1), the law of
 * the true FPR between two fixed ranks, each with half of 1 − level, and is multiplied by the bend. For a window chosen
 * without looking it is exact whatever the (continuous) laws for the mean slope times the bend.
 *
 * Cost: a sort of each array. Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index, `OUT_OF_RANGE` (also when ties leave
 * no window), `WRONG_TYPE`, `UNKNOWN_NAME`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const { slope, interval } = await theory.rocSlope({ normal, anomalous }, { fpr: 0.05 })
 */
export async function rocSlope(scores: ScorePair, options: RocSlopeOptions = {}): Promise<RocSlope> {
  const given = requireOptions('rocSlope', options, rocSlopeChecks)
  const { fpr = theoryDefaults.fpr, level = theoryDefaults.level } = given
  record('scores', scores)
  const [normal, anomalous] = await Promise.all([
    sortedScores('normal', scores.normal, given),
    sortedScores('anomalous', scores.anomalous, given),
  ])
  return slopeOfSorted(normal, anomalous, fpr, level)
}

/** {@link rocSlope} of scores that are sorted already. */
export function slopeOfSorted(normal: ScoreArray, anomalous: ScoreArray, fpr: number, level: number): RocSlope {
  const [n0, n1] = [normal.length, anomalous.length]
  const tolerated = toleratedAlarms(fpr, n0)
  const threshold = at(normal, n0 - 1 - tolerated)
  const tpr = countAboveSorted(anomalous, threshold) / n1
  const reach = Math.max(1, Math.round(n0 * halfWindow(fpr, n0, n1, tpr)))
  const first = Math.max(0, tolerated - reach)
  const last = Math.min(n0 - 1, tolerated + reach)
  const high = at(normal, n0 - 1 - first)
  const low = floorOf(normal, n0 - 1 - last)
  const [above, within] = [countAboveSorted(normal, high), countAboveSorted(normal, low)]
  const nNormal = within - above
  if (nNormal === 0 || within < tolerated) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `the slope at fpr = ${fpr} cannot be estimated from ${counted(n0, 'normal score')}. Those about the threshold ${threshold} tie ` +
        'or are too few. Use more normal samples, or finer scores',
    )
  }
  const nAnomalous = countAboveSorted(anomalous, low) - countAboveSorted(anomalous, high)
  const window = [above / n0, within / n0] as const
  // The FPRs that order statistics of so many scores above them have on average.
  const ends = [(above + 1) / (n0 + 1), (within + 1) / (n0 + 1)] as const
  const bend = bendOf(fpr, binormalShift(fpr, tpr, n1), ends)
  const tail = (1 - level) / 4
  const [narrow, wide] = [
    betaQuantile(tail, nNormal, n0 - nNormal + 1),
    betaQuantileUpper(tail, nNormal, n0 - nNormal + 1),
  ]
  return {
    slope: (bend * (nAnomalous / n1)) / (nNormal / n0),
    interval: [(bend * lowerRate(nAnomalous, n1, tail)) / wide, (bend * upperRate(nAnomalous, n1, tail)) / narrow],
    bend,
    level,
    fpr,
    window,
    nNormal,
    nAnomalous,
  }
}

/**
 * Where a window ends that would end at a score: below all that tie with it, as a double that they are above. Where no other score lies below
 * them, and for −∞, there is no such end, and the window ends above them.
 */
function floorOf(sorted: ScoreArray, place: number): number {
  const score = at(sorted, place)
  const isTied = place + 1 < sorted.length && at(sorted, place + 1) === score
  const below = nextBelow(score)
  return isTied && countAboveSorted(sorted, below) < sorted.length ? below : score
}

/** h, in units of FPR. */
function halfWindow(fpr: number, n0: number, n1: number, tpr: number): number {
  const most = Math.min(fpr, 1 - fpr)
  const z = -normalQuantile(fpr)
  const density = normalDensity(z)
  const mu = binormalShift(fpr, tpr, n1)
  const slope = normalDensity(z - mu) / density
  const bend = Math.abs(mu * (mu + z)) / (6 * density ** 2)
  const noise = (1 / (n1 * slope) + 1 / n0) / 2
  const h = pow(noise / (4 * bend ** 2), 0.2)
  // A straight curve has no best window.
  return Number.isFinite(h) ? Math.min(h, most) : most
}

/** μ of the binormal curve with equal variances through (fpr, tpr), on which recalls of 0 and 1 have no place. */
function binormalShift(fpr: number, tpr: number, n1: number): number {
  return normalQuantile(Math.min(Math.max(tpr, 0.5 / n1), 1 - 0.5 / n1)) - normalQuantile(fpr)
}

/** The slope of that curve at the target over its mean slope in a window; 1 where rounding leaves no curve. */
function bendOf(fpr: number, mu: number, [low, high]: RateInterval): number {
  const recall = (rate: number) => normalCdf(mu + normalQuantile(rate))
  const slope = normalDensity(mu + normalQuantile(fpr)) / normalDensity(normalQuantile(fpr))
  const bend = (slope * (high - low)) / (recall(high) - recall(low))
  return bend > 0 && bend < Number.POSITIVE_INFINITY ? bend : 1
}
