import { at } from '../check.js'
import { counted } from '../counted.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { oneHotNames } from '../data/tables/oneHot.js'
import { listed } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { namesArgument } from '../flagText.js'
import { showShape } from '../graph/tensor.js'
import { leastPixels } from '../nn/lenet.js'
import { type NetworkName, takesShape } from '../nn/networks.js'
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
  const what = sample.length === 2 ? `They may be images or sequences` : 'No network takes that shape by itself'
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${name} has samples of shape ${showShape(sample)}. ${what}. ${networkAdvice(sample)}${sample.length === 2 ? arrayNames(sample) : ''}`,
  )
}

/** What each network but `mlp`, which takes all, takes shaped samples for. */
const takenFor = { lenet: 'images', lstm: 'sequences' } as const
const shapedNetworks = ['lenet', 'lstm'] as const

/** Which networks can be named for samples of a shape, a sentence without its full stop. */
export function networkAdvice(sample: readonly number[]): string {
  const fitting = shapedNetworks
    .filter((name) => takesShape(name, sample))
    .map((name) => `${name} for ${takenFor[name]}`)
  return `Name the network (--network): ${[...fitting, 'mlp to take each number as a feature'].join(', ')}`
}

/** How an array's name says what [a, b] are; nothing where no network takes what it would say. */
function arrayNames(sample: readonly number[]): string {
  const words = shapedNetworks.filter((name) => takesShape(name, sample)).map((name) => `'${takenFor[name]}'`)
  return `. Or give the array in an NPZ file a name that says it, as ${words.join(' or ')}`
}

/** More columns are not named. */
const mostNamed = 5

/** That arrays are rows of features because of columns beside them, and how the first keeps its shape; nothing where that is not so. */
function lostShape(samples: ShapedSamples): string {
  const whole = wholeArrays(samples)
  const [first, ...more] = whole.filter(({ shape }) => shape.length > 1)
  if (first === undefined) return ''
  const others = columnsBeside(first, whole, samples)
  if (others.length === 0) return ''
  const named = others.length > mostNamed ? '' : ` ${namesArgument(others)}`
  const instead = (samples.oneHot ?? []).length === 0 ? '' : ', and out of --one-hot'
  if (more.length > 0) {
    const shapes = [first, ...more].map(({ name, shape }) => `'${name}', ${showShape(shape)}`).join('; ')
    return ` (arrays lose their shapes beside each other: ${shapes}. To keep that of '${first.name}', leave all others out with --ignore${named}${instead})`
  }
  const isOne = others.length === 1
  const what =
    others.length > mostNamed ? `${others.length} other columns` : `${isOne ? 'column' : 'columns'} ${listed(others)}`
  const which = isOne ? 'it' : 'them'
  return ` (array '${first.name}' loses its shape, ${showShape(first.shape)}, beside ${what}: to keep it, leave ${which} out with --ignore${named}${instead})`
}

interface WholeArray {
  readonly name: string
  readonly shape: readonly number[]
  readonly columns: ReadonlySet<string>
}

/** The arrays of which every column is a feature. */
function wholeArrays({ arrays = [], featureNames = [] }: ShapedSamples): WholeArray[] {
  const features = new Set(featureNames)
  return arrays.flatMap(({ name, shape }) => {
    const own = Array.from({ length: elements(shape) }, (_, place) => `${name}${place + 1}`)
    return own.every((column) => features.has(column)) ? [{ name, shape, columns: new Set(own) }] : []
  })
}

/** What --ignore takes to leave an array's columns alone: other arrays whole, by their names, single columns, and those of categories. */
function columnsBeside(
  array: WholeArray,
  whole: readonly WholeArray[],
  { featureNames = [], oneHot = [] }: ShapedSamples,
): string[] {
  const categories = new Set(oneHot.flatMap(oneHotNames))
  const holder = (feature: string) => whole.find(({ columns }) => columns.has(feature))
  const names = featureNames.flatMap((feature) => {
    const own = holder(feature)
    return own === array || categories.has(feature) ? [] : [own?.name ?? feature]
  })
  return [...new Set([...names, ...oneHot.map(({ column }) => column)])]
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
