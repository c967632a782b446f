import { at } from '../check.js'
import { meanSd } from '../stats/meanSd.js'
import type { RateFit } from './types.js'

/**
 * The slope of log sd on log n by least squares, with its standard error.
 *
 * The sd s of R runs has Var(log s) ≈ (κ − (R − 3)/(R − 1))/(4R), κ the kurtosis m₄/m₂² (3 for a normal law): the delta
 * method on the variance of s² (Cramér, Mathematical Methods of Statistics, 1946, 27.4). The sizes are independent of each other.
 *
 * @param runs what each run gave, for each size at least two runs
 * @returns nothing for fewer than two sizes, or where all runs of a size gave the same
 */
export function convergenceRate(sizes: readonly number[], runs: readonly Float64Array[]): RateFit | undefined {
  const points = sizes.map((n, i) => {
    const values = at(runs, i)
    const { sd } = meanSd(values)
    return { x: Math.log(n), y: Math.log(sd), variance: logSdVariance(values) }
  })
  if (points.length < 2 || points.some(({ y }) => !Number.isFinite(y))) return undefined
  const centre = points.reduce((sum, { x }) => sum + x, 0) / points.length
  const squares = points.reduce((sum, { x }) => sum + (x - centre) ** 2, 0)
  const slope = points.reduce((sum, { x, y }) => sum + (x - centre) * y, 0) / squares
  const variance = points.reduce((sum, { x, variance }) => sum + ((x - centre) / squares) ** 2 * variance, 0)
  return { slope, standardError: Math.sqrt(variance) }
}

function logSdVariance(values: Float64Array): number {
  const n = values.length
  const { mean } = meanSd(values)
  let [second, fourth] = [0, 0]
  for (const value of values) {
    const square = (value - mean) ** 2
    second += square / n
    fourth += square ** 2 / n
  }
  return Math.max(0, fourth / second ** 2 - (n - 3) / (n - 1)) / (4 * n)
}
