import { exp } from '../elementary.js'
import { normalCdf, normalDensity, normalQuantile } from '../special.js'
import { jointRate, type KnownRates } from './biasVariance.js'
import { fallsToZero } from './solve.js'

/** One detector: its normals score N(0, 1), its anomalies (intercept + N(0, 1))/spread, so TPR(f) = Φ(intercept + spread·Φ⁻¹(f)). */
export interface BinormalDetector {
  readonly tpr: number
  readonly intercept: number
  readonly spread: number
}

/** Two detectors with Gaussian scores of the same samples, as expected rates have them. */
export interface BinormalPair {
  readonly fpr: number
  /** The threshold of either, Φ⁻¹(1 − fpr). */
  readonly threshold: number
  readonly detectors: readonly [BinormalDetector, BinormalDetector]
  /** Probabilities that both flag a sample. */
  readonly bothNormal: number
  readonly bothAnomalous: number
  /** Correlations of the scores that these take. */
  readonly normalCorrelation: number
  readonly anomalousCorrelation: number
}

/** Recalls of 0 and 1 have no place on a binormal curve. */
const leastRate = 1e-6
/** Steeper slopes than such a spread gives are taken for this: the curve is then a step. */
const mostSpread = 10

/** The binormal curves through the recalls with the slopes, and the correlations of scores that give those of the flags. */
export function binormalPair(rates: KnownRates): BinormalPair {
  const { fpr, tprBaseline, tprCandidate, slopeBaseline, slopeCandidate } = rates
  const threshold = -normalQuantile(fpr)
  const detector = (tpr: number, slope: number): BinormalDetector => {
    const inside = Math.min(Math.max(tpr, leastRate), 1 - leastRate)
    const reach = normalQuantile(inside)
    const spread = Math.min(mostSpread, Math.max(1e-9, (slope * normalDensity(threshold)) / normalDensity(reach)))
    return { tpr: inside, intercept: reach + spread * threshold, spread }
  }
  const baseline = detector(tprBaseline, slopeBaseline)
  const candidate = detector(tprCandidate, slopeCandidate)
  const bothNormal = jointRate(fpr, fpr, rates.normalCorrelation)
  const bothAnomalous = jointRate(baseline.tpr, candidate.tpr, rates.anomalousCorrelation)
  return {
    fpr,
    threshold,
    detectors: [baseline, candidate],
    bothNormal,
    bothAnomalous,
    normalCorrelation: latentCorrelation(threshold, threshold, bothNormal),
    anomalousCorrelation: latentCorrelation(
      -normalQuantile(baseline.tpr),
      -normalQuantile(candidate.tpr),
      bothAnomalous,
    ),
  }
}

/** Of the detector's curve at the target. */
export function slopeOf({ intercept, spread }: BinormalDetector, threshold: number): number {
  return (spread * normalDensity(intercept - spread * threshold)) / normalDensity(threshold)
}

/** The same with the detectors exchanged. */
export function exchanged(rates: KnownRates): KnownRates {
  return {
    ...rates,
    tprBaseline: rates.tprCandidate,
    tprCandidate: rates.tprBaseline,
    slopeBaseline: rates.slopeCandidate,
    slopeCandidate: rates.slopeBaseline,
  }
}

/** Scores more alike than this are as good as equal. */
const mostCorrelation = 0.999

/** The correlation of two standard normal variables that exceed x and y together with a given probability. */
function latentCorrelation(x: number, y: number, both: number): number {
  return -fallsToZero((r) => bothAbove(x, y, -r) - both, -mostCorrelation, mostCorrelation)
}

/**
 * P(X > x, Y > y) of standard normal variables with a correlation, by Plackett's formula (Biometrika 41, 1954):
 * Φ(−x)Φ(−y) + ∫₀^{asin r} exp(−(x² + y² − 2xy·sin θ)/(2cos²θ)) dθ/2π, with t = tan(θ/2) for θ; to about 1e-6.
 */
export function bothAbove(x: number, y: number, correlation: number): number {
  const panels = 21
  const width = correlation / (1 + Math.sqrt(1 - correlation * correlation)) / panels
  let sum = 0
  for (let panel = 0; panel < panels; panel++) {
    for (const { place, weight } of gaussLegendre) {
      const t = (panel + place) * width
      const [sine, cosine] = [(2 * t) / (1 + t * t), (1 - t * t) / (1 + t * t)]
      sum += (weight * exp(-(x * x + y * y - 2 * x * y * sine) / (2 * cosine ** 2))) / (1 + t * t)
    }
  }
  return normalCdf(-x) * normalCdf(-y) + (sum * width) / Math.PI
}

/** Of three points in (0, 1). */
const gaussLegendre = [
  { place: 0.5 - Math.sqrt(0.15), weight: 5 / 18 },
  { place: 0.5, weight: 8 / 18 },
  { place: 0.5 + Math.sqrt(0.15), weight: 5 / 18 },
]
