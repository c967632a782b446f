import type { TopLevelSpec } from 'vega-lite'
import { at, requireOptions } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import type { Direction } from '../../stats/bias/direction.js'
import type { AnomalyMatrix, MatrixRow } from '../../study/anomalyMatrix.js'
import { heatTable } from '../charts/heatTable.js'
import { type BarAxis, barAxis } from '../charts/intervalBar.js'
import { layerOf, type Panel, vegaLiteral } from '../charts/marks.js'
import { renderSvg, renderSvgFile } from '../charts/renderSvg.js'
import { shortNames } from '../charts/shortNames.js'
import { xiColour, xiInk } from '../charts/xiHeat.js'
import { formatGiven, formatSigned, formatSignedMeanSd } from '../format.js'
import { type Html, html } from '../html.js'
import {
  chartFigure,
  factList,
  foldedWarnings,
  footerPart,
  page,
  type ReportOptions,
  repeatPart,
  reportChecks,
  scrollTable,
  warningNote,
} from '../page.js'
import { requireAnswer } from '../requireAnswer.js'
import { matrixSimilarityCharts, similarityTitled } from '../study/similarityChart.js'
import { matrixSimilaritySentence, roomWords, trendReading, trendTable } from '../study/similarityText.js'
import { sampleFacts, trainingFacts } from '../study/studyFacts.js'
import { answerCells, answerHeads, classCells, classHeads } from '../study/studyReport.js'
import { comparedTitle, networkLines, trainedWords } from '../study/studyWords.js'
import { arrows, deviceWords, paperWords, versionWords } from '../words.js'
import { labelledCount, matrixAnswer, matrixReading, matrixSettings, oneRun } from './matrixText.js'

/** A matrix of ξ as one `<svg>` element. About a second, most of it loading the chart library on first use. */
export async function matrixSvg(matrix: AnomalyMatrix): Promise<string> {
  requireAnswer('matrixSvg', matrix, 'anomalyMatrix')
  const svg = await renderSvgFile(matrixChart(matrix), `ξ by labelled and tested class: ${comparedTitle(matrix)}`)
  return shortNames(matrix.tested, nameLength).titled(svg)
}

/**
 * A matrix of ξ as one self-contained HTML page without script: the answer in words, the heat map, every cell with its
 * recalls and interval, and how it was computed. Equal matrices give equal pages.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function matrixReport(matrix: AnomalyMatrix, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('matrixReport', options, reportChecks)
  requireAnswer('matrixReport', matrix, 'anomalyMatrix')
  const title = `Which labelled anomalies help: ${comparedTitle(matrix)}`
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${matrixAnswer(matrix)}</p>
<p>Normal class ${matrix.normal} (${trainedWords(matrix)}), ${labelledCount(matrix)}, ${counted(matrix.runs, 'run')}.</p>
${warningNote(matrix.warnings)}
</header>
<section>
<h2>ξ by labelled and tested class</h2>
${heatMap(matrix)}
${foldedWarnings(matrix.warnings)}
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
<p>${networkLines(matrix.network, matrix.networkReason).join('')} ${matrix.network}, ${matrix.decoder} output in the autoencoder;
${matrix.split} split; ${formatCount(matrix.resamples)} draws of the confidence distribution; seed ${matrix.seed}; ${deviceWords(matrix)}.
${versionWords(matrix)}.</p>
${factList([
  ...sampleFacts(matrix, matrix.nHeldOut),
  ...trainingFacts(
    matrix,
    matrix.trainingSettings,
    matrix.rows.map(({ bestEpochs }) => bestEpochs),
  ),
])}
${repeatPart(command)}
<p class="note">Method: ${paperWords}.</p>
</section>
${footerPart(matrix)}`
  return page(title, main)
}

/** ξ of labelled × tested class in colours, and beside it its mean over all tested classes and over those not labelled. */
function heatMap(matrix: AnomalyMatrix): Html {
  const rows = matrix.rows.map(({ labelled, classes, overall, unlabelled, runs }) => ({
    name: labelled,
    cells: [
      ...classes.map(({ xi, direction }) => ({ xi, direction })),
      ...[overall, unlabelled].map((mean) => ({ xi: mean.mean, text: formatSignedMeanSd(mean, runs) })),
    ],
  }))
  return html`${heatTable(rows, {
    label: 'ξ by labelled and tested class',
    corner: 'Labelled \\ tested',
    columns: [...matrix.tested, 'mean ξ', 'others'],
  })}
<p class="note">${matrixReading(matrix)} Blue: the candidate finds more, brown: less.</p>`
}

async function similarityPart(matrix: AnomalyMatrix): Promise<Html> {
  const { level, tested } = matrix
  const { withinLabelled, overall } = matrix.similarity
  const drawings = await Promise.all(
    matrixSimilarityCharts(matrix).map(async (chart, i) => {
      const { labelled, classes } = at(matrix.rows, i)
      return similarityTitled(await renderSvg(chart), { classes, labelled: [labelled] })
    }),
  )
  const trends = chartFigure(drawings, {
    label: matrix.rows.map(
      ({ labelled }) =>
        `ξ with its interval against the distance to ${labelled}, the labelled class; the numbers are those of the table below.`,
    ),
    title: 'Figure 1',
    caption: html`ξ of each tested class with its simultaneous ${formatGiven(level)} interval, against the distance to the labelled
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
  const axis = barAxis(rows.flatMap(({ classes }) => classes))
  const table = html`${scrollTable('every cell')}
<thead><tr><th scope="col">Labelled</th><th scope="col" class="name">Tested</th>${classHeads(['baseline', 'candidate'], level, axis)}</tr></thead>
<tbody>
${rows.flatMap((row) => cells(row, axis))}
</tbody></table></div>`
  return html`${folded(table, rows.length * rows.length, `All ${counted(rows.length * rows.length, 'cell')}`)}
<p class="note">Simultaneous intervals hold for all ${counted(rows.length * rows.length, 'cell')} at once with ${formatGiven(level)}; adjusted p allows for looking at all of them.</p>`
}

/** The mean of ξ with each class labelled, and how far each is ahead of each other. */
function meansPart(matrix: AnomalyMatrix): Html {
  const { level, rows, differences } = matrix
  const means = barAxis(rows.map(({ overall }) => ({ ...overall, xi: overall.mean })))
  return html`${scrollTable('means of ξ by labelled class')}
<thead><tr><th scope="col">Labelled</th>${answerHeads('Mean ξ', level, means)}</tr></thead>
<tbody>
${rows.map(
  ({ labelled, overall, runs }) => html`<tr>
<th scope="row">${labelled}</th>${answerCells(overall, overall.mean, means, formatSignedMeanSd(overall, runs))}</tr>`,
)}
</tbody></table></div>
${folded(differenceTable(matrix), differences.length, `All ${counted(differences.length, 'difference')} of means`)}
<p class="note">Means over all tested classes, each counting the same${oneRun(rows) ? '' : ', ± standard deviation over runs'}. Simultaneous intervals hold for all means at
once with ${formatGiven(level)}, and those of differences for all differences; adjusted p allows for looking at all of them. ·: the two
labelled classes cannot be told apart. Drawn: the interval of the row alone (thick) and the simultaneous one (thin).</p>`
}

function differenceTable({ level, differences }: AnomalyMatrix): Html {
  const leads = barAxis(differences.map((one) => ({ ...one, xi: one.difference })))
  return html`${scrollTable('differences of means of ξ')}
<thead><tr><th scope="col">Labelled</th><th scope="col" class="name">Against</th>${answerHeads('Mean ξ ahead by', level, leads)}</tr></thead>
<tbody>
${differences.map(
  (one) => html`<tr>
<th scope="row">${one.labelled}</th><td class="name">${one.over}</td>${answerCells(one, one.difference, leads)}</tr>`,
)}
</tbody></table></div>`
}

/** Longer tables are folded: a page of tens of thousands of pixels is one that nobody scrolls through. Paper has them all. */
const mostOpen = 100

function folded(table: Html, rows: number, summary: string): Html {
  return rows <= mostOpen
    ? table
    : html`<details><summary>${summary}</summary>
${table}
</details>`
}

function cells({ labelled, classes, runs }: MatrixRow, axis: BarAxis): Html[] {
  return classes.map(
    (one) => html`<tr>
<th scope="row">${labelled}</th><td class="name">${one.name}</td>${classCells(one, runs, axis)}</tr>`,
  )
}

/** Names in the picture, and how wide a cell is. */
const [nameLength, cellWidth] = [24, 64]

/** ξ in a cell of the picture, and its arrow if it has one. */
function cellText(xi: number, direction: Direction): string {
  return `${formatSigned(xi)}${direction === 'none' ? '' : ` ${arrows[direction]}`}`
}

/**
 * ξ of labelled × tested class as a heat map, and its mean over all tested classes beside it. The scale reaches 1 on either
 * side of 0, so that charts compare; every cell also has its number, and an arrow where its simultaneous interval excludes 0.
 */
function matrixChart({ rows, tested }: AnomalyMatrix): TopLevelSpec {
  const cells = rows.flatMap(({ classes }, row) =>
    classes.map(({ xi, direction }, column) => ({ row, column, xi, text: cellText(xi, direction) })),
  )
  const means = rows.map(({ overall: { mean } }, row) => ({ row, column: 0, xi: mean, text: formatSigned(mean) }))
  const columns = { title: 'tested class', names: shortNames(tested, nameLength).names }
  const labelled = shortNames(
    rows.map((row) => row.labelled),
    nameLength,
  ).names
  const height = rows.length * 34
  return {
    spacing: 14,
    resolve: { scale: { color: 'independent' } },
    hconcat: [
      {
        ...panel(cells, { columns, rows: { title: 'labelled class', names: labelled } }),
        width: tested.length * cellWidth,
        height,
      },
      { ...panel(means, { columns: { title: null, names: ['mean'] } }), width: cellWidth, height },
    ],
  }
}

interface Named {
  readonly title: string | null
  readonly names: readonly string[]
}

function panel(values: object[], { columns, rows }: { readonly columns: Named; readonly rows?: Named }): Panel {
  const look = { domain: false, ticks: false, labelPadding: 8, labelLimit: 0, labelOverlap: false } as const
  const axis = ({ title, names }: Named) => ({ ...look, title, labelExpr: `${vegaLiteral(names)}[datum.value]` })
  const place = { type: 'nominal', sort: null, scale: { paddingInner: 0.04, paddingOuter: 0 } } as const
  const x = { field: 'column', ...place, axis: { ...axis(columns), orient: 'top', labelAngle: -40 } } as const
  const y = {
    field: 'row',
    ...place,
    axis: rows === undefined ? { ...look, title: null, labels: false } : axis(rows),
  } as const
  return {
    data: { values },
    encoding: { x, y },
    layer: [
      layerOf({ type: 'rect' }, { color: xiColour(rows !== undefined) }),
      layerOf({ type: 'text', fontSize: 12 }, { text: { field: 'text' }, color: xiInk }),
    ],
  }
}
