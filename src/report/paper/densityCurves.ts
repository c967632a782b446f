import type { DensityPanel } from '../../paper/types.js'
import { type DetectorScores, detectorScores } from '../scores/detectorScores.js'

/** The curves of a panel of Figures 1 and 4–8: densities relative to the higher peak of the two, on one axis. */
export function densityCurves({ normal, anomalous, threshold }: DensityPanel): DetectorScores {
  return detectorScores({ normal: normal.toSorted(), anomalous: anomalous.toSorted() }, threshold)
}
