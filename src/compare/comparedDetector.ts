import type { ScoreArray } from '../native.js'
import { countsAt } from '../stats/bias/warnings.js'
import { binomialInterval } from '../stats/binomialInterval.js'
import { exceedancePValue } from '../stats/exceedances.js'
import type { ComparedDetector, Rate } from './types.js'

/** A detector's scores: of the normals that set its threshold, of all anomalies, and of the normals that are only tested. */
export interface DetectorSets {
  readonly normal: ScoreArray
  /** All of those, also such as are not among the scores because no threshold reaches them. */
  readonly nNormal: number
  readonly anomalous: ScoreArray
  readonly test: ScoreArray | undefined
  /** The same of `test`. Default: its length. */
  readonly nTest?: number | undefined
}

/** What a detector does at its threshold. */
export function comparedDetector(
  name: string,
  { normal, nNormal, anomalous, test, nTest }: DetectorSets,
  { threshold, level }: { readonly threshold: number; readonly level: number },
): ComparedDetector {
  const { above, equal } = countsAt(normal, threshold)
  const tested = test && { ...countsAt(test, threshold), n: nTest ?? test.length }
  return {
    name,
    threshold,
    validationFpr: rate(above, nNormal, level),
    testFpr: tested && rate(tested.above, tested.n, level),
    testPValue:
      tested &&
      exceedancePValue({
        ...{ above, equal, n: nNormal },
        ...{ otherAbove: tested.above, otherEqual: tested.equal, nOther: tested.n },
      }),
    ties: { normal: equal, anomalous: countsAt(anomalous, threshold).equal },
  }
}

/** A fraction of n as a rate with its interval. */
export function rateOf(fraction: number, n: number, level: number): Rate {
  return rate(Math.round(fraction * n), n, level)
}

function rate(count: number, n: number, level: number): Rate {
  return { n, rate: count / n, interval: binomialInterval(count, n, level) }
}
