import { at } from '../src/check.js'
import { type IntervalMethod, intervalMethods } from '../src/stats/bootstrap/bootstrapInterval.js'
import { type CellCoverage, isOfAlarms, type Tally, toleratedOf } from './coverageCell.js'
import { laws } from './laws.js'

const percent = (share: number) => (Number.isFinite(share) ? (100 * share).toFixed(1) : '')
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
const covered = ({ dataSets, above, below }: Tally) => 1 - (above + below) / dataSets

/** Mean over the cells, and in parentheses the worst of them. */
function coverageOf(cells: readonly CellCoverage[], method: IntervalMethod): string {
  const shares = tallies(cells, method).map(covered)
  return shares.length === 0 ? '' : `${percent(mean(shares))} (${percent(Math.min(...shares))})`
}

function tallies(cells: readonly CellCoverage[], method: IntervalMethod): Tally[] {
  return cells.flatMap(({ methods }) => methods[method] ?? [])
}

/**
 * The median of how much longer `confidence` is than `percentile`, over the cells in which `percentile` holds 94 %, and of how
 * many cells.
 */
function lengthRatio(cells: readonly CellCoverage[]): string {
  const sorted = cells
    .map(ratioOf)
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  return sorted.length === 0 ? '' : `${at(sorted, sorted.length >> 1).toFixed(2)} (${sorted.length} of ${cells.length})`
}

/** How much longer `confidence` is than `percentile`; not finite where the latter does not hold 94 %, or was not drawn. */
function ratioOf({ methods: { confidence, percentile } }: CellCoverage): number {
  if (confidence === undefined || percentile === undefined || covered(percentile) < 0.94) return Number.NaN
  return confidence.length / confidence.dataSets / (percentile.length / percentile.dataSets)
}

/**
 * Of the grid of laws, where `percentile` holds 94 %: of how many laws `confidence` is more than 1.1 times as long, and the two
 * where it is longest.
 */
export function longerTable(cells: readonly CellCoverage[]): string {
  const sizes = [5, 20, 100, 1000]
  const rows = grouped(cells.filter(isOfAlarms), (cell) => [toleratedOf(cell)]).map(([key, group]) => [
    ...key,
    ...sizes.map((size) => {
      const ratios = group
        .filter(({ nAnomalous }) => nAnomalous === size)
        .map((cell) => ({ name: `${cell.law} ${cell.correlation}`.replace('-', '−'), ratio: ratioOf(cell) }))
        .filter(({ ratio }) => Number.isFinite(ratio))
        .sort((a, b) => b.ratio - a.ratio)
      const longer = ratios.filter(({ ratio }) => ratio > 1.1)
      const worst = longer.slice(0, 2).map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`)
      return `${longer.length} of ${ratios.length}${worst.length === 0 ? '' : `: ${worst.join(', ')}`}`
    }),
  ])
  return table(['tolerated', ...sizes.map((size) => `${size} anomalies`)], rows)
}

/** Of the grid of laws: a row for every number of tolerated false alarms and size of a class. */
export function alarmsTable(cells: readonly CellCoverage[]): string {
  const rows = grouped(cells.filter(isOfAlarms).filter(isSimulated), (cell) => [
    toleratedOf(cell),
    cell.nAnomalous,
  ]).map(([key, group]) => {
    const own = tallies(group, 'confidence')
    const worst = (values: readonly number[]) => percent(Math.max(...values))
    const nulls = group.filter(({ law }) => 'same' in laws[law])
    const shifts = group.filter(({ law }) => law === 'shift')
    const arrows = (some: readonly CellCoverage[], method: IntervalMethod) =>
      tallies(some, method).map(({ arrows, dataSets }) => (arrows ?? Number.NaN) / dataSets)
    const falseArrows = (method: IntervalMethod) =>
      worst(tallies(nulls, method).map(({ dataSets, above, below }) => (above + below) / dataSets))
    // Where no false alarm is tolerated there is no arrow.
    const undecided = at(group, 0).nNormal * at(group, 0).fpr < 1
    return [
      ...key,
      coverageOf(group, 'confidence'),
      worst(own.map(({ above, dataSets }) => above / dataSets)),
      worst(own.map(({ below, dataSets }) => below / dataSets)),
      (own.reduce((sum, { length, dataSets }) => sum + length / dataSets, 0) / own.length).toFixed(2),
      undecided ? '0' : falseArrows('confidence'),
      undecided ? '0' : percent(mean(arrows(shifts, 'confidence'))),
      coverageOf(group, 'percentile'),
      falseArrows('percentile'),
      lengthRatio(group),
    ]
  })
  const head = [
    ...['tolerated', 'anomalies', 'confidence', 'above', 'below', 'length', 'false arrows', 'arrows'],
    ...['percentile', 'false arrows', 'length ÷ percentile'],
  ]
  return table(head, rows)
}

const isSimulated = ({ methods }: CellCoverage) => methods.confidence !== undefined

/** Of the grid of targets: every method. */
export function targetsTable(cells: readonly CellCoverage[]): string {
  const ofTargets = cells.filter((cell) => !isOfAlarms(cell))
  const rows = grouped(ofTargets, (cell) => [band(toleratedOf(cell)), cell.nAnomalous]).map(([key, group]) => [
    ...key,
    ...intervalMethods.map((method) => coverageOf(group, method)),
  ])
  return table(['tolerated', 'anomalies', ...intervalMethods], rows)
}

const band = (tolerated: number) => (tolerated < 40 ? tolerated : tolerated < 100 ? '40, 50' : '100 to 2,000')

function grouped(
  cells: readonly CellCoverage[],
  keyOf: (cell: CellCoverage) => readonly (number | string)[],
): [key: string[], group: CellCoverage[]][] {
  const order = cells.toSorted((a, b) => toleratedOf(a) - toleratedOf(b) || a.nAnomalous - b.nAnomalous)
  const groups = new Map<string, CellCoverage[]>()
  for (const cell of order) {
    const key = keyOf(cell).join('|')
    groups.set(key, [...(groups.get(key) ?? []), cell])
  }
  return Array.from(groups, ([key, group]) => [key.split('|'), group])
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}
