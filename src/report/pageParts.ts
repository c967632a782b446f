import { type OptionChecks, text } from '../check.js'
import type { StudyResult } from '../study/core/types.js'
import { Html, html } from './html.js'
import { dataLines } from './words.js'

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

/** A table of texts: the first of each row is its heading. */
export function textRows(head: readonly string[], rows: readonly (readonly [string, ...string[]])[]): Html {
  return html`<div class="scroll"><table>
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
