import * as random from '../src/rooms/random.js'
import { normalCdf, normalQuantile } from '../src/special.js'
import { type FprRange, rangeScales, targetsOf } from '../src/stats/bias/fprRange.js'
import { relativeBiasOverRange } from '../src/stats/bias/relativeBiasOverRange.js'

/** Detectors that are averaged over a range of targets, and the law that their scores come from. */
export interface RangeTable extends FprRange {
  readonly normals: number
  /** Of each of three classes. */
  readonly anomalies: number
  /** Of the anomalies' mean score, baseline 2 and candidate: ξ is 0 where that is 2, too. */
  readonly mean: 2 | 2.5
}

export interface RangeCoverage extends RangeTable {
  readonly number: number
  readonly dataSets: number
  readonly xi: number
  /** Share of intervals that hold ξ: over all anomalies, of a class alone, and of all classes at once. */
  readonly overall: number
  readonly alone: number
  readonly joint: number
  /** Shares of tables with an arrow on a class, and with one that points away from ξ (any, where ξ is 0). */
  readonly arrows: number
  readonly falseArrows: number
  readonly length: number
}

const nClasses = 3
const correlation = 0.5

export const rangeTables: readonly RangeTable[] = (
  [
    [200, 0.01, 0.1],
    [1000, 0.01, 0.1],
    [2000, 0.001, 0.01],
  ] as const
).flatMap(([normals, from, to]) =>
  [40, 200].flatMap((anomalies) =>
    rangeScales.flatMap((over) => ([2, 2.5] as const).map((mean) => ({ normals, anomalies, from, to, over, mean }))),
  ),
)

/** ξ over the range, with normal scores: Φ(μ + Φ⁻¹(f)), of the candidate less of the baseline. */
export function truthOf({ mean, ...range }: Pick<RangeTable, 'mean'> & FprRange): number {
  const { fprs, weights } = targetsOf(range, 4000)
  const recall = (shift: number, fpr: number) => normalCdf(shift + normalQuantile(fpr))
  return fprs.reduce((sum, fpr, i) => sum + Number(weights[i]) * (recall(mean, fpr) - recall(2, fpr)), 0)
}

/** Simulates data sets. Number `d` of table `number` reads streams of its own. */
export async function simulateRange(table: RangeTable, number: number, dataSets: number): Promise<RangeCoverage> {
  const xi = truthOf(table)
  const holds = ([low, high]: readonly [number, number]) => low <= xi && xi <= high
  const sums = { overall: 0, alone: 0, joint: 0, arrows: 0, falseArrows: 0, length: 0 }
  const classes = Array.from({ length: nClasses * table.anomalies }, (_, i) => i % nClasses)
  for (let d = 0; d < dataSets; d++) {
    const options = { fprRange: [table.from, table.to], over: table.over, classes, resamples: 999, seed: d, threads: 1 }
    const found = await relativeBiasOverRange(dataSet(table, number, d), options)
    sums.overall += Number(holds(found.interval))
    sums.alone += found.classes.filter((one) => holds(one.interval)).length / nClasses
    sums.joint += Number(found.classes.every(({ simultaneous }) => holds(simultaneous)))
    sums.arrows += Number(found.classes.some(({ direction }) => direction !== 'none'))
    sums.falseArrows += Number(
      found.classes.some(({ direction }) => direction === 'down' || (direction === 'up' && xi === 0)),
    )
    sums.length += found.interval[1] - found.interval[0]
  }
  const shares = Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, Number((sum / dataSets).toFixed(4))]),
  ) as typeof sums
  return { number, ...table, dataSets, xi: Number(xi.toFixed(4)), ...shares }
}

function dataSet({ normals, anomalies, mean }: RangeTable, number: number, d: number) {
  const [n0, n1] = [normals, nClasses * anomalies]
  const draws = random.normal(3 * (n0 + n1), { seed: d, stream: number })
  const [shared, first, second] = [0, 1, 2].map((i) => draws.subarray(i * (n0 + n1), (i + 1) * (n0 + n1)))
  const scores = (own: Float64Array | undefined, shift: number) => {
    const mixed = Float64Array.from(shared ?? [], (x, i) => {
      return Math.sqrt(correlation) * x + Math.sqrt(1 - correlation) * Number(own?.[i]) + (i < n0 ? 0 : shift)
    })
    return { normal: mixed.slice(0, n0), anomalous: mixed.slice(n0) }
  }
  return { baseline: scores(first, 2), candidate: scores(second, mean) }
}

/** The grid in per cent as a Markdown table. */
export function rangeTable(cells: readonly RangeCoverage[]): string {
  const percent = (share: number) => (100 * share).toFixed(1)
  const rows = cells.map((one) => {
    const { normals, anomalies, from, to, over, xi, overall, alone, joint, falseArrows, arrows, length } = one
    const shares = [overall, alone, joint, falseArrows, arrows].map(percent)
    return `| ${[normals.toLocaleString('en'), anomalies, `${from} to ${to}`, over, xi.toFixed(3), ...shares, length.toFixed(3)].join(' | ')} |`
  })
  const head = [
    ...[
      'normals',
      'anomalies',
      'range',
      'over',
      'ξ',
      'overall',
      'a class',
      'all classes',
      'false arrows',
      'arrows',
      'length',
    ],
  ]
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n')
}
