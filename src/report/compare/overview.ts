import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import type { CandidateComparison, Comparison } from '../../compare/types.js'
import { layerOf, vegaLiteral } from '../charts/marks.js'
import { renderSvg } from '../charts/renderSvg.js'
import { shortNames } from '../charts/shortNames.js'
import { xiColour, xiInk } from '../charts/xiHeat.js'
import { formatCount, formatPercent, formatSigned } from '../format.js'
import { type Html, html } from '../html.js'
import { warningParts } from '../page.js'
import { arrows, enumerate } from '../words.js'
import { figure } from './compareFigures.js'

/** From so many candidates on, what is said of each takes too long to read before the tables. */
export const manyCandidates = 4

/** Names in a sentence, at most. */
const maxNamed = 3
const [chartWidth, rowHeight, widestColumn] = [700, 24, 110]
/** Narrower columns have no room for numbers, and for arrows alone. */
const [numberWidth, arrowWidth] = [52, 16]

/** How many candidates gain, lose, do both or are undecided, with their names, in a sentence. */
export function overviewHeadline({ candidates, baseline, fpr }: Comparison): string {
  const kinds = new Map<string, string[]>()
  for (const one of candidates) {
    const kind = kindOf(one)
    kinds.set(kind, [...(kinds.get(kind) ?? []), one.candidate.name])
  }
  const some = at(candidates, 0).classes.length === 0 ? 'anomalies' : 'some class'
  const parts = [
    ['up', `more of ${some}`],
    ['up down', `more of some class and less of another`],
    ['down', `less of ${some}`],
  ].flatMap(([kind = '', words]) => {
    const names = kinds.get(kind)
    return names === undefined
      ? []
      : [`${formatCount(names.length)} ${names.length === 1 ? 'detects' : 'detect'} ${words} (${few(names)})`]
  })
  const rest = kinds.get('')
  const of = `Of ${formatCount(candidates.length)} candidates at a false-positive rate of ${formatPercent(fpr)}, compared with ${baseline.name},`
  const undecided =
    rest && `${formatCount(rest.length)} ${rest.length === 1 ? 'is' : 'are'} undecided everywhere (${few(rest)})`
  return `${of} ${enumerate([...parts, ...(undecided === undefined ? [] : [undecided])])}.`
}

function kindOf({ classes, overall }: CandidateComparison): string {
  const directions = new Set((classes.length === 0 ? [overall] : classes).map(({ direction }) => direction))
  return (['up', 'down'] as const).filter((direction) => directions.has(direction)).join(' ')
}

function few(names: readonly string[]): string {
  const rest = names.length - maxNamed
  return rest <= 1 ? enumerate(names) : enumerate([...names.slice(0, maxNamed), `${formatCount(rest)} others`])
}

/** ξ of every candidate on every class in one picture. */
export async function overviewFigure(comparison: Comparison): Promise<Html> {
  const { baseline, candidates, level } = comparison
  const classes = setNames(at(candidates, 0))
  const [rows, columns] = [
    shortNames(classes, 28),
    shortNames(
      candidates.map(({ candidate }) => candidate.name),
      22,
    ),
  ]
  const svg = await renderSvg(overviewChart(comparison, { rows: rows.names, columns: columns.names }))
  const label = `ξ of ${formatCount(candidates.length)} candidates against ${baseline.name} on each class of anomalies; the numbers are those of the tables below.`
  return html`${figure(rows.titled(columns.titled(svg)), label)}
<p class="note">ξ of each candidate (column) on each class (row). ↑ or ↓: the simultaneous ${formatPercent(level)} interval excludes 0; the counts above are of these.</p>`
}

function setNames({ classes, overall }: CandidateComparison): string[] {
  return (classes.length === 1 ? classes : [...classes, overall]).map(({ name }) => name)
}

interface Labels {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
}

function overviewChart({ candidates }: Comparison, { rows, columns }: Labels): TopLevelSpec {
  const width = Math.min(widestColumn, chartWidth / candidates.length)
  const values = candidates.flatMap(({ classes, overall }, column) =>
    (classes.length === 1 ? classes : [...classes, overall]).map(({ xi, direction }, row) => {
      const arrow = direction === 'none' ? '' : arrows[direction]
      const text = width < arrowWidth ? '' : width < numberWidth ? arrow : `${formatSigned(xi)} ${arrow}`
      return { row, column, xi, text: text.trim() }
    }),
  )
  const axis = (names: readonly string[]) =>
    ({
      title: null,
      domain: false,
      ticks: false,
      labelLimit: 0,
      labelPadding: 8,
      labelExpr: `${vegaLiteral(names)}[datum.value]`,
    }) as const
  const scale = { paddingInner: 0.05, paddingOuter: 0 }
  const place = { type: 'nominal', sort: null, scale } as const
  const x = {
    field: 'column',
    ...place,
    axis: { ...axis(columns), orient: 'top', labelAngle: -40, labelOverlap: false },
  } as const
  const y = { field: 'row', ...place, axis: { ...axis(rows), labelOverlap: false } } as const
  return {
    width: width * candidates.length,
    height: rows.length * rowHeight,
    data: { values },
    encoding: { x, y },
    layer: [
      layerOf({ type: 'rect' }, { color: xiColour(true) }),
      layerOf({ type: 'text', fontSize: 11 }, { text: { field: 'text' }, color: xiInk }),
    ],
  }
}

/** Warnings of more than these are folded. */
const mostOpen = 5

/** All warnings, those that say the same of several candidates merged; where there are many, in a fold that is open on paper. */
export function foldedWarnings(comparison: Comparison): Html {
  const warnings = mergedWarnings(comparison)
  const parts = warningParts(warnings)
  if (warnings.length <= mostOpen) return html`${parts}`
  return html`<details>
<summary>${formatCount(warnings.length)} warnings: read those of a candidate before relying on its row</summary>
${parts}
</details>`
}

/** Warnings that differ in the name of a candidate alone as one, with the other names after it. */
export function mergedWarnings({ candidates, warnings }: Comparison): string[] {
  const merged = new Map<string, { readonly first: string; readonly others: string[] }>()
  for (const warning of warnings) {
    const name = candidates.map(({ candidate }) => candidate.name).find((one) => warning.includes(`'${one}'`))
    const key = name === undefined ? warning : warning.replaceAll(`'${name}'`, "''")
    const found = merged.get(key)
    if (found === undefined) merged.set(key, { first: warning, others: [] })
    else if (name !== undefined) found.others.push(`'${name}'`)
  }
  return Array.from(merged.values(), ({ first, others }) =>
    others.length === 0 ? first : `${first.replace(/\.?$/, '.')} The same of ${enumerate(others)}`,
  )
}
