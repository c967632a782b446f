import { classifierLoss, type Objective } from './objective.js'

/**
 * HSC: normal samples are pulled towards the origin, loss ‖φ(x)‖²; for labelled anomalies −ln(1 − exp(−‖φ(x)‖²) + 1e-6).
 * Its published score 1 − exp(−‖φ(x)‖²) saturates at 1 in float32 and makes ties; the distance itself ranks the same.
 */
export const hsc = {
  name: 'hsc',
  title: 'HSC',
  distance: 'hypersphere',
  centre: 'origin',
  loss: { normal: (d) => d, anomaly: classifierLoss },
  source: 'Ruff et al., "Rethinking Assumptions in Deep Anomaly Detection", 2020',
} as const satisfies Objective
