import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'

/** Gaussian kernel density estimate f̂(x) = 1/(n h) · Σ φ((x − xᵢ)/h) of finite scores at `places`. O(n · places). */
export function density(sample: Float64Array | readonly number[], places: Float64Array, h: number): Float64Array {
  const n = sample.length
  if (n === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'sample must not be empty')
  const scale = 1 / (n * h * Math.sqrt(2 * Math.PI))
  return places.map((x) => {
    let sum = 0
    for (const score of sample) {
      const z = (x - score) / h
      sum += Math.exp(-0.5 * z * z)
    }
    return sum * scale
  })
}

/**
 * Silverman's rule of thumb, h = 0.9 · min(sd, IQR / 1.34) · n^(−1/5) (Silverman 1986, eq. 3.31), with interpolated quartiles
 * (type 7 of Hyndman and Fan); of the two measures of spread the other where one is 0. A sample without any has bandwidth 0.
 */
export function silvermanBandwidth(sample: ArrayLike<number>): number {
  const sorted = Float64Array.from(sample).sort()
  const n = sorted.length
  if (n === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'sample must not be empty')
  const mean = sorted.reduce((sum, x) => sum + x, 0) / n
  const squares = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  const sd = n > 1 ? Math.sqrt(squares / (n - 1)) : 0
  const robust = (quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25)) / 1.34
  return 0.9 * (robust > 0 ? Math.min(sd, robust) : sd) * n ** -0.2
}

function quantileSorted(sorted: Float64Array, p: number): number {
  const position = (sorted.length - 1) * p
  const below = Math.floor(position)
  const low = at(sorted, below)
  const high = at(sorted, Math.min(below + 1, sorted.length - 1))
  return low + (high - low) * (position - below)
}
