import { add, div, exp, greaterOrEqual, log, neg, sub, where } from '../../graph/ops.js'
import type { Tensor } from '../../graph/tensor.js'

/** The loss of each sample at its distance, elementwise: a graph of the shape and type of `d`. */
export type Loss = (d: Tensor, settings: LossSettings) => Tensor

/**
 * What a detector minimises and how it scores, as functions of one number d per sample, which is also its score: ‖φ(x) − c‖² ≥ 0
 * for a hypersphere detector, the mean squared reconstruction error for a reconstruction detector, and w·φ(x) + b, of either
 * sign, for a linear `head` on the code. A detector of `pairs` has a head u·φ(x) + v·φ(x′) + b on the codes of two samples, and
 * scores a sample by its relation to itself: to any other references a sample has half of it, plus a constant.
 */
export interface Objective {
  /** Name in options, files and messages. */
  readonly name: string
  /** Name in tables and figures. */
  readonly title: string
  readonly distance: 'hypersphere' | 'reconstruction' | 'head' | 'pairs'
  /** Where the hypersphere's centre is: at the mean code of the training data after pretraining, or at the origin. */
  readonly centre: 'pretrained' | 'origin' | 'none'
  /** Of normal samples, and of labelled anomalies; without the latter the detector trains on normal samples only. */
  readonly loss: { readonly normal: Loss; readonly anomaly?: Loss | undefined }
  /**
   * How batches are drawn: `balanced`, half of each are labelled anomalies, drawn again and again. Default: all samples once in
   * an epoch, shuffled.
   */
  readonly batches?: 'balanced' | undefined
  /** Of a detector of pairs; its losses are of a pair's relation less its target. */
  readonly pairs?: PairSettings | undefined
  /** Source of the definition. */
  readonly source: string
}

/** What pairs of samples are to have for their relation. */
export interface PairSettings {
  /** What each labelled anomaly of a pair adds to the pair's target, which is 0 for two normal samples. */
  readonly target: number
  /** Weights in the loss of a batch of the mean over its pairs of two anomalies, of an anomaly and a normal sample, and of two normal samples. */
  readonly shares: { readonly anomalous: number; readonly mixed: number; readonly normal: number }
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

/** |d|. A choice, as ONNX Runtime's maximum of NaN and a number is the number: what diverges would be hidden. */
export function absolute(d: Tensor): Tensor {
  return where(greaterOrEqual(d, 0), d, neg(d))
}

/** η/(d + ε): the loss of labelled anomalies that are pushed away. */
export const inverseLoss: Loss = (d, { eta, lossEpsilon }) => div(eta, add(d, lossEpsilon))

/** −ln(1 − exp(−d) + ε): the loss of labelled anomalies where exp(−d) is the probability of a normal sample. */
export const classifierLoss: Loss = (d, { lossEpsilon }) => neg(log(add(sub(1, exp(neg(d))), lossEpsilon)))
