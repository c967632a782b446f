import { requireOptions } from '../../check.js'
import type { ReproducedCell, Reproduction, TableReproduction } from '../../paper/types.js'
import { deviceTitle } from '../../runtime/device.js'
import { convergeReport } from '../converge/convergeReport.js'
import { formatErrors, formatSetting, formatSigned } from '../format.js'
import { type Html, html } from '../html.js'
import { page } from '../page.js'
import { footerPart, type ReportOptions, repeatPart, reportChecks, warningParts } from '../pageParts.js'
import { paperWords, versionWords } from '../words.js'
import { reproductionBody, tableDetectors } from './reproductionBody.js'
import { reproductionSvg } from './reproductionSvg.js'
import { itemLabel, notesOf, reproductionAnswer, sentence, simulatedWords, workWords } from './reproductionWords.js'

/**
 * A repeated table or figure of the paper as one self-contained HTML page without script: a table laid out as in print, ours
 * above the printed figures, and every difference; of a figure what it draws. It follows the reader's light or dark mode.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function reproductionReport(result: Reproduction, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('reproductionReport', options, reportChecks)
  const title = `${itemLabel(result.item)}: ${result.title}`
  if (result.kind === 'convergence') return convergeReport(result, { command, title, notes: notesOf(result) })
  const svg = await reproductionSvg(result)
  const simulated = simulatedWords(result)
  const main = html`<header>
<h1>${title}${simulated === '' ? '' : ` (${simulated})`}</h1>
<p class="lede">${reproductionAnswer(result)}</p>
<p>${settingWords(result)}</p>
</header>
${warningParts(result.warnings)}
<section>
<h2>${result.kind === 'density' ? 'Scores' : 'Ours and the paper’s'}</h2>
${reproductionBody(result, svg)}
</section>
${result.kind === 'table' ? differences(result) : html``}
<section>
<h2>Notes</h2>
${notesOf(result).map((note) => html`<p>${note}</p>`)}
<p>${computedOn(result)}</p>
${repeatPart(command)}
<p class="note">Method and printed figures: ${paperWords}.</p>
</section>
${footerPart(result)}`
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
  if (result.kind === 'detectors') return `${versionWords(result)}.`
  const on = (one: { readonly network: string; readonly device: string }) =>
    `${one.network}, ${deviceTitle(one.device)}`
  const machines = result.kind === 'recall' ? [...new Set(result.panels.map(on))].join('; ') : on(result)
  return `${machines}, seed ${formatSetting(result.seed)}; ${versionWords(result)}.`
}

function differences(result: TableReproduction): Html {
  return html`<section>
<h2>Differences</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Anomalies</th>${tableDetectors(result).map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${result.rows.map((row) => html`<tr><th scope="row">${row.class}</th>${row.cells.map((cell) => html`<td>${difference(cell)}</td>`)}</tr>`)}
</tbody></table></div>
<p class="note">Ours − the paper’s, and in brackets what of it rounding does not explain, in standard errors of the difference.</p>
</section>`
}

function difference({ ours, paper, errors }: ReproducedCell): string {
  return `${formatSigned(ours.mean - paper.mean)} (${formatErrors(errors)})`
}
