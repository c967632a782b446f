import type { TopLevelSpec } from 'vega-lite'
import { requireOptions } from '../../check.js'
import { deviceTitle } from '../../runtime/device.js'
import type { AnomalyMatrix, MatrixRow } from '../../study/anomalyMatrix.js'
import { layerOf, type Panel } from '../charts/marks.js'
import { renderSvg, renderSvgFile } from '../charts/renderSvg.js'
import { xiColour, xiInk } from '../charts/xiHeat.js'
import { formatCount, formatCounted, formatPercent, formatSigned, formatSignedMeanSd } from '../format.js'
import { type Html, html } from '../html.js'
import { chartFigure, page, type ReportOptions, repeatPart, reportChecks, scrollTable, warningParts } from '../page.js'
import { matrixSimilarityChart } from '../study/similarityChart.js'
import { matrixSimilaritySentence, roomWords, trendReading, trendTable } from '../study/similarityText.js'
import { answerCells, answerHeads, classCells } from '../study/studyReport.js'
import {
  arrows,
  comparedTitle,
  dataLines,
  distanceWords,
  featureWords,
  meansWords,
  paperWords,
  versionWords,
} from '../words.js'
import { labelledCount, matrixAnswer, matrixReading, matrixSettings } from './matrixText.js'

/** A matrix of ξ as one `<svg>` element. About a second, most of it loading the chart library on first use. */
export function matrixSvg(matrix: AnomalyMatrix): Promise<string> {
  return renderSvgFile(matrixChart(matrix), `ξ by labelled and tested class: ${comparedTitle(matrix)}`)
}

/**
 * A matrix of ξ as one self-contained HTML page without script: the answer in words, the heat map, every cell with its
 * recalls and interval, and how it was computed. Equal matrices give equal pages.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function matrixReport(matrix: AnomalyMatrix, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('matrixReport', options, reportChecks)
  const title = `Which labelled anomalies help: ${comparedTitle(matrix)}`
  const chart = chartFigure(await matrixSvg(matrix), {
    label: 'Heat map of ξ by labelled and tested class; the numbers are those of the table below.',
    title: 'Figure 1',
    caption: html`${matrixReading(matrix)}`,
  })
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${matrixAnswer(matrix)}</p>
<p>Normal class ${matrix.normal} (${matrix.nNormal} to train on), ${labelledCount(matrix)}, ${formatCounted(matrix.runs, 'run')}.</p>
</header>
${warningParts(matrix.warnings)}
<section>
<h2>ξ by labelled and tested class</h2>
${chart}
</section>
<section>
<h2>Which labelled class helps most</h2>
${meansPart(matrix)}
<p>${matrixSettings(matrix)}</p>
</section>
<section>
<h2>Similarity and ξ</h2>
${await similarityPart(matrix)}
</section>
<section>
<h2>Every cell</h2>
${cellTable(matrix)}
</section>
<section>
<h2>How this was computed</h2>
<p>${matrix.network}, ${matrix.decoder} output in the autoencoder, ${matrix.epochs} epochs after ${matrix.pretrainEpochs} of pretraining where the detector has one;
${matrix.split} split; ${formatCount(matrix.resamples)} draws of the confidence distribution; seed ${matrix.seed}; ${deviceTitle(matrix.device)}.
Features ${featureWords(matrix.standardisedOver)}. Distances are ${distanceWords(matrix)} ${meansWords(matrix)}. ${versionWords(matrix)}.</p>
${repeatPart(command)}
<p class="note">Method: ${paperWords}.</p>
</section>
<footer>${dataLines(matrix).join('')}</footer>`
  return page(title, main)
}

async function similarityPart(matrix: AnomalyMatrix): Promise<Html> {
  const { level, tested } = matrix
  const { withinLabelled, overall } = matrix.similarity
  const trends = chartFigure(await renderSvg(matrixSimilarityChart(matrix)), {
    label:
      'ξ with its interval against the distance to the labelled class, a panel for each labelled class; the numbers are those of the table below.',
    title: 'Figure 2',
    caption: html`ξ of each tested class with its simultaneous ${formatPercent(level)} interval, against the distance to the labelled
class; filled where that excludes 0. ${roomWords} Dotted: how far ${matrix.normal}, the normal class, lies from the labelled one.`,
  })
  return html`<p>${matrixSimilaritySentence(matrix)}</p>
${trendTable([
  ['pairs of tested classes with the same labelled one', withinLabelled.all],
  ['the same without the labelled class itself', withinLabelled.unlabelled],
  ['all pairs of cells', overall.all],
  ['the same without labelled classes themselves', overall.unlabelled],
])}
<p class="note">${trendReading(tested.length, level)}
Cells that share a class are not independent, so that p-values are Mantel’s (1967): the classes are put in another order,
labelled and tested together. Over all pairs of cells τ also has in it that some labelled classes help everywhere.</p>
${trends}`
}

function cellTable({ level, rows }: AnomalyMatrix): Html {
  return html`${scrollTable('every cell')}
<thead><tr><th scope="col">Labelled</th><th scope="col">Tested</th><th scope="col">n</th><th scope="col">Distance</th><th scope="col">TPR baseline</th>
<th scope="col">TPR candidate</th><th scope="col">ξ</th>${answerHeads(level)}</tr></thead>
<tbody>
${rows.flatMap(cells)}
</tbody></table></div>
<p class="note">Simultaneous intervals hold for all ${formatCounted(rows.length * rows.length, 'cell')} at once with ${formatPercent(level)}; adjusted p allows for looking at all of them.</p>`
}

/** The mean of ξ with each class labelled, and how far each is ahead of each other. */
function meansPart({ level, rows, differences }: AnomalyMatrix): Html {
  return html`${scrollTable('means of ξ by labelled class')}
<thead><tr><th scope="col">Labelled</th><th scope="col">Mean ξ</th>${answerHeads(level)}</tr></thead>
<tbody>
${rows.map(
  ({ labelled, overall, runs }) => html`<tr>
<th scope="row">${labelled}</th><td>${formatSignedMeanSd(overall, runs)}</td>${answerCells(overall)}</tr>`,
)}
</tbody></table></div>
${scrollTable('differences of means of ξ')}
<thead><tr><th scope="col">Labelled</th><th scope="col">against</th><th scope="col">Mean ξ ahead by</th>${answerHeads(level)}</tr></thead>
<tbody>
${differences.map(
  (one) => html`<tr>
<th scope="row">${one.labelled}</th><td>${one.over}</td><td>${formatSigned(one.difference)}</td>${answerCells(one)}</tr>`,
)}
</tbody></table></div>
<p class="note">Means over all tested classes, each counting the same, ± standard deviation over runs. Simultaneous intervals hold for all means at
once with ${formatPercent(level)}, and those of differences for all differences; adjusted p allows for looking at all of them. ·: the two
labelled classes cannot be told apart.</p>`
}

function cells({ labelled, classes, runs }: MatrixRow): Html[] {
  return classes.map(
    (one) => html`<tr>
<th scope="row">${labelled}</th><td>${one.name}</td>${classCells(one, runs)}</tr>`,
  )
}

/**
 * ξ of labelled × tested class as a heat map, and its mean over all tested classes beside it. The scale reaches 1 on either
 * side of 0, so that charts compare; every cell also has its number, and an arrow where its simultaneous interval excludes 0.
 */
function matrixChart({ rows, tested }: AnomalyMatrix): TopLevelSpec {
  const cells = rows.flatMap(({ labelled, classes }) =>
    classes.map(({ name, xi, direction }) => ({
      ...{ labelled, tested: name, xi },
      text: `${formatSigned(xi)}${direction === 'none' ? '' : ` ${arrows[direction]}`}`,
    })),
  )
  const overall = rows.map(({ labelled, overall: { mean } }) => {
    return { labelled, tested: 'mean', xi: mean, text: formatSigned(mean) }
  })
  const height = rows.length * 46
  return {
    spacing: 14,
    resolve: { scale: { color: 'independent' } },
    hconcat: [
      { ...panel(cells, true, 'tested class'), width: tested.length * 104, height },
      { ...panel(overall, false, ''), width: 92, height },
    ],
  }
}

function panel(values: object[], labels: boolean, title: string): Panel {
  const axis = { domain: false, ticks: false, labelPadding: 8, labelLimit: 240 } as const
  const lines = { labelAngle: 0, labelExpr: "split(datum.label, ' ')", labelLineHeight: 14 }
  const classes = { type: 'nominal', sort: null } as const
  const x = {
    field: 'tested',
    ...classes,
    scale: { paddingInner: 0.03, paddingOuter: 0 },
    axis: { ...axis, ...lines, orient: 'bottom', title },
  } as const
  const y = {
    field: 'labelled',
    ...classes,
    scale: { paddingInner: 0.06, paddingOuter: 0 },
    axis: { ...axis, title: labels ? 'labelled class' : null, labels },
  } as const
  return {
    data: { values },
    encoding: { x, y },
    layer: [
      layerOf({ type: 'rect' }, { color: xiColour(labels) }),
      layerOf({ type: 'text', fontSize: 13 }, { text: { field: 'text' }, color: xiInk }),
    ],
  }
}
