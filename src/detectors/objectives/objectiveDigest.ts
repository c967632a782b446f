import { createHash } from 'node:crypto'
import { at } from '../../check.js'
import { gradients } from '../../graph/grad.js'
import { input } from '../../graph/ops.js'
import { printInFull } from '../../graph/print.js'
import { type LossSettings, lossDefaults, type Objective } from './objective.js'

/** Two losses that use a setting in different ways have different graphs at one of these. */
const probes: readonly LossSettings[] = [lossDefaults, { eta: Math.E, lossEpsilon: 1 / Math.PI }]

/**
 * SHA-256, in hexadecimal, of what decides an objective's numbers: distance, centre, and the printed graphs of its
 * losses and of their gradients, constants in full. Two detectors of one name that learn differently differ in it; names and
 * titles have no part.
 */
export function objectiveDigest({ distance, centre, loss }: Objective): string {
  const hash = createHash('sha256').update(`${distance} ${centre}`)
  for (const settings of probes) {
    for (const of of [loss.normal, loss.anomaly]) {
      if (of === undefined) continue
      const d = input('d', 'float32', ['R', 1, 'B'])
      const value = of(d, settings)
      hash.update(printInFull({ value, gradient: at(gradients(value, [d]), 0) }))
    }
  }
  return hash.digest('hex')
}
