import { requireOptions } from '../../check.js'
import type { SeedClass, SeedComparison, TrainedDetector } from '../../compare/compareSeeds.js'
import { formatCount } from '../../counted.js'
import { version } from '../../version.js'
import { barAxis } from '../charts/intervalBar.js'
import { renderSvg } from '../charts/renderSvg.js'
import { sameWidth } from '../charts/sameWidth.js'
import { formatGiven, formatRate, formatSeconds, formatThreshold, formatWholePercent } from '../format.js'
import { type Html, html } from '../html.js'
import {
  factList,
  foldedWarnings,
  page,
  type ReportOptions,
  repeatPart,
  reportChecks,
  scrollTable,
  warningNote,
} from '../page.js'
import { requireAnswer } from '../requireAnswer.js'
import { paperWords, versionWords } from '../words.js'
import { biasByClass, classNames, setsOf } from './classChart.js'
import { figure, key } from './compareFigures.js'
import { compareCss } from './compareReport.js'
import { answerCells, answerHeads, sizeCell } from './compareTables.js'
import { compareHeadline } from './compareText.js'
import { groupWords } from './groupWords.js'
import { recallBySeed } from './seedChart.js'
import { shownClasses, trained } from './seedText.js'

/**
 * A comparison of detectors that were trained several times as one self-contained HTML page: the answer in words, warnings, a
 * table and charts of recall and ξ class by class with the recall of each training as a dot, every training's threshold, how it
 * was computed. Equal comparisons give equal pages but for the time that they took.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function seedReport(given: SeedComparison, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('seedReport', options, reportChecks)
  requireAnswer('seedReport', given, 'compareSeeds')
  const comparison = { ...given, classes: given.classes.toSorted((a, b) => b.xi - a.xi) }
  const { baseline, candidate, classes, overall, source, warnings } = comparison
  const title = `${candidate.name} against ${baseline.name}`
  const main = html`<header>
<h1>${title}</h1>
<p class="lede">${compareHeadline(comparison, { candidate, classes, overall })}</p>
<p>${setting(comparison)}</p>
${groupWords(comparison).map((words) => html`<p class="note">${words}</p>`)}
${warningNote(warnings)}
</header>
<section>
<h2>Recall by class of anomalies</h2>
${classTable(comparison)}
${foldedWarnings(warnings)}
${await figures(comparison)}
</section>
<section>
<h2>Trainings</h2>
${trainingTable([baseline, candidate])}
</section>
<section>
<h2>How this was computed</h2>
${facts(comparison)}
${repeatPart(command)}
<p class="note">Method: ${paperWords}; trainings as readers in Obuchowski and Rockette, 1995.</p>
</section>
<footer>Scores: ${source}. Made by scoring-bias ${version}.</footer>`
  return page(`Relative scoring bias: ${title}`, main, { css: compareCss })
}

function setting({ source, baseline, candidate, nNormal, nAnomalous }: SeedComparison): string {
  return (
    `${trained(candidate)} against ${trained(baseline)}. All trainings scored the same samples (${source}): ${formatCount(nNormal)} normal ones, ` +
    `which set a threshold for each training, and ${formatCount(nAnomalous)} anomalous ones.`
  )
}

function classTable(comparison: SeedComparison): Html {
  const { baseline, candidate, classes, overall, level } = comparison
  const shown = shownClasses(comparison)
  const axis = barAxis(shown)
  const row = (one: SeedClass): Html => html`<tr>
<th scope="row">${one.name}</th>${answerCells(one, axis, one !== overall)}<td>${formatWholePercent(one.trainingShare)}</td>
<td>${sizeCell(one)}</td><td>${recallCell(one.tprBaseline, baseline)}</td><td>${recallCell(one.tprCandidate, candidate)}</td></tr>`
  return html`${scrollTable(`recall and ξ of ${candidate.name}`)}
<thead><tr><th scope="col">Anomalies</th>${answerHeads(level, axis)}<th scope="col">From training</th>
<th scope="col">n</th><th scope="col">TPR ${baseline.name}</th><th scope="col">TPR ${candidate.name}</th></tr></thead>
<tbody>
${classes.map(row)}
</tbody>
${shown.includes(overall) ? html`<tfoot>${row(overall)}</tfoot>` : ''}</table></div>
<p class="note">TPR: mean ± standard deviation over trainings, each at its own threshold. ξ: mean TPR of the candidate − mean TPR of the
baseline, classes with the largest first; its interval covers the samples and the training. ↑ or ↓: the simultaneous interval, which holds for all classes at once,
excludes 0. Drawn: ξ with its own interval (thick) and the simultaneous one (thin). From training: its share of the squared standard error of ξ; the rest is from the samples.</p>`
}

function recallCell(recall: SeedClass['tprBaseline'], { trainings }: TrainedDetector): Html {
  const { mean, sd } = recall
  return html`${formatRate(mean, 3)}${trainings.length === 1 ? '' : html`<br><small>± ${sd.toFixed(3)}</small>`}`
}

async function figures(comparison: SeedComparison): Promise<Html> {
  const { baseline, candidate, level } = comparison
  const { titled } = classNames(setsOf(comparison))
  const { low, high } = barAxis(setsOf(comparison))
  const specs = [recallBySeed(comparison), biasByClass(comparison, level, [low, high])]
  const drawn = await Promise.all(specs.map(async (spec) => titled(await renderSvg(spec))))
  const [recall, bias] = sameWidth(drawn) as [string, string]
  return html`${key(baseline.name, candidate.name)}
<div class="pair">
${figure(recall, `Recall of ${baseline.name} and ${candidate.name} for each class of anomalies: the mean over trainings, and a dot for each training.`)}
${figure(bias, `ξ of ${candidate.name} for each class of anomalies with its intervals; the numbers are those of the table above.`)}
</div>
<p class="note">Left: mean recall over trainings with ± one standard deviation; each dot is a training. Right: ξ with its own interval (thick) and
the simultaneous one (thin). A filled dot means that the simultaneous interval excludes 0.</p>`
}

function trainingTable(detectors: readonly TrainedDetector[]): Html {
  const all = detectors.flatMap(({ trainings }) => trainings)
  return html`${scrollTable('trainings')}
<thead><tr><th scope="col">Training</th><th scope="col">Threshold</th><th scope="col">FPR</th><th scope="col">TPR, all anomalies</th></tr></thead>
<tbody>
${all.map(
  ({ name, threshold, observedFpr, observedTpr }) =>
    html`<tr><th scope="row">${name}</th><td>${formatThreshold(threshold)}</td><td>${formatRate(observedFpr, 4)}</td><td>${formatRate(observedTpr, 3)}</td></tr>`,
)}
</tbody></table></div>`
}

function facts({ source, fpr, level, resamples, seed, nNormal, nAnomalous, elapsedSeconds }: SeedComparison): Html {
  return factList([
    ['Scores', source],
    ['Samples', `${formatCount(nNormal)} normal to set the thresholds, ${formatCount(nAnomalous)} anomalous`],
    [
      'Target',
      `false-positive rate of ${formatGiven(fpr)}; a score is flagged when strictly greater than the threshold`,
    ],
    ['Draws', `${formatCount(resamples)} draws, seed ${seed}`],
    ['Intervals', `confidence at ${formatGiven(level)}, over samples and training`],
    ['Computed in', formatSeconds(elapsedSeconds)],
    ['Versions', versionWords({ version, versions: { node: process.versions.node } })],
  ])
}
