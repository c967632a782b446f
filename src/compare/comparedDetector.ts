import type { ScoreArray } from '../native.js'
import { binomialInterval } from '../stats/binomialInterval.js'
import type { ScoreSets } from './scoreSets.js'
import type { ComparedDetector, Rate } from './types.js'

/** What detector d does at its threshold. */
export function comparedDetector(
  name: string,
  { input, test }: ScoreSets,
  d: number,
  threshold: number,
  level: number,
): ComparedDetector {
  const normal = counts(input.normal[d], threshold)
  const anomalous = counts(input.anomalous[d]?.[0], threshold)
  const fresh = test === undefined ? undefined : counts(test[d], threshold)
  return {
    name,
    threshold,
    validationFpr: rate(normal.above, normal.n, level),
    testFpr: fresh === undefined ? undefined : rate(fresh.above, fresh.n, level),
    ties: { normal: normal.equal, anomalous: anomalous.equal },
  }
}

/** A fraction of n as a rate with its interval. */
export function rateOf(fraction: number, n: number, level: number): Rate {
  return rate(Math.round(fraction * n), n, level)
}

function rate(count: number, n: number, level: number): Rate {
  return { n, rate: count / n, interval: binomialInterval(count, n, level) }
}

function counts(scores: ScoreArray = new Float64Array(), threshold: number) {
  let above = 0
  let equal = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? Number.NaN
    if (score > threshold) above++
    else if (score === threshold) equal++
  }
  return { n: scores.length, above, equal }
}
