import { add, div, exp, log, neg, sub } from '../../graph/ops.js'
import type { Tensor } from '../../graph/tensor.js'

/** The loss of each sample at its distance, elementwise: a graph of the shape and type of `d`. */
export type Loss = (d: Tensor, settings: LossSettings) => Tensor

/**
 * What a detector minimises and how it scores, as functions of one distance d ≥ 0 per sample, which is also its score:
 * ‖φ(x) − c‖² for a hypersphere detector, the mean squared reconstruction error for a reconstruction detector.
 */
export interface Objective {
  /** Name in options, files and messages. */
  readonly name: string
  /** Name in tables and figures. */
  readonly title: string
  readonly distance: 'hypersphere' | 'reconstruction'
  /** Where the hypersphere's centre is: at the mean code of the training data after pretraining, or at the origin. */
  readonly centre: 'pretrained' | 'origin' | 'none'
  /** Of normal samples, and of labelled anomalies; without the latter the detector trains on normal samples only. */
  readonly loss: { readonly normal: Loss; readonly anomaly?: Loss | undefined }
  /** Source of the definition. */
  readonly source: string
}

/** What the losses of labelled anomalies leave open. */
export interface LossSettings {
  /** η: the weight of labelled anomalies in the inverse losses of Deep SAD and SAE. */
  readonly eta: number
  /** Keeps every loss of labelled anomalies finite at d = 0. */
  readonly lossEpsilon: number
}

/** The published programs' values. */
export const lossDefaults: LossSettings = { eta: 1, lossEpsilon: 1e-6 }

/** Whether a detector trains on labelled anomalies, or on normal samples only. */
export function learnsFromAnomalies({ loss }: Objective): boolean {
  return loss.anomaly !== undefined
}

/** η/(d + ε): the loss of labelled anomalies that are pushed away. */
export const inverseLoss: Loss = (d, { eta, lossEpsilon }) => div(eta, add(d, lossEpsilon))

/** −ln(1 − exp(−d) + ε): the loss of labelled anomalies where exp(−d) is the probability of a normal sample. */
export const classifierLoss: Loss = (d, { lossEpsilon }) => neg(log(add(sub(1, exp(neg(d))), lossEpsilon)))
