import type { Objective } from './objective.js'

/** AE: the mean squared reconstruction error of normal samples; also how hypersphere detectors are pretrained. */
export const autoencoder = {
  name: 'ae',
  title: 'AE',
  distance: 'reconstruction',
  centre: 'none',
  loss: { normal: (d) => d },
  source: 'Zhou and Paffenroth, "Anomaly Detection with Robust Deep Autoencoders", KDD 2017',
} as const satisfies Objective
