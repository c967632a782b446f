import { at } from '../check.js'
import { counted } from '../counted.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { listed } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { namesArgument } from '../flagText.js'
import { showShape } from '../graph/tensor.js'
import { leastPixels } from '../nn/lenet.js'
import type { NetworkName } from '../nn/networks.js'
import { elements } from '../nn/parameters.js'

/** Samples of the caller's, as far as they decide which network suits them. */
export interface ShapedSamples
  extends Pick<LabelledTable, 'name'>,
    Partial<Pick<LabelledTable, 'arrays' | 'featureNames' | 'oneHot'>> {
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
export function networkByShape(samples: ShapedSamples): ShapedNetwork {
  const { name, sample, sampleKind } = samples
  const sizes = sample.join(' × ')
  if (sample.length === 1) {
    return {
      network: 'mlp',
      reason: `the samples are rows of ${counted(at(sample, 0), 'feature')}${lostShape(samples)}`,
    }
  }
  if (sampleKind !== 'sequences' && isChannelsLast(sample)) throw channelsLast(name, sample)
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

/** More columns are not named. */
const mostNamed = 5

/** That an array is a row of features because of columns beside it, and how it keeps its shape; nothing where that is not so. */
function lostShape({ arrays = [], featureNames = [], oneHot = [] }: ShapedSamples): string {
  const [array, ...more] = arrays.filter(({ shape }) => shape.length > 1)
  if (array === undefined || more.length + oneHot.length > 0) return ''
  const size = elements(array.shape)
  const own = new Set(Array.from({ length: size }, (_, place) => `${array.name}${place + 1}`))
  const others = featureNames.filter((feature) => !own.has(feature))
  if (others.length === 0 || featureNames.length - others.length < size) return ''
  const [what, which, flag] =
    others.length > mostNamed
      ? [`${others.length} other columns`, 'them', '']
      : [
          `${others.length === 1 ? 'column' : 'columns'} ${listed(others)}`,
          others.length === 1 ? 'it' : 'them',
          ` ${namesArgument(others)}`,
        ]
  return ` (array '${array.name}' loses its shape, ${showShape(array.shape)}, beside ${what}: to keep it, leave ${which} out with --ignore${flag})`
}

/** Whether images can hardly have their channels first: their last axis has the size of colours, and is no width of images. */
function isChannelsLast(sample: readonly number[]): boolean {
  const [height = 0, width = 0, channels = 0, ...more] = sample
  if (more.length > 0 || channels < 2 || Math.min(height, width) < leastPixels) return false
  return channels < leastPixels || (channels === leastPixels && height === width && height > channels)
}

function channelsLast(name: string, sample: readonly number[]): ScoringBiasError {
  const channels = at(sample, 2)
  const isWide = channels === leastPixels ? '. If they are first already, name the network: --network lenet' : ''
  const way = `Put the channels first, with numpy.moveaxis(images, -1, 1)${isWide}`
  return new ScoringBiasError(
    'OUT_OF_RANGE',
    `${name} has samples of shape ${showShape(sample)}. They look like images with their ${channels} channels last. ${way}`,
  )
}
