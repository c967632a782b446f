import * as random from '../src/rooms/random.js'
import { normalCdf, studentTQuantile } from '../src/special.js'
import { cellReading, replicatesOf } from '../src/stats/bias/setBias.js'
import { cut } from '../src/stats/bias/simultaneous.js'
import { bootstrapInput } from '../src/stats/bootstrap/bootstrap.js'
import { copyInput } from '../src/stats/bootstrap/bootstrapInput.js'
import { alphaOf, type IntervalMethod, intervalMethods } from '../src/stats/bootstrap/bootstrapInterval.js'
import { confidenceDraws } from '../src/stats/bootstrap/confidenceDraws.js'

/** A law of scores, and how many samples of it are drawn. */
export interface Cell {
  readonly nNormal: number
  readonly nAnomalous: number
  /** Target false-positive rate. */
  readonly fpr: number
  readonly correlation: number
  /** Normal scores, or Student's t with 3 degrees of freedom. */
  readonly law: 'gaussian' | 't3'
}

/** What became of one method's intervals. */
export interface MethodCoverage {
  /** Fractions of the data sets whose interval holds the true ξ, lies above it, and below it. */
  readonly covered: number
  readonly above: number
  readonly below: number
  readonly meanLength: number
  /** Fraction of intervals without any length. */
  readonly degenerate: number
  /** Where they are others than those of the cell. */
  readonly dataSets?: number | undefined
}

export interface CellCoverage extends Cell {
  readonly number: number
  readonly xi: number
  readonly dataSets: number
  readonly methods: Readonly<Record<IntervalMethod, MethodCoverage>>
}

/** Means of the anomalous scores of baseline and candidate; normal ones have mean 0. */
const shifts = [1, 2] as const
const resamples = 999
const nameOf = (d: number, set: number) => `detector ${d}, set ${set}`
const level = 0.95

export const cells: readonly Cell[] = (['gaussian', 't3'] as const).flatMap((law) =>
  [50, 200, 1000, 10_000].flatMap((nNormal) =>
    [20, 100, 1000].flatMap((nAnomalous) =>
      [0.01, 0.05, 0.2].flatMap((fpr) =>
        [0, 0.5, 0.9].map((correlation) => ({ nNormal, nAnomalous, fpr, correlation, law })),
      ),
    ),
  ),
)

/** The distribution function of Student's t with 3 degrees of freedom. */
function t3Cdf(t: number): number {
  const s = t / Math.sqrt(3)
  return 0.5 + (s / (1 + s * s) + Math.atan(s)) / Math.PI
}

/** ξ at the threshold that the law itself has at the target: Corollary 2 of Ye, Chen and Zheng (IJCAI 2021) for Gaussian scores. */
export function trueXi({ fpr, law }: Cell): number {
  const threshold = law === 't3' ? studentTQuantile(1 - fpr, 3) : studentTQuantile(1 - fpr, Number.POSITIVE_INFINITY)
  const [baseline, candidate] = shifts.map((shift) => (law === 't3' ? t3Cdf : normalCdf)(shift - threshold))
  return (candidate ?? Number.NaN) - (baseline ?? Number.NaN)
}

/** Both detectors' scores of n samples: correlated normal variates, for t3 over one root of χ²₃/3 a sample, and shifted. */
function draw({ correlation, law }: Cell, n: number, means: readonly [number, number], at: StreamPosition) {
  const variates = (stream: number) => random.normal(n, { ...at, stream: at.stream + stream })
  const first = variates(0)
  const own = variates(1)
  const second = first.map((x, i) => correlation * x + Math.sqrt(1 - correlation ** 2) * (own[i] ?? Number.NaN))
  if (law === 't3') {
    const [a, b, c] = [variates(2), variates(3), variates(4)]
    const root = a.map((x, i) => Math.sqrt((x ** 2 + (b[i] ?? 0) ** 2 + (c[i] ?? 0) ** 2) / 3))
    for (const scores of [first, second]) {
      scores.forEach((x, i) => {
        scores[i] = x / (root[i] ?? Number.NaN)
      })
    }
  }
  return [first.map((x) => x + means[0]), second.map((x) => x + means[1])] as const
}

interface StreamPosition {
  readonly seed: number
  readonly stream: number
  readonly replicate: number
}

/** Simulates the data sets of a cell. Number `d` of cell `number` reads streams of its own. */
export async function simulateCell(
  cell: Cell,
  number: number,
  dataSets: number,
  wanted: readonly IntervalMethod[] = intervalMethods,
): Promise<CellCoverage> {
  const xi = trueXi(cell)
  const tallies = new Map(wanted.map((method) => [method, { covered: 0, above: 0, below: 0, length: 0, flat: 0 }]))
  for (let d = 0; d < dataSets; d++) {
    const at = { seed: number + 1, stream: 0, replicate: d }
    const normal = draw(cell, cell.nNormal, [0, 0], at)
    const anomalous = draw(cell, cell.nAnomalous, shifts, { ...at, stream: 8 })
    const detectors = ([0, 1] as const).map((i) => ({ normal: normal[i], anomalous: [anomalous[i]] }))
    const common = { resamples, seed: number * 1_000_003 + d, threads: 1 }
    const input = copyInput(detectors, { fprs: [cell.fpr] }, nameOf)
    const draws = await confidenceDraws(input, common, nameOf)
    const onlyDraws = wanted.every((method) => method === 'confidence')
    const result = onlyDraws
      ? draws
      : await bootstrapInput(
          input,
          {
            ...{ ...common, engine: 'tree', contrast: [-1, 1] },
            outputs: { thresholds: false, standardErrors: true },
          },
          nameOf,
        )
    const n = cell.nAnomalous
    const [baseline, candidate] = result.observed.observedTpr
    const sizes = { n, nCandidate: n, cell: 0, xi: (candidate ?? Number.NaN) - (baseline ?? Number.NaN) }
    for (const [method, tally] of tallies) {
      const source = method === 'confidence' ? draws : result
      const options = { ...sizes, intervalMethod: method, level, design: 'paired' } as const
      const interval = cut(cellReading(source, replicatesOf(source, 0), options).interval(alphaOf(level)))
      if (interval[0] > xi) tally.above++
      else if (interval[1] < xi) tally.below++
      else tally.covered++
      tally.length += interval[1] - interval[0]
      if (interval[0] === interval[1]) tally.flat++
    }
  }
  const share = (count: number) => Number((count / dataSets).toFixed(5))
  const methods = Object.fromEntries(
    Array.from(tallies, ([method, { covered, above, below, length, flat }]) => [
      method,
      {
        covered: share(covered),
        above: share(above),
        below: share(below),
        meanLength: share(length),
        degenerate: share(flat),
      },
    ]),
  ) as Record<IntervalMethod, MethodCoverage>
  return { number, ...cell, xi: Number(xi.toFixed(6)), dataSets, methods }
}
