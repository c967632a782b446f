import { record, requireKnown } from '../check.js'
import { counted } from '../counted.js'
import { publishedUse } from '../data/datasets.js'
import { ScoringBiasError } from '../errors.js'
import { showShape } from '../graph/tensor.js'
import { type MlpOptions, mlp } from '../nn/mlp.js'
import { type Network, requireNetwork } from '../nn/network.js'
import { type NetworkName, networkNames, network as published, takenSamples } from '../nn/networks.js'
import { elements } from '../nn/parameters.js'
import type { DecoderOutput } from './detectorGraph.js'
import { networkAdvice, networkByShape, type ShapedSamples } from './networkByShape.js'
import { publishedSettings, type TrainingSettings } from './settings.js'

/** What the paper trains on a data set, and how. */
export interface PublishedTraining {
  /** Undefined for data of the caller's, whose shape decides it. */
  readonly network: NetworkName | undefined
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
}

/**
 * The network, output of the decoder and settings that the paper's reference program has for a data set. For others, and
 * data of the caller's, which have no name: those of StatLog, with the decoder that suits standardised features, and no network.
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE`.
 */
export function publishedTraining(dataset: string | undefined): PublishedTraining {
  const use = dataset === undefined ? undefined : publishedUse(dataset)
  if (use === undefined) return { network: undefined, decoder: 'identity', settings: publishedSettings }
  const { milestones = publishedSettings.milestones } = use
  return {
    network: requireKnown('network', use.network, networkNames),
    decoder: 'sigmoid',
    settings: { ...publishedSettings, milestones },
  }
}

/** The network that a caller asks for. */
export interface AskedNetwork {
  /**
   * A name of `networkNames`, or a network whose samples have as many elements as there are features. Default: the one that
   * the paper has for the data set; of a table, `mlp` for rows of features, `lenet` for images and `lstm` for sequences.
   */
  readonly network?: string | Network | undefined
  /** Sizes and settings of the layers of network `mlp`. */
  readonly mlp?: MlpOptions | undefined
}

/**
 * The network to train on some data: the `published` one unless another is asked for. Its samples have as many elements
 * as those of the data, `sample`, in a shape of its own; `name` is what the data are called.
 *
 * Errors: `UNKNOWN_NAME`; `WRONG_TYPE` for what is no network; `SHAPE_MISMATCH` where it does not take such samples;
 * `OUT_OF_RANGE` for sizes of layers where the network is not `mlp`, or that are none.
 */
export function chosenNetwork(
  { network: asked, mlp: layers }: AskedNetwork,
  { published: usual, sample, name }: { published: string; sample: readonly number[]; name: string },
): Network {
  const chosen = asked === undefined ? usual : asked
  if (layers !== undefined) record('mlp', layers)
  if (chosen !== 'mlp' && layers !== undefined && Object.values(layers).some((value) => value !== undefined))
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      "the sizes of layers in 'mlp' are those of network 'mlp' only. Take that network, or leave them out",
    )
  const network = typeof chosen === 'string' ? byName(chosen, layers, { sample, name }) : requireNetwork(chosen)
  if (elements(network.sample) !== elements(sample)) {
    const takes = `samples of shape ${showShape(network.sample)}, which are ${elements(network.sample)} features`
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `network '${network.name}' takes ${takes}, ${name} has ${elements(sample)}`,
    )
  }
  return network
}

/** A network, and why it was taken where nobody named one and the samples decided: a clause. */
export interface TakenNetwork {
  readonly network: Network
  readonly networkReason?: string
}

/** The network that is asked for, or the published one, or the one that suits the samples. Errors: those of `chosenNetwork` and `networkByShape`. */
export function takenNetwork(
  asked: AskedNetwork,
  { published, ...samples }: ShapedSamples & { readonly published: string | undefined },
): TakenNetwork {
  const byShape = asked.network === undefined && published === undefined ? networkByShape(samples) : undefined
  const network = chosenNetwork(asked, { ...samples, published: byShape?.network ?? published ?? 'mlp' })
  return { network, ...(byShape && { networkReason: byShape.reason }) }
}

function byName(network: string, layers: MlpOptions | undefined, { sample, name }: NamedSamples): Network {
  if (network === 'mlp') return mlp(elements(sample), layers)
  const { takes, sample: usual } = takenSamples(network)
  const nFeatures = elements(sample)
  if (sample.length > 1 || nFeatures === elements(usual)) return ofShape(network, { sample, name })
  throw new ScoringBiasError(
    'SHAPE_MISMATCH',
    `network '${network}' takes ${takes}, and of rows those of ${elements(usual)} features, as ${showShape(usual)}. ${name} has ` +
      `${counted(nFeatures, 'feature')} and no shape. Give the samples theirs in an array of an NPY or NPZ file, or say --network mlp`,
  )
}

interface NamedSamples {
  readonly sample: readonly number[]
  readonly name: string
}

/** The columns of a table have no shape: they are what the published network takes. */
function ofShape(network: string, { sample, name }: NamedSamples): Network {
  try {
    return published(network, sample.length === 1 ? undefined : sample)
  } catch (cause) {
    if (!(cause instanceof ScoringBiasError) || cause.code !== 'SHAPE_MISMATCH') throw cause
    throw new ScoringBiasError(cause.code, `${name}: ${cause.message}. ${networkAdvice(sample)}`, { cause })
  }
}
