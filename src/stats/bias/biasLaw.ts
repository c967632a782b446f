import type { Shares } from '../bootstrap/shares.js'

/** The law of ξ* on one set of anomalies in closed form. */
export interface BiasLaw extends Shares {
  readonly mean: number
  /** The standard deviation. */
  readonly standardError: number
}

/** Both ends belong to it; infinite where it has none. */
export type Bounds = readonly [number, number]

/** No bounds. */
export const unbounded: Bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

/** Laws of sets that one cause moves together: classes that share their thresholds. */
export interface JointLaws {
  /** One for each set. */
  readonly laws: readonly BiasLaw[]
  /** P(ξ*_k outside bounds[k] for some k), raised by the resolution; a set that does not belong is {@link unbounded}. */
  outside(bounds: readonly Bounds[]): Promise<number>
  /** Whether the laws are continuous, so that every p has bounds of its own. Default false. */
  readonly continuous?: boolean
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
