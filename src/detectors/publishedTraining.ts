import type { NetworkName } from '../nn/networks.js'
import type { DecoderOutput } from './detectorGraph.js'
import { publishedMilestones, publishedSettings, type TrainingSettings } from './settings.js'

/** What the paper trains on a data set, and how. */
export interface PublishedTraining {
  readonly network: NetworkName
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
}

const networks: Readonly<Record<keyof typeof publishedMilestones, NetworkName>> = {
  statlog: 'mlp',
  synthetic: 'mlp',
  'fashion-mnist': 'lenet',
  spectrum: 'lstm',
}

/**
 * The network, output of the decoder and settings that the paper's reference program has for a data set. For data of the
 * caller's, which have no name: those of StatLog, with the decoder that suits standardised features.
 */
export function publishedTraining(dataset: string | undefined): PublishedTraining {
  if (dataset === undefined || !isPublished(dataset))
    return { network: 'mlp', decoder: 'identity', settings: publishedSettings }
  return {
    network: networks[dataset],
    decoder: 'sigmoid',
    settings: { ...publishedSettings, milestones: publishedMilestones[dataset] },
  }
}

function isPublished(dataset: string): dataset is keyof typeof publishedMilestones {
  return Object.hasOwn(publishedMilestones, dataset)
}
