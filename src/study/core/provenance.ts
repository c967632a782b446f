import type { DecoderOutput } from '../../detectors/detectorGraph.js'
import type { TrainingSettings } from '../../detectors/settings.js'
import type { Network } from '../../nn/network.js'
import { runtimeVersions, version } from '../../version.js'

/** What every result says of where it comes from. */
export interface Provenance {
  readonly elapsedSeconds: number
  /** Whose data, under which licence; empty where unknown. */
  readonly attribution: string
  /** Version of this package. */
  readonly version: string
  /** Versions of what computed it: `node`, `onnxruntime-node`. */
  readonly versions: Readonly<Record<string, string>>
}

/** @param began when, by `performance.now()` */
export function provenance(began: number, attribution: string): Provenance {
  return { elapsedSeconds: (performance.now() - began) / 1000, attribution, version, versions: runtimeVersions() }
}

/** Everything about the training that does not stand elsewhere in a result. */
export interface StudySettings extends Omit<TrainingSettings, 'epochs' | 'pretrainEpochs'> {
  /** For example `mlp 36-32-16-8`. */
  readonly network: string
  readonly decoder: DecoderOutput
  readonly optimiser: string
}

/** What a study says of its training; the epochs stand among its options. */
export function studySettings(trained: {
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
}): StudySettings {
  const { epochs: _, pretrainEpochs: __, ...rest } = trained.settings
  return { network: trained.network.title, decoder: trained.decoder, optimiser: 'Adam', ...rest }
}
