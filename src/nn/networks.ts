import { integer, list, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import { showShape } from '../graph/tensor.js'
import { leastPixels, lenet } from './lenet.js'
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
    takes: `images [height, width] or [channels, height, width] of at least ${leastPixels} × ${leastPixels} pixels`,
    build: (sample) => {
      const [channels, height, width, ...rest] = imageOf(sample)
      if (channels === undefined || height === undefined || width === undefined || rest.length > 0) return undefined
      return Math.min(height, width) < leastPixels ? undefined : lenet({ sample: [channels, height, width] })
    },
    sample: [1, 28, 28],
  },
  lstm: {
    takes: 'sequences [steps, features]',
    build: ([steps, nFeatures, ...rest]) =>
      steps === undefined || nFeatures === undefined || rest.length > 0 ? undefined : lstmNet([steps, nFeatures]),
    sample: [125, 128],
  },
} as const satisfies Record<string, PublishedNetwork>

/** A shape with its channels first: images of one channel lie alike with that axis first, last or left out. */
function imageOf(sample: readonly number[]): readonly number[] {
  if (sample.length === 2) return [1, ...sample]
  return sample.length === 3 && sample[0] !== 1 && sample[2] === 1 ? [1, ...sample.slice(0, 2)] : sample
}

/** The networks of the paper (Appendix C). */
export type NetworkName = keyof typeof networks
/** The names of the networks that come with the package. */
export const networkNames: readonly NetworkName[] = frozen(Object.keys(networks) as NetworkName[])

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

/** Whether a network takes samples of a shape. */
export function takesShape(name: NetworkName, sample: readonly number[]): boolean {
  const published: PublishedNetwork = networks[name]
  return published.build(sample) !== undefined
}

/** The samples that a network takes, in words, and the shape of those that the paper gives it. Errors: `UNKNOWN_NAME`. */
export function takenSamples(name: string): Pick<PublishedNetwork, 'takes' | 'sample'> {
  return networks[requireKnown('network', name, networkNames)]
}
