import { requireInteger } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { BiasVariance } from './biasVariance.js'
import { mostSamples, roundUp } from './solve.js'

/**
 * The anomalies that bring the standard error of ξ̂ down to `target` beside so many normals.
 * Errors: `OUT_OF_RANGE` when the thresholds alone are noisier than that.
 */
export function anomaliesFor(variance: BiasVariance, nNormal: number, target: number): number {
  const { perAnomaly, perNormal } = variance
  return partner('nNormal', nNormal, perNormal, perAnomaly, target)
}

/**
 * The normals that bring the standard error of ξ̂ down to `target` beside so many anomalies.
 * Errors: `OUT_OF_RANGE` when the anomalies alone are noisier than that.
 */
export function normalsFor(variance: BiasVariance, nAnomalous: number, target: number): number {
  const { perAnomaly, perNormal } = variance
  return partner('nAnomalous', nAnomalous, perAnomaly, perNormal, target)
}

function partner(name: string, n: number, given: number, sought: number, target: number): number {
  requireInteger(name, n, 1, mostSamples)
  const left = target ** 2 - given / n
  if (left > 0) return atMost(roundUp(sought / left))
  const fewest = Math.floor(given / target ** 2) + 1
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${name} = ${n} is too small for this precision however many samples the other class has: at least ${fewest} are needed`,
  )
}

/** At least one sample, and a number that anyone could label. */
export function atMost(n: number): number {
  if (n > mostSamples) {
    throw new ScoringBiasError('OUT_OF_RANGE', `this takes ${n} samples of a class: ask for less`)
  }
  return Math.max(1, n)
}
