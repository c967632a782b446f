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
  return at(scoresOfSets(normal, [anomalous], threshold), 0)
}

/** {@link detectorScores} of the same normals beside each of several samples, on the axis of the first. */
export function scoresOfSets(normal: ScoreArray, sets: readonly ScoreArray[], threshold: number): DetectorScores[] {
  const axis = scoreAxis([normal, at(sets, 0)], threshold)
  const own = rawCurves(normal, axis)
  return sets.map((sample) => {
    const other = rawCurves(sample, axis)
    const highest = Math.max(own.peak, other.peak) || 1
    const scaled = ({ scores, heights, ecdf }: RawCurves): SampleCurves => ({
      ...{ scores, ecdf },
      density: heights.map((height) => height / highest),
    })
    return { axis, normal: scaled(own), anomalous: scaled(other) }
  })
}

type RawCurves = ReturnType<typeof rawCurves>

/** Density, its highest point and distribution function of a sample on an axis. */
function rawCurves(sample: ScoreArray, axis: Axis) {
  const { to, from } = scales[axis.scale]
  const low = to(axis.low)
  const step = (to(axis.high) - low) / (nPoints - 1)
  const places = Float64Array.from({ length: nPoints }, (_, i) => low + i * step)
  const scores = places.map(from)
  const ecdf = scores.map((score) => 1 - countAboveSorted(sample, score) / sample.length)
  const inside = between(sample, axis.low, axis.high)
  if (inside.length === 0) return { scores, ecdf, heights: new Float64Array(nPoints), peak: 0 }
  const kernels = Float64Array.from(quantilesOf(inside), to)
  const width = silvermanBandwidth(kernels) * (inside.length / kernels.length) ** -0.2
  const share = inside.length / sample.length
  const heights = density(kernels, places, Math.max(width, step)).map((height) => height * share)
  return { scores, ecdf, heights, peak: heights.reduce((a, b) => Math.max(a, b), 0) }
}

function quantilesOf(sorted: ScoreArray): ScoreArray {
  const n = sorted.length
  if (n <= maxKernels) return sorted
  return Float64Array.from({ length: maxKernels }, (_, i) => at(sorted, Math.floor(((i + 0.5) * n) / maxKernels)))
}
