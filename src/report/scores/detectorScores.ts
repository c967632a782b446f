import { at } from '../../check.js'
import type { ScoreArray } from '../../native.js'
import { countAboveSorted } from '../../stats/ranks/sortedScores.js'
import { density, silvermanBandwidth } from './density.js'
import { type Axis, between, scales, scoreAxis } from './scoreAxis.js'

/** Density and distribution function of one sample of scores, ready to draw. */
export interface SampleCurves {
  /** Where both are evaluated, increasing, shape [points]. */
  readonly scores: Float64Array
  /** On the scale of the axis, relative to the higher of the two samples' peaks. */
  readonly density: Float64Array
  /** Share of the sample that is not above the score. */
  readonly ecdf: Float64Array
}

export interface DetectorScores {
  readonly axis: Axis
  readonly normal: SampleCurves
  readonly anomalous: SampleCurves
}

const nPoints = 201
/** A larger sample's density is that of as many of its quantiles. */
const maxKernels = 4000

/**
 * Densities on the axis's scale and empirical distribution functions of samples in ascending order. The bandwidth is that of
 * a sample's own size, and scores beyond the axis take part in the distribution function only.
 */
export function detectorScores(
  { normal, anomalous }: { readonly normal: ScoreArray; readonly anomalous: ScoreArray },
  threshold: number,
): DetectorScores {
  const axis = scoreAxis([normal, anomalous], threshold)
  const { to, from } = scales[axis.scale]
  const low = to(axis.low)
  const step = (to(axis.high) - low) / (nPoints - 1)
  const places = Float64Array.from({ length: nPoints }, (_, i) => low + i * step)
  const scores = places.map(from)
  const heightsOf = (sample: ScoreArray): Float64Array => {
    const inside = between(sample, axis.low, axis.high)
    if (inside.length === 0) return new Float64Array(nPoints)
    const kernels = Float64Array.from(quantilesOf(inside), to)
    const width = silvermanBandwidth(kernels) * (inside.length / kernels.length) ** -0.2
    const share = inside.length / sample.length
    return density(kernels, places, Math.max(width, step)).map((height) => height * share)
  }
  const heights = { normal: heightsOf(normal), anomalous: heightsOf(anomalous) }
  const highest =
    [heights.normal, heights.anomalous].reduce((most, each) => each.reduce((a, b) => Math.max(a, b), most), 0) || 1
  const curves = (sample: ScoreArray, own: Float64Array): SampleCurves => ({
    scores,
    density: own.map((height) => height / highest),
    ecdf: scores.map((score) => 1 - countAboveSorted(sample, score) / sample.length),
  })
  return { axis, normal: curves(normal, heights.normal), anomalous: curves(anomalous, heights.anomalous) }
}

function quantilesOf(sorted: ScoreArray): ScoreArray {
  const n = sorted.length
  if (n <= maxKernels) return sorted
  return Float64Array.from({ length: maxKernels }, (_, i) => at(sorted, Math.floor(((i + 0.5) * n) / maxKernels)))
}
