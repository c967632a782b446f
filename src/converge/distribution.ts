import { at } from '../check.js'
import { meanSd } from '../stats/meanSd.js'
import { quantiles } from '../stats/ranks/quantiles.js'
import type { Distribution } from './types.js'

/** Summarises values, at least one. */
export async function distribution(values: Float64Array): Promise<Distribution> {
  const read = await quantiles(values, [0, 0.025, 0.25, 0.5, 0.75, 0.975, 1], { definition: 'linear' })
  const [lower, upper] = [at(read, 2), at(read, 4)]
  const reach = 1.5 * (upper - lower)
  const whiskers: [number, number] = [lower, upper]
  for (const value of values) {
    if (value >= lower - reach && value < whiskers[0]) whiskers[0] = value
    if (value <= upper + reach && value > whiskers[1]) whiskers[1] = value
  }
  return {
    ...meanSd(values),
    min: at(read, 0),
    max: at(read, 6),
    quantiles: [at(read, 1), lower, at(read, 3), upper, at(read, 5)],
    whiskers,
  }
}
