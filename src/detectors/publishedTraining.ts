import { requireKnown } from '../check.js'
import { publishedUse } from '../data/datasets.js'
import { type NetworkName, networkNames } from '../nn/networks.js'
import type { DecoderOutput } from './detectorGraph.js'
import { publishedSettings, type TrainingSettings } from './settings.js'

/** What the paper trains on a data set, and how. */
export interface PublishedTraining {
  readonly network: NetworkName
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
}

/**
 * The network, output of the decoder and settings that the paper's reference program has for a data set. For others, and
 * data of the caller's, which have no name: those of StatLog, with the decoder that suits standardised features.
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE`.
 */
export function publishedTraining(dataset: string | undefined): PublishedTraining {
  const use = dataset === undefined ? undefined : publishedUse(dataset)
  if (use === undefined) return { network: 'mlp', decoder: 'identity', settings: publishedSettings }
  const { milestones = publishedSettings.milestones } = use
  return {
    network: requireKnown('network', use.network, networkNames),
    decoder: 'sigmoid',
    settings: { ...publishedSettings, milestones },
  }
}
