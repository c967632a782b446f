import { deeperThan, type Shares } from '../bootstrap/shares.js'

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
  /**
   * For each question P(ξ*_k outside its bounds[k] for some k), raised by the resolution; a set that does not belong is
   * {@link unbounded}. Several questions at once are cheaper than one after the other, and have the same answers.
   */
  outside(questions: readonly (readonly Bounds[])[]): Promise<number[]>
  /** Whether the laws are continuous, so that every p has bounds of its own. Default false. */
  readonly continuous?: boolean
}

/** The tails that a limit leaves out: both, or that below a lower or above an upper limit. */
export type Side = 'both' | 'lower' | 'upper'

/** The two-sided p-value that the percentile method has for the hypothesis ξ = x; of one side, twice its share. */
export function depthOf(law: BiasLaw, x: number, side: Side = 'both'): number {
  const below = side === 'upper' ? 1 : 2 * law.atMost(x)
  const above = side === 'lower' ? 1 : 2 * law.atLeast(x)
  return Math.min(1, below, above)
}

/** The percentile interval at level 1 − p: values of a depth above p; of one side, its limit of level 1 − p/2. */
export function boundsAt(law: BiasLaw, p: number, side: Side = 'both', counts = deeperThan(p)): Bounds {
  return [
    side === 'upper' ? Number.NEGATIVE_INFINITY : law.lowest(counts),
    side === 'lower' ? Number.POSITIVE_INFINITY : law.highest(counts),
  ]
}
