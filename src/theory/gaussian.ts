import { record, requireBetween, requireFinite } from '../check.js'
import { exp, log } from '../elementary.js'
import { ScoringBiasError } from '../errors.js'
import { normalCdf, normalQuantile } from '../special.js'
import { type Detectors, requireDetectors } from './options.js'

/** A normal law of scores. */
export interface GaussianLaw {
  readonly mean: number
  /** Standard deviation, above 0. */
  readonly sd: number
}

/** The laws of one detector's scores. */
export interface GaussianDetector {
  readonly normal: GaussianLaw
  readonly anomalous: GaussianLaw
}

/** A detector at the threshold where its false-positive rate is the target exactly. */
export interface GaussianReading {
  /** τ = F₀⁻¹(1 − fpr) = μ₀ + σ₀·Φ⁻¹(1 − fpr). */
  readonly threshold: number
  readonly tpr: number
  /** Of the ROC curve there, f_a(τ)/f₀(τ). */
  readonly slope: number
}

/** What `gaussianBias` answers. */
export interface GaussianBias extends Detectors<GaussianReading> {
  /** The true ξ. */
  readonly xi: number
}

/**
 * The true ξ of two detectors whose scores are Gaussian in both classes: Corollary 2 of Ye, Chen and Zheng (IJCAI 2021),
 *
 *     ξ = Φ((σ₀Φ⁻¹(q) + μ₀ − μ_a)/σ_a) − Φ((σ₀′Φ⁻¹(q) + μ₀′ − μ_a′)/σ_a′),   q = 1 − fpr.
 *
 * The same as Proposition 1 with Gaussian laws (see {@link biasOfLaws}). Synchronous. Errors: `WRONG_TYPE`,
 * `OUT_OF_RANGE`.
 *
 * @example
 * const normal = { mean: 0, sd: 1 }
 * theory.gaussianBias(
 *   {
 *     baseline: { normal, anomalous: { mean: 1, sd: 1 } },
 *     candidate: { normal, anomalous: { mean: 2, sd: 1 } },
 *   },
 *   0.05,
 * ).xi // 0.3792
 */
export function gaussianBias(detectors: Detectors<GaussianDetector>, fpr: number): GaussianBias {
  requireBetween('fpr', fpr, 0, 1)
  requireDetectors(detectors)
  const baseline = gaussianReading('baseline', detectors.baseline, fpr)
  const candidate = gaussianReading('candidate', detectors.candidate, fpr)
  return { xi: candidate.tpr - baseline.tpr, baseline, candidate }
}

function gaussianReading(name: string, { normal, anomalous }: GaussianDetector, fpr: number): GaussianReading {
  requireLaw(`${name}.normal`, normal)
  requireLaw(`${name}.anomalous`, anomalous)
  // −Φ⁻¹(fpr), not Φ⁻¹(1 − fpr): a small fpr keeps its digits.
  const z = -normalQuantile(fpr)
  const away = awayOf(normal, anomalous, z)
  const slope = slopeOf(((z - away) * (z + away)) / 2, normal.sd, anomalous.sd)
  return { threshold: normal.mean + normal.sd * z, tpr: normalCdf(-away), slope }
}

/** φ(away)/φ(z)·σ₀/σ_a by the logarithm of the first quotient: none of the four has to be a double for the slope to be one. */
function slopeOf(logDensities: number, normalSd: number, anomalousSd: number): number {
  const ratio = normalSd / anomalousSd
  const usual = Math.abs(logDensities) < 700 && ratio > 0 && ratio < Number.POSITIVE_INFINITY
  return usual ? exp(logDensities) * ratio : exp(logDensities + log(normalSd) - log(anomalousSd))
}

/**
 * How many standard deviations of the anomalies the threshold is above their mean, (μ₀ − μ_a + σ₀z)/σ_a. Not by the threshold, which
 * rounds to the digits of the means. Numbers near the largest double are made smaller first, so that no part overflows.
 */
function awayOf(normal: GaussianLaw, anomalous: GaussianLaw, z: number): number {
  const scale = Math.max(Math.abs(normal.mean), Math.abs(anomalous.mean), normal.sd) > 2 ** 1000 ? 2 ** -10 : 1
  const shift = normal.mean * scale - anomalous.mean * scale
  return (shift + normal.sd * scale * z) / (anomalous.sd * scale)
}

function requireLaw(name: string, law: GaussianLaw): void {
  record(name, law)
  const { mean, sd } = law
  requireFinite(`${name}.mean`, mean)
  if (!(requireFinite(`${name}.sd`, sd) > 0))
    throw new ScoringBiasError('OUT_OF_RANGE', `${name}.sd must be above 0, got ${sd}`)
}
