import { biasDefaults } from '../../biasDefaults.js'
import { fewestForFamily } from './warnings.js'

/** More draws than these are taken only if they are asked for: those of 500 sets fill 400 MB. */
const mostUsual = 20_000

/**
 * As many draws as are taken where nobody says: 10,000, or as many as the simultaneous intervals of a family of so many sets need,
 * if that is `most` at most.
 */
export function usualDraws(nSets: number, level: number, most = mostUsual): number {
  const fewest = fewestForFamily(nSets, level)
  return fewest > most ? biasDefaults.resamples : Math.max(biasDefaults.resamples, fewest)
}
