import { counted, formatCount } from '../counted.js'
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

/** As many ξ as a comparison may have: one for each candidate, target and class. They share their draws, 44 KB of 10,000 for each ξ. */
const mostAnswers = 100_000

/** Requires that so many candidates can be compared at so many targets, for so many classes. Errors: `OUT_OF_RANGE`. */
export function requireFewAnswers(nCandidates: number, nTargets: number, nClasses: number): void {
  const pairs = nCandidates * nTargets
  const ofPairs = nTargets === 1 ? counted(nCandidates, 'candidate') : pairsOf(nCandidates, nTargets)
  const fewer = `Name fewer candidates${nTargets === 1 ? '' : ', or give fewer targets'}`
  const tooMany = (what: string, most: number) =>
    new ScoringBiasError('OUT_OF_RANGE', `${what}. There may be ${formatCount(most)}. ${fewer}`)
  if (pairs > mostDetectors) throw tooMany(`${ofPairs} are ${formatCount(pairs)} comparisons`, mostDetectors)
  if (pairs * nClasses > mostAnswers)
    throw tooMany(
      `${ofPairs} with ${formatCount(nClasses)} classes are ${formatCount(pairs * nClasses)} answers`,
      mostAnswers,
    )
}

function pairsOf(nCandidates: number, nTargets: number): string {
  return `${counted(nCandidates, 'candidate')} at ${formatCount(nTargets)} targets`
}
