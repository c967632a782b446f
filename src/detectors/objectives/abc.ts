import { classifierLoss, type Objective } from './objective.js'

/**
 * ABC, the autoencoding binary classifier: exp(−mse) is the probability of a normal sample; labelled anomalies have
 * the loss −ln(1 − exp(−mse) + 1e-6). It scores by the error, a monotone form of that probability.
 */
export const abc = {
  name: 'abc',
  title: 'ABC',
  distance: 'reconstruction',
  centre: 'none',
  loss: { normal: (d) => d, anomaly: classifierLoss },
  source: 'Yamanaka et al., "Autoencoding Binary Classifiers for Supervised Anomaly Detection", PRICAI 2019',
} as const satisfies Objective
