import type { Convergence } from '../../converge/types.js'
import { deviceTitle } from '../../runtime/device.js'
import { datasetTitle, detectorTitle } from '../format.js'
import { Html, html } from '../html.js'
import { page } from '../page.js'
import { renderSvg } from '../renderSvg.js'
import { convergeChart } from './convergeChart.js'
import {
  boundsOutcome,
  cellTexts,
  cellTitles,
  convergeClasses,
  convergeHeadline,
  convergeLegend,
  formatRate,
  ratesLegend,
} from './convergeWords.js'
import { rateChart } from './rateChart.js'

export interface ConvergeReportOptions {
  /** The command that made the result, to be shown as the way to repeat it. */
  readonly command?: string | undefined
  /** Default: the detectors and the data set. */
  readonly title?: string | undefined
  /** What a reader has to know before anything else, a sentence each. */
  readonly notes?: readonly string[] | undefined
}

/** The boxes of a convergence study as one `<svg>` element. About a second, most of it loading the chart library on first use. */
export function convergeSvg(result: Convergence): Promise<string> {
  return renderSvg(convergeChart(result))
}

/**
 * A convergence study as one self-contained HTML page without script: boxes (Figure 2 of Ye, Chen and Zheng 2021), the fall of
 * the error beside Theorem 3, tables, and how it was computed. It follows the reader's light or dark mode.
 */
export async function convergeReport(
  result: Convergence,
  { command, title: own, notes = [] }: ConvergeReportOptions = {},
): Promise<string> {
  const boxes = new Html(await convergeSvg(result))
  const rates = new Html(await renderSvg(rateChart(result)))
  const { baseline, candidate } = result.detectors
  const title =
    own ?? `Convergence of ξ̂: ${detectorTitle(candidate)} against ${detectorTitle(baseline)} on ${datasetTitle(result)}`
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${convergeHeadline(result)}</p>
<p>${convergeClasses(result)}</p>
${notes.map((note) => html`<p>${note}</p>`)}
</header>
${result.warnings.map((warning) => html`<p class="warning"><strong>Warning.</strong> ${warning}</p>`)}
<section>
<h2>Distributions over runs</h2>
<figure>
<div class="chart" role="img" aria-label="Boxes of ξ̂ and of the candidate’s false-positive rate for each n and α; the numbers are those of the table below.">${boxes}</div>
<figcaption><strong>Figure 1.</strong> Quartiles and median of ξ̂ (top) and of ${detectorTitle(candidate)}’s false-positive rate (bottom), whiskers
to the furthest run within 1.5 interquartile ranges; triangles are means. Dashed: ξ, and the target. Panels at the top have scales of their own.</figcaption>
</figure>
${table(
  ['α', 'n', ...cellTitles],
  result.cells.map((cell) => [String(cell.alpha), cell.n.toLocaleString('en'), ...cellTexts(cell)]),
)}
<p class="note">${convergeLegend(result)}</p>
</section>
<section>
<h2>How fast, and what was guaranteed</h2>
<figure>
<div class="chart" role="img" aria-label="The error of ξ̂ over n on logarithmic axes with the bounds of Theorem 3; the numbers are those of the table above.">${rates}</div>
<figcaption><strong>Figure 2.</strong> Dots are observed, lines come from theory alone${hasZero(result) ? '; an error of 0 has no place on a logarithmic axis' : ''}. ${boundsOutcome(result)}</figcaption>
</figure>
${table(
  ['α', 'Rate of ξ̂', `Of FPR ${detectorTitle(baseline)}`, `Of FPR ${detectorTitle(candidate)}`],
  result.rates.map(({ alpha, xi, fprBaseline, fprCandidate }) => [
    String(alpha),
    ...[xi, fprBaseline, fprCandidate].map(formatRate),
  ]),
)}
<p class="note">${ratesLegend}</p>
</section>
<section>
<h2>How this was computed</h2>
${facts(result)}
${command === undefined ? html`` : html`<p>To repeat it:</p><pre><code>${command}</code></pre>`}
<p class="note">Method: Ziyu Ye, Yuxin Chen and Haitao Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection”, IJCAI 2021, Section 4.2.</p>
</section>
<footer>${result.attribution === '' ? '' : `Data: ${result.attribution}. `}Made by scoring-bias ${result.version}.</footer>`
  return page(title, main)
}

function hasZero({ cells }: Convergence): boolean {
  return cells.some(({ xi, error }) => xi.sd === 0 || error.quantile === 0)
}

function facts(result: Convergence): Html {
  const { training, truth, versions } = result
  const { rates } = truth
  const number = (n: number): string => n.toLocaleString('en')
  const list: [string, string][] = [
    [
      'Training',
      `${training.network} on ${number(training.nNormal)} normal samples and ${number(training.nAnomalous)} labelled anomalies, ${number(training.epochs)} epochs after ` +
        `${number(training.pretrainEpochs)} of pretraining where the detector has one, ${training.decoder} output in the autoencoder`,
    ],
    [
      'ξ and the rates',
      `from ${number(truth.nNormal)} normal and ${number(truth.nAnomalous)} anomalous scores: recalls ${rates.tprBaseline.toFixed(4)} and ` +
        `${rates.tprCandidate.toFixed(4)}, slopes of the ROC curves ${rates.slopeBaseline.toFixed(2)} and ${rates.slopeCandidate.toFixed(2)}`,
    ],
    [
      'Runs',
      `${number(result.runs)} of each n and α draw ${number(result.nScored)} samples from seed ${result.seed}` +
        `${result.nTest === undefined ? '' : `; the test set has ${number(result.nTest)} normals`}`,
    ],
    [
      'Computed on',
      `${deviceTitle(result.device)}, ${result.workers} workers: ${training.seconds.toFixed(1)} s of training, ` +
        `${result.samplingSeconds.toFixed(1)} s of runs`,
    ],
    [
      'Versions',
      [`scoring-bias ${result.version}`, ...Object.entries(versions).map((entry) => entry.join(' '))].join(', '),
    ],
  ]
  return html`<dl>
${list.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}
</dl>`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<div class="scroll"><table>
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map(([first = '', ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((text) => html`<td>${text}</td>`)}</tr>`)}
</tbody></table></div>`
}
