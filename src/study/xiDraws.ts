import { at } from '../check.js'
import { normal } from '../random/normal.js'
import { meanSd } from '../stats/meanSd.js'

/** Philox streams of the draws; used for nothing else. */
const noiseStream = 0x58494e4f
const scaleStream = 0x58495343

/** So many draws place a rank correlation well enough. */
const mostDraws = 10_000

/**
 * Draws of ξ of all classes together, from what samples and training leave open about it: what `studyInterval` says of one
 * class, with the dependence between classes, which share thresholds and runs.
 *
 * A draw is a bootstrap replicate of the mean over runs, plus Σ_r g_r·(ξ_r − ξ̄)/√(R(R − 1)) over the R runs with g_r
 * standard normal, divided by √(χ²/(R − 1)) with R − 1 degrees of freedom: a multivariate t around 0 with the scale of the
 * mean over runs, so heavy-tailed where runs are few. One run cannot show what training leaves open.
 *
 * @param xis ξ in every run, [classes][runs]
 * @param replicates the mean of ξ over runs in every bootstrap replicate, [classes][replicates], the same resamples for all
 * @returns [classes][at most 10,000]; values beyond ±1 are not cut, which would tie them
 */
export function xiDraws(
  xis: readonly Float64Array[],
  replicates: readonly Float64Array[],
  seed: number,
): readonly Float64Array[] {
  const nRuns = at(xis, 0).length
  const nDraws = Math.min(at(replicates, 0).length, mostDraws)
  const weights = runWeights(nDraws, nRuns, seed)
  return replicates.map((ofClass, k) => {
    const own = at(xis, k)
    const { mean } = meanSd(own)
    return ofClass
      .slice(0, nDraws)
      .map((xi, b) => own.reduce((sum, one, run) => sum + at(weights, b * nRuns + run) * (one - mean), xi))
  })
}

/** Shape [draws, runs]. */
function runWeights(nDraws: number, nRuns: number, seed: number): Float64Array {
  if (nRuns === 1) return new Float64Array(nDraws)
  const degrees = nRuns - 1
  const scales = normal(nDraws * degrees, { seed, stream: scaleStream })
  const weights = normal(nDraws * nRuns, { seed, stream: noiseStream })
  for (let b = 0; b < nDraws; b++) {
    const chiSquare = scales.subarray(b * degrees, (b + 1) * degrees).reduce((sum, z) => sum + z * z, 0)
    const scale = Math.sqrt(nRuns * degrees) * Math.sqrt(chiSquare / degrees)
    for (let i = b * nRuns; i < (b + 1) * nRuns; i++) weights[i] = at(weights, i) / scale
  }
  return weights
}
