import type { DecoderOutput } from '../../detectors/detectorGraph.js'
import type { TrainingSettings } from '../../detectors/settings.js'
import { runtimeVersions, version } from '../../version.js'
import type { UnitWork } from './unit.js'

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
  /** Why this network, as in `the samples are images of 8 × 8`: present where nobody named one and the samples decided. */
  readonly networkReason?: string
  readonly decoder: DecoderOutput
  readonly optimiser: string
}

/** What a study says of its training; the epochs stand among its options. */
export function studySettings(
  trained: Pick<UnitWork, 'network' | 'decoder' | 'settings'> & { readonly networkReason?: string },
): StudySettings {
  const { epochs: _, pretrainEpochs: __, ...rest } = trained.settings
  const { network, networkReason, decoder } = trained
  const reason = networkReason === undefined ? {} : { networkReason }
  return { network: network.title, ...reason, decoder, optimiser: 'Adam', ...rest }
}
