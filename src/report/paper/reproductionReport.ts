import { detector } from '../../detectors/detectors.js'
import { paperDetectors } from '../../paper/paperDetectors.js'
import type { ReproducedCell, Reproduction, TableReproduction } from '../../paper/types.js'
import { deviceTitle } from '../../runtime/device.js'
import { convergeReport } from '../converge/convergeReport.js'
import { formatSetting, formatSigned } from '../format.js'
import { type Html, html } from '../html.js'
import { page } from '../page.js'
import { reproductionBody } from './reproductionBody.js'
import { reproductionSvg } from './reproductionSvg.js'
import {
  formatErrors,
  itemLabel,
  notesOf,
  reproductionAnswer,
  sentence,
  simulatedWords,
  workWords,
} from './reproductionWords.js'

export interface ReproductionReportOptions {
  /** The command that made the result, to be shown as the way to repeat it. */
  readonly command?: string | undefined
}

/**
 * A repeated table or figure of the paper as one self-contained HTML page without script: a table laid out as in print, ours
 * above the printed figures, and every difference; of a figure what it draws. It follows the reader's light or dark mode.
 */
export async function reproductionReport(
  result: Reproduction,
  { command }: ReproductionReportOptions = {},
): Promise<string> {
  const title = `${itemLabel(result.item)}: ${result.title}`
  if (result.kind === 'convergence') return convergeReport(result, { command, title, notes: notesOf(result) })
  const svg = (await reproductionSvg(result)) ?? ''
  const { warnings, attribution } = result
  const simulated = simulatedWords(result)
  const main = html`<header>
<h1>${title}${simulated === '' ? '' : ` (${simulated})`}</h1>
<p class="lede">${reproductionAnswer(result)}</p>
<p>${settingWords(result)}</p>
</header>
${warnings.map((warning) => html`<p class="warning"><strong>Warning.</strong> ${warning}</p>`)}
<section>
<h2>${result.kind === 'density' ? 'Scores' : 'Ours and the paper’s'}</h2>
${reproductionBody(result, svg)}
</section>
${result.kind === 'table' ? differences(result) : html``}
<section>
<h2>Notes</h2>
${notesOf(result).map((note) => html`<p>${note}</p>`)}
<p>${computedOn(result)}</p>
${command === undefined ? html`` : html`<p>To repeat it:</p><pre><code>${command}</code></pre>`}
<p class="note">Method and printed figures: Ziyu Ye, Yuxin Chen and Haitao Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection”, IJCAI 2021.</p>
</section>
<footer>${attribution === '' ? '' : `Data: ${attribution}. `}Made by scoring-bias ${result.version}.</footer>`
  return page(title, main, { css: 'main{max-width:1160px}' })
}

function settingWords(result: Exclude<Reproduction, { kind: 'convergence' }>): string {
  const work = workWords(result)
  const data = (name: string) => `${name}${result.simulated ? ' (simulated)' : ''}`
  switch (result.kind) {
    case 'detectors':
    case 'recall':
      return sentence(work)
    case 'table':
      return `Normal class ${result.scenario.normal} (${result.nNormal} to train on), labelled anomalies ${result.scenario.anomaly} (${result.nAnomaly}), ${data(result.scenario.dataset)}; ${work}.`
    case 'density':
      return `Normal class ${result.normal} (${result.nNormal} to train on), labelled anomalies ${result.anomaly} (${result.nAnomaly}), ${data(result.dataset)}; ${work}.`
  }
}

function computedOn(result: Exclude<Reproduction, { kind: 'convergence' }>): string {
  const versions = [
    `scoring-bias ${result.version}`,
    ...Object.entries(result.versions).map((entry) => entry.join(' ')),
  ]
  if (result.kind === 'detectors') return `${versions.join(', ')}.`
  const on = (one: { readonly network: string; readonly device: string }) =>
    `${one.network}, ${deviceTitle(one.device)}`
  const machines = result.kind === 'recall' ? [...new Set(result.panels.map(on))].join('; ') : on(result)
  return `${machines}, seed ${formatSetting(result.seed)}; ${versions.join(', ')}.`
}

function differences(result: TableReproduction): Html {
  return html`<section>
<h2>Differences</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Anomalies</th>${paperDetectors.map((name) => html`<th scope="col">${detector(name).title}</th>`)}</tr></thead>
<tbody>
${result.rows.map((row) => html`<tr><th scope="row">${row.class}</th>${row.cells.map((cell) => html`<td>${difference(cell)}</td>`)}</tr>`)}
</tbody></table></div>
<p class="note">Ours − the paper’s, and in brackets what of it rounding does not explain, in standard errors of the difference.</p>
</section>`
}

function difference({ ours, paper, errors }: ReproducedCell): string {
  return `${formatSigned(ours.mean - paper.mean)} (${formatErrors(errors)})`
}
