import { at } from '../../check.js'
import type { Comparison } from '../../compare/types.js'
import { gridReach } from './operatingPoints.js'

/** Where ξ is drawn over targets. */
export interface CurveAxis {
  /** Increasing. */
  readonly fprs: readonly number[]
  /** Targets that differ tenfold are told apart on a logarithmic axis. */
  readonly scale: 'linear' | 'log'
  readonly low: number
  readonly high: number
}

const nEven = 100
/** Where no target is smaller, a logarithmic axis begins at this share of the smallest. */
const before = 0.25

/**
 * The targets to draw ξ over: those of the curves where there are any, else even steps up to four times the largest target
 * of the comparisons; and these themselves.
 */
export function curveTargets(comparisons: readonly Comparison[]): CurveAxis {
  const own = comparisons.map(({ fpr }) => fpr).sort((a, b) => a - b)
  const [smallest, largest] = [at(own, 0), at(own, own.length - 1)]
  const curves = comparisons.flatMap(({ candidates }) => candidates.flatMap(({ curve }) => curve?.points ?? []))
  if (curves.length > 0) {
    const fprs = increasing([...curves.map(({ fpr }) => fpr), ...own])
    return { fprs, scale: 'linear', low: 0, high: at(fprs, fprs.length - 1) }
  }
  const high = Math.min(1, gridReach * largest)
  if (largest < 10 * smallest) {
    const even = Array.from({ length: nEven }, (_, i) => ((i + 1) / nEven) * high)
    return { fprs: increasing([...even, ...own]), scale: 'linear', low: 0, high }
  }
  const low = before * smallest
  const even = Array.from({ length: nEven + 1 }, (_, i) => low * (high / low) ** (i / nEven))
  return { fprs: increasing([...even, ...own]), scale: 'log', low, high }
}

function increasing(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}
