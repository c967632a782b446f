import { between, halfOpen, integer, list, type OptionChecks, requireOptions, within } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import { type AdamSettings, adamDefaults } from '../nn/adam.js'
import { type LossSettings, lossDefaults } from './objectives/objective.js'
import { publishedMomentum } from './trainingGraph.js'

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
  /**
   * Share of a run's normal samples, in (0, 1), that is not trained on but measures the loss after every epoch of training; pretraining takes no
   * notice of it. Default: none is held out.
   */
  readonly validationShare?: number
  /**
   * Epochs without a new lowest validation loss after which training stops, replica by replica; the weights are then those of the lowest loss.
   * Default: never. It needs a `validationShare`.
   */
  readonly patience?: number
}

/** How a stretch of training goes, whatever is trained. */
export interface Schedule
  extends Pick<TrainingSettings, 'epochs' | 'batchSize' | 'learningRate' | 'milestones' | 'learningRateDecay'> {
  readonly adam: AdamSettings
}

/** The settings of the paper's reference program, from which data sets differ in `milestones` only (`publishedUse`). */
export const publishedSettings: TrainingSettings = frozen({
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
})

const checks: OptionChecks<TrainingSettings> = {
  epochs: integer(1, 100_000),
  pretrainEpochs: integer(0, 100_000),
  batchSize: integer(2, 1_000_000),
  learningRate: halfOpen(0, 1),
  milestones: list(integer(1)),
  learningRateDecay: within(0, 1),
  weightDecay: halfOpen(0, 1),
  pretrainWeightDecay: halfOpen(0, 1),
  beta1: halfOpen(0, 1),
  beta2: halfOpen(0, 1),
  adamEpsilon: between(0, 1),
  batchNormMomentum: within(0, 1),
  centreGuard: halfOpen(0, Number.POSITIVE_INFINITY),
  eta: between(0, Number.POSITIVE_INFINITY),
  lossEpsilon: between(0, 1),
  validationShare: between(0, 1),
  patience: integer(1, 100_000),
}

/** Checks every setting. Errors: `OUT_OF_RANGE`, `WRONG_TYPE`, `UNKNOWN_NAME`. */
export function requireSettings(settings: TrainingSettings): TrainingSettings {
  requireOptions('settings', settings, checks)
  if (settings.patience === undefined || settings.validationShare !== undefined) return settings
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `patience is ${settings.patience}, and no sample measures the validation loss. Hold some out: validationShare 0.1 (--validation-share 0.1)`,
  )
}

/**
 * The published settings, but for those asked for.
 * Errors: `UNKNOWN_NAME` for a setting that there is not, with the nearest; `OUT_OF_RANGE`, `WRONG_TYPE`.
 */
export function chosenSettings(published: TrainingSettings, asked?: Partial<TrainingSettings>): TrainingSettings {
  return requireSettings({ ...published, ...requireOptions<Partial<TrainingSettings>>('settings', asked, checks) })
}

export function trainingSchedule(settings: TrainingSettings): Schedule {
  const { beta1, beta2, adamEpsilon: epsilon, weightDecay } = settings
  return { ...settings, adam: { beta1, beta2, epsilon, weightDecay } }
}

export function pretrainingSchedule(settings: TrainingSettings): Schedule {
  const { pretrainEpochs: epochs, pretrainWeightDecay: weightDecay } = settings
  return trainingSchedule({ ...settings, milestones: [], epochs, weightDecay })
}

/** The learning rate of an epoch, counted from 0. */
export function learningRateOf({ learningRate, milestones, learningRateDecay }: Schedule, epoch: number): number {
  return learningRate * learningRateDecay ** milestones.filter((milestone) => milestone <= epoch).length
}
