import { deviceTitle } from '../../runtime/device.js'
import type { AnomalyMatrix, MatrixRow } from '../../study/anomalyMatrix.js'
import { arrows, distanceWords, formatInterval, formatMeanSd, formatPercent, formatSigned } from '../format.js'
import { Html, html } from '../html.js'
import { page } from '../page.js'
import { renderSvg } from '../renderSvg.js'
import { matrixSimilarityChart } from '../study/similarityChart.js'
import { matrixSimilaritySentence, roomWords, trendReading, trendTable } from '../study/similarityText.js'
import { matrixChart } from './matrixChart.js'
import { labelledCount, matrixAnswer, matrixReading, matrixTitle } from './matrixText.js'

export interface MatrixReportOptions {
  /** The command that made the matrix, to be shown as the way to repeat it. */
  readonly command?: string
}

/** A matrix of ξ as one `<svg>` element. About a second, most of it loading the chart library on first use. */
export function matrixSvg(matrix: AnomalyMatrix): Promise<string> {
  return renderSvg(matrixChart(matrix))
}

/**
 * A matrix of ξ as one self-contained HTML page without script: the answer in words, the heat map, every cell with its
 * recalls and interval, and how it was computed. Equal matrices give equal pages.
 */
export async function matrixReport(matrix: AnomalyMatrix, { command }: MatrixReportOptions = {}): Promise<string> {
  const chart = new Html(await matrixSvg(matrix))
  const trends = new Html(await renderSvg(matrixSimilarityChart(matrix)))
  const { normal, level, tested, nNormal, runs, attribution, versions } = matrix
  const title = `Which labelled anomalies help: ${matrixTitle(matrix)}`
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${matrixAnswer(matrix)}</p>
<p>Normal class ${normal} (${nNormal} to train on), ${labelledCount(matrix)}, ${runs} ${runs === 1 ? 'run' : 'runs'}.</p>
</header>
${matrix.warnings.map((warning) => html`<p class="warning"><strong>Warning.</strong> ${warning}</p>`)}
<section>
<h2>ξ by labelled and tested class</h2>
<figure>
<div class="chart" role="img" aria-label="Heat map of ξ by labelled and tested class; the numbers are those of the table below.">${chart}</div>
<figcaption><strong>Figure 1.</strong> ${matrixReading(matrix)}</figcaption>
</figure>
</section>
<section>
<h2>Similarity and ξ</h2>
<p>${matrixSimilaritySentence(matrix)}</p>
${trendTable(
  [
    ['pairs of tested classes with the same labelled one', matrix.similarity.withinLabelled.all],
    ['the same without the labelled class itself', matrix.similarity.withinLabelled.unlabelled],
    ['all pairs of cells', matrix.similarity.overall.all],
    ['the same without labelled classes themselves', matrix.similarity.overall.unlabelled],
  ],
  level,
)}
<p class="note">${trendReading(tested.length, level)}
Cells that share a class are not independent, so that p-values are Mantel’s (1967): the classes are put in another order,
labelled and tested together. Over all pairs of cells τ also has in it that some labelled classes help everywhere.</p>
<figure>
<div class="chart" role="img" aria-label="ξ with its interval against the distance to the labelled class, a panel for each labelled class; the numbers are those of the table below.">${trends}</div>
<figcaption><strong>Figure 2.</strong> ξ of each tested class with its ${formatPercent(level)} interval, against the distance to the labelled
class; filled where the interval excludes 0. ${roomWords} Dotted: how far ${normal}, the normal class, lies from the labelled one.</figcaption>
</figure>
</section>
<section>
<h2>Every cell</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Labelled</th><th scope="col">Tested</th><th scope="col">n</th><th scope="col">Distance</th><th scope="col">TPR baseline</th>
<th scope="col">TPR candidate</th><th scope="col">ξ</th><th scope="col">${formatPercent(matrix.level)} interval</th><th scope="col"><span class="unseen">Direction</span></th></tr></thead>
<tbody>
${matrix.rows.flatMap(cells)}
</tbody></table></div>
</section>
<section>
<h2>How this was computed</h2>
<p>${matrix.network}, ${matrix.decoder} output in the autoencoder, ${matrix.epochs} epochs after ${matrix.pretrainEpochs} of pretraining where the detector has one;
${matrix.split} split; ${matrix.resamples.toLocaleString('en')} resamples; seed ${matrix.seed}; ${deviceTitle(matrix.device)}.
Distances are ${distanceWords(matrix)} between class means. scoring-bias ${matrix.version}, ${Object.entries(versions)
    .map((entry) => entry.join(' '))
    .join(', ')}.</p>
${command === undefined ? html`` : html`<p>To repeat it:</p><pre><code>${command}</code></pre>`}
<p class="note">Method: Ziyu Ye, Yuxin Chen and Haitao Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection”, IJCAI 2021.</p>
</section>
<footer>${attribution === '' ? '' : `Data: ${attribution}.`}</footer>`
  return page(title, main)
}

function cells({ labelled, classes, runs }: MatrixRow): Html[] {
  return classes.map(
    (one) => html`<tr>
<th scope="row">${labelled}</th><td>${one.name}</td><td>${one.n.toLocaleString('en')}</td><td>${one.l2.toFixed(2)}</td>
<td>${formatMeanSd(one.tprBaseline, runs)}</td><td>${formatMeanSd(one.tprCandidate, runs)}</td>
<td>${formatSigned(one.xi)}</td><td>${formatInterval(one.interval)}</td><td class="arrow">${arrows[one.direction]}</td></tr>`,
  )
}
