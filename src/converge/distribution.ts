import { meanSd } from '../stats/meanSd.js'
import { quantiles } from '../stats/ranks/quantiles.js'
import type { Distribution } from './types.js'

/** Summarises values, at least one. */
export async function distribution(values: Float64Array): Promise<Distribution> {
  const read = await quantiles(values, [0, 0.025, 0.25, 0.5, 0.75, 0.975, 1], { definition: 'linear' })
  const [min = 0, low = 0, lower = 0, median = 0, upper = 0, high = 0, max = 0] = read
  const reach = 1.5 * (upper - lower)
  const whiskers: [number, number] = [lower, upper]
  for (const value of values) {
    if (value >= lower - reach && value < whiskers[0]) whiskers[0] = value
    if (value <= upper + reach && value > whiskers[1]) whiskers[1] = value
  }
  return { ...meanSd(values), min, max, quantiles: [low, lower, median, upper, high], whiskers }
}
