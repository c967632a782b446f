import { at } from '../check.js'
import { counted } from '../counted.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { ScoringBiasError } from '../errors.js'
import { showShape } from '../graph/tensor.js'
import type { NetworkName } from '../nn/networks.js'

/** Samples of the caller's, as far as they decide which network suits them. */
export interface ShapedSamples extends Pick<LabelledTable, 'name'> {
  readonly sample: readonly number[]
  readonly sampleKind?: LabelledTable['sampleKind'] | undefined
}

/** A network, and the clause that says why. */
export interface ShapedNetwork {
  readonly network: NetworkName
  readonly reason: string
}

/**
 * The network that suits samples by their shape: rows of features `mlp`; images [channels, height, width], and [height, width] that are
 * known to be images, `lenet`; [steps, features] that are known to be sequences `lstm`.
 * Errors: `OUT_OF_RANGE` for samples whose shape does not tell what they are.
 */
export function networkByShape({ name, sample, sampleKind }: ShapedSamples): ShapedNetwork {
  const sizes = sample.join(' × ')
  if (sample.length === 1) {
    return { network: 'mlp', reason: `the samples are rows of ${counted(at(sample, 0), 'feature')}` }
  }
  if (sampleKind !== 'sequences' && (sample.length === 3 || (sample.length === 2 && sampleKind === 'images'))) {
    return { network: 'lenet', reason: `the samples are images of ${sizes}` }
  }
  if (sampleKind === 'sequences' && sample.length === 2) {
    const [steps, size] = [counted(at(sample, 0), 'step'), counted(at(sample, 1), 'feature')]
    return { network: 'lstm', reason: `the samples are sequences of ${steps} with ${size} each` }
  }
  const names = "Or give the array in an NPZ file a name that says it, as 'images' or 'sequences'"
  const what = sample.length === 2 ? `They may be images or sequences` : 'No network takes that shape by itself'
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${name} has samples of shape ${showShape(sample)}. ${what}. Name the network (--network): lenet for images, lstm for sequences, ` +
      `mlp to take each number as a feature${sample.length === 2 ? `. ${names}` : ''}`,
  )
}
