import type { Plan } from '../../theory/planSamples.js'
import { version } from '../../version.js'
import { Html, html } from '../html.js'
import { page } from '../page.js'
import { renderSvg } from '../renderSvg.js'
import { planChart } from './planChart.js'
import { costTitle } from './planText.js'
import { formatCount, planAssumptions, planHeadline, planOutcome, theoremQuestion } from './planWords.js'

export interface PlanReportOptions {
  /** The command that made the plan, to be shown as the way to repeat it. */
  readonly command?: string
}

/** A plan's trade-off as one `<svg>` element. About a second, most of it loading the chart library on first use. */
export function planSvg(plan: Plan): Promise<string> {
  return renderSvg(planChart(plan))
}

/**
 * A plan as one self-contained HTML page without script: what to label, the trade-off drawn and as a table, Theorem 3, and
 * what all of it rests on. It follows the reader's light or dark mode. Equal plans give equal pages.
 */
export async function planReport(plan: Plan, { command }: PlanReportOptions = {}): Promise<string> {
  const chart = new Html(await planSvg(plan))
  const main = html`<header>
<h1>How many samples to label</h1>
<p class="lede">${planHeadline(plan)}</p>
<p>${planOutcome(plan)}</p>
</header>
${plan.warnings.map((warning) => html`<p class="warning"><strong>Warning.</strong> ${warning}</p>`)}
<section>
<h2>The trade-off</h2>
<figure>
<div class="chart" role="img" aria-label="Pairs of sample sizes that reach the goal as a falling curve, with the plan and the needs of Theorem 3; the numbers are those of the tables below.">${chart}</div>
<figcaption><strong>Figure 1.</strong> On the curve the goal is just reached: more normals steady the thresholds, more
anomalies the recalls, and neither makes up for too few of the other. Grey: what the versions of Theorem 3 need.</figcaption>
</figure>
${table(
  ['Normals', 'Anomalies', costTitle(plan.anomalyCost)],
  plan.tradeoff.map(({ nNormal, nAnomalous }) =>
    [nNormal, nAnomalous, Math.ceil(nNormal + plan.anomalyCost * nAnomalous)].map(formatCount),
  ),
)}
</section>
<section>
<h2>Guarantees</h2>
${table(
  ['Version', 'Normals', 'Anomalies', 'ε from the plan'],
  plan.theorem.map(({ version, needs, epsilonFromPlan }) => [
    version,
    ...(needs === undefined ? ['–', '–'] : [formatCount(needs.nNormal), formatCount(needs.nAnomalous)]),
    epsilonFromPlan.toFixed(3),
  ]),
)}
<p class="note">${theoremQuestion(plan)}</p>
</section>
<section>
<h2>What this rests on</h2>
<p>${planAssumptions(plan)}</p>
<p>The curve is the first-order variance of ξ̂ with paired samples and thresholds from the data,
(d − ξ²)/n₁ + fpr(1 − fpr)(L² + L′² − 2ρLL′)/n₀, with the discordance d = ${plan.expected.discordance.toFixed(3)}.</p>
${command === undefined ? html`` : html`<p>To repeat it:</p><pre><code>${command}</code></pre>`}
</section>
<footer>Made by scoring-bias ${version}.</footer>`
  return page('How many samples to label', main)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<div class="scroll"><table>
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map(([first = '', ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((text) => html`<td>${text}</td>`)}</tr>`)}
</tbody></table></div>`
}
