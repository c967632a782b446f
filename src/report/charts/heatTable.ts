import { at } from '../../check.js'
import type { Direction } from '../../stats/bias/direction.js'
import { formatSigned } from '../format.js'
import { type Html, html } from '../html.js'
import { diverging } from '../theme.js'
import { arrows, directionWords } from '../words.js'
import { shortNames } from './shortNames.js'
import { inkOf } from './xiHeat.js'

/** A cell of a heat map: ξ, and where its simultaneous interval lies if it has one. */
export interface HeatCell {
  readonly xi: number
  readonly direction?: Direction | undefined
  /** What stands in the cell, if not ξ alone. */
  readonly text?: string | undefined
}

export interface HeatRow {
  readonly name: string
  readonly cells: readonly HeatCell[]
  /** Of a row below the others, such as that of all anomalies. */
  readonly last?: boolean | undefined
}

interface HeatLook {
  /** Read out as the name of the table. */
  readonly label: string
  /** Above the names of the rows. */
  readonly corner: string
  readonly columns: readonly string[]
}

/**
 * ξ in colours as a table, whose numbers are read out as such, which scrolls beside its first column where there is no room, and which
 * breaks between rows on paper. More columns than paper has room for are several tables there, one below the other. Long names of
 * columns are shortened, the whole of them as a title.
 */
export function heatTable(rows: readonly HeatRow[], look: HeatLook): Html {
  const { label, columns } = look
  const { names } = shortNames(columns, 22)
  if (columns.length <= mostOnPaper) return oneTable(rows, { ...look, names })
  const blocks = Math.ceil(columns.length / mostOnPaper)
  const size = Math.ceil(columns.length / blocks)
  const papers = Array.from({ length: blocks }, (_, b) => {
    const [begin, end] = [b * size, Math.min((b + 1) * size, columns.length)]
    return oneTable(
      rows.map((row) => ({ ...row, cells: row.cells.slice(begin, end) })),
      {
        ...look,
        label: `${label}, columns ${begin + 1} to ${end} of ${columns.length}`,
        columns: columns.slice(begin, end),
        names: names.slice(begin, end),
      },
    )
  })
  return html`<div class="on-screen">${oneTable(rows, { ...look, names })}</div>
<div class="on-paper">${papers}</div>`
}

/** Columns of ξ that paper has room for. */
const mostOnPaper = 16

function oneTable(
  rows: readonly HeatRow[],
  { label, corner, columns, names }: HeatLook & { readonly names: readonly string[] },
): Html {
  const head = columns.map((name, i) => {
    const short = at(names, i)
    return html`<th scope="col">${short === name ? name : html`<span title="${name}">${short}</span>`}</th>`
  })
  const row = ({ name, cells }: HeatRow) => html`<tr><th scope="row">${name}</th>${cells.map(cell)}</tr>`
  const last = rows.filter((one) => one.last)
  return html`<div ${columnsAttributes('scroll heat', columns.length)} tabindex="0" role="region" aria-label="Table of ${label}"><table>
<caption class="unseen">${label}</caption>
<thead><tr><th scope="col">${corner}</th>${head}</tr></thead>
<tbody>
${rows.filter((one) => !one.last).map(row)}
</tbody>
${last.length === 0 ? '' : html`<tfoot>${last.map(row)}</tfoot>`}</table></div>`
}

/** Columns of numbers that paper has room for. */
const mostColumns = 12

/** The classes of a table that scrolls; one with more columns than paper has room for is made smaller there. */
export function columnsAttributes(classes: string, columns: number): Html {
  return columns > mostColumns ? html`class="${classes} many" style="--columns:${columns}"` : html`class="${classes}"`
}

function cell({ xi, direction = 'none', text = formatSigned(xi) }: HeatCell): Html {
  const arrow =
    direction === 'none'
      ? ''
      : html` <span aria-hidden="true">${arrows[direction]}</span><span class="unseen">${directionWords[direction]}</span>`
  return html`<td style="background:${groundOf(xi)};color:${inkOf(xi)}">${text}${arrow}</td>`
}

/** The colour of ξ: from the middle of the scale straight to the end that it goes to. */
export function groundOf(xi: number): string {
  const [low, middle, high] = diverging.map(rgbOf) as [number[], number[], number[]]
  const end = xi < 0 ? low : high
  const share = Math.min(1, Math.abs(xi))
  const mixed = middle.map((m, c) => Math.round(m + (at(end, c) - m) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function rgbOf(hex: string): number[] {
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))
}

export const heatCss = `.on-paper{display:none}@media print{.on-screen{display:none}.on-paper{display:block}.on-paper .scroll{margin-top:14px}}
@media print{.many table{zoom:calc(${mostColumns}/var(--columns))}}
.heat td{min-width:3.6em;padding:6px 4px;border:1px solid var(--page);text-align:center;font-size:13px}
.heat thead th{min-width:3.6em;max-width:9em;overflow-wrap:break-word;padding:6px 4px;text-align:center;font-size:12px;line-height:1.3}
.heat thead th:first-child{padding-left:0;text-align:left}
.heat tbody th,.heat tfoot th{padding:4px 10px 4px 0;font-size:14px;line-height:1.3}`
