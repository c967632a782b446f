import { inverseLoss, type Objective } from './objective.js'

/** SAE: the autoencoder with the inverse error as the loss of labelled anomalies, η·(mse + 1e-6)⁻¹ with η = 1. */
export const supervisedAutoencoder = {
  name: 'sae',
  title: 'SAE',
  distance: 'reconstruction',
  centre: 'none',
  loss: { normal: (d) => d, anomaly: inverseLoss },
  source: 'Zhou and Paffenroth, KDD 2017, with the inverse loss of Ye, Chen and Zheng, IJCAI 2021, Appendix E',
} as const satisfies Objective
