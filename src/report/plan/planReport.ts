import type { TopLevelSpec } from 'vega-lite'
import { requireOptions } from '../../check.js'
import type { SampleSizes } from '../../theory/bounds.js'
import type { Plan } from '../../theory/planSamples.js'
import { version } from '../../version.js'
import { layerOf } from '../charts/marks.js'
import { renderSvgFile } from '../charts/renderSvg.js'
import { type Html, html } from '../html.js'
import { chartFigure, page, type ReportOptions, repeatPart, reportChecks, textRows, warningParts } from '../page.js'
import { requireAnswer } from '../requireAnswer.js'
import { colours } from '../theme.js'
import { capital } from '../words.js'
import {
  planAssumptions,
  planHeadline,
  planOutcome,
  theoremQuestion,
  theoremRows,
  tradeoffRows,
  tradeoffTitles,
} from './planText.js'

/** A plan's trade-off as one `<svg>` element. About a second, most of it loading the chart library on first use. */
export async function planSvg(plan: Plan): Promise<string> {
  requireAnswer('planSvg', plan, 'planSamples')
  return renderSvgFile(planChart(plan), 'Normal and anomalous samples that reach the goal together')
}

/**
 * A plan as one self-contained HTML page without script: what to label, the trade-off drawn and as a table, Theorem 3, and
 * what all of it rests on. It follows the reader's light or dark mode. Equal plans give equal pages.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function planReport(plan: Plan, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('planReport', options, reportChecks)
  requireAnswer('planReport', plan, 'planSamples')
  const chart = chartFigure(await planSvg(plan), {
    label:
      'Pairs of sample sizes that reach the goal as a falling curve, with the plan and the needs of Theorem 3; the numbers are those of the tables below.',
    title: 'Figure 1',
    caption: html`On the curve the goal is just reached: more normals steady the thresholds, more
anomalies the recalls, and neither makes up for too few of the other. Grey: what the versions of Theorem 3 need.`,
  })
  const main = html`<header>
<h1>How many samples to label</h1>
<p class="lede">${planHeadline(plan)}</p>
<p>${planOutcome(plan)}</p>
</header>
${warningParts(plan.warnings)}
<section>
<h2>The trade-off</h2>
${chart}
${plan.tradeoff.length === 0 ? html`` : textRows('normals and anomalies', tradeoffTitles(plan).map(capital), tradeoffRows(plan))}
</section>
${theoremPart(plan)}
<section>
<h2>What this rests on</h2>
<p>${planAssumptions(plan)}</p>
<p>Pairs follow the first-order variance of ξ̂ with paired samples and thresholds from the data,
(d − ξ²)/n₁ + fpr(1 − fpr)(L² + L′² − 2ρLL′)/n₀, with the discordance d = ${plan.expected.discordance.toFixed(3)}; how
small it must be comes from the simulation.</p>
${repeatPart(command)}
</section>
<footer>Made by scoring-bias ${version}.</footer>`
  return page('How many samples to label', main)
}

/** Theorem 3 takes samples for independent: nothing of samples in groups. */
function theoremPart(plan: Plan): Html {
  if (plan.theorem.length === 0) return html``
  return html`<section>
<h2>Guarantees</h2>
${textRows('the theorem of the paper', ['Version', 'Normals', 'Anomalies', 'ε from the plan'], theoremRows(plan))}
<p class="note">${theoremQuestion(plan)}</p>
</section>`
}

/**
 * The pairs of sample sizes that reach a plan's goal as a curve on logarithmic axes, the planned pair, and what the
 * versions of Theorem 3 need.
 */
function planChart({ samples, tradeoff, reached, theorem }: Plan): TopLevelSpec {
  const point = ({ nNormal, nAnomalous }: SampleSizes) => ({ normals: nNormal, anomalies: nAnomalous })
  const planned = { ...point(samples), name: 'plan' }
  const versions = theorem.flatMap(({ version, needs }) =>
    needs === undefined ? [] : [{ ...point(needs), name: version }],
  )
  const curve = (reached ? [...tradeoff, samples] : [...tradeoff]).map(point).sort((a, b) => a.normals - b.normals)
  const axis = (title: string) =>
    ({ title, format: '~s', domain: false, ticks: false, tickCount: 5, labelOverlap: true }) as const
  const scale = { type: 'log', nice: true } as const
  const x = { field: 'normals', type: 'quantitative', scale, axis: axis('normal samples') } as const
  const y = { field: 'anomalies', type: 'quantitative', scale, axis: axis('anomalous samples') } as const
  const label = layerOf({ type: 'text', align: 'left', dx: 9, dy: -9 }, { x, y, text: { field: 'name' } })
  const dot = (fill: string) => layerOf({ type: 'point', filled: true, fill, opacity: 1, size: 70 }, { x, y })
  return {
    width: 560,
    height: 360,
    layer: [
      layerOf({ type: 'line', stroke: colours.candidate, strokeWidth: 2 }, { x, y }, curve),
      { data: { values: versions }, layer: [dot(colours.normal), label] },
      { data: { values: [planned] }, layer: [dot(colours.ink), label] },
    ],
  }
}
