import { at } from '../src/check.js'
import { type IntervalMethod, relativeBias } from '../src/index.js'
import { drawScores, laws, type Scores, trueXi } from './laws.js'
import type { TableShares } from './shares.js'

/** A table of classes and the law that its scores come from. */
export interface Table extends Scores {
  readonly classes: number
  /** Anomalies of each class. */
  readonly size: number
  readonly nNormal: number
  readonly method: IntervalMethod
}

export type TableCoverage = Table & TableShares

/** Tables of a cell of the grid. */
export interface TableWork {
  readonly number: number
  readonly first: number
  readonly end: number
}

const fpr = 0.05
/** A family of thirty needs tails of a six-hundredth. */
const resamplesOf = ({ classes }: Table): number => (classes > 10 ? 3999 : 999)
const lawsAndCorrelations = [
  ['exchangeable', 0],
  ['exchangeable', 0.9],
  ['scale', 0],
  ['scale', 0.9],
  ['shift', 0.5],
  ['steep', 0.5],
] as const

export const tables: readonly Table[] = [
  ...grid('confidence', [19, 20, 40, 60, 100, 200, 400, 1000, 2000], [5, 20, 50]),
  ...grid('percentile', [1000, 2000], [20, 50, 200]),
]

function grid(method: IntervalMethod, normals: readonly number[], sizes: readonly number[]): Table[] {
  return [1, 3, 10, 30].flatMap((classes) =>
    normals.flatMap((nNormal) =>
      sizes.flatMap((size) =>
        lawsAndCorrelations.map(([law, correlation]) => ({ method, nNormal, classes, size, fpr, law, correlation })),
      ),
    ),
  )
}

/** Simulates tables. Number `d` of cell `number` reads streams of its own. */
export async function simulateTable({ number, first, end }: TableWork): Promise<TableShares> {
  const table = at(tables, number)
  const { classes, size, nNormal, method } = table
  const truth = trueXi(table)
  const labels = Array.from({ length: classes * size }, (_, i) => i % classes)
  const tally = { joint: 0, alone: 0, arrows: 0, wrong: 0, length: 0 }
  for (let d = first; d < end; d++) {
    const [baseline, candidate] = drawScores(table, nNormal, labels.length, {
      seed: number + 1,
      stream: 0,
      replicate: d,
    })
    if (baseline === undefined || candidate === undefined) throw new Error('two detectors')
    const { classes: answers } = await relativeBias(
      { baseline, candidate },
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
  const dataSets = end - first
  const [joint, alone, arrows, falseArrows, meanLength] = [
    ...[tally.joint, tally.alone, tally.arrows, tally.wrong, tally.length],
  ].map((count) => count / dataSets) as [number, number, number, number, number]
  return { number, dataSets, joint, alone, arrows, falseArrows, meanLength }
}

/** Of a cell of which nothing is simulated so far. */
export const noTables: Omit<TableShares, 'number'> = {
  dataSets: 0,
  joint: 0,
  alone: 0,
  arrows: 0,
  falseArrows: 0,
  meanLength: 0,
}

/** A cell and more tables of it. */
export function addTables(cell: TableCoverage, more: TableShares): TableCoverage {
  const dataSets = cell.dataSets + more.dataSets
  const share = (key: 'joint' | 'alone' | 'arrows' | 'falseArrows' | 'meanLength') =>
    Number(((cell[key] * cell.dataSets + more[key] * more.dataSets) / dataSets).toFixed(5))
  return {
    ...cell,
    dataSets,
    joint: share('joint'),
    alone: share('alone'),
    arrows: share('arrows'),
    falseArrows: share('falseArrows'),
    meanLength: share('meanLength'),
  }
}

/**
 * The grid in per cent as Markdown: a row for each method, number of tolerated false alarms and of classes, over sizes and
 * laws; where ξ is 0 the worst of them, and where it is not the worst and the mean share of tables with an arrow.
 */
export function falseArrowsTable(cells: readonly TableCoverage[]): string {
  const groups = new Map<string, TableCoverage[]>()
  for (const cell of cells) {
    if (cell.dataSets === 0) continue
    const key = [cell.method, Math.floor(cell.nNormal * fpr + 1e-9), cell.classes].join(' | ')
    groups.set(key, [...(groups.get(key) ?? []), cell])
  }
  const percent = (share: number) => (Number.isFinite(share) ? (100 * share).toFixed(1) : '')
  const rows = Array.from(groups, ([key, group]) => {
    const nulls = group.filter(({ law }) => 'same' in laws[law])
    const others = group.filter(({ law }) => !('same' in laws[law]))
    const least = (some: readonly TableCoverage[], share: 'joint' | 'alone') =>
      percent(Math.min(...some.map((cell) => cell[share])))
    const columns = [
      percent(Math.max(...nulls.map(({ falseArrows }) => falseArrows))),
      percent(nulls.reduce((sum, { falseArrows }) => sum + falseArrows, 0) / nulls.length),
      least(group, 'joint'),
      least(group, 'alone'),
      percent(others.reduce((sum, { arrows }) => sum + arrows, 0) / others.length),
    ]
    return `| ${[key, ...columns].join(' | ')} |`
  })
  const head = [
    ...['method', 'tolerated', 'classes', 'false arrows: worst', 'mean', 'joint: worst', 'alone: worst', 'arrows'],
  ]
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows].join('\n')
}
