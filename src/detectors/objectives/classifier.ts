import { add, exp, log, maximum, neg } from '../../graph/ops.js'
import type { Tensor } from '../../graph/tensor.js'
import { absolute, type Objective } from './objective.js'

/**
 * A plain binary classifier, the control that detectors must beat: logistic regression on the code, d = w·φ(x) + b being the log
 * odds of an anomaly, with the loss ln(1 + eᵈ) of normal samples and ln(1 + e⁻ᵈ) of labelled anomalies. All normal samples
 * trained on count as normal, whatever is hidden among them. Batches are shuffled, and no class weighs more than it has samples.
 */
export const classifier = {
  name: 'classifier',
  title: 'Classifier',
  distance: 'head',
  centre: 'none',
  loss: { normal: softplus, anomaly: (d) => softplus(neg(d)) },
  source: 'Logistic loss (Cox, "The Regression Analysis of Binary Sequences", JRSS B 1958) on the code of the network',
} as const satisfies Objective

/** ln(1 + eᵈ) as max(d, 0) + ln(1 + e^−|d|), which no d overflows. */
function softplus(d: Tensor): Tensor {
  return add(maximum(d, 0), log(add(exp(neg(absolute(d))), 1)))
}
