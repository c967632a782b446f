import type { RunDetectorScores } from '../../study/core/types.js'
import { density, silvermanBandwidth } from './density.js'

/** Densities of one detector's scores, ready to draw. */
export interface ScoreCurves {
  /** `log` when the densities are taken of log₁₀ of the scores. */
  readonly scale: 'log' | 'linear'
  /** Where the curves are evaluated, increasing; the threshold is one of them. */
  readonly scores: Float64Array
  /** Index of the threshold in `scores`. */
  readonly iThreshold: number
  /** The normal class first, then each class of anomalies. */
  readonly curves: readonly ScoreCurve[]
}

export interface ScoreCurve {
  /** Height at each of `ScoreCurves.scores`, relative to the curve's own highest point. */
  readonly heights: Float64Array
  /** Share of the sample above the threshold. */
  readonly flagged: number
}

const nPoints = 201

/**
 * Kernel density estimates of a detector's scores for the normal class and each class of anomalies (Gaussian kernel,
 * Silverman's bandwidth).
 *
 * Scores of deep detectors spread over several powers of ten, so densities are of log₁₀ of the score, unless a score is
 * negative. A score of 0 is taken as the smallest positive one. The evaluation points cover all scores with a margin of a
 * twentieth of their range. A sample without any spread is drawn as a peak one evaluation step wide.
 */
export function scoreCurves({ threshold, normal, classes }: RunDetectorScores): ScoreCurves {
  const samples = [normal, ...classes]
  const smallest = extreme(samples, threshold, Math.min)
  const largest = extreme(samples, threshold, Math.max)
  const scale = smallest >= 0 && largest > 0 ? 'log' : 'linear'
  const floor = smallest > 0 ? smallest : smallestPositive([...samples, [threshold]])
  const toScale = scale === 'log' ? (score: number) => Math.log10(Math.max(score, floor)) : (score: number) => score
  const fromScale = scale === 'log' ? (place: number) => 10 ** place : (place: number) => place

  const low = toScale(smallest)
  const range = toScale(largest) - low || 1
  const step = (1.1 * range) / (nPoints - 1)
  const even = Float64Array.from({ length: nPoints }, (_, i) => low - 0.05 * range + i * step)
  const places = Float64Array.from(new Set([...even, toScale(threshold)])).sort()
  return {
    scale,
    scores: places.map(fromScale),
    iThreshold: places.indexOf(toScale(threshold)),
    curves: samples.map((sample) => {
      const placed = Float64Array.from(sample, toScale)
      const heights = density(placed, places, Math.max(silvermanBandwidth(placed), step))
      const highest = heights.reduce((a, b) => Math.max(a, b))
      return {
        heights: heights.map((height) => height / highest),
        flagged: sample.filter((score) => score > threshold).length / sample.length,
      }
    }),
  }
}

function extreme(samples: readonly Float32Array[], start: number, choose: (a: number, b: number) => number): number {
  return samples.reduce((best, sample) => sample.reduce((a, b) => choose(a, b), best), start)
}

function smallestPositive(samples: readonly ArrayLike<number>[]): number {
  let smallest = Number.POSITIVE_INFINITY
  for (const sample of samples) {
    for (const score of Array.from(sample)) if (score > 0 && score < smallest) smallest = score
  }
  return smallest
}
