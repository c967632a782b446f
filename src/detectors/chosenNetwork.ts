import { record } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { showShape } from '../graph/tensor.js'
import { type MlpOptions, mlp } from '../nn/mlp.js'
import { type Network, requireNetwork } from '../nn/network.js'
import { network as published } from '../nn/networks.js'
import { elements } from '../nn/parameters.js'

/** The network that a caller asks for. */
export interface AskedNetwork {
  /**
   * A name of `networkNames`, or a network whose samples have as many elements as there are features. Default: the one that
   * the paper has for the data set, `mlp` for a table.
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
    throw new ScoringBiasError('OUT_OF_RANGE', "the sizes of layers in 'mlp' are those of network 'mlp' only")
  const network = typeof chosen === 'string' ? byName(chosen, layers, sample) : requireNetwork(chosen)
  if (elements(network.sample) !== elements(sample)) {
    const takes = `samples of shape ${showShape(network.sample)}, which are ${elements(network.sample)} features`
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `network '${network.name}' takes ${takes}, ${name} has ${elements(sample)}`,
    )
  }
  return network
}

function byName(name: string, layers: MlpOptions | undefined, sample: readonly number[]): Network {
  if (name === 'mlp') return mlp(elements(sample), layers)
  // The columns of a table have no shape: they are what the published network takes, if their number is right.
  return published(name, sample.length === 1 ? undefined : sample)
}
