import { at, halfOpen, type OptionChecks, requireFinite, wrongType } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { normalQuantile } from '../special.js'
import type { BiasVariance, KnownRates } from './biasVariance.js'
import { type BinormalPair, binormalPair, bothAbove } from './binormalPair.js'
import type { SampleSizes } from './bounds.js'
import type { SizeOptions } from './options.js'

/** Of samples that come in groups: patients, devices, days. */
export interface GroupPlanOptions {
  /** Intraclass correlation of the scores, in [0, 1): of two samples of one group. Default: each sample is on its own. */
  readonly icc?: number | undefined
  /**
   * Samples of a group, at least 1: of normal samples and of the anomalies of a class, or one number for both. Of unequal groups
   * Σm²/Σm, the size of the group that a sample is in on average.
   */
  readonly groupSize?: number | readonly number[] | undefined
}

const fewestOfGroup = 1
export const groupPlanChecks: OptionChecks<GroupPlanOptions> = {
  icc: halfOpen(0, 1),
  groupSize: (name, value) => {
    const sizes = typeof value === 'number' ? [value] : value
    if (!Array.isArray(sizes) || (sizes.length !== 1 && sizes.length !== 2)) {
      throw wrongType(name, 'a number, or an array of two', value)
    }
    for (const size of sizes) {
      if (requireFinite(name, size) >= fewestOfGroup) continue
      throw new ScoringBiasError('OUT_OF_RANGE', `${name} must be at least ${fewestOfGroup}, got ${size}`)
    }
  },
}

/** How many times more samples it takes because those of a group are alike. */
export interface PlannedGroups {
  readonly icc: number
  /** Samples of a group. */
  readonly size: Readonly<Record<'normal' | 'anomalous', number>>
  /** 1 + (size − 1)·ρ with ρ the intraclass correlation of what is counted. */
  readonly designEffect: Readonly<Record<'normal' | 'anomalous', number>>
}

/**
 * The design effects of a plan (Kish, Survey Sampling, 1965): 1 + (m − 1)ρ with m samples of a group and ρ the intraclass
 * correlation of the part of ξ̂ that they make. With Gaussian scores of intraclass correlation `icc`, between two
 * samples of a group the same detector's scores correlate by icc and those of two detectors by icc·r, r the correlation of both
 * detectors on one sample. That gives the covariance of the differences of flags of two anomalies, and of the thresholds' noise
 * L′a′ − La, a the false alarms, of two normals. That a group may hold both kinds is left out, which plans too many samples rather
 * than too few.
 *
 * Undefined where each sample is on its own. Errors: `OUT_OF_RANGE` for one of both options.
 */
export function plannedGroups(
  { icc, groupSize }: GroupPlanOptions,
  rates: KnownRates,
  variance: BiasVariance,
): PlannedGroups | undefined {
  if (icc === undefined && groupSize === undefined) return undefined
  if (icc === undefined || groupSize === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'icc and groupSize go together: how alike samples of a group are, and how many there are of a group',
    )
  }
  const sizes = typeof groupSize === 'number' ? [groupSize] : groupSize
  const size = { normal: at(sizes, 0), anomalous: at(sizes, sizes.length - 1) }
  const pair = binormalPair(rates)
  const effect = (m: number, covariance: number, own: number) =>
    own > 0 ? Math.max(1, 1 + (m - 1) * Math.min(1, covariance / own)) : 1
  return {
    icc,
    size,
    designEffect: {
      normal: effect(size.normal, normalCovariance(pair, variance, icc), variance.perNormal),
      anomalous: effect(size.anomalous, anomalousCovariance(pair, icc), variance.perAnomaly),
    },
  }
}

/** Of the differences of flags of two anomalies of a group. */
function anomalousCovariance({ detectors, anomalousCorrelation }: BinormalPair, icc: number): number {
  const [[h, t], [h1, t1]] = detectors.map(({ tpr }) => [-normalQuantile(tpr), tpr] as const) as [Flag, Flag]
  const crossed = bothAbove(h, h1, icc * anomalousCorrelation) - t * t1
  return bothAbove(h, h, icc) - t ** 2 + bothAbove(h1, h1, icc) - t1 ** 2 - 2 * crossed
}

type Flag = readonly [threshold: number, rate: number]

/** Of the parts that two normals of a group have in the noise of the thresholds. */
function normalCovariance(
  { threshold, fpr, normalCorrelation }: BinormalPair,
  { slopeBaseline, slopeCandidate }: BiasVariance,
  icc: number,
): number {
  const same = bothAbove(threshold, threshold, icc) - fpr ** 2
  const crossed = bothAbove(threshold, threshold, icc * normalCorrelation) - fpr ** 2
  return (slopeBaseline ** 2 + slopeCandidate ** 2) * same - 2 * slopeBaseline * slopeCandidate * crossed
}

/** The independent samples that samples in groups are worth; of none given, none. */
export function worthOf(sizes: SizeOptions, groups: PlannedGroups | undefined): SizeOptions {
  if (groups === undefined) return sizes
  const { normal, anomalous } = groups.designEffect
  const worth = (n: number | undefined, effect: number) =>
    n === undefined ? undefined : Math.max(1, Math.floor(n / effect + 1e-9))
  return { nNormal: worth(sizes.nNormal, normal), nAnomalous: worth(sizes.nAnomalous, anomalous) }
}

/** The samples in groups that are worth so many independent ones. */
export function groupedSizes({ nNormal, nAnomalous }: SampleSizes, groups: PlannedGroups | undefined): SampleSizes {
  if (groups === undefined) return { nNormal, nAnomalous }
  const { normal, anomalous } = groups.designEffect
  return { nNormal: Math.ceil(nNormal * normal - 1e-9), nAnomalous: Math.ceil(nAnomalous * anomalous - 1e-9) }
}
