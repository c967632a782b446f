import type { BootstrapResult } from '../bootstrap/bootstrap.js'
import type { Design } from '../bootstrap/bootstrapInput.js'
import { bootstrapInterval, type IntervalMethod, type IntervalOptions } from '../bootstrap/bootstrapInterval.js'
import { type Direction, direction } from './direction.js'
import type { ClassReplicates } from './relativeBiasTypes.js'
import { type JointBias, simultaneous } from './simultaneous.js'

/** ξ on one set of anomalies at one target. */
export interface SetBias {
  /** Anomalies of the set that the baseline scored, and the candidate. */
  readonly n: number
  readonly nCandidate: number
  readonly tprBaseline: number
  readonly tprCandidate: number
  readonly xi: number
  /** Cut to [−1, 1]. */
  readonly interval: readonly [number, number]
  readonly pValue: number
  readonly direction: Direction
  readonly replicates: ClassReplicates
}

export interface SetBiasOptions {
  readonly method: IntervalMethod
  /** Confidence level in (0, 1). */
  readonly level: number
  readonly design: Design
  /** Anomalies of the set that the baseline scored, and the candidate. */
  readonly n: number
  readonly nCandidate: number
}

/** ξ of two detectors, baseline first, on class `k` at target `f` of a bootstrap with the contrast [−1, 1]. */
export function setBias(result: BootstrapResult, f: number, k: number, options: SetBiasOptions): SetBias {
  const { nClasses, nFprs, resamples, observed, tpr = new Float64Array(0) } = result
  const cell = f * nClasses + k
  const width = nFprs * nClasses
  const tprBaseline = column(tpr, 2 * cell, 2 * width, resamples)
  const tprCandidate = column(tpr, 2 * cell + 1, 2 * width, resamples)
  const replicates = { xi: tprCandidate.map((x, b) => x - at(tprBaseline, b)), tprBaseline, tprCandidate }
  const estimates = {
    tprBaseline: at(observed.observedTpr, 2 * cell),
    tprCandidate: at(observed.observedTpr, 2 * cell + 1),
  }
  const xi = estimates.tprCandidate - estimates.tprBaseline
  const { interval, pValue } = bootstrapInterval(replicates.xi, xi, intervalOptions())
  const cut = [Math.max(-1, interval[0]), Math.min(1, interval[1])] as const
  const { n, nCandidate } = options
  return { n, nCandidate, ...estimates, xi, interval: cut, pValue, direction: direction(cut), replicates }

  function intervalOptions(): IntervalOptions {
    const { method, level, design, n, nCandidate } = options
    switch (method) {
      case 'bca':
        return { method, level, acceleration: at(result.acceleration, cell) }
      case 'studentized': {
        const standardErrors = column(result.standardErrors, cell, width, resamples)
        const floor = 1 / (pairedSize(design, n, nCandidate) + 2)
        return { method, level, standardError: at(result.standardError, cell), standardErrors, floor }
      }
      case 'bt2':
        return { method, level, tprBaseline, nBaseline: n, nCandidate }
      default:
        return { method, level }
    }
  }
}

/** What the sets of one bootstrap say together; see {@link simultaneous}. */
export function jointly(
  biases: readonly SetBias[],
  design: Design,
  level: number,
): (JointBias & { readonly bias: SetBias })[] {
  const contrasts = biases.map(({ xi, replicates, n, nCandidate }) => ({
    estimate: xi,
    replicates: replicates.xi,
    n: pairedSize(design, n, nCandidate),
  }))
  const joint = simultaneous(contrasts, level)
  return biases.flatMap((bias, k) => joint.slice(k, k + 1).map((one) => ({ ...one, bias })))
}

/**
 * The number of pairs to which {@link simultaneous} and the floor of `studentized` refer: in the paired design all
 * samples; in the independent one the n at which 1/(n + 2)², the least variance of a difference of paired recalls, is
 * the sum of 1/(n₁ + 2)² and 1/(n₂ + 2)². It need not be whole, and is 0.1 for one sample of each.
 */
export function pairedSize(design: Design, n: number, nCandidate: number): number {
  if (design === 'paired') return n
  return 1 / Math.hypot(1 / (n + 2), 1 / (nCandidate + 2)) - 2
}

/** Column `index` of a row-major table of `width` columns and `rows` rows, as a new array. */
export function column(
  table: Float64Array | undefined,
  index: number,
  width: number,
  rows: number,
): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows)
  for (let b = 0; b < rows; b++) values[b] = at(table, b * width + index)
  return values
}

/** An element that is there when the bootstrap was asked for the table. */
export function at(values: Float64Array | undefined, i: number): number {
  const value = values?.[i]
  if (value === undefined) throw new RangeError(`there is no element ${i}`)
  return value
}
