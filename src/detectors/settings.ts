import { requireInteger } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type AdamSettings, adamDefaults } from '../nn/adam.js'

/** How a stretch of training goes, whatever is trained. */
export interface Schedule {
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Epochs from which on the learning rate is multiplied by another 0.1. */
  readonly milestones: readonly number[]
  readonly adam: AdamSettings
}

/** How a detector is trained. */
export interface TrainingSettings {
  readonly epochs: number
  /** Epochs of autoencoder pretraining, for the detectors that have it. */
  readonly pretrainEpochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly milestones: readonly number[]
  readonly weightDecay: number
  readonly pretrainWeightDecay: number
}

/** The settings of the paper's reference program for StatLog. */
export const publishedSettings: TrainingSettings = {
  epochs: 200,
  pretrainEpochs: 100,
  batchSize: 128,
  learningRate: 1e-3,
  milestones: [60, 120, 180],
  weightDecay: 5e-7,
  pretrainWeightDecay: 5e-4,
}

/** Checks every setting. Errors: `OUT_OF_RANGE`, `WRONG_TYPE`. */
export function requireSettings(settings: TrainingSettings): TrainingSettings {
  requireInteger('epochs', settings.epochs, 1, 100_000)
  requireInteger('pretrainEpochs', settings.pretrainEpochs, 0, 100_000)
  requireInteger('batchSize', settings.batchSize, 2, 1_000_000)
  for (const [i, epoch] of settings.milestones.entries()) requireInteger(`milestones[${i}]`, epoch, 1)
  const { learningRate, weightDecay, pretrainWeightDecay } = settings
  for (const [name, value] of Object.entries({ learningRate, weightDecay, pretrainWeightDecay })) {
    if (!(value >= 0 && value < 1))
      throw new ScoringBiasError('OUT_OF_RANGE', `${name} must lie in [0, 1), got ${value}`)
  }
  return settings
}

export function trainingSchedule(settings: TrainingSettings): Schedule {
  return { ...settings, adam: { ...adamDefaults, weightDecay: settings.weightDecay } }
}

export function pretrainingSchedule(settings: TrainingSettings): Schedule {
  return {
    ...settings,
    milestones: [],
    epochs: settings.pretrainEpochs,
    adam: { ...adamDefaults, weightDecay: settings.pretrainWeightDecay },
  }
}

/** The learning rate of an epoch, counted from 0. */
export function learningRateOf({ learningRate, milestones }: Schedule, epoch: number): number {
  return learningRate * 0.1 ** milestones.filter((milestone) => milestone <= epoch).length
}
