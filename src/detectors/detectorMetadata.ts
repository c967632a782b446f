import { z } from 'zod'
import { standardisedOverKinds } from '../data/splits/standardisedOver.js'
import { ScoringBiasError } from '../errors.js'
import { onnx } from '../onnx/proto/onnx.js'
import { devices } from '../runtime/device.js'
import { decoderOutputs } from './detectorGraph.js'

/** The format that this version writes and reads; a reader refuses the others. */
export const metadataFormat = 2

const counts = z.object({ normal: z.number(), anomalous: z.number() })
const schema = z.object({
  /** Version of these entries. */
  formatVersion: z.literal(metadataFormat),
  /** Name of the detector, as in options. */
  detector: z.string(),
  /** The network and its sizes, as in `mlp 36-32-16-8`. */
  network: z.string(),
  decoder: z.enum(decoderOutputs),
  /** A sample is flagged when its score is strictly greater. */
  threshold: z.number(),
  fpr: z.number(),
  /** How the threshold was read off the scores of validation samples, see `threshold`. */
  thresholdRule: z.string(),
  /** δ of the `certified` definition, else null. */
  delta: z.number().nullable(),
  /**
   * The normal samples that set the threshold: whether training saw none of them (`held-out`) or they are all normal
   * samples, trained on or not (`published`); their number, the false alarms that the target tolerates among them, and
   * the fraction of them above the threshold.
   */
  validation: z.object({
    split: z.enum(['held-out', 'published']),
    n: z.number(),
    /** How many of them training saw. */
    trainedOn: z.number(),
    tolerated: z.number(),
    observedFpr: z.number(),
  }),
  /** Names of the features in their order in a sample, row-major. */
  features: z.array(z.string()),
  /** Shape of a sample. */
  sample: z.array(z.number()),
  /**
   * What the graph subtracts from each feature and then divides it by (float32), and over which samples these are mean and
   * standard deviation; null where it does neither. A feature that is
   * constant over them has 1 for its deviation.
   */
  standardisation: z
    .object({ over: z.enum(standardisedOverKinds), mean: z.array(z.number()), sd: z.array(z.number()) })
    .nullable(),
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
    anomalous: z.array(z.string()),
    weights: z.array(z.number()).optional(),
  }),
  /** Samples trained on. */
  trainedOn: counts,
  settings: z.record(z.string(), z.union([z.number(), z.array(z.number())])),
  /** Device of the training. */
  device: z.enum(devices),
  /** Versions of this package and of onnxruntime-node. */
  versions: z.record(z.string(), z.string()),
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

/**
 * Reads a saved detector's metadata from its ONNX file. `name` says in messages which file.
 * Errors: `BAD_FILE` where it is not an ONNX model, not a saved detector, or of another format version.
 */
export function decodeMetadata(model: Uint8Array, name: string): DetectorMetadata {
  const props = metadataProps(model, name)
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
  const known = Object.entries(schema.shape).map(([key, type]) => [
    key,
    parsed(props.get(key), type instanceof z.ZodString || type instanceof z.ZodEnum),
  ])
  const result = schema.safeParse(Object.fromEntries(known))
  if (!result.success) throw badFile(`${name}: its metadata is damaged: ${z.prettifyError(result.error)}`)
  return result.data
}

function metadataProps(model: Uint8Array, name: string): Map<string, string> {
  try {
    const { metadataProps } = onnx.ModelProto.decode(model)
    return new Map(metadataProps.map(({ key, value }) => [key ?? '', value ?? '']))
  } catch (cause) {
    throw badFile(`${name} is not an ONNX model. Give a file that train wrote`, cause)
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

function badFile(what: string, cause?: unknown): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', what, { cause })
}
