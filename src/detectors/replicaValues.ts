import { activationBudget } from '../nn/parameters.js'
import { type Values, value } from '../runtime/value.js'
import type { DetectorGraph } from './detectorGraph.js'
import type { Weights } from './fit.js'

export function weightValues({ parameters, statistics }: Weights, nReplicas: number): Values {
  const row = (data: Float32Array) => value('float32', data, [nReplicas, data.length / nReplicas])
  return { parameters: row(parameters), ...(statistics.length > 0 && { statistics: row(statistics) }) }
}

export function centreValue(centre: Float32Array, nReplicas: number): Values {
  return centre.length === 0 ? {} : { centre: value('float32', centre, [nReplicas, centre.length / nReplicas]) }
}

/**
 * Ranges of rows: at most 1,024, fewer where one replica's activations would exceed `activationBudget`. The number of
 * replicas has no say, so that it cannot change a bit.
 */
export function* rowBlocks({ declaration }: DetectorGraph, nRows: number): Generator<[number, number]> {
  const affordable = Math.floor(activationBudget / (4 * declaration.activations))
  const most = Math.max(16, Math.min(1024, affordable))
  for (let from = 0; from < nRows; from += most) yield [from, Math.min(nRows, from + most)]
}
