import type { TopLevelSpec } from 'vega-lite'
import { at, requireOptions } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import type { LabelSweep } from '../../study/sweep/labelSweep.js'
import { barAxis } from '../charts/intervalBar.js'
import { layerOf, type Panel, signedLabels } from '../charts/marks.js'
import { renderSvgFile } from '../charts/renderSvg.js'
import { formatGiven } from '../format.js'
import { type Html, html } from '../html.js'
import { settingTitle } from '../matrix/matrixText.js'
import {
  chartFigure,
  factList,
  footerPart,
  page,
  type ReportOptions,
  repeatPart,
  reportChecks,
  scrollTable,
  warningParts,
} from '../page.js'
import { requireAnswer } from '../requireAnswer.js'
import { sampleFacts, trainingFacts } from '../study/studyFacts.js'
import { answerCells, answerHeads, classCells, classHeads } from '../study/studyReport.js'
import { comparedTitle, networkLines, trainedWords } from '../study/studyWords.js'
import { colours } from '../theme.js'
import { deviceWords, paperWords, versionWords } from '../words.js'
import { cellCount, cellsAt, sweepAnswers, sweepOrder, sweepXi } from './sweepText.js'

/** ξ by number of labels, a panel for each class, as one `<svg>` element. About a second, most of it loading the chart library on first use. */
export async function sweepSvg(sweep: LabelSweep): Promise<string> {
  requireAnswer('sweepSvg', sweep, 'labelSweep')
  return renderSvgFile(sweepChart(sweep), `ξ by labelled anomalies and contamination: ${comparedTitle(sweep)}`)
}

/**
 * A sweep as one self-contained HTML page without script: where arrows turn, the chart, every cell with its recalls and interval, and
 * how it was computed. Equal sweeps give equal pages.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function sweepReport(sweep: LabelSweep, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('sweepReport', options, reportChecks)
  requireAnswer('sweepReport', sweep, 'labelSweep')
  const title = `How many labels help: ${comparedTitle(sweep)}`
  const chart = chartFigure(await sweepSvg(sweep), {
    label:
      'ξ with its interval by number of labelled anomalies, a panel for each tested class; the numbers are those of the table below.',
    title: 'Figure 1',
    caption: html`${sweepXi(sweep)}, with its simultaneous ${formatGiven(sweep.level)} interval, which holds for all ${cellCount(sweep)} at once.
Dots are filled where it excludes 0. ${sweepOrder(sweep)}`,
  })
  const main = html`<header>
<h1>${title}</h1>
${sweepAnswers(sweep).map((answer) => html`<p class="lede">${answer}</p>`)}
<p>Normal class ${sweep.normal} (${trainedWords(sweep)}), labelled ${sweep.anomaly}, ${counted(sweep.runs, 'run')}.</p>
</header>
${warningParts(sweep.warnings)}
<section>
<h2>ξ by number of labelled anomalies</h2>
${chart}
</section>
<section>
<h2>Near and far</h2>
${settingTable(sweep)}
</section>
<section>
<h2>Every cell</h2>
${cellTable(sweep)}
</section>
<section>
<h2>How this was computed</h2>
<p>Hidden anomalies take the place of normal samples that both detectors train on. They are of every class of anomalies, in proportion to its
samples. The threshold is set on normal samples only. More labels hold the fewer ones. ${networkLines(sweep.network, sweep.networkReason).join('')} ${sweep.network}, ${sweep.decoder} output in the autoencoder; ${sweep.split} split;
${formatCount(sweep.resamples)} draws of the confidence distribution; seed ${sweep.seed}; ${deviceWords(sweep)}.
${versionWords(sweep)}.</p>
${factList([
  ...sampleFacts(sweep, sweep.nHeldOut),
  ...trainingFacts(
    sweep,
    sweep.trainingSettings,
    sweep.cells.map(({ bestEpochs }) => bestEpochs),
  ),
])}
${repeatPart(command)}
<p class="note">Method: ${paperWords}.</p>
</section>
${footerPart(sweep)}`
  return page(title, main)
}

function settingTable(sweep: LabelSweep): Html {
  const { level, cells } = sweep
  const axis = barAxis(cells.flatMap(({ settings }) => settings))
  const rows = cells.flatMap(({ labelled, contamination, settings }) =>
    settings.map(
      (one) => html`<tr>
<th scope="row">${settingTitle(one)}</th><td>${formatGiven(contamination)}</td><td>${labelled}</td>${answerCells(one, one.xi, axis)}<td>${one.pairs}</td></tr>`,
    ),
  )
  return html`${scrollTable('ξ by setting')}
<thead><tr><th scope="col">Setting</th><th scope="col">Contamination</th><th scope="col">Labels</th>${answerHeads('Mean ξ', level, axis)}<th scope="col">Classes</th></tr></thead>
<tbody>
${rows}
</tbody></table></div>
<p class="note">Known: the labelled class. Unseen: means over the other classes on that side. ↑ or ↓: the simultaneous interval excludes 0; ·: it does not. Simultaneous intervals hold for all rows at once with ${formatGiven(level)}.</p>`
}

function cellTable(sweep: LabelSweep): Html {
  const { level, cells } = sweep
  const axis = barAxis(cells.flatMap(({ classes }) => classes))
  const rows = cells.flatMap(({ labelled, contamination, classes, runs }) =>
    classes.map(
      (one) => html`<tr>
<th scope="row">${one.name}</th><td>${formatGiven(contamination)}</td><td>${labelled}</td>${classCells(one, runs, axis)}</tr>`,
    ),
  )
  return html`${scrollTable('every cell')}
<thead><tr><th scope="col">Tested</th><th scope="col">Contamination</th><th scope="col">Labels</th>${classHeads(['baseline', 'candidate'], level, axis)}</tr></thead>
<tbody>
${rows}
</tbody></table></div>
<p class="note">Distances are to the labelled class. ↑ or ↓: the simultaneous interval excludes 0; ·: it does not. Simultaneous intervals hold for all ${cellCount(sweep)} at once with ${formatGiven(level)}.</p>`
}

const columns = 3
/** Domains of scales: arrays that could be changed, as Vega's types want them. */
const [whole, unit] = [
  [-1, 1],
  [0, 1],
]

/** A panel for each class: ξ with its simultaneous interval by number of labels, side by side for each contamination. */
function sweepChart(sweep: LabelSweep): TopLevelSpec {
  const panels = sweep.tested.map(({ name, side }, k): Panel => {
    const role = name === sweep.anomaly ? 'labelled' : side
    return { ...panel(valuesOf(sweep, k), sweep, k), title: { text: `${name} (${role})`, offset: 8 } }
  })
  const lines = Array.from({ length: Math.ceil(panels.length / columns) }, (_, i) => ({
    spacing: 24,
    hconcat: panels.slice(i * columns, (i + 1) * columns),
  }))
  return { spacing: 24, vconcat: lines }
}

function valuesOf(sweep: LabelSweep, k: number) {
  return sweep.contamination.flatMap((share) =>
    cellsAt(sweep, share).map(({ labelled, classes }) => {
      const { xi, simultaneous, direction } = at(classes, k)
      const [low, high] = simultaneous
      return { ...{ labelled, xi, low, high }, level: formatGiven(share), clear: direction === 'none' ? 0 : 1 }
    }),
  )
}

function panel(values: object[], { contamination, labelled }: LabelSweep, k: number) {
  const first = k % columns === 0
  const order = contamination.map(formatGiven)
  const x = {
    field: 'labelled',
    type: 'ordinal',
    sort: [...labelled],
    axis: { title: 'labelled anomalies', labelAngle: 0, domain: false, ticks: false, grid: false },
  } as const
  const y = {
    type: 'quantitative',
    scale: { domain: whole, nice: false },
    axis: { title: first ? 'ξ' : null, tickCount: 5, labelExpr: signedLabels, domain: false, ticks: false },
  } as const
  const xOffset = { field: 'level', sort: order }
  const color = {
    field: 'level',
    type: 'nominal',
    sort: order,
    scale: { scheme: 'dark2' },
    legend: { title: 'contamination', orient: 'bottom' },
  } as const
  const dot = { type: 'point', size: 55, strokeWidth: 1.5 } as const
  const shown = { field: 'clear', type: 'quantitative', scale: { domain: unit, range: unit }, legend: null } as const
  const place = { x, xOffset, y: { field: 'xi', ...y } }
  return {
    width: 230,
    height: 200,
    data: { values },
    layer: [
      layerOf({ type: 'rule', stroke: colours.muted, strokeWidth: 1 }, { y: { datum: 0, ...y } }),
      layerOf(
        { type: 'rule', strokeWidth: 2 },
        { x, xOffset, y: { field: 'low', ...y }, y2: { field: 'high' }, color },
      ),
      layerOf({ ...dot, opacity: 1, filled: false, fill: colours.page }, { ...place, color }),
      layerOf({ ...dot, filled: true }, { ...place, color, opacity: shown }),
    ],
  } satisfies TopLevelSpec
}
