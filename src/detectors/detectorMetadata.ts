import { z } from 'zod'
import { at } from '../check.js'
import { imputations } from '../data/core/columnScale.js'
import { standardisedOverKinds } from '../data/splits/standardisedOver.js'
import { oneHotNames } from '../data/tables/oneHot.js'
import { repeated, shortened } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { elements } from '../nn/parameters.js'
import { devices } from '../runtime/device.js'
import { decoderOutputs } from './detectorGraph.js'

/** The format that this version writes and reads; a reader refuses the others. */
export const metadataFormat = 2

const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => Number.isFinite(value)
const isNumbers = (value: unknown) => Array.isArray(value) && value.every(isNumber)

/** Many values of one kind, with one complaint however many are not. */
const arrayOf = <T>(what: string, isOne: (value: unknown) => boolean) =>
  z.custom<T[]>((values) => Array.isArray(values) && values.every(isOne), `expected an array of ${what}`)
const recordOf = <T>(what: string, isOne: (value: unknown) => boolean) =>
  z.custom<Record<string, T>>(
    (values) => typeof values === 'object' && values !== null && Object.values(values).every(isOne),
    `expected ${what} by name`,
  )

const numbers = arrayOf<number>('numbers', isNumber)
const texts = arrayOf<string>('texts', isText)
const sizes = arrayOf<number>('sizes', (value) => Number.isInteger(value) && Number(value) > 0).refine(
  ({ length }) => length > 0,
)
const count = z.int().min(0)
const fraction = z.number().min(0).max(1)
const counts = z.object({ normal: count, anomalous: count })
const schema = z.object({
  /** Version of these entries. */
  formatVersion: z.literal(metadataFormat),
  /** Name of the detector, as in options. */
  detector: z.string(),
  /** The network and its sizes, as in `mlp 36-32-16-8`. */
  network: z.string(),
  decoder: z.enum(decoderOutputs),
  /** A sample is flagged when its score is strictly greater. */
  threshold: z.number().refine((x) => x === Math.fround(x), 'expected a float32'),
  fpr: fraction,
  /** How the threshold was read off the scores of validation samples, see `threshold`. */
  thresholdRule: z.string(),
  /** δ of the `certified` definition, else null. */
  delta: fraction.nullable(),
  /**
   * The normal samples that set the threshold: whether training saw none of them (`held-out`) or they are all normal
   * samples, trained on or not (`published`); their number, the false alarms that the target tolerates among them, and
   * the fraction of them above the threshold.
   */
  validation: z.object({
    split: z.enum(['held-out', 'published']),
    n: count,
    /** How many of them were trained on. */
    trainedOn: count,
    tolerated: count,
    observedFpr: fraction,
  }),
  /** Names of the features in their order in a sample, row-major. */
  features: texts,
  /** Shape of a sample. */
  sample: sizes,
  /**
   * The arrays that features were read from, each with the shape of a sample in it; absent where they were columns of their own. Features are
   * called after the array and numbered, and are not all of its columns where labels or others were left out.
   */
  arrays: z.array(z.object({ name: z.string(), shape: sizes })).optional(),
  /**
   * What the graph subtracts from each feature and then divides it by (float32), and over which samples these are mean and
   * standard deviation; null where it does neither. A feature that is
   * constant over them has 1 for its deviation.
   */
  standardisation: z.object({ over: z.enum(standardisedOverKinds), mean: numbers, sd: numbers }).nullable(),
  /**
   * How features that are no plain numbers are prepared, before they are standardised; absent where all are. Columns of categories are the
   * features `column=category`, 1 or 0. With `impute`, a feature may be NaN, and its value stands for it. Categories that no normal sample
   * trained on has are 0, whatever is given.
   */
  preparation: z
    .object({
      oneHot: z.array(z.object({ column: z.string(), categories: texts })),
      impute: z.object({ by: z.enum(imputations), values: numbers }).nullable(),
      unseen: texts,
    })
    .optional(),
  seed: z.number(),
  /** Name of the data set or file, and SHA-256 of its features (float32, little-endian, all rows) followed by its labels (one byte a row). */
  data: z.object({
    name: z.string(),
    attribution: z.string(),
    /** Present, and true, where the samples were computed, not measured. */
    simulated: z.boolean().optional(),
    sha256: z.string(),
  }),
  /** With the weights of the anomalous ones, where they were mixed by weight. */
  classes: z.object({
    normal: z.string(),
    anomalous: texts,
    weights: numbers.optional(),
  }),
  /** Samples trained on, without those held out for the validation loss. */
  trainedOn: counts,
  /**
   * Present where normal samples were held out to measure a loss after every epoch: their number, the epochs that were trained, the one of the
   * lowest loss (from 1; null where none was finite), and the one that the weights are of, which a patience takes back to the lowest.
   */
  validationLoss: z.object({ n: count, epochs: count, bestEpoch: count.nullable(), weightsOfEpoch: count }).optional(),
  settings: recordOf<number | number[]>('numbers', (value) => isNumber(value) || isNumbers(value)),
  /** Device of the training. */
  device: z.enum(devices),
  /** Versions of this package and of onnxruntime-node. */
  versions: recordOf<string>('texts', isText),
})

/** What a saved detector says of itself. */
export type DetectorMetadata = z.infer<typeof schema>

/** Marks a model as ours. */
const marker = { format: 'scoring-bias detector' } as const

/** The entries of a model's `metadata_props`: strings as they are, everything else as JSON. */
export function encodeMetadata(metadata: DetectorMetadata): Record<string, string> {
  const entries = Object.entries(metadata).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return { ...marker, ...Object.fromEntries(entries) }
}

/** Characters of all entries: names of 50,000 features, their means and deviations, twice over. */
const maxCharacters = 1 << 23

/**
 * Reads a saved detector's metadata from the entries of its ONNX file. `name` says in messages which file.
 * Errors: `BAD_FILE` where it is not a saved detector, of another format version, or damaged.
 */
export function decodeMetadata(entries: readonly (readonly [string, string])[], name: string): DetectorMetadata {
  const props = new Map(entries)
  if (props.size < entries.length) throw badFile(`${name} is damaged: two entries of its metadata have one name`)
  if (props.get('format') !== marker.format) {
    throw badFile(
      `${name} is not a detector saved by scoring-bias: its metadata has no format '${marker.format}'. Give a file that train wrote`,
    )
  }
  const version = props.get('formatVersion')
  if (version !== String(metadataFormat)) {
    throw badFile(
      `${name} has format version ${version}. This version of scoring-bias reads ${metadataFormat}. Train the detector again`,
    )
  }
  const characters = entries.reduce((sum, [, value]) => sum + value.length, 0)
  if (characters > maxCharacters) {
    throw badFile(`${name} has ${characters} characters of metadata; at most ${maxCharacters} are read`)
  }
  const known = Object.entries(schema.shape).map(([key, type]) => [
    key,
    parsed(props.get(key), type instanceof z.ZodString || type instanceof z.ZodEnum),
  ])
  const result = schema.safeParse(Object.fromEntries(known.filter(([, value]) => value !== undefined)))
  if (!result.success) {
    const { path, message } = at(result.error.issues, 0)
    throw badFile(`${name} is damaged: '${path.join('.')}' of its metadata: ${message}`)
  }
  requireConsistent(result.data, name)
  return result.data
}

/** Requires features with names of their own, as many as a sample has elements, and numbers of the standardisation. */
function requireConsistent({ features, sample, standardisation, preparation }: DetectorMetadata, name: string): void {
  const size = elements(sample)
  const { mean = features, sd = features } = standardisation ?? {}
  const { oneHot = [], unseen = [], impute } = preparation ?? {}
  const fill = impute?.values ?? features
  for (const [what, { length }] of Object.entries({
    'names of features': features,
    means: mean,
    deviations: sd,
    'values for missing features': fill,
  })) {
    if (length !== size) throw badFile(`${name} is damaged: it has ${length} ${what} for samples of ${size} numbers`)
  }
  const twice = repeated(features)
  if (twice !== undefined) throw badFile(`${name} is damaged: two of its features are called '${shortened(twice)}'`)
  const again = repeated(oneHot.flatMap(oneHotNames))
  if (again !== undefined) throw badFile(`${name} is damaged: it has the category '${shortened(again)}' twice`)
  const known = new Set(features)
  const strange = [...oneHot.flatMap(oneHotNames), ...unseen].find((feature) => !known.has(feature))
  if (strange !== undefined) throw badFile(`${name} is damaged: its category '${strange}' is none of its features`)
  if (standardisation?.sd.some((deviation) => deviation <= 0)) {
    throw badFile(`${name} is damaged: it divides a feature by a deviation that is not positive`)
  }
}

function parsed(text: string | undefined, plain: boolean): unknown {
  if (text === undefined || plain) return text
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function badFile(what: string): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', what)
}
