import { div, greaterOrEqual, sub, where } from '../../graph/ops.js'
import type { Tensor } from '../../graph/tensor.js'
import { normal } from '../../random/normal.js'
import { meanSd } from '../../stats/meanSd.js'
import { absolute, type Objective } from './objective.js'

/** As the published program has it: so many draws of N(0, 1), and labelled anomalies at least so many of their standard deviations up. */
const references = 5000
const margin = 5

/** Philox stream of the reference scores; a stream is used for nothing else. */
const referenceStream = 0x4445_564e

/**
 * DevNet: a scalar head's output s is a score whose z-score among 5,000 draws of N(0, 1), dev = (s − μ)/σ, is to be 0 for normal
 * samples, loss |dev|, and at least 5 for labelled anomalies, loss max(0, 5 − dev). Half of each batch are labelled anomalies.
 *
 * The published program draws the references once for a model. Here they are drawn once for all.
 */
export const devNet = {
  name: 'devnet',
  title: 'DevNet',
  distance: 'head',
  centre: 'none',
  batches: 'balanced',
  loss: { normal: (d) => absolute(deviation(d)), anomaly: (d) => shortfall(deviation(d)) },
  source: 'Pang, Shen and van den Hengel, "Deep Anomaly Detection with Deviation Networks", KDD 2019',
} as const satisfies Objective

function deviation(d: Tensor): Tensor {
  const { mean, sd } = referenceLaw()
  return div(sub(d, mean), sd)
}

/** max(0, margin − deviation), and NaN of NaN, see `absolute`. */
function shortfall(deviation: Tensor): Tensor {
  return where(greaterOrEqual(deviation, margin), 0, sub(margin, deviation))
}

/** Mean and standard deviation of the reference scores, to six places: graphs have the same bytes on any machine. */
export function referenceLaw(): { readonly mean: number; readonly sd: number } {
  const { mean, sd } = meanSd(normal(references, { stream: referenceStream }))
  return { mean: Number(mean.toFixed(6)), sd: Number(sd.toFixed(6)) }
}
