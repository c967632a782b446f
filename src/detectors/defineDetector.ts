import { callback, oneOf, record, required, requireOptions, text } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { gradients } from '../graph/grad.js'
import { input } from '../graph/ops.js'
import { sameShape, showType, type Tensor, tensor } from '../graph/tensor.js'
import { detectorNames, ownObjectives } from './detectors.js'
import { type Loss, lossDefaults, type Objective } from './objectives/objective.js'

/** What makes a detector of the caller's. */
export interface DetectorDefinition {
  /** Lower-case words with hyphens between them, and none of `detectorNames`. It stands in files, stores and messages. */
  readonly name: string
  /** Name in tables and figures. */
  readonly title: string
  /**
   * What a sample's distance d, which is also its score, is of: `hypersphere`, of its code from the centre, ‖φ(x) − c‖²;
   * `reconstruction`, of its reconstruction from itself, the mean squared error; `head`, a number of either sign that a linear
   * layer makes of the code.
   */
  readonly distance: Exclude<Objective['distance'], 'pairs'>
  /**
   * Of a hypersphere: `pretrained` (default), the mean code of the training data after an autoencoder was pretrained on
   * it; `origin`, 0 without pretraining.
   */
  readonly centre?: 'pretrained' | 'origin' | undefined
  /**
   * Loss of normal samples (default: d) and of labelled anomalies (default: none, and the detector trains on normal samples
   * only), as graphs of the functions of `graph`: elementwise, of the shape and type of d [R, 1, B].
   */
  readonly loss?: { readonly normal?: Loss | undefined; readonly anomaly?: Loss | undefined } | undefined
  /** Source of the definition. Default: empty. */
  readonly source?: string | undefined
}

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * A detector of the caller's, which `train` and studies take in the place of a name. It scores by its distance: what it
 * flags, whichever its losses, is what lies far out.
 *
 * Errors: `WRONG_TYPE`, also for a loss that returns no tensor; `UNKNOWN_NAME`; `OUT_OF_RANGE` for a name that is taken or
 * not lower-case words, or a centre where there is none; `SHAPE_MISMATCH` for a loss of another shape or type than its
 * distance; `NOT_DIFFERENTIABLE`; whatever a loss throws.
 *
 * @returns frozen
 *
 * @example
 * // Labelled anomalies are pushed out with the loss −ln d.
 * const logSad = defineDetector({
 *   name: 'log-sad',
 *   title: 'Log SAD',
 *   distance: 'hypersphere',
 *   loss: { anomaly: (d, { lossEpsilon }) => neg(log(add(d, lossEpsilon))) },
 * })
 * const { recall } = await train({ data: 'statlog', detector: logSad })
 */
export function defineDetector(definition: DetectorDefinition): Objective {
  const { name, title, distance, centre, loss, source } = requireOptions('defineDetector', definition, {
    name: required(text),
    title: required(text),
    distance: required(oneOf('distance', ['hypersphere', 'reconstruction', 'head'])),
    centre: oneOf('centre', ['pretrained', 'origin']),
    loss: record,
    source: text,
  })
  if (!kebab.test(name)) throw outOfRange(`name must be lower-case words with hyphens between them, got '${name}'`)
  if (detectorNames.some((known) => known === name)) {
    throw outOfRange(`name must be none of ${detectorNames.join(', ')}, got '${name}'; take another`)
  }
  if (distance !== 'hypersphere' && centre !== undefined)
    throw outOfRange(`a detector by ${distance} has no centre, got '${centre}'; leave it out`)
  const { normal = (d: Tensor) => d, anomaly } = requireOptions('loss', loss, { normal: callback, anomaly: callback })
  requireLoss('loss.normal', normal)
  if (anomaly !== undefined) requireLoss('loss.anomaly', anomaly)
  const objective: Objective = Object.freeze({
    name,
    title,
    distance,
    centre: distance === 'hypersphere' ? (centre ?? 'pretrained') : 'none',
    loss: Object.freeze({ normal, anomaly }),
    source: source ?? '',
  })
  ownObjectives.add(objective)
  return objective
}

/** Builds the loss once, so that what is wrong with it is told here and not amid a training. */
function requireLoss(name: string, loss: Loss): void {
  const d = input('d', 'float32', ['R', 1, 'B'])
  const value = loss(d, lossDefaults)
  const what = `what ${name} returns`
  tensor(what, value)
  if (value.dtype !== d.dtype || !sameShape(value.shape, d.shape)) {
    throw new ScoringBiasError('SHAPE_MISMATCH', `${what} must be ${showType(d)} as d is, got ${showType(value)}`)
  }
  gradients(value, [d])
}

function outOfRange(message: string): ScoringBiasError {
  return new ScoringBiasError('OUT_OF_RANGE', message)
}
