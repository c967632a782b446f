import { at, invariant } from '../../check.js'
import { meanSd } from '../meanSd.js'
import { sort } from '../ranks/sort.js'
import { countAboveSorted } from '../ranks/sortedScores.js'
import { relativeBias } from './relativeBias.js'
import type { RelativeBiasOptions, ScorePair } from './types.js'

/** The joint law of the false-positive rates of two detectors at their drawn thresholds, in square cells. */
export interface JointFprs {
  readonly draws: number
  readonly seed: number
  /** Of the baseline and of the candidate. */
  readonly means: readonly [number, number]
  /** Their standard deviations. */
  readonly sds: readonly [number, number]
  /** Undefined where one of them does not vary. */
  readonly correlation: number | undefined
  /** The least false-positive rate of the first cell of either side; rates are multiples of 1/n. */
  readonly low: number
  /** Of a cell: column i holds rates from low + i · width to below the next. */
  readonly width: number
  /** Cells on each side. */
  readonly side: number
  /** [candidate][baseline], row by row: shares of the draws. */
  readonly shares: Float64Array
}

/** Draws of a picture: a share of 1 % has a standard error of 0.2 points. */
export const jointDraws = 2000
const mostCells = 16

type Asked = Pick<
  RelativeBiasOptions,
  'fpr' | 'thresholdRule' | 'delta' | 'intervalMethod' | 'seed' | 'threads' | 'signal'
>

/**
 * How the false-positive rates of two paired detectors vary together: 2,000 thresholds of each are drawn, from the confidence
 * distribution where that is the interval method and otherwise from the bootstrap, and their rates counted on the normals.
 *
 * Time: that of 2,000 draws of {@link relativeBias} and a sort of the normals. Errors: those of {@link relativeBias}.
 */
export async function jointFprs(
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair },
  { intervalMethod, seed = 0, ...asked }: Asked,
): Promise<JointFprs> {
  const { replicates } = await relativeBias(scores, {
    ...asked,
    ...{ seed, resamples: jointDraws, replicates: true, engine: 'tree' },
    intervalMethod: intervalMethod === 'confidence' ? 'confidence' : 'percentile',
  })
  invariant(replicates !== undefined, 'replicates that were asked for are drawn')
  const n = scores.baseline.normal.length
  const alarms = async ({ normal }: ScorePair, thresholds: Float64Array) => {
    const sorted = await sort(normal)
    return thresholds.map((threshold) => countAboveSorted(sorted, threshold))
  }
  const baseline = await alarms(scores.baseline, replicates.thresholdBaseline)
  const candidate = await alarms(scores.candidate, replicates.thresholdCandidate)
  return { draws: jointDraws, seed, ...momentsOf([baseline, candidate], n), ...cellsOf([baseline, candidate], n) }
}

type Pair = readonly [baseline: Float64Array, candidate: Float64Array]

function momentsOf([baseline, candidate]: Pair, n: number): Pick<JointFprs, 'means' | 'sds' | 'correlation'> {
  const [b, c] = [meanSd(baseline), meanSd(candidate)]
  const products = baseline.map((x, i) => (x - b.mean) * (at(candidate, i) - c.mean))
  const covariance = products.reduce((sum, product) => sum + product, 0) / (baseline.length - 1)
  return {
    means: [b.mean / n, c.mean / n],
    sds: [b.sd / n, c.sd / n],
    correlation: b.sd > 0 && c.sd > 0 ? covariance / (b.sd * c.sd) : undefined,
  }
}

function cellsOf([baseline, candidate]: Pair, n: number): Pick<JointFprs, 'low' | 'width' | 'side' | 'shares'> {
  const all = [...baseline, ...candidate]
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const perCell = Math.ceil((high - low + 1) / mostCells)
  const side = Math.floor((high - low) / perCell) + 1
  const cell = (count: number) => Math.floor((count - low) / perCell)
  const counts = new Float64Array(side * side)
  candidate.forEach((count, i) => {
    const place = cell(count) * side + cell(at(baseline, i))
    counts[place] = at(counts, place) + 1
  })
  return { low: low / n, width: perCell / n, side, shares: counts.map((count) => count / baseline.length) }
}
