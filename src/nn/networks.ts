import { integer, list, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { sameShape, showShape } from '../graph/tensor.js'
import { lenet } from './lenet.js'
import { lstmNet } from './lstmNet.js'
import { mlp } from './mlp.js'
import type { Network } from './network.js'

interface PublishedNetwork {
  /** The samples that it takes, in words. */
  readonly takes: string
  /** The network for samples of a shape; undefined where it does not take them. */
  readonly build: (sample: readonly number[]) => Network | undefined
  /** Shape of the samples that the paper gives it, which `models/` is exported for. */
  readonly sample: readonly number[]
}

const networks = {
  mlp: {
    takes: 'vectors',
    build: ([nFeatures, ...rest]) => (nFeatures === undefined || rest.length > 0 ? undefined : mlp(nFeatures)),
    sample: [36],
  },
  lenet: {
    takes: 'images of 28 × 28',
    build: (sample) =>
      sameShape(
        sample.filter((size) => size !== 1),
        [28, 28],
      )
        ? lenet()
        : undefined,
    sample: [1, 28, 28],
  },
  lstm: {
    takes: 'sequences [steps, features]',
    build: ([steps, nFeatures, ...rest]) =>
      steps === undefined || nFeatures === undefined || rest.length > 0 ? undefined : lstmNet([steps, nFeatures]),
    sample: [125, 128],
  },
} as const satisfies Record<string, PublishedNetwork>

/** The networks of the paper (Appendix C). */
export type NetworkName = keyof typeof networks
/** The names of the networks that come with the package. */
export const networkNames: readonly NetworkName[] = Object.keys(networks) as NetworkName[]

/**
 * A network of the paper, with its published sizes, for samples of a shape: that of its data set unless given.
 * Errors: `UNKNOWN_NAME`, with the names there are; `WRONG_TYPE`, `OUT_OF_RANGE`; `SHAPE_MISMATCH` where the network does not
 * take such samples.
 */
export function network(name: string, sample?: readonly number[]): Network {
  const published: PublishedNetwork = networks[requireKnown('network', name, networkNames)]
  if (sample !== undefined) list(integer(1))('sample', sample)
  const made = published.build(sample ?? published.sample)
  if (made !== undefined) return made
  throw new ScoringBiasError(
    'SHAPE_MISMATCH',
    `network '${name}' takes ${published.takes}, got samples of shape ${showShape(sample ?? published.sample)}`,
  )
}
