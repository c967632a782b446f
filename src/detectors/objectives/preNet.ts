import { absolute, type Objective } from './objective.js'

/**
 * PReNet: the relation u·φ(x) + v·φ(x′) + b of two samples is to be 8 for two labelled anomalies, 4 for an anomaly before a normal
 * sample and 0 for two normal samples, with the absolute error as its loss. Half of each batch are labelled anomalies, and the
 * loss is over all pairs of the batch, a quarter, a quarter and a half for the three kinds: what the published program estimates from
 * pairs that it draws in these shares.
 *
 * The published score is the mean relation to labelled anomalies and normal samples that are drawn anew. As the head is linear,
 * whichever are drawn add the same constant to all scores. Ranks, thresholds and recall do not depend on it, so nothing is
 * drawn: the score is a sample's relation to itself.
 */
export const preNet = {
  name: 'prenet',
  title: 'PReNet',
  distance: 'pairs',
  centre: 'none',
  batches: 'balanced',
  loss: { normal: absolute, anomaly: absolute },
  pairs: { target: 4, shares: { anomalous: 1 / 4, mixed: 1 / 4, normal: 1 / 2 } },
  source: 'Pang et al., "Deep Weakly-supervised Anomaly Detection", KDD 2023 (arXiv 1910.13601)',
} as const satisfies Objective
