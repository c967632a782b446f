import { type IntervalMethod, relativeBias } from '../src/index.js'
import * as random from '../src/rooms/random.js'
import { normalCdf, normalQuantile } from '../src/special.js'
import type { TableShares } from './shares.js'

/** A table of classes and the law that its scores come from. */
export interface Table {
  readonly classes: number
  /** Anomalies of each class. */
  readonly size: number
  readonly nNormal: number
  readonly correlation: number
  /**
   * Of the anomalies, normals being standard normal for both detectors: `exchangeable`, N(1, 1) for both; `scale`, N(1, 1)
   * for the baseline and N(z − 0.3 (z − 1), 0.3²), z = Φ⁻¹(0.95), for the candidate, so that ξ is 0 as well; `shift`,
   * N(1, 1) and N(2, 1), where ξ is 0.379.
   */
  readonly law: 'exchangeable' | 'scale' | 'shift'
  readonly method: IntervalMethod
}

export type TableCoverage = Table & TableShares

const fpr = 0.05
/** A family of thirty needs tails of a six-hundredth. */
const resamplesOf = ({ classes }: Table): number => (classes > 10 ? 3999 : 999)
const laws = ['exchangeable', 'scale', 'shift'] as const

export const tables: readonly Table[] = [
  ...grid('confidence', [19, 20, 40, 100, 2000], [1, 3, 10, 30], [5, 10, 20, 50]),
  ...grid('percentile', [2000], [1, 10, 30], [20, 50, 100, 200]),
  ...grid('bca', [2000], [1, 10, 30], [20, 50, 100, 200]),
]

function grid(
  method: IntervalMethod,
  normals: readonly number[],
  counts: readonly number[],
  sizes: readonly number[],
): Table[] {
  return normals.flatMap((nNormal) =>
    counts.flatMap((classes) =>
      sizes.flatMap((size) =>
        laws.flatMap((law) => [0, 0.5].map((correlation) => ({ method, nNormal, classes, size, law, correlation }))),
      ),
    ),
  )
}

/** Simulates tables. Number `d` of table `number` reads streams of its own. */
export async function simulateTable(table: Table, number: number, dataSets: number): Promise<TableCoverage> {
  const { classes, size, nNormal, correlation, law, method } = table
  const z = normalQuantile(1 - fpr)
  const [mean, sd] = law === 'scale' ? [z - 0.3 * (z - 1), 0.3] : [law === 'shift' ? 2 : 1, 1]
  const xi = normalCdf((mean - z) / sd) - normalCdf(1 - z)
  const truth = law === 'shift' ? xi : 0
  const labels = Array.from({ length: classes * size }, (_, i) => i % classes)
  const tally = { joint: 0, alone: 0, arrows: 0, wrong: 0, length: 0 }
  for (let d = 0; d < dataSets; d++) {
    const draw = (n: number, stream: number) => {
      const [first, own] = [0, 1].map((i) => random.normal(n, { seed: number + 1, stream: stream + i, replicate: d }))
      if (first === undefined || own === undefined) throw new Error('two streams')
      return [first, first.map((x, i) => correlation * x + Math.sqrt(1 - correlation ** 2) * (own[i] ?? Number.NaN))]
    }
    const [normal, otherNormal] = draw(nNormal, 0)
    const [anomalous, other] = draw(labels.length, 8)
    if (!normal || !otherNormal || !anomalous || !other) throw new Error('two detectors')
    const { classes: answers } = await relativeBias(
      {
        baseline: { normal, anomalous: anomalous.map((x) => x + 1) },
        candidate: { normal: otherNormal, anomalous: other.map((x) => mean + sd * x) },
      },
      {
        fpr,
        classes: labels,
        resamples: resamplesOf(table),
        seed: number * 1_000_003 + d,
        threads: 1,
        intervalMethod: method,
      },
    )
    const holds = ([low, high]: readonly [number, number]) => low <= truth && truth <= high
    if (answers.every(({ simultaneous }) => holds(simultaneous))) tally.joint++
    if (answers.some(({ direction }) => direction !== 'none')) tally.arrows++
    if (answers.some(({ direction }) => direction === 'down' || (direction === 'up' && truth === 0))) tally.wrong++
    for (const { interval, simultaneous } of answers) {
      if (holds(interval)) tally.alone += 1 / classes
      tally.length += (simultaneous[1] - simultaneous[0]) / classes
    }
  }
  const share = (count: number) => Number((count / dataSets).toFixed(4))
  return {
    number,
    ...table,
    dataSets,
    joint: share(tally.joint),
    alone: share(tally.alone),
    arrows: share(tally.arrows),
    falseArrows: share(tally.wrong),
    meanLength: share(tally.length),
  }
}

/** The grid in per cent as Markdown, one table for each method: worst of the laws and correlations of each kind. */
export function falseArrowsTable(cells: readonly TableCoverage[]): string {
  const groups = new Map<string, TableCoverage[]>()
  for (const cell of cells) {
    const key = [cell.method, Math.floor(cell.nNormal * fpr + 1e-9), cell.classes, cell.size].join(' | ')
    groups.set(key, [...(groups.get(key) ?? []), cell])
  }
  const percent = (values: number[], pick: (...values: number[]) => number) => (100 * pick(...values)).toFixed(1)
  const rows = Array.from(groups, ([key, group]) => {
    const nulls = group.filter(({ law }) => law !== 'shift')
    const shifts = group.filter(({ law }) => law === 'shift')
    const columns = [
      percent(
        nulls.map(({ joint }) => joint),
        Math.min,
      ),
      percent(
        nulls.map(({ alone }) => alone),
        Math.min,
      ),
      percent(
        nulls.map(({ falseArrows }) => falseArrows),
        Math.max,
      ),
      percent(
        shifts.map(({ joint }) => joint),
        Math.min,
      ),
      percent(
        shifts.map(({ alone }) => alone),
        Math.min,
      ),
      percent(
        shifts.map(({ arrows }) => arrows),
        Math.min,
      ),
    ]
    return `| ${[key, ...columns].join(' | ')} |`
  })
  const head = [
    ...['method', 'tolerated', 'classes', 'of', 'ξ = 0: joint', 'alone', 'false arrows'],
    ...['ξ = 0.379: joint', 'alone', 'arrows'],
  ]
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows].join('\n')
}
