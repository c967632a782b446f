import { integer, list, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { sameShape, showShape } from '../graph/tensor.js'
import { lenet } from './lenet.js'
import { lstmNet } from './lstmNet.js'
import { mlp } from './mlp.js'
import type { Network } from './network.js'

interface PublishedNetwork {
  /** The network for samples of a shape. Errors: `SHAPE_MISMATCH` where it does not take them. */
  readonly build: (sample: readonly number[]) => Network
  /** Shape of the samples that the paper gives it, which `models/` is exported for. */
  readonly sample: readonly number[]
}

const networks = {
  mlp: { build: (sample) => mlp(vectorLength('mlp', sample)), sample: [36] },
  lenet: { build: (sample) => ofSample(lenet(), sample), sample: [1, 28, 28] },
  lstm: { build: (sample) => lstmNet(sequence('lstm', sample)), sample: [125, 128] },
} as const satisfies Record<string, PublishedNetwork>

/** The networks of the paper (Appendix C). */
export type NetworkName = keyof typeof networks
export const networkNames: readonly NetworkName[] = Object.keys(networks) as NetworkName[]

/**
 * A network of the paper, with its published sizes, for samples of a shape: that of its data set unless given.
 * Errors: `UNKNOWN_NAME`, with the names there are; `WRONG_TYPE`, `OUT_OF_RANGE`; `SHAPE_MISMATCH` where the network does not
 * take such samples.
 */
export function network(name: string, sample?: readonly number[]): Network {
  const published: PublishedNetwork = networks[requireKnown('network', name, networkNames)]
  if (sample !== undefined) list(integer(1))('sample', sample)
  return published.build(sample ?? published.sample)
}

/** A network whose layers fit one shape of samples only. */
function ofSample(network: Network, sample: readonly number[]): Network {
  if (!sameShape(network.sample, sample)) {
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `network '${network.name}' takes samples of shape ${showShape(network.sample)}, got ${showShape(sample)}`,
    )
  }
  return network
}

function sequence(name: string, sample: readonly number[]): [steps: number, nFeatures: number] {
  const [steps, nFeatures] = sample
  if (sample.length !== 2 || steps === undefined || nFeatures === undefined) {
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `network '${name}' takes sequences [steps, features], got samples of shape ${showShape(sample)}`,
    )
  }
  return [steps, nFeatures]
}

function vectorLength(name: string, sample: readonly number[]): number {
  const [length] = sample
  if (sample.length !== 1 || length === undefined) {
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `network '${name}' takes vectors, got samples of shape ${showShape(sample)}`,
    )
  }
  return length
}
