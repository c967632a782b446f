import { invariant, requireInteger } from '../check.js'
import { counted } from '../counted.js'
import { log } from '../elementary.js'
import { ScoringBiasError } from '../errors.js'
import type { BiasVariance, KnownRates } from './biasVariance.js'
import type { SampleSizes } from './bounds.js'
import type { SizeOptions } from './options.js'
import { mostSamples, roundUp } from './solve.js'

/** The samples that there must be: their standard error of ξ̂, and the least of each class. */
export interface Need {
  readonly variance: Pick<BiasVariance, 'perAnomaly' | 'perNormal'>
  readonly target: number
  readonly least: SampleSizes
}

/** First-order variances are not to be trusted below so many tolerated false alarms or discordant anomalies. */
export const fewestEvents = 10

/** Shares of the variance left to the anomalies, for the pairs of the trade-off. */
export const tradeoffShares = [0.95, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.05] as const

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
 * The first-order variance that a search for sizes is steered by. Where the detectors are expected to agree, or nearly, it is too small
 * for more samples to show in it: an anomaly then counts as much as half of the distance that is to be seen, and the
 * thresholds as if detectors agreed on no more than 99.9 % of their false alarms.
 */
export function steeringVariance(
  { perAnomaly, perNormal, slopeBaseline, slopeCandidate }: BiasVariance,
  { fpr }: KnownRates,
  distance: number,
): Need['variance'] {
  const agreed = 1e-3 * fpr * (1 - fpr) * (slopeBaseline ** 2 + slopeCandidate ** 2)
  return { perAnomaly: Math.max(perAnomaly, distance / 2), perNormal: Math.max(perNormal, agreed) }
}

/**
 * Both numbers: those given, one of which may be left to be solved for, so that the standard error of ξ̂ is `target`. Of a message
 * `wayOut` is the end: what to ask for instead.
 * Errors: `OUT_OF_RANGE` when the class given is noisier than that alone.
 */
export function completeSizes(
  { perAnomaly, perNormal }: Need['variance'],
  { nNormal, nAnomalous }: SizeOptions,
  target: number,
  wayOut: string,
): SampleSizes {
  if (nNormal === undefined) {
    invariant(nAnomalous !== undefined, 'one number of samples is given')
    const left = varianceLeft('nAnomalous', nAnomalous, perAnomaly, target, wayOut)
    return { nNormal: atMost(roundUp(perNormal / left), wayOut), nAnomalous }
  }
  if (nAnomalous !== undefined) return { nNormal, nAnomalous }
  const left = varianceLeft('nNormal', nNormal, perNormal, target, wayOut)
  return { nNormal, nAnomalous: atMost(roundUp(perAnomaly / left), wayOut) }
}

/** The pair that costs least; undefined past 2³¹. */
export function cheapestPair(need: Need, anomalyCost: number): SampleSizes | undefined {
  const { perAnomaly, perNormal } = need.variance
  return pairWith(need, (perNormal + Math.sqrt(anomalyCost * perNormal * perAnomaly)) / need.target ** 2)
}

/** The pair that leaves a share of the variance to the anomalies; undefined past 2³¹. */
export function pairOfShare(need: Need, share: number): SampleSizes | undefined {
  return pairWith(need, need.variance.perNormal / ((1 - share) * need.target ** 2))
}

/** The pair with a little more than so many normals, or with the least of a class where that is more. */
function pairWith({ variance, target, least }: Need, normals: number): SampleSizes | undefined {
  const { perAnomaly, perNormal } = variance
  const nNormal = Math.max(least.nNormal, Math.floor(normals) + 1)
  const nAnomalous = roundUp(perAnomaly / (target ** 2 - perNormal / nNormal))
  const pair = nAnomalous >= least.nAnomalous ? { nNormal, nAnomalous } : withLeastAnomalies()
  return pair.nNormal <= mostSamples && pair.nAnomalous <= mostSamples ? pair : undefined

  function withLeastAnomalies(): SampleSizes {
    const left = target ** 2 - perAnomaly / least.nAnomalous
    return { nNormal: Math.max(least.nNormal, roundUp(perNormal / left)), nAnomalous: least.nAnomalous }
  }
}

/** What n samples of one class leave of the variance wanted. */
function varianceLeft(
  name: keyof typeof classNames,
  n: number,
  perSample: number,
  target: number,
  wayOut: string,
): number {
  requireInteger(name, n, 1, mostSamples)
  const left = target ** 2 - perSample / n
  if (left > 0) return left
  throw tooFew(name, n, Math.floor(perSample / target ** 2) + 1, wayOut)
}

const classNames = { nNormal: ['normal samples', 'anomalies'], nAnomalous: ['anomalies', 'normal samples'] } as const

/** What is said of a number that is too small whatever the other one is. */
export function tooFew(name: keyof typeof classNames, n: number, fewest: number, wayOut: string): ScoringBiasError {
  const [own, other] = classNames[name]
  return new ScoringBiasError(
    'OUT_OF_RANGE',
    `${name} must be at least ${fewest}, however many ${other} there are, got ${n}. Use more ${own}, or ask for ${wayOut}`,
  )
}

/** Requires that the normals which a plan takes at least are a number that anyone could label. */
export function requireReachable(nNormal: number): void {
  if (nNormal <= mostSamples) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `fpr is too small for a plan: it takes ${counted(nNormal, 'normal sample')} to see ${fewestEvents} false alarms, and a plan ` +
      'takes at most 2³¹. Ask for a larger fpr',
  )
}

/** At least one sample, and a number that anyone could label. */
function atMost(n: number, wayOut: string): number {
  if (n > mostSamples) throw tooMany(wayOut)
  return Math.max(1, n)
}

export function tooMany(wayOut: string): ScoringBiasError {
  return new ScoringBiasError(
    'OUT_OF_RANGE',
    `this goal takes more than 2³¹ samples of a class, and a plan takes at most 2³¹. Ask for ${wayOut}`,
  )
}
