import type { ClassResult, StudyResult } from '../../study/types.js'
import {
  arrows,
  countedRuns,
  datasetTitle,
  detectorTitle,
  formatInterval,
  formatMeanSd,
  formatPercent,
  formatSigned,
} from '../format.js'
import { Html, html } from '../html.js'
import { page } from '../page.js'
import { renderSvg } from '../renderSvg.js'
import { densityChart } from './densityChart.js'
import { headline } from './headline.js'
import { lossChart } from './lossChart.js'
import { recallChart } from './recallChart.js'
import { similarityChart } from './similarityChart.js'
import { roomWords, similaritySentence, trendReading, trendTable } from './similarityText.js'
import { count, studyFacts } from './studyFacts.js'
import { jsonText, studyJson } from './studyJson.js'

export interface StudyReportOptions {
  /** The command that made the result, to be shown as the way to repeat it. */
  readonly command?: string
}

/**
 * A study's result as one self-contained HTML page: the answer in words, table and bar chart (Figure 3 of Ye, Chen and
 * Zheng 2021), ξ against similarity, score densities (their Figure 1), loss curves, all that is needed to repeat it, whose
 * data it was, and the result as JSON behind a link.
 *
 * The page needs no script and loads nothing; it follows the reader's light or dark mode and prints in the light one.
 * Equal results give equal pages. About a second, most of it loading the chart library on first use.
 */
export async function studyReport(result: StudyResult, { command }: StudyReportOptions = {}): Promise<string> {
  const baseline = detectorTitle(result.detectors.baseline)
  const candidate = detectorTitle(result.detectors.candidate)
  const recall = new Html(await renderSvg(recallChart(result)))
  const densities = new Html(await renderSvg(densityChart(result)))
  const similarity = new Html(await renderSvg(similarityChart(result)))
  const losses = new Html(await renderSvg(lossChart(result)))
  const level = formatPercent(result.level)
  const title = `Relative scoring bias: ${candidate} against ${baseline} on ${datasetTitle(result)}`
  const main = html`<header>
<h1>${candidate} against ${baseline} on ${datasetTitle(result)}</h1>
<p class="lede">${headline(result)}</p>
<p>${setting(result)}</p>
<p>${similaritySentence(result)}</p>
</header>
${result.warnings.map((warning) => html`<p class="warning"><strong>Warning.</strong> ${warning}</p>`)}
<section>
<h2>Recall by class of anomalies</h2>
${table(result)}
<p class="note">TPR: share of the class flagged, mean ± standard deviation over ${countedRuns(result)}.
ξ: TPR of ${candidate} − TPR of ${baseline}, with its ${level} interval.
↑ or ↓: the interval excludes 0; ·: it does not. Each interval holds for its own class, not for all of them at once.
${result.intervalCovers}</p>
<figure>
<div class="chart" role="img" aria-label="Bars of both detectors’ TPR for each class of anomalies, and ξ with its interval; the numbers are those of the table above.">${recall}</div>
<figcaption><strong>Figure 1.</strong> Left: TPR of both detectors, mean over runs, with lines of ± one standard deviation,
cut at 0 and 1. Right: ξ with its ${level} interval; a filled dot means that the interval excludes 0.
Classes in order of their distance to ${result.anomaly}, from which the labelled anomalies come.</figcaption>
</figure>
</section>
<section>
<h2>Similarity and ξ</h2>
${trendTable(
  [
    ['all classes', result.similarity.all],
    ['classes not labelled', result.similarity.unlabelled],
  ],
  result.level,
)}
<p class="note">${trendReading((result.similarity.unlabelled ?? result.similarity.all)?.n ?? result.classes.length, result.level)}</p>
<figure>
<div class="chart" role="img" aria-label="ξ with its interval against the distance to the labelled class, a dot for each class; the numbers are those of the table above.">${similarity}</div>
<figcaption><strong>Figure 2.</strong> ξ of each class with its ${level} interval, against its distance to ${result.anomaly}; filled where the
interval excludes 0. ${roomWords} Dotted: how far ${result.normal}, the normal class, lies from ${result.anomaly}.</figcaption>
</figure>
</section>
<section>
<h2>Where the scores lie</h2>
<figure>
<div class="chart" role="img" aria-label="Densities of both detectors’ scores for the normal class and each class of anomalies, with the threshold.">${densities}</div>
<figcaption><strong>Figure 3.</strong> Densities of the scores in one run (number ${result.scores.run}, from 0). The strongly coloured part of each
curve lies above the threshold (dashed) and is flagged; the thin grey outline repeats the normal class. All curves have the same
height: areas compare within a row, not between rows. Gaussian kernel, Silverman’s bandwidth, on the scale of the axis.</figcaption>
</figure>
</section>
<section>
<h2>How training went</h2>
<figure>
<div class="chart" role="img" aria-label="Mean loss of both detectors in every run by epoch; ${trainingWords(result)}">${losses}</div>
<figcaption><strong>Figure 4.</strong> Mean loss of the training samples by epoch, a line for each run; pretraining, where a detector has
it, minimises the reconstruction error instead. Dotted: the learning rate is multiplied by 0.1. ${trainingWords(result)}</figcaption>
</figure>
</section>
<section>
<h2>How this was computed</h2>
${studyFacts(result)}
${command === undefined ? html`` : html`<p>To repeat it:</p><pre><code>${command}</code></pre>`}
<p>${dataLink(result)}: every number on this page and the losses of every epoch, without the scores of single samples.</p>
<p class="note">Method: Ziyu Ye, Yuxin Chen and Haitao Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection”, IJCAI 2021.</p>
</section>
<footer>${result.attribution === '' ? '' : `Data: ${result.attribution}. `}Made by scoring-bias ${result.version}.</footer>`
  return page(title, main)
}

function setting({ normal, anomaly, training, l2Normal, detectors }: StudyResult): string {
  const baseline = detectorTitle(detectors.baseline)
  const candidate = detectorTitle(detectors.candidate)
  return (
    `Both detectors were trained on ${training.nNormal.toLocaleString('en')} samples of ${normal}; ` +
    `${candidate} also saw ${training.nAnomaly.toLocaleString('en')} labelled anomalies of ${anomaly} ` +
    `(distance ${l2Normal.toFixed(2)} from ${normal}), which ${baseline} does not use.`
  )
}

function table({ classes, anomaly, mixture, detectors, level, training }: StudyResult): Html {
  const nRuns = training.converged.length
  const labelled = mixture?.map(({ class: name }) => name) ?? [anomaly]
  const row = (one: ClassResult): Html => html`<tr>
<th scope="row">${one.name}${labelled.includes(one.name) ? html` <span class="tag">labelled</span>` : ''}</th>
<td>${one.n.toLocaleString('en')}</td><td>${one.l2.toFixed(2)}</td>
<td>${formatMeanSd(one.tprBaseline, nRuns)}</td><td>${formatMeanSd(one.tprCandidate, nRuns)}</td>
<td>${formatSigned(one.xi)}</td><td>${formatInterval(one.interval)}</td><td class="arrow">${arrows[one.direction]}</td></tr>`
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Anomalies</th><th scope="col">n</th><th scope="col">Distance</th>
<th scope="col">TPR ${detectorTitle(detectors.baseline)}</th><th scope="col">TPR ${detectorTitle(detectors.candidate)}</th>
<th scope="col">ξ</th><th scope="col">${formatPercent(level)} interval</th><th scope="col"><span class="unseen">Direction</span></th></tr></thead>
<tbody>
${classes.map(row)}
</tbody></table></div>`
}

/** The result as a file that lies in the link itself. */
function dataLink(result: StudyResult): Html {
  const base64 = Buffer.from(`${jsonText(studyJson(result))}\n`).toString('base64')
  return html`<a download="study.json" href="data:application/json;base64,${base64}">The result as JSON</a>`
}

function trainingWords({ runs, training }: StudyResult): string {
  const nLeftOut = runs - training.converged.length
  if (nLeftOut === 0) return 'No run diverged.'
  return (
    `${nLeftOut} of ${count(runs, 'run')} diverged in one detector or both: they are grey and count in no figure on this page. ` +
    'A cross marks the last epoch before a loss was no longer finite.'
  )
}
