import { isInUnitInterval } from '../data/tables/featureRange.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import type { Objective } from '../detectors/objectives/objective.js'

/** What is trained on, and with which output of the decoder. */
export interface WarnedSetting {
  /** The data set's name. */
  readonly dataset: string
  /** Whether its samples stand in for measurements. */
  readonly simulated: boolean
  readonly features: Float32Array
  readonly standardised: boolean
  readonly detectors: readonly Objective[]
  readonly decoder: DecoderOutput
}

/** What a reader has to know of samples that were computed, and of a decoder that cannot reproduce its features. */
export function settingWarnings(setting: WarnedSetting): string[] {
  const { dataset, simulated, features, standardised, detectors, decoder } = setting
  const warnings = simulated ? [simulatedWarning(dataset)] : []
  const affected = detectors.filter(({ distance }) => distance === 'reconstruction')
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
