import { inverseLoss, type Objective } from './objective.js'

/**
 * Deep SAD: normal samples as in Deep SVDD; labelled anomalies are pushed away from the centre,
 * loss η·(‖φ(x) − c‖² + 1e-6)⁻¹ with η = 1.
 */
export const deepSad = {
  name: 'deep-sad',
  title: 'Deep SAD',
  distance: 'hypersphere',
  centre: 'pretrained',
  loss: { normal: (d) => d, anomaly: inverseLoss },
  source: 'Ruff et al., "Deep Semi-Supervised Anomaly Detection", ICLR 2020',
} as const satisfies Objective
