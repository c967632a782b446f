import { invariant, requireInteger } from '../check.js'
import { counted } from '../counted.js'
import { log } from '../elementary.js'
import { ScoringBiasError } from '../errors.js'
import type { BiasVariance } from './biasVariance.js'
import type { SampleSizes } from './bounds.js'
import type { SizeOptions } from './options.js'
import { mostSamples, roundUp } from './solve.js'

/** The samples that there must be: their standard error of ξ̂, and the least of each class. */
export interface Need {
  readonly variance: BiasVariance
  readonly target: number
  readonly least: SampleSizes
}

/** First-order variances are not to be trusted below so many tolerated false alarms or discordant anomalies. */
export const fewestEvents = 10

/** Shares of the variance left to the anomalies, for the pairs of the trade-off. */
const tradeoffShares = [0.95, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.05]

/**
 * The least numbers that first-order variances are to be trusted with. An interval of half-width w from anomalies on which
 * the detectors agree takes −ln(α)/w of them.
 */
export function leastSizes(
  fpr: number,
  { discordance }: BiasVariance,
  { halfWidth = 1, alpha }: { readonly halfWidth?: number | undefined; readonly alpha: number },
): SampleSizes {
  const discordant = discordance > 0 ? Math.ceil(fewestEvents / discordance) : 1
  const agreed = Math.ceil(-log(alpha) / halfWidth)
  return {
    nNormal: Math.ceil(fewestEvents / fpr - 1e-9),
    nAnomalous: Math.min(Math.max(discordant, halfWidth < 1 ? agreed : 1), mostSamples),
  }
}

/**
 * Both numbers: those given, one of which may be left to be solved for, so that the standard error of ξ̂ is `target`.
 * Errors: `OUT_OF_RANGE` when the class given is noisier than that alone.
 */
export function completeSizes(
  { perAnomaly, perNormal }: BiasVariance,
  { nNormal, nAnomalous }: SizeOptions,
  target: number,
): SampleSizes {
  if (nNormal === undefined) {
    invariant(nAnomalous !== undefined, 'one number of samples is given')
    const left = varianceLeft('nAnomalous', nAnomalous, perAnomaly, target)
    return { nNormal: atMost(roundUp(perNormal / left)), nAnomalous }
  }
  if (nAnomalous !== undefined) return { nNormal, nAnomalous }
  const left = varianceLeft('nNormal', nNormal, perNormal, target)
  return { nNormal, nAnomalous: atMost(roundUp(perAnomaly / left)) }
}

/** The pair that costs least, or goes with the number that is given, or both that are. */
export function cheapestSizes(need: Need, given: SizeOptions, anomalyCost: number): SampleSizes {
  const { variance, target, least } = need
  const { nNormal, nAnomalous } = given
  if (nNormal === undefined) requireReachable(least.nNormal)
  if (nNormal === undefined && nAnomalous === undefined) {
    const { perAnomaly, perNormal } = variance
    return pairWith(need, (perNormal + Math.sqrt(anomalyCost * perNormal * perAnomaly)) / target ** 2)
  }
  const sizes = completeSizes(variance, given, target)
  return {
    nNormal: nNormal ?? Math.max(least.nNormal, sizes.nNormal),
    nAnomalous: nAnomalous ?? Math.max(least.nAnomalous, sizes.nAnomalous),
  }
}

/** Other pairs for a need, or for one like it that `corrected` makes of a pair, by rising number of normals. */
export function tradeoffOf(need: Need, corrected: (target: number, pair: SampleSizes) => number): SampleSizes[] {
  const pairs = new Map<number, SampleSizes>()
  for (const share of tradeoffShares) {
    const first = pairAt(need, share)
    const pair = first && pairAt({ ...need, target: corrected(need.target, first) }, share)
    if (pair !== undefined) pairs.set(pair.nNormal, pair)
  }
  return [...pairs.values()].sort((a, b) => a.nNormal - b.nNormal)
}

/** The pair that leaves a share of the variance to the anomalies; none past 2³¹. */
function pairAt(need: Need, share: number): SampleSizes | undefined {
  const normals = need.variance.perNormal / ((1 - share) * need.target ** 2)
  return Math.max(normals, need.least.nNormal) > mostSamples ? undefined : pairWith(need, normals)
}

/** The pair with a little more than so many normals, or with the least of a class where that is more. */
function pairWith({ variance, target, least }: Need, normals: number): SampleSizes {
  const nNormal = Math.max(least.nNormal, atMost(Math.floor(normals) + 1))
  const pair = completeSizes(variance, { nNormal }, target)
  if (pair.nAnomalous >= least.nAnomalous) return pair
  const fewer = completeSizes(variance, { nAnomalous: least.nAnomalous }, target)
  return { nNormal: Math.max(least.nNormal, fewer.nNormal), nAnomalous: least.nAnomalous }
}

/** What n samples of one class leave of the variance wanted. */
function varianceLeft(name: string, n: number, perSample: number, target: number): number {
  requireInteger(name, n, 1, mostSamples)
  const left = target ** 2 - perSample / n
  if (left > 0) return left
  const fewest = Math.floor(perSample / target ** 2) + 1
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${name} = ${n} is too small for this precision however many samples the other class has: at least ${fewest} are needed`,
  )
}

/** Requires that the normals which a target takes at least are a number that anyone could label. */
function requireReachable(nNormal: number): void {
  if (nNormal <= mostSamples) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `fpr is too small for a plan: it takes ${counted(nNormal, 'normal sample')} to see ${fewestEvents} false alarms, and a plan ` +
      'takes at most 2³¹. Ask for a larger fpr',
  )
}

/** At least one sample, and a number that anyone could label. */
function atMost(n: number): number {
  if (n > mostSamples) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'a plan takes at most 2³¹ samples of a class, and this goal takes more. Ask for a larger precision, or a larger xi',
    )
  }
  return Math.max(1, n)
}
