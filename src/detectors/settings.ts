import { between, type Check, integer, list, type OptionChecks, requireFinite, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type AdamSettings, adamDefaults } from '../nn/adam.js'
import { type LossSettings, lossDefaults } from './objectives/objective.js'
import { publishedMomentum } from './trainingGraph.js'

/** How a stretch of training goes, whatever is trained. */
export interface Schedule {
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Epochs from which on the learning rate is multiplied by another `learningRateDecay`. */
  readonly milestones: readonly number[]
  readonly learningRateDecay: number
  readonly adam: AdamSettings
}

/** How a detector is trained. What its layers leave open (widths, slopes, batch norm's ε) is the network's. */
export interface TrainingSettings extends LossSettings {
  readonly epochs: number
  /** Epochs of autoencoder pretraining, for the detectors that have it. */
  readonly pretrainEpochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Epochs from which on the learning rate is multiplied by another `learningRateDecay`; pretraining keeps its rate. */
  readonly milestones: readonly number[]
  readonly learningRateDecay: number
  readonly weightDecay: number
  readonly pretrainWeightDecay: number
  /** Adam's decay of the first and of the second moment. */
  readonly beta1: number
  readonly beta2: number
  /** Adam's ε, beside √v. */
  readonly adamEpsilon: number
  /** Share of a new batch in the running statistics of batch norm. */
  readonly batchNormMomentum: number
  /** The least distance of a pretrained centre's coordinates from 0: a unit whose target is 0 could be shut off. */
  readonly centreGuard: number
}

/** The settings of the paper's reference program, from which data sets differ in `milestones` only (`publishedUse`). */
export const publishedSettings: TrainingSettings = {
  epochs: 200,
  pretrainEpochs: 100,
  batchSize: 128,
  learningRate: 1e-3,
  milestones: [60, 120, 180],
  learningRateDecay: 0.1,
  weightDecay: 5e-7,
  pretrainWeightDecay: 5e-4,
  beta1: adamDefaults.beta1,
  beta2: adamDefaults.beta2,
  adamEpsilon: adamDefaults.epsilon,
  batchNormMomentum: publishedMomentum,
  centreGuard: 0.1,
  ...lossDefaults,
}

const checks: OptionChecks<TrainingSettings> = {
  epochs: integer(1, 100_000),
  pretrainEpochs: integer(0, 100_000),
  batchSize: integer(2, 1_000_000),
  learningRate: upTo(1, false),
  milestones: list(integer(1)),
  learningRateDecay: upTo(1, true),
  weightDecay: upTo(1, false),
  pretrainWeightDecay: upTo(1, false),
  beta1: upTo(1, false),
  beta2: upTo(1, false),
  adamEpsilon: between(0, 1),
  batchNormMomentum: upTo(1, true),
  centreGuard: upTo(Number.POSITIVE_INFINITY, false),
  eta: between(0, Number.POSITIVE_INFINITY),
  lossEpsilon: between(0, 1),
}

/** Checks every setting. Errors: `OUT_OF_RANGE`, `WRONG_TYPE`, `UNKNOWN_NAME`. */
export function requireSettings(settings: TrainingSettings): TrainingSettings {
  requireOptions('settings', settings, checks)
  return settings
}

/**
 * The published settings, but for those asked for.
 * Errors: `UNKNOWN_NAME` for a setting that there is not, with the nearest; `OUT_OF_RANGE`, `WRONG_TYPE`.
 */
export function chosenSettings(published: TrainingSettings, asked?: Partial<TrainingSettings>): TrainingSettings {
  return requireSettings({ ...published, ...requireOptions<Partial<TrainingSettings>>('settings', asked, checks) })
}

export function trainingSchedule(settings: TrainingSettings): Schedule {
  return { ...settings, adam: adamOf(settings, settings.weightDecay) }
}

export function pretrainingSchedule(settings: TrainingSettings): Schedule {
  return {
    ...settings,
    milestones: [],
    epochs: settings.pretrainEpochs,
    adam: adamOf(settings, settings.pretrainWeightDecay),
  }
}

/** The learning rate of an epoch, counted from 0. */
export function learningRateOf({ learningRate, milestones, learningRateDecay }: Schedule, epoch: number): number {
  return learningRate * learningRateDecay ** milestones.filter((milestone) => milestone <= epoch).length
}

function adamOf({ beta1, beta2, adamEpsilon }: TrainingSettings, weightDecay: number): AdamSettings {
  return { beta1, beta2, epsilon: adamEpsilon, weightDecay }
}

/** From 0 up to a bound, with or without it. */
function upTo(top: number, included: boolean): Check {
  const range = `[0, ${top === Number.POSITIVE_INFINITY ? '∞' : top}${included ? ']' : ')'}`
  return (name, value) => {
    const number = requireFinite(name, value)
    if (number < 0 || number > top || (number === top && !included))
      throw new ScoringBiasError('OUT_OF_RANGE', `${name} must lie in ${range}, got ${number}`)
  }
}
