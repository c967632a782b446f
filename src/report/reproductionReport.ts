import { detector, detectorNames } from '../detectors/detectors.js'
import type { ReproducedCell, ReproducedRow, TableReproduction } from '../paper/reproduceTable.js'
import { formatMeanSd, formatSetting, formatSigned } from './format.js'
import { type Html, html } from './html.js'
import { page } from './page.js'
import {
  arrowOf,
  formatErrors,
  marks,
  normalDistances,
  ownArrow,
  reproductionSummary,
  sizeWords,
  titleOf,
} from './reproductionText.js'

export interface ReproductionReportOptions {
  /** The command that made the result, to be shown as the way to repeat it. */
  readonly command?: string
}

/**
 * A table of the paper beside ours as one self-contained HTML page without script: the recalls laid out as in print, ours
 * above the printed ones, then every difference. It follows the reader's light or dark mode.
 */
export function reproductionReport(result: TableReproduction, { command }: ReproductionReportOptions = {}): string {
  const { scenario, notes, warnings, network, device, seed, versions, attribution } = result
  const title = `${titleOf(result)}: ours and the paper’s`
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${reproductionSummary(result)}</p>
<p>Normal class ${scenario.normal} (${result.nNormal} to train on), labelled anomalies ${scenario.anomaly} (${result.nAnomaly}),
${scenario.dataset}${result.simulated ? ' (simulated)' : ''}; ${sizeWords(result)}.</p>
</header>
${warnings.map((warning) => html`<p class="warning"><strong>Warning.</strong> ${warning}</p>`)}
<section>
<h2>Recall</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Anomalies</th><th scope="col"></th>${detectorNames.map((name) => html`<th scope="col">${detector(name).title}</th>`)}<th scope="col">Distance</th></tr></thead>
<tbody>
${result.rows.map(recallRows)}
</tbody></table></div>
<p class="note">TPR at a false-positive rate of 5 %, mean ± standard deviation over runs (paper: ${result.paperRuns}). Arrows as the paper draws
them: recall above (↑) or below (↓) that of the semi-supervised version; in brackets where the 95 % interval of ξ includes 0.
≠: beyond three standard errors, once ±0.005 is taken off for the printed rounding. !: opposite arrows.</p>
</section>
<section>
<h2>Differences</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Anomalies</th>${detectorNames.map((name) => html`<th scope="col">${detector(name).title}</th>`)}</tr></thead>
<tbody>
${result.rows.map((row) => html`<tr><th scope="row">${row.class}</th>${row.cells.map((cell) => html`<td>${difference(cell)}</td>`)}</tr>`)}
</tbody></table></div>
<p class="note">Ours − the paper’s, and in brackets what of it rounding does not explain, in standard errors of the difference.</p>
</section>
<section>
<h2>Notes</h2>
${notes.map((note) => html`<p>${note}.</p>`)}
${normalDistances(result).map((sentence) => html`<p>${sentence}</p>`)}
<p>${network}, ${device === 'cuda' ? 'CUDA' : 'CPU'}, seed ${formatSetting(seed)}; scoring-bias ${result.version}, ${Object.entries(
    versions,
  )
    .map((entry) => entry.join(' '))
    .join(', ')}.</p>
${command === undefined ? html`` : html`<p>To repeat it:</p><pre><code>${command}</code></pre>`}
<p class="note">Printed figures: Ziyu Ye, Yuxin Chen and Haitao Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection”, IJCAI 2021, Appendix E.</p>
</section>
<footer>Data: ${attribution}.</footer>`
  return page(title, main, { css: 'main{max-width:1160px}' })
}

function recallRows({ class: name, l2, cells }: ReproducedRow): Html {
  return html`<tr><th scope="row">${name}</th><td>ours</td>${cells.map((cell) => html`<td>${formatMeanSd(cell.ours)} ${ownArrow(cell)} <strong>${marks(cell)}</strong></td>`)}<td>${l2.map(({ ours }) => ours.toFixed(2)).join(', ')}</td></tr>
<tr><th scope="row"><span class="unseen">${name}</span></th><td>paper</td>${cells.map(({ paper, arrow }) => html`<td>${formatMeanSd(paper)} ${arrow === undefined ? '' : arrowOf(arrow.paper)}</td>`)}<td>${l2.map(({ paper }) => paper.toFixed(2)).join(', ')}</td></tr>`
}

function difference({ ours, paper, errors }: ReproducedCell): string {
  return `${formatSigned(ours.mean - paper.mean)} (${formatErrors(errors)})`
}
