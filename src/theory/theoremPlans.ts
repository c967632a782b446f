import { ScoringBiasError } from '../errors.js'
import type { KnownRates } from './biasVariance.js'
import type { SampleSizes } from './bounds.js'
import { type SampleComplexity, type SampleComplexityOptions, sampleComplexity } from './sampleComplexity.js'

/** One version of Theorem 3 beside a plan. */
export interface TheoremPlan extends Pick<SampleComplexity, 'version' | 'epsilon' | 'delta'> {
  /** The samples that it needs for epsilon and delta, at the planned fraction of anomalies; absent past 2³¹. */
  readonly needs?: SampleSizes
  /** The ε that it guarantees from the planned samples; more than 1 says nothing. */
  readonly epsilonFromPlan: number
  /** The bounds on the slopes of the chords that it took. Not of `exact`, which needs none. */
  readonly steepest?: readonly [baseline: number, candidate: number]
}

/**
 * What the versions of Theorem 3 need to guarantee |ξ̂ − ξ| ≤ ε with probability 1 − δ at the fraction of anomalies of a plan,
 * and what they guarantee from the planned samples.
 *
 * The bound on the slopes is TPR/fpr, the steepest chord from the target of any concave ROC curve, or the expected
 * slope where that is steeper. `published` takes it as its ratio: scores in units in which normal ones are uniform.
 */
export function theoremPlans(
  expected: KnownRates,
  { nNormal, nAnomalous }: SampleSizes,
  { epsilon, delta }: { readonly epsilon: number; readonly delta: number },
): TheoremPlan[] {
  const { fpr, tprBaseline, tprCandidate, slopeBaseline, slopeCandidate } = expected
  const n = nNormal + nAnomalous
  const alpha = nAnomalous / n
  const steepest = steepestChords(expected)
  const slopes = [slopeBaseline, slopeCandidate] as const
  const versions: SampleComplexityOptions[] = [
    { version: 'published', alpha, ratios: steepest },
    { version: 'corrected', alpha, slopes: steepest },
    { version: 'sharp', alpha, fpr, slopes: steepest },
    { version: 'exact', alpha, fpr, slopes, tprs: [tprBaseline, tprCandidate] },
  ]
  return versions.map((version) => {
    const needs = sizesOrNone({ ...version, epsilon, delta })
    return {
      version: version.version,
      epsilon,
      delta,
      ...(needs && { needs }),
      epsilonFromPlan: sampleComplexity({ ...version, n, delta }).epsilon,
      ...(version.version !== 'exact' && { steepest }),
    }
  })
}

/** The bounds on the slopes of the chords from the target that {@link theoremPlans} takes, finite for the smallest targets too. */
export function steepestChords(expected: KnownRates): readonly [baseline: number, candidate: number] {
  const { fpr, tprBaseline, tprCandidate, slopeBaseline, slopeCandidate } = expected
  const steepest = (slope: number, tpr: number) => Math.min(Math.max(slope, tpr / fpr), Number.MAX_VALUE)
  return [steepest(slopeBaseline, tprBaseline), steepest(slopeCandidate, tprCandidate)]
}

/** Nothing where no number of samples does. */
function sizesOrNone(options: SampleComplexityOptions): SampleSizes | undefined {
  try {
    const { nNormal, nAnomalous } = sampleComplexity(options)
    return { nNormal, nAnomalous }
  } catch (error) {
    if (error instanceof ScoringBiasError && error.code === 'OUT_OF_RANGE') return undefined
    throw error
  }
}
