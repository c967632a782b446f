import {
  type IntervalMethod,
  type IntervalOptions,
  intervalMethods,
} from '../../src/stats/bootstrap/bootstrapInterval.js'

/** Options of any method, with made-up data of the right shape where it needs some: varied, but the same every time. */
export function optionsOf(method: IntervalMethod, level: number, resamples: number, acceleration = 0): IntervalOptions {
  switch (method) {
    case 'bca':
      return { method, level, acceleration }
    case 'studentized': {
      const standardErrors = Float64Array.from({ length: resamples }, (_, b) => 0.8 + 0.4 * Math.sin(b) ** 2)
      return { method, level, standardError: 1, standardErrors, floor: 0.01 }
    }
    case 'bt2':
      return { method, level, tprBaseline: new Float64Array(resamples).fill(0.25), nBaseline: 40, nCandidate: 40 }
    default:
      return { method, level }
  }
}

/** Methods that the `direct` engine serves: it gives no standard errors. */
export const plainMethods = intervalMethods.filter((method) => method !== 'studentized' && method !== 'confidence')
