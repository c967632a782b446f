/**
 * The law of ξ* on one set of anomalies, as intervals and p-values read it: draws, or a closed form.
 *
 * Shares are probabilities raised by what the law cannot tell from nothing, its `resolution`: of B draws (#{ξ* ≤ x} + 1)/(B + 1),
 * of a closed form P(ξ* ≤ x) + ε with ε no less than its error. Intervals, p-values and families all read shares, so
 * they agree to the last bit whatever the error is, and no p-value is 0.
 */
export interface BiasLaw {
  readonly mean: number
  /** The standard deviation. */
  readonly standardError: number
  /** The least share, > 0. */
  readonly resolution: number
  /** The share at or below x, at most 1; ξ* that equal x but for rounding are x. */
  atMost(x: number): number
  /** The share at or above x. */
  atLeast(x: number): number
  /** P(ξ* < x) + P(ξ* = x)/2, in (0, 1). */
  middle(x: number): number
  /**
   * inf{x: the share at or below x is one that counts}, where with a share all larger ones count: −Infinity where `resolution`
   * does. Values of a law that is discrete are returned as `ξ` of samples is computed, c′/n′ − c/n.
   */
  lowest(counts: (share: number) => boolean): number
  /** sup{x: the share at or above x is one that counts}: Infinity where `resolution` does. */
  highest(counts: (share: number) => boolean): number
}

/** Both ends belong to it; infinite where it has none. */
export type Bounds = readonly [number, number]

/** No bounds. */
export const unbounded: Bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

/** Laws of sets that one cause moves together: classes that share their thresholds. */
export interface JointLaws {
  /** One for each set. */
  readonly laws: readonly BiasLaw[]
  /** P(ξ*_k outside bounds[k] for some k), raised by the resolution; a set without bounds is {@link unbounded}. */
  outside(bounds: readonly Bounds[]): Promise<number>
}

/** The two-sided p-value that the percentile method has for the hypothesis ξ = x. */
export function depthOf(law: BiasLaw, x: number): number {
  return Math.min(1, 2 * law.atMost(x), 2 * law.atLeast(x))
}

/** The percentile interval at level 1 − p: values of a depth above p. */
export function boundsAt(law: BiasLaw, p: number): Bounds {
  const counts = (share: number) => Math.min(1, 2 * share) > p
  return [law.lowest(counts), law.highest(counts)]
}
