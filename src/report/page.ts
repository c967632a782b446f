import { createHash } from 'node:crypto'
import { type OptionChecks, text } from '../check.js'
import type { StudyResult } from '../study/core/types.js'
import { Html, html } from './html.js'
import { fonts, themeCss } from './theme.js'
import { dataLines } from './words.js'

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

/** Style sheet of a report. */
function pageCss(): string {
  return `${themeCss()}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 ${fonts}}
main{max-width:960px;margin:0 auto;padding:48px 24px 32px}
h1{margin:0 0 16px;font-size:28px;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
h2{margin:48px 0 12px;font-size:19px}
p{max-width:46em;margin:0 0 12px}
.lede{font-size:19px;line-height:1.5}
.note,figcaption,footer{font-size:14px;color:var(--muted)}
.note{max-width:54em}
.warning{max-width:none;padding:10px 14px;border-radius:6px;background:var(--warning)}
.scroll,.chart{position:relative;overflow-x:auto}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:15px}
th,td{padding:8px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
th:first-child{padding-left:0;text-align:left}
thead th{font-size:13px;font-weight:600;color:var(--muted);vertical-align:bottom}
tbody th{font-weight:500}
.arrow{width:2em;text-align:center;font-weight:600}
.tag{margin-left:6px;padding:1px 7px;border-radius:9px;background:var(--panel);color:var(--muted);font-size:12px;font-weight:400}
.unseen{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
table+p,.scroll+p{margin-top:12px}
figure{margin:28px 0 0}
figcaption{max-width:54em;margin-top:10px}
figcaption strong{color:var(--ink)}
.chart svg{display:block;width:100%;min-width:640px;max-width:912px;height:auto;margin:0 auto}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin:0 0 16px;font-size:15px}
dt{color:var(--muted)}
dd{margin:0}
dd code{overflow-wrap:anywhere;font-size:13.5px}
a{color:inherit}
pre{margin:0 0 16px;padding:12px 14px;overflow-x:auto;border-radius:6px;background:var(--panel);font-size:13.5px}
footer{margin-top:40px;padding-top:14px;border-top:1px solid var(--rule)}
@media (max-width:560px){main{padding-top:28px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media print{@page{margin:16mm}body{font-size:11pt}main{max-width:none;padding:0}h2{margin-top:24px;break-after:avoid}
figure,tr,dl,.warning{break-inside:avoid}thead{display:table-header-group}.scroll,.chart{overflow:visible}.chart svg{min-width:0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`
}

/** Options of all reports. */
export interface ReportOptions {
  /** The command that made the result, to be shown as the way to repeat it. */
  readonly command?: string | undefined
}

export const reportChecks: OptionChecks<ReportOptions> = { command: text }

export function warningParts(warnings: readonly string[]): Html[] {
  return warnings.map((warning) => html`<p class="warning"><strong>Warning.</strong> ${warning}</p>`)
}

/** A chart with its number and caption. What `label` says of it is read out in its place. */
export function chartFigure(
  svg: string,
  { label, title, caption }: { readonly label: string; readonly title: string; readonly caption: Html },
): Html {
  return html`<figure>
<div class="chart" role="img" aria-label="${label}">${new Html(svg)}</div>
<figcaption><strong>${title}.</strong> ${caption}</figcaption>
</figure>`
}

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

/** The last line of a page. */
export function footerPart(result: Pick<StudyResult, 'attribution' | 'version'>): Html {
  return html`<footer>${[...dataLines(result), `Made by scoring-bias ${result.version}.`].join(' ')}</footer>`
}
