import { formatCount } from '../counted.js'
import { ScoringBiasError } from '../errors.js'

/** As many detectors as a comparison may have, the baseline among them, and as many pairs of a candidate and a target. */
export const mostDetectors = 1000

/**
 * Requires that so many detectors can be compared: columns of features that are taken for candidates are thousands.
 * Errors: `OUT_OF_RANGE`.
 */
export function requireFewDetectors(source: string, nDetectors: number, isAtLeast = false): void {
  if (nDetectors <= mostDetectors) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${source} has ${isAtLeast ? 'at least ' : ''}${formatCount(nDetectors)} detectors to compare, the baseline among them. A comparison has at most ` +
      `${formatCount(mostDetectors)}. Name the candidates that you want with --candidate (option candidates of the library)`,
  )
}

/** Requires that so many candidates can be compared at so many targets. Errors: `OUT_OF_RANGE`. */
export function requireFewPairs(nCandidates: number, nTargets: number): void {
  if (nCandidates * nTargets <= mostDetectors) return
  const [candidates, targets, pairs, most] = [nCandidates, nTargets, nCandidates * nTargets, mostDetectors].map((n) =>
    formatCount(n),
  )
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${candidates} candidates at ${targets} targets are ${pairs} comparisons. There may be ${most}. Name fewer candidates, or give fewer targets`,
  )
}
