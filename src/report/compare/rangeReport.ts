import { requireOptions } from '../../check.js'
import type { RangeCandidate, RangeClass, RangeComparison } from '../../compare/compareRange.js'
import { formatCount } from '../../counted.js'
import { version } from '../../version.js'
import { type BarAxis, barAxis } from '../charts/intervalBar.js'
import { renderSvg } from '../charts/renderSvg.js'
import { formatGiven, formatRate, formatSeconds } from '../format.js'
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
import { enumerate, paperWords, versionWords } from '../words.js'
import { biasByClass, classNames, setsOf } from './classChart.js'
import { figure } from './compareFigures.js'
import { compareCss } from './compareReport.js'
import { answerCells, answerHeads, sizeCell, verdictCell } from './compareTables.js'
import { compareHeadline } from './compareText.js'
import { familyOfAll } from './families.js'
import { groupWords } from './groupWords.js'
import { rangeMeaning, shownRangeSets } from './rangeText.js'
import { verdictMeaning } from './verdictText.js'

/** Of so many candidates the heading says their number. */
const manyCandidates = 4

/**
 * A comparison over a range of targets as one self-contained HTML page: the answer in words, warnings, for each candidate a table and
 * a chart of ξ class by class, how it was computed. Equal comparisons give equal pages but for the time that they took.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE` for options.
 */
export async function rangeReport(given: RangeComparison, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('rangeReport', options, reportChecks)
  requireAnswer('rangeReport', given, 'compareRange')
  const comparison = {
    ...given,
    candidates: given.candidates.map((one) => ({ ...one, classes: one.classes.toSorted((a, b) => b.xi - a.xi) })),
  }
  const { baseline, candidates, source, warnings, nNormal, nAnomalous, verdict } = comparison
  const axis = barAxis(candidates.flatMap(shownRangeSets))
  const names = candidates.map(({ candidate }) => candidate.name)
  const title = `${names.length < manyCandidates ? enumerate(names) : `${names.length} detectors`} against ${baseline.name}`
  const main = html`<header>
<h1>${title}</h1>
${verdict === undefined || names.length === 1 ? '' : html`<p class="lede ${verdict}"><strong>Verdict on all candidates: ${verdict}.</strong></p>`}
${candidates.map((one) => headline(one, comparison))}
<p>All detectors scored the same samples (${source}): ${formatCount(nNormal)} normal ones, which set the thresholds, and ${formatCount(nAnomalous)} anomalous ones.
Recalls are means over false-positive rates from ${comparison.fprRange.map(formatGiven).join(' to ')}.</p>
${groupWords(comparison).map((words) => html`<p class="note">${words}</p>`)}
${warningNote(warnings)}
</header>
<section>
<h2>Mean recall by class of anomalies</h2>
${await Promise.all(candidates.map((one) => candidatePart(one, comparison, axis)))}
${foldedWarnings(warnings)}
<p class="note">${rangeMeaning(comparison)} Classes with the largest ξ first. ↑ or ↓: the simultaneous interval excludes 0; ·: it does not.
Drawn: ξ with its own interval (thick) and the simultaneous one (thin). ${verdictMeaning(comparison)}</p>
</section>
<section>
<h2>How this was computed</h2>
${facts(comparison)}
${repeatPart(command)}
<p class="note">Method: ${paperWords}.</p>
</section>
<footer>Scores: ${source}. Made by scoring-bias ${version}.</footer>`
  return page(`Relative scoring bias: ${title}`, main, { css: compareCss })
}

function headline(
  candidate: RangeCandidate,
  { baseline, candidates, level, fprRange: [from, to] }: RangeComparison,
): Html {
  const where = `On average over false-positive rates from ${formatGiven(from)} to ${formatGiven(to)}`
  const { verdict } = candidate
  return html`<p class="lede${verdict === undefined ? '' : ` ${verdict}`}">${compareHeadline({ baseline, candidates, level, where }, candidate)}</p>`
}

async function candidatePart(compared: RangeCandidate, comparison: RangeComparison, axis: BarAxis): Promise<Html> {
  const { candidate } = compared
  const { titled } = classNames(setsOf(compared))
  const chart = titled(await renderSvg(biasByClass(compared, comparison.level, [axis.low, axis.high])))
  return html`${comparison.candidates.length === 1 ? '' : html`<h3>${candidate.name}</h3>`}
${classTable(compared, comparison, axis)}
${figure(chart, `ξ of ${candidate.name} for each class of anomalies with its intervals; the numbers are those of the table above.`)}`
}

function classTable(compared: RangeCandidate, comparison: RangeComparison, axis: BarAxis): Html {
  const { candidate, classes, overall } = compared
  const { baseline, level, verdict } = comparison
  const row = (one: RangeClass): Html => html`<tr>
<th scope="row">${one.name}</th>${answerCells(one, axis, one !== overall || familyOfAll(comparison) !== '')}${verdict === undefined ? '' : verdictCell(one)}
<td>${sizeCell(one)}</td><td>${formatRate(one.tprBaseline, 3)}</td><td>${formatRate(one.tprCandidate, 3)}</td></tr>`
  return html`${scrollTable(`mean recall and ξ of ${candidate.name}`)}
<thead><tr><th scope="col">Anomalies</th>${answerHeads(level, axis)}${verdict === undefined ? '' : html`<th scope="col">Verdict</th>`}
<th scope="col">n</th><th scope="col">Mean TPR ${baseline.name}</th><th scope="col">Mean TPR ${candidate.name}</th></tr></thead>
<tbody>
${classes.map(row)}
</tbody>
${shownRangeSets(compared).includes(overall) ? html`<tfoot>${row(overall)}</tfoot>` : ''}</table></div>`
}

function facts(comparison: RangeComparison): Html {
  const { source, level, resamples, seed, nNormal, nAnomalous, elapsedSeconds, fprRange, over } = comparison
  return factList([
    ['Scores', source],
    ['Samples', `${formatCount(nNormal)} normal to set the thresholds, ${formatCount(nAnomalous)} anomalous`],
    ['Targets', `all false-positive rates from ${fprRange.map(formatGiven).join(' to ')}`],
    ['Mean', over === 'log' ? 'over the logarithm of the rate' : 'over the rate'],
    ['Draws', `${formatCount(resamples)} draws, seed ${seed}`],
    ['Intervals', `confidence at ${formatGiven(level)}`],
    ['Computed in', formatSeconds(elapsedSeconds)],
    ['Versions', versionWords({ version, versions: { node: process.versions.node } })],
  ])
}
