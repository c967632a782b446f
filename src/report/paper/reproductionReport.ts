import { at, requireOptions } from '../../check.js'
import { formatCount } from '../../counted.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type {
  DensityReproduction,
  DetectorCell,
  DetectorsReproduction,
  RecallReproduction,
  RepeatedScenario,
  ReproducedCell,
  ReproducedRow,
  Reproduction,
  TableReproduction,
} from '../../paper/types.js'
import { deviceTitle } from '../../runtime/device.js'
import { convergeReport } from '../converge/convergeReport.js'
import { formatErrors, formatMeanSd, formatSetting, formatSigned } from '../format.js'
import { type Html, html } from '../html.js'
import {
  chartFigure,
  footerPart,
  page,
  type ReportOptions,
  repeatPart,
  reportChecks,
  scrollTable,
  warningParts,
} from '../page.js'
import { requireAnswer } from '../requireAnswer.js'
import { paperWords, versionWords } from '../words.js'
import { reproductionSvg } from './reproductionSvg.js'
import {
  arrowOf,
  itemLabel,
  marks,
  notesOf,
  ownArrow,
  reproductionAnswer,
  sentence,
  simulatedWords,
  workWords,
} from './reproductionWords.js'

/**
 * A repeated table or figure of the paper as one self-contained HTML page without script: a table laid out as in print, ours
 * above the printed figures, and every difference; of a figure what it draws. It follows the reader's light or dark mode.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function reproductionReport(result: Reproduction, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('reproductionReport', options, reportChecks)
  requireAnswer('reproductionReport', result, 'reproduce')
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
      return `Normal class ${result.scenario.normal} (${formatCount(result.nNormal)} to train on), labelled anomalies ${result.scenario.anomaly} (${formatCount(result.nAnomaly)}), ${data(result.scenario.dataset)}; ${work}.`
    case 'density':
      return `Normal class ${result.normal} (${formatCount(result.nNormal)} to train on), labelled anomalies ${result.anomaly} (${formatCount(result.nAnomaly)}), ${data(result.dataset)}; ${work}.`
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
${scrollTable('differences')}
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

/** A repeated table, ours above the printed figures, or a repeated figure, drawn in `svg`, with its caption. */
export function reproductionBody(result: Reproduction, svg = ''): Html {
  switch (result.kind) {
    case 'detectors':
      return detectorTable(result)
    case 'table':
      return recallTable(result)
    case 'recall':
      return figure(result.item, svg, recallCaption(result), 'Bars of both detectors’ TPR by class, in four panels.')
    case 'density':
      return figure(result.item, svg, densityCaption(result), 'Densities of both detectors’ scores with the threshold.')
    case 'convergence':
      return figure(
        result.item,
        svg,
        `Quartiles and median of ξ̂ (top) and of ${detectorTitle(result.detectors.candidate)}’s false-positive rate (bottom) over ` +
          `${formatCount(result.runs)} runs (paper: ${formatCount(result.paperRuns)}), whiskers to the furthest run within 1.5 interquartile ` +
          'ranges; triangles are means. Dashed: ξ, and the target. All panels of a row have one scale.',
        'Boxes of ξ̂ and of the candidate’s false-positive rate for each n and α.',
      )
  }
}

function figure(item: string, svg: string, caption: string, label: string): Html {
  return chartFigure(svg, { label, title: itemLabel(item), caption: html`${caption}` })
}

function recallCaption({ detectors, panels }: RecallReproduction): string {
  const runs = [...new Set(panels.map((panel) => panel.runs))].join(' or ')
  return (
    `TPR of ${detectorTitle(detectors.baseline)} and ${detectorTitle(detectors.candidate)} by class, nearest to the labelled class first: bars are ` +
    `means over ${runs} ${runs === '1' ? 'run' : 'runs'}, lines ± one standard deviation, diamonds the printed means of ` +
    `${panels.map(({ label, table }) => `${itemLabel(table)} (${label})`).join(', ')}.`
  )
}

function densityCaption({ normal, anomaly, panels }: DensityReproduction): string {
  const [left, right] = panels.map((panel) => detectorTitle(panel.detector))
  return (
    `Densities of the scores of ${normal} (grey) and ${anomaly} samples that were not trained on, for ${left} (left) and ${right} (right) ` +
    'in one run. Dashed: the threshold, for a false-positive rate of 5 %. Gaussian kernel, Silverman’s bandwidth, on the scale of the axis; ' +
    'both curves of a panel have one scale.'
  )
}

function detectorTable({ cells }: DetectorsReproduction): Html {
  // Semi-supervised first, as in the heading.
  const own = (distance: DetectorCell['distance']) =>
    cells.filter((cell) => cell.distance === distance).sort((a, b) => Number(a.supervised) - Number(b.supervised))
  const row = (distance: DetectorCell['distance']) => html`<tr>
<th scope="row">${distance}-based</th><td>ours</td>${own(distance).map(({ ours }) => html`<td>${ours.map(({ title }) => title).join(', ')}</td>`)}</tr>
<tr><th scope="row"><span class="unseen">${distance}-based</span></th><td>paper</td>${own(distance).map(({ paper }) => html`<td>${paper.join(', ')}</td>`)}</tr>`
  const sources = cells.flatMap(({ ours }) => ours.map(({ title, source }) => `${title}: ${source}.`))
  return html`${scrollTable('detectors by type')}
<thead><tr><th scope="col">Type</th><th scope="col"></th><th scope="col">Semi-supervised (normal only)</th><th scope="col">Supervised (normal and labelled anomalies)</th></tr></thead>
<tbody>
${[row('hypersphere'), row('reconstruction')]}
</tbody></table></div>
<p class="note">${sources.join(' ')}</p>`
}

/** The titles of the detectors of a table in their order. */
function tableDetectors({ rows }: Pick<RepeatedScenario, 'rows'>): string[] {
  return at(rows, 0).cells.map((cell) => detectorTitle(cell.detector))
}

function recallTable(result: RepeatedScenario): Html {
  return html`${scrollTable('recalls beside those of the paper')}
<thead><tr><th scope="col">Anomalies</th><th scope="col"></th>${tableDetectors(result).map((title) => html`<th scope="col">${title}</th>`)}<th scope="col">Distance</th></tr></thead>
<tbody>
${result.rows.map(recallRows)}
</tbody></table></div>
<p class="note">TPR at a false-positive rate of 5 %, mean ± standard deviation over runs (paper: ${result.paperRuns}). Arrows as the paper draws
them: recall above (↑) or below (↓) that of the semi-supervised version, which is trained on normal samples only; in brackets where the simultaneous 95 % interval of ξ includes 0.
≠: beyond three standard errors, once ±0.005 is taken off for the printed rounding. !: opposite arrows.</p>`
}

function recallRows({ class: name, l2, cells }: ReproducedRow): Html {
  return html`<tr><th scope="row">${name}</th><td>ours</td>${cells.map((cell) => html`<td>${formatMeanSd(cell.ours, cell.runs)} ${ownArrow(cell)} <strong>${marks(cell)}</strong></td>`)}<td>${l2.map(({ ours }) => ours.toFixed(2)).join(', ')}</td></tr>
<tr><th scope="row"><span class="unseen">${name}</span></th><td>paper</td>${cells.map(({ paper, arrow }) => html`<td>${formatMeanSd(paper)} ${arrow === undefined ? '' : arrowOf(arrow.paper)}</td>`)}<td>${l2.map(({ paper }) => paper.toFixed(2)).join(', ')}</td></tr>`
}
