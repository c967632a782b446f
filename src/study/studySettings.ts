import type { DecoderOutput } from '../detectors/detectorGraph.js'
import type { TrainingSettings } from '../detectors/settings.js'
import type { Network } from '../nn/network.js'
import type { StudySettings } from './types.js'

/** What a study says of its training; the epochs stand among its options. */
export function studySettings(network: Network, decoder: DecoderOutput, settings: TrainingSettings): StudySettings {
  const { epochs: _, pretrainEpochs: __, ...rest } = settings
  return { network: network.title, decoder, optimiser: 'Adam', ...rest }
}
