import type { Dataset } from '../data/core/dataset.js'
import { isInUnitInterval } from '../data/tables/featureRange.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import type { Pair } from './pairOptions.js'

/** What a reader has to know of samples that were computed, and of a decoder that cannot reproduce its features. */
export function settingWarnings(
  { baseline, candidate }: Pair,
  {
    name,
    simulated,
    features,
    standardised,
    decoder,
  }: Pick<Dataset, 'name' | 'simulated' | 'features'> & {
    readonly standardised: boolean
    readonly decoder: DecoderOutput
  },
): string[] {
  const warnings = simulated ? [simulatedWarning(name)] : []
  const affected = [baseline, candidate].filter(({ distance }) => distance === 'reconstruction')
  if (decoder === 'identity' || affected.length === 0 || isInUnitInterval(features)) return warnings
  const titles = affected.map(({ title }) => title).join(' and ')
  return [
    ...warnings,
    `a sigmoid decoder cannot reproduce ${standardised ? 'standardised ' : ''}features outside (0, 1), which decides what ${titles} detect; ` +
      "it is the published setting, decoder 'identity' the sound one",
  ]
}

/** The warning of simulated samples. */
export function simulatedWarning(dataset: string): string {
  return `the samples of ${dataset} are simulated, not measured: its figures say nothing of real measurements`
}
