import { createHash } from 'node:crypto'
import { at, type OptionChecks, text } from '../check.js'
import type { Direction } from '../stats/bias/direction.js'
import type { StudyResult } from '../study/core/types.js'
import { chartText } from './charts/chartText.js'
import { heatCss } from './charts/heatTable.js'
import { barCss } from './charts/intervalBar.js'
import { sameWidth } from './charts/sameWidth.js'
import { Html, html } from './html.js'
import { fonts, themeCss } from './theme.js'
import { arrows, dataLines, directionWords, warningSentence } from './words.js'

interface PageOptions {
  /** Rules beside those of every page. */
  readonly css?: string | undefined
  /** A module that the page runs; a content security policy then allows this script alone, and no request. */
  readonly script?: string | undefined
}

/** One self-contained HTML page in the style of all reports, around what its `main` element holds. */
export function page(title: string, main: Html, { css, script }: PageOptions = {}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${script === undefined ? '' : policy(script)}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
${new Html(pageCss())}
${css === undefined ? '' : new Html(`${css}\n`)}</style>
</head>
<body>
<main>
${main}
</main>
${script === undefined ? '' : new Html(`<script type="module">\n${script}\n</script>\n`)}</body>
</html>
`.text
}

function policy(script: string): Html {
  const hash = createHash('sha256').update(`\n${script}\n`).digest('base64')
  const allowed = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`
  return new Html(`<meta http-equiv="Content-Security-Policy" content="${allowed}">\n`)
}

const tableCss = `table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:15px}
th,td{padding:8px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
th{overflow-wrap:break-word;white-space:normal}
th:first-child{position:sticky;left:0;z-index:1;padding-left:0;text-align:left;background:var(--page)}
thead th{min-width:4.5em;max-width:13em;font-size:13px;font-weight:600;color:var(--muted);vertical-align:bottom}
tbody th,tfoot th{min-width:7em;max-width:26em;font-weight:500}
tfoot th,tfoot td{border-top:2px solid var(--rule);border-bottom:0}
tfoot tr+tr>*{border-top:1px solid var(--rule)}
caption{caption-side:top;padding:0 0 4px;text-align:left;font-size:13px;color:var(--muted)}
small{color:var(--muted);font-size:12.5px}
.name{min-width:7em;max-width:20em;white-space:normal;overflow-wrap:anywhere;text-align:left}
.words{min-width:11em;max-width:15em;white-space:normal}`

const paperCss = `@media print{@page{margin:14mm}body{font-size:10.5pt}main{max-width:none;padding:0}h2,h3,h4{margin-top:20px;break-after:avoid}
figure,tr,dl>*,.warning{break-inside:avoid}thead{display:table-header-group}tfoot{display:table-row-group}
.scroll,.chart{overflow:visible}.scroll{background:none;left:0;translate:none;width:auto;max-width:none}
table{font-size:8.5pt}th,td{padding:4px 3px}thead th{font-size:8pt;min-width:0;max-width:9em}thead{break-after:avoid}th:first-child{position:static}
tbody th,tfoot th{min-width:11em;max-width:16em}small{font-size:7.5pt}.words,.name{min-width:9em}.bar svg{width:84px;height:auto}
.heat td,.heat tbody th,.heat tfoot th{padding:3px 1px;font-size:7.5pt}.heat td,.heat thead th{min-width:0}.heat thead th{padding:3px 1px;font-size:6.5pt}
.chart svg{max-height:235mm}details::details-content{content-visibility:visible;block-size:auto}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`

/** Pixels of the letters of a page. */
const bodySize = 16

/**
 * The most that a chart fills: the width at which its letters are as large as the text around them. One of few columns is narrow,
 * and its letters would become several times that.
 */
const mostWidth = `calc(var(--width)*${bodySize}/${chartText})`

/** Style sheet of a report. */
function pageCss(): string {
  return `${themeCss()}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:${bodySize}px/1.55 ${fonts}}
main{max-width:1200px;margin:0 auto;padding:48px 24px 32px}
h1{margin:0 0 16px;font-size:28px;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
h2{margin:48px 0 12px;font-size:19px}
h3{margin:32px 0 8px;font-size:16px}
h4{margin:24px 0 8px;font-size:15px}
h1,h2,h3,h4,p,dd,figcaption,summary{overflow-wrap:anywhere}
p{max-width:46em;margin:0 0 12px}
.lede{font-size:19px;line-height:1.5}
.note,figcaption,footer{font-size:14px;color:var(--muted)}
.note{max-width:54em}
.warning{max-width:none;padding:10px 14px;border-radius:6px;background:var(--warning)}
.scroll,.chart{position:relative;overflow-x:auto}
.scroll{background:linear-gradient(to left,var(--page) 20px,transparent) right/40px 100% no-repeat local,linear-gradient(to left,color-mix(in srgb,var(--ink) 22%,transparent),transparent) right/12px 100% no-repeat}
.scroll{left:50%;translate:-50%;width:max-content;min-width:100%;max-width:calc(100vw - 48px)}
${tableCss}
.arrow{width:2em;text-align:center;font-size:18px;font-weight:600}
.tag{margin-left:6px;padding:1px 7px;border-radius:9px;background:var(--panel);color:var(--muted);font-size:12px;font-weight:400}
.unseen{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
table+p{margin-top:12px}
.scroll+*,details+*{margin-top:16px}
summary+*{margin-top:10px}
figure{margin:28px 0 0}
figcaption{max-width:54em;margin-top:10px}
figcaption strong{color:var(--ink)}
.chart svg{--most:${mostWidth};display:block;width:100%;max-width:min(912px,var(--most));height:auto}
.narrow{display:none}
.pair{display:grid;align-items:end;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:24px;max-width:1000px}
.pair .chart svg{max-width:min(488px,var(--most))}
.pair figure{margin:12px 0 0}
.pair+.note,.pair+figcaption,figure+.note{margin-top:14px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin:0 0 16px;font-size:15px;max-width:60em}
dt{max-width:11em;color:var(--muted)}
dd{margin:0}
dd code{overflow-wrap:anywhere;font-size:13.5px}
a{color:inherit}
pre{margin:0 0 16px;padding:12px 14px;overflow-x:auto;border-radius:6px;background:var(--panel);font-size:13.5px}
pre code{white-space:pre-wrap;overflow-wrap:anywhere}
details{margin:20px 0 0}
summary{cursor:pointer;font-weight:500}
:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
footer{margin-top:40px;padding-top:14px;border-top:1px solid var(--rule);overflow-wrap:anywhere}
${barCss}
${heatCss}
@media screen and (max-width:600px){.wide{display:none}.narrow{display:block}main{padding:28px 16px}.scroll{max-width:calc(100vw - 32px)}th,td{padding:8px 6px}
tbody th,tfoot th{min-width:28vw}.scroll th:first-child{max-width:38vw}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
${paperCss}`
}

/** Options of all reports. */
export interface ReportOptions {
  /** The command that made the result, to be shown as the way to repeat it. */
  readonly command?: string | undefined
}

export const reportChecks: OptionChecks<ReportOptions> = { command: text }

/** Warnings of more than these are folded. */
const mostOpen = 5

/** That there are warnings, for the head of a page; {@link foldedWarnings} tells them. */
export function warningNote(warnings: readonly string[]): Html {
  if (warnings.length === 0) return html``
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`
  return html`<p class="note"><a href="#warnings">${count}</a> below the first table: read ${warnings.length === 1 ? 'it' : 'them'} before relying on the numbers.</p>`
}

/** Warnings below the first table; where there are many, in a fold that is open on paper. */
export function foldedWarnings(warnings: readonly string[]): Html {
  const parts = warningParts(warnings)
  if (warnings.length === 0) return html``
  if (warnings.length <= mostOpen) return html`<div id="warnings">${parts}</div>`
  return html`<details id="warnings">
<summary>${warnings.length} warnings: read them before relying on the numbers</summary>
${parts}
</details>`
}

export function warningParts(warnings: readonly string[]): Html[] {
  return warnings.map((one) => html`<p class="warning"><strong>Warning:</strong> ${warningSentence(one)}</p>`)
}

interface FigureWords {
  /** Read out in place of the chart, or of each where there are several. */
  readonly label: string | readonly string[]
  readonly title: string
  readonly caption: Html
}

/** A chart, or several that stand side by side where there is room, with number and caption. */
export function chartFigure(charts: Html | string | readonly string[], { label, title, caption }: FigureWords): Html {
  const labels = typeof label === 'string' ? [label] : label
  const chart = (drawn: Html | string, i: number) =>
    html`<div class="chart" role="img" aria-label="${at(labels, Math.min(i, labels.length - 1))}">${typeof drawn === 'string' ? new Html(drawn) : drawn}</div>`
  const single = typeof charts === 'string' || charts instanceof Html
  return html`<figure>
${single ? chart(charts, 0) : html`<div class="pair">${sameWidth(charts).map(chart)}</div>`}
<figcaption><strong>${title}.</strong> ${caption}</figcaption>
</figure>`
}

/** The cell of an arrow, which is read out as a word. */
export function arrowCell(direction: Direction): Html {
  return html`<td class="arrow"><span aria-hidden="true">${arrows[direction]}</span><span class="unseen">${directionWords[direction]}</span></td>`
}

/** The head of a column of arrows. */
export const arrowHead = html`<th scope="col"><span class="unseen">Direction</span></th>`

/** The start of a table that scrolls where it is too wide, by keys too: `label` is read out as its name. Ends with `</table></div>`. */
export function scrollTable(label: string): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of ${label}"><table>
<caption class="unseen">${label}</caption>`
}

/** A table of texts: the first of each row is its heading. */
export function textRows(
  label: string,
  head: readonly string[],
  rows: readonly (readonly [string, ...string[]])[],
): Html {
  return html`${scrollTable(label)}
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map(([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((text) => html`<td>${text}</td>`)}</tr>`)}
</tbody></table></div>`
}

/** A term and what is said of it. */
export type Fact = readonly [string, string | Html]

export function factList(facts: readonly Fact[]): Html {
  return html`<dl>
${facts.map(([term, words]) => html`<dt>${term}</dt><dd>${words}</dd>`)}
</dl>`
}

/** The way to repeat a result; nothing without a command. */
export function repeatPart(command: string | undefined): Html {
  return command === undefined ? html`` : html`<p>To repeat it:</p><pre><code>${command}</code></pre>`
}

/** The last line of a page: whose data, and what made it. */
export function footerPart(result: Pick<StudyResult, 'attribution' | 'version'>): Html {
  return html`<footer>${[...dataLines(result), `Made by scoring-bias ${result.version}.`].join(' ')}</footer>`
}
