import type { Direction } from '../../stats/bias/direction.js'
import { formatSigned } from '../format.js'
import { type Html, html } from '../html.js'

/** What is drawn of ξ in a row of a table. */
export interface DrawnInterval {
  readonly xi: number
  readonly interval: readonly [number, number]
  readonly simultaneous: readonly [number, number]
  readonly direction: Direction
}

/** The axis of bars that compare. */
export interface BarAxis {
  readonly low: number
  readonly high: number
}

const [width, height, padding] = [132, 18, 8]

/** An axis for all these intervals and 0, its ends rounded outwards to tenths. */
export function barAxis(answers: readonly DrawnInterval[]): BarAxis {
  const ends = answers.flatMap(({ interval, simultaneous }) => [...interval, ...simultaneous])
  const low = Math.floor(10 * ends.reduce((a, b) => Math.min(a, b), -0.1)) / 10
  const high = Math.ceil(10 * ends.reduce((a, b) => Math.max(a, b), 0.1)) / 10
  return { low, high }
}

/**
 * ξ with its own interval (thick) and the simultaneous one (thin), a line at 0, and dashed ones at the margins of a gate. The dot
 * is filled where the simultaneous interval excludes 0. Nothing of it is read out: its numbers stand beside it.
 */
export function intervalBar(
  { xi, interval, simultaneous, direction }: DrawnInterval,
  axis: BarAxis,
  margins: readonly number[] = [],
): Html {
  const at = (value: number) => place(value, axis)
  const span = (kind: string, [low, high]: readonly [number, number]) =>
    html`<path class="${kind}" d="M${at(low)} 9H${at(high)}"/>`
  const inside = margins.filter((margin) => axis.low <= margin && margin <= axis.high)
  return html`<td class="bar">${drawing(
    html`<path class="zero" d="M${at(0)} 0V18"/>${inside.map(
      (margin) => html`<path class="margin" d="M${at(margin)} 0V18"/>`,
    )}${span('joint', simultaneous)}${span('own', interval)}<circle${direction === 'none' ? '' : html` class="clear"`} cx="${at(xi)}" cy="9" r="3"/>`,
  )}</td>`
}

/** The head of a column of bars: the ends of their axis, and 0. */
export function barHead(axis: BarAxis): Html {
  const [low, high] = [axis.low, axis.high].map((end) => formatSigned(end, 1)) as [string, string]
  const ends = [
    [axis.low, low, 'start', 0],
    [0, '0', 'middle', place(0, axis)],
    [axis.high, high, 'end', width],
  ] as const
  // Three numbers need room between them.
  const shown = ends.filter(([value, , , x]) => value !== 0 || (x > 36 && x < width - 36))
  const texts = shown.map(([, text, anchor, x]) => html`<text x="${x}" y="14" text-anchor="${anchor}">${text}</text>`)
  return html`<th scope="col" class="bar"><span class="unseen">ξ drawn, from ${low} to ${high}</span>${drawing(html`${texts}`)}</th>`
}

function drawing(parts: Html): Html {
  return html`<svg aria-hidden="true" focusable="false" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts}</svg>`
}

function place(value: number, { low, high }: BarAxis): number {
  return Number((padding + ((width - 2 * padding) * (value - low)) / (high - low)).toFixed(1))
}

export const barCss = `.bar svg{display:block;margin-left:auto}
td.bar{padding-top:0;padding-bottom:0}
.bar path,.bar circle{fill:none;stroke:var(--ink)}
.bar .zero{stroke:var(--muted)}
.bar .margin{stroke:var(--candidate);stroke-dasharray:2 2}
.bar .own{stroke-width:3}
.bar circle{fill:var(--page);stroke-width:1.5}
.bar .clear{fill:var(--ink)}
.bar text{fill:var(--muted);font-size:11px;font-weight:400}`
