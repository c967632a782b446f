import type { Objective } from './objective.js'

/** Deep SVDD: normal samples are pulled towards a fixed centre, loss ‖φ(x) − c‖². */
export const deepSvdd = {
  name: 'deep-svdd',
  title: 'Deep SVDD',
  distance: 'hypersphere',
  centre: 'pretrained',
  loss: { normal: (d) => d },
  source: 'Ruff et al., "Deep One-Class Classification", ICML 2018',
} as const satisfies Objective
