import { record, requireOptions } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import type { ClassResult, RunAnswer, StudyResult } from '../../study/core/types.js'
import { type BarAxis, barAxis, barHead, intervalBar } from '../charts/intervalBar.js'
import { renderSvg } from '../charts/renderSvg.js'
import { formatGiven, formatInterval, formatMeanSd, formatP, formatSigned } from '../format.js'
import { Html, html } from '../html.js'
import { jsonText } from '../jsonText.js'
import {
  arrowCell,
  arrowHead,
  chartFigure,
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
import { paperWords } from '../words.js'
import { densityCharts } from './densityChart.js'
import { lossChart } from './lossChart.js'
import { recallChart, studyNames, studyXiChart } from './recallChart.js'
import { similarityChart, similarityTitled } from './similarityChart.js'
import { roomWords, similaritySentence, trendReading, trendTable } from './similarityText.js'
import { studyFacts } from './studyFacts.js'
import { studyJson } from './studyJson.js'
import { headline } from './studyText.js'
import { comparedTitle, countedRuns, isOneRun, titlesOf } from './studyWords.js'

/**
 * A study's result as one self-contained HTML page: the answer in words, table and bar chart (Figure 3 of Ye, Chen and
 * Zheng 2021), ξ against similarity, score densities (their Figure 1), loss curves, all that is needed to repeat it, whose
 * data it was, and the result as JSON behind a link.
 *
 * The page needs no script and loads nothing; it follows the reader's light or dark mode and prints in the light one.
 * Equal results give equal pages. About a second, most of it loading the chart library on first use.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function studyReport(result: StudyResult, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('studyReport', options, reportChecks)
  requireAnswer('studyReport', result, 'runStudy')
  record('scores of the result', result.scores)
  const title = comparedTitle(result)
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${headline(result)}</p>
<p>${setting(result)}</p>
<p>${similaritySentence(result)}</p>
${warningNote(result.warnings)}
</header>
<section>
<h2>Recall by class of anomalies</h2>
${await recallPart(result)}
</section>
<section>
<h2>Similarity and ξ</h2>
${await similarityPart(result)}
</section>
<section>
<h2>Where the scores lie</h2>
${await scoresFigure(result)}
</section>
<section>
<h2>How training went</h2>
${await trainingFigure(result)}
</section>
<section>
<h2>How this was computed</h2>
${studyFacts(result)}
${repeatPart(command)}
<p>${dataLink(result)}: every number on this page and the losses of every epoch, without the scores of single samples.</p>
<p class="note">Method: ${paperWords}.</p>
</section>
${footerPart(result)}`
  return page(`Relative scoring bias: ${title}`, main)
}

function setting({ normal, anomaly, training, l2Normal, detectors }: StudyResult): string {
  const [baseline, candidate] = titlesOf(detectors)
  return (
    `Both detectors were trained on ${formatCount(training.nNormal)} samples of ${normal}; ` +
    `${candidate} also saw ${formatCount(training.nAnomaly)} labelled anomalies of ${anomaly} ` +
    `(distance ${l2Normal.toFixed(2)} from ${normal}), which ${baseline} does not use.`
  )
}

async function recallPart(result: StudyResult): Promise<Html> {
  const [baseline, candidate] = titlesOf(result.detectors)
  const level = formatGiven(result.level)
  const alone = isOneRun(result)
  const { titled } = studyNames(result)
  const charts = await Promise.all(
    [recallChart, studyXiChart].map(async (draw) => titled(await renderSvg(draw(result)))),
  )
  const chart = chartFigure(charts, {
    label: [
      'Bars of both detectors’ TPR for each class of anomalies; the numbers are those of the table above.',
      'ξ of each class of anomalies with its intervals; the numbers are those of the table above.',
    ],
    title: 'Figure 1',
    caption: html`Left: TPR of both detectors${alone ? '' : ', mean over runs, with lines of ± one standard deviation, cut at 0 and 1'}. Right: ξ with its own ${level} interval (thick) and the simultaneous one (thin); a filled dot means that the
simultaneous interval excludes 0.
Classes in order of their distance to ${result.anomaly}, from which the labelled anomalies come.`,
  })
  return html`${classTable(result)}
${foldedWarnings(result.warnings)}
<p class="note">TPR: share of the class flagged, ${alone ? 'in' : 'mean ± standard deviation over'} ${countedRuns(result)}.
ξ: TPR of ${candidate} − TPR of ${baseline}, with the ${level} interval of its class alone.
Simultaneous: intervals that hold for all classes at once with ${level}. Adjusted p: two-sided p-value of ξ = 0, allowing for looking at all classes.
↑ or ↓: the simultaneous interval excludes 0; ·: it does not.
${result.intervalCovers}</p>
${chart}`
}

/** A class in the row of a table: ξ with its arrow and its intervals, its size and distance, and both recalls. */
export function classCells(one: ClassResult, nRuns: number, axis: BarAxis): Html {
  return html`${answerCells(one, one.xi, axis)}
<td>${formatCount(one.n)}</td><td>${one.l2.toFixed(2)}</td><td>${formatMeanSd(one.tprBaseline, nRuns)}</td><td>${formatMeanSd(one.tprCandidate, nRuns)}</td>`
}

/** Heads of the columns of {@link classCells}. */
export function classHeads([baseline, candidate]: readonly [string, string], level: number, axis: BarAxis): Html {
  return html`${answerHeads('ξ', level, axis)}
<th scope="col">n</th><th scope="col">Distance</th><th scope="col">TPR ${baseline}</th><th scope="col">TPR ${candidate}</th>`
}

/** An answer: its arrow, `xi` as it is `written`, its intervals in numbers and drawn about `xi`, and its adjusted p-value. */
export function answerCells(one: RunAnswer, xi: number, axis: BarAxis, written = formatSigned(xi)): Html {
  return html`${arrowCell(one.direction)}<td>${written}</td><td>${formatInterval(one.interval)}</td>${intervalBar({ ...one, xi }, axis)}
<td>${formatInterval(one.simultaneous)}</td><td>${formatP(one.pAdjusted)}</td>`
}

/** Heads of the columns of {@link answerCells}. They come first: a narrow screen shows the beginning of a table. */
export function answerHeads(title: string, level: number, axis: BarAxis): Html {
  return html`${arrowHead}<th scope="col">${title}</th><th scope="col">${formatGiven(level)} interval</th>${barHead(axis)}
<th scope="col">Simultaneous</th><th scope="col">Adjusted p</th>`
}

function classTable({ classes, anomaly, mixture, detectors, level, training }: StudyResult): Html {
  const nRuns = training.converged.length
  const labelled = mixture?.map(({ class: name }) => name) ?? [anomaly]
  const axis = barAxis(classes)
  const row = (one: ClassResult): Html => html`<tr>
<th scope="row">${one.name}${labelled.includes(one.name) ? html` <span class="tag">labelled</span>` : ''}</th>
${classCells(one, nRuns, axis)}</tr>`
  return html`${scrollTable('recall and ξ by class')}
<thead><tr><th scope="col">Anomalies</th>${classHeads(titlesOf(detectors), level, axis)}</tr></thead>
<tbody>
${classes.map(row)}
</tbody></table></div>`
}

async function similarityPart(result: StudyResult): Promise<Html> {
  const { similarity, classes, level, normal, anomaly } = result
  const nClasses = (similarity.unlabelled ?? similarity.all)?.n ?? classes.length
  const shown = { classes, labelled: result.mixture?.map((one) => one.class) ?? [anomaly] }
  const draw = async (look: 'wide' | 'narrow') =>
    similarityTitled(await renderSvg(similarityChart(result, look)), shown)
  const chart = chartFigure(
    new Html(`<div class="wide">${await draw('wide')}</div><div class="narrow">${await draw('narrow')}</div>`),
    {
      label:
        'ξ with its interval against the distance to the labelled class, a dot for each class; the numbers are those of the table above.',
      title: 'Figure 2',
      caption: html`ξ of each class with its simultaneous ${formatGiven(level)} interval, against its distance to ${anomaly}; filled where
that excludes 0. ${roomWords} Dotted: how far ${normal}, the normal class, lies from ${anomaly}.`,
    },
  )
  return html`${trendTable([
    ['all classes', similarity.all],
    ['classes not labelled', similarity.unlabelled],
  ])}
<p class="note">${trendReading(nClasses, level)}</p>
${chart}`
}

async function scoresFigure(result: StudyResult): Promise<Html> {
  const { titled } = studyNames(result)
  const charts = await Promise.all(densityCharts(result).map(async (chart) => titled(await renderSvg(chart))))
  return chartFigure(charts, {
    label: titlesOf(result.detectors).map(
      (title) =>
        `Densities of the scores of ${title} for the normal class and each class of anomalies, with the threshold.`,
    ),
    title: 'Figure 3',
    caption: html`Densities of the scores in one run (number ${result.scores.run}, from 0). The strongly coloured part of each
curve lies above the threshold (dashed) and is flagged; the thin grey outline repeats the normal class. All curves have the same
height: areas compare within a row, not between rows. Gaussian kernel, Silverman’s bandwidth, on the scale of the axis.`,
  })
}

async function trainingFigure(result: StudyResult): Promise<Html> {
  const words = trainingWords(result)
  const charts = await Promise.all(
    (['baseline', 'candidate'] as const).map((role) => renderSvg(lossChart(result, role))),
  )
  return chartFigure(charts, {
    label: titlesOf(result.detectors).map((title) => `Mean loss of ${title} in every run by epoch. ${words}`),
    title: 'Figure 4',
    caption: html`Mean loss of the training samples by epoch, a line for each run; pretraining, where a detector has
it, minimises the reconstruction error instead. ${dropsWords(result)}${
      result.settings.validationShare === undefined ? '' : 'Dashed: the loss of normal samples held out from training. '
    }${words}`,
  })
}

/** What the dotted lines are, where the learning rate falls during the training. */
function dropsWords({ settings: { milestones, learningRateDecay }, epochs }: StudyResult): string {
  if (milestones.every((epoch) => epoch >= epochs)) return ''
  return `Dotted: the learning rate is multiplied by ${learningRateDecay}. `
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
    `${nLeftOut} of ${counted(runs, 'run')} diverged in one detector or both: ${nLeftOut === 1 ? 'it is grey and counts' : 'they are grey and count'} in no figure on this page. ` +
    'A cross marks the last epoch before a loss was no longer finite.'
  )
}
