import { at, invariant } from '../../check.js'
import type { BootstrapResult } from '../bootstrap/bootstrap.js'
import type { Design } from '../bootstrap/bootstrapInput.js'
import { bootstrapInterval, type IntervalMethod, type IntervalOptions } from '../bootstrap/bootstrapInterval.js'
import type { ClassReplicates } from './types.js'

/** ξ on one set of anomalies at one target, for itself. */
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
  readonly replicates: ClassReplicates
}

export interface SetBiasOptions {
  readonly intervalMethod: IntervalMethod
  /** Confidence level in (0, 1). */
  readonly level: number
  readonly design: Design
}

/** One target and one set of a bootstrap, with the anomalies of the set that the baseline scored, and the candidate. */
export interface Cell {
  readonly f: number
  readonly k: number
  readonly sizes: readonly [number, number]
}

/** ξ of two detectors, baseline first, in one cell of a bootstrap with the contrast [−1, 1]. */
export function setBias(result: BootstrapResult, { f, k, sizes }: Cell, options: SetBiasOptions): SetBias {
  const { nClasses, nFprs, observed } = result
  const cell = f * nClasses + k
  const width = nFprs * nClasses
  const tprBaseline = column(result, result.tpr, 2 * cell, 2 * width)
  const tprCandidate = column(result, result.tpr, 2 * cell + 1, 2 * width)
  const replicates = { xi: tprCandidate.map((x, b) => x - at(tprBaseline, b)), tprBaseline, tprCandidate }
  const estimates = {
    tprBaseline: at(observed.observedTpr, 2 * cell),
    tprCandidate: at(observed.observedTpr, 2 * cell + 1),
  }
  const xi = estimates.tprCandidate - estimates.tprBaseline
  const { interval, pValue } = bootstrapInterval(replicates.xi, xi, intervalOptions())
  const cut = [Math.max(-1, interval[0]), Math.min(1, interval[1])] as const
  const [n, nCandidate] = sizes
  return { n, nCandidate, ...estimates, xi, interval: cut, pValue, replicates }

  function intervalOptions(): IntervalOptions {
    const { intervalMethod: method, level, design } = options
    const [nBaseline, nCandidate] = sizes
    switch (method) {
      case 'bca':
        return { method, level, acceleration: at(wanted(result.acceleration), cell) }
      case 'studentized': {
        const standardErrors = column(result, result.standardErrors, cell, width)
        const floor = 1 / (pairedSize(design, nBaseline, nCandidate) + 2)
        return { method, level, standardError: at(wanted(result.standardError), cell), standardErrors, floor }
      }
      case 'bt2':
        return { method, level, tprBaseline, nBaseline, nCandidate }
      default:
        return { method, level }
    }
  }
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

/** Column `index` of a row-major table of `width` columns with a row for each replicate, as a new array. */
export function column(
  { resamples }: BootstrapResult,
  table: Float64Array | undefined,
  index: number,
  width: number,
): Float64Array<ArrayBuffer> {
  const rows = wanted(table)
  const values = new Float64Array(resamples)
  for (let b = 0; b < resamples; b++) values[b] = at(rows, b * width + index)
  return values
}

function wanted(table: Float64Array | undefined): Float64Array {
  invariant(table !== undefined, 'a table of the bootstrap was not asked for')
  return table
}
