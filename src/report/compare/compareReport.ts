import { at, requireOptions } from '../../check.js'
import type { CandidateComparison, Comparison, ScoreData } from '../../compare/types.js'
import { version } from '../../version.js'
import { formatCount, formatPercent, formatSeconds } from '../format.js'
import { type Html, html } from '../html.js'
import { factList, page, type ReportOptions, repeatPart, reportChecks, warningParts } from '../page.js'
import { enumerate, paperWords, versionWords } from '../words.js'
import { classFigures, rocFigures, scoresFigure } from './compareFigures.js'
import { candidateTable, columnWords, detectorTable } from './compareTables.js'
import { compareHeadline, drawsText } from './compareText.js'
import { groupWords } from './groupWords.js'
import { lawCss, lawPart } from './lawPart.js'
import { livePanel, liveScript } from './livePanel.js'
import { type OperatingPoints, operatingPoints } from './operatingPoints.js'
import { foldedWarnings, manyCandidates, overviewFigure, overviewHeadline } from './overview.js'

/** Candidates with charts; of any more the page has the tables. */
const maxCharted = 8

/**
 * A comparison as one self-contained HTML page: the answer in words, warnings, tables and charts of recall and ξ class by
 * class, the scores' distributions, ROC curves near the target, ξ over targets, how it was computed. Where the comparison has
 * them (`laws`), what intervals are read off is drawn too, in a fold that is open on paper.
 *
 * The page loads nothing and reads without a script; with one, a slider moves the target false-positive rate, and
 * thresholds, recalls and ξ follow, exactly as `relativeBias` finds them at each of up to 400 targets. It follows the
 * reader's light or dark mode and prints in the light one. Equal comparisons give equal pages.
 *
 * Its size does not grow with the samples: 150 kB for one candidate, 2.3 MB for twelve and 60 classes. Charts and slider
 * show the first eight candidates, the tables all; with very many classes the slider has fewer targets, down to 20.
 *
 * Time: about a second, and a few sorts of each detector's scores.
 *
 * @param data the scores that were compared
 *
 * Errors: `UNKNOWN_NAME` or `LENGTH_MISMATCH` where the data are not those of the comparison; `UNKNOWN_NAME`, `WRONG_TYPE`
 * for options.
 *
 * @example
 * await writeFile('report.html', await compareReport(await compare(scores), scores))
 */
export async function compareReport(comparison: Comparison, data: ScoreData, options?: ReportOptions): Promise<string> {
  const { command } = requireOptions('compareReport', options, reportChecks)
  const { baseline, candidates, source, warnings } = comparison
  const points = await operatingPoints(comparison, data, maxCharted)
  const many = candidates.length >= manyCandidates
  const headlines = many
    ? [overviewHeadline(comparison)]
    : candidates.map((candidate) => compareHeadline(comparison, candidate))
  const title = `${names(candidates)} against ${baseline.name}`
  const main = html`<header>
<h1>${title}</h1>
${headlines.map((headline) => html`<p class="lede">${headline}</p>`)}
<p>${setting(comparison)}</p>
${groupWords(comparison).map((words) => html`<p class="note">${words}</p>`)}
</header>
${many ? await overviewFigure(comparison) : warningParts(warnings)}
<section>
<h2>Recall by class of anomalies</h2>
${await recallPart(comparison)}
${many ? foldedWarnings(comparison) : ''}
</section>
<section>
<h2>Thresholds</h2>
${detectorTable(comparison)}
</section>
<section>
<h2>At other targets</h2>
${await targetsPart(comparison, points)}
</section>
<section>
<h2>How this was computed</h2>
${facts(comparison, points)}
${repeatPart(command)}
<h3 id="columns">What the columns hold</h3>
${columnWords(comparison)}
<p class="note">Method: ${paperWords}.</p>
</section>
<footer>Scores: ${source}. Made by scoring-bias ${version}.</footer>`
  return page(`Relative scoring bias: ${title}`, main, { css: compareCss, script: liveScript() })
}

function names(candidates: readonly CandidateComparison[]): string {
  const all = candidates.map(({ candidate }) => candidate.name)
  return all.length > 3 ? `${all.length} detectors` : enumerate(all)
}

function setting({ source, nNormal, nAnomalous, candidates }: Comparison): string {
  const nClasses = at(candidates, 0).classes.length
  const classes = nClasses === 0 ? '' : ` of ${formatCount(nClasses)} ${nClasses === 1 ? 'class' : 'classes'}`
  return (
    `All detectors scored the same samples (${source}): ${formatCount(nNormal)} normal ones, which set the thresholds, and ` +
    `${formatCount(nAnomalous)} anomalous ones${classes}.`
  )
}

/** The tables of all candidates, each with its charts if it has any. */
async function recallPart(comparison: Comparison): Promise<Html> {
  const { candidates } = comparison
  const several = candidates.length > 1
  const tables = candidates.map(async (one, k) => {
    const charted = k < maxCharted
    const figures = charted ? await classFigures(comparison, one) : html``
    const law = charted ? await lawPart(comparison, one) : html``
    return html`${several ? html`<h3>${one.candidate.name}</h3>` : ''}
${candidateTable(comparison, one)}
${figures}
${law}`
  })
  return html`${await Promise.all(tables)}
<p class="note">ξ: TPR of the candidate − TPR of the baseline, each at its own threshold. ↑ or ↓: the simultaneous interval, which holds
for all classes${several ? ' of all candidates' : ''} at once, excludes 0; ·: it does not. The last row looks at all anomalies together and
${several ? 'holds for all candidates at once' : 'stands alone'}. <a href="#columns">Every column explained</a>.</p>
${thinned(comparison)}`
}

function thinned({ candidates }: Comparison): Html {
  if (candidates.length <= maxCharted) return html``
  return html`<p class="note">To keep this page small, charts and slider show the first ${maxCharted} of ${formatCount(candidates.length)} candidates.</p>`
}

/** The slider, and the charts that follow it. */
async function targetsPart(comparison: Comparison, points: OperatingPoints): Promise<Html> {
  const charted = comparison.candidates.slice(0, maxCharted)
  const scores = await Promise.all(points.detectors.map((_, d) => scoresFigure(points, d)))
  const rocs = await Promise.all(charted.map((candidate, k) => rocFigures(comparison, candidate, points, k + 1)))
  return html`<p class="note">Tables above and intervals everywhere are for the target of ${formatPercent(comparison.fpr)}.
<span hidden data-needs-script>The slider moves the target; thresholds, recalls and ξ below follow, as estimates without intervals.</span></p>
${livePanel(points)}
<h3>Where the scores lie</h3>
<div class="pair">
${scores}
</div>
<p class="note"><span class="key" style="background:var(--normal)"></span>normal validation samples,
<span class="key" style="background:var(--baseline)"></span><span class="key" style="background:var(--candidate)"></span>all anomalous samples.
Above: densities (Gaussian kernel, Silverman’s bandwidth, on the scale of the axis). Below: share of the samples at or below a score.
Dashed: the threshold; what lies right of it is flagged. An axis leaves out at most a thousandth of the samples at either end.</p>
${rocs}`
}

const ruleWords: Readonly<Record<Comparison['thresholdRule'], string>> = {
  'inverse-cdf': 'the smallest score with at most that share of the normals above it (Algorithm 1 of the paper)',
  supremum: 'the supremum of the values whose distribution function is at most 1 − target (the letter of the paper)',
  linear: 'interpolated between two scores at position (n − 1)(1 − target)',
  certified: 'an order statistic that keeps the true false-positive rate at the target with a stated probability',
}

function facts(comparison: Comparison, { fprs, nNormal }: OperatingPoints): Html {
  const { source, nAnomalous, fpr, thresholdRule, delta, level, intervalMethod, multiplicity } = comparison
  const { elapsedSeconds } = comparison
  return factList([
    ['Scores', source],
    [
      'Samples',
      `${formatCount(comparison.nNormal)} normal to set the thresholds, ${formatCount(nAnomalous)} anomalous`,
    ],
    [
      'Target',
      `false-positive rate of ${formatPercent(fpr)}; a score is flagged when strictly greater than the threshold`,
    ],
    ['Threshold', `${thresholdRule}: ${ruleWords[thresholdRule]}${delta === undefined ? '' : `, 1 − ${delta}`}`],
    ['Draws', drawsText(comparison)],
    [
      'Intervals',
      `${intervalMethod} at ${formatPercent(level)}; simultaneous ones at one level for all classes, by their joint law` +
        (multiplicity === 'bonferroni' ? ', by Bonferroni over candidates' : ''),
    ],
    ['Computed in', formatSeconds(elapsedSeconds)],
    [
      'Slider',
      `${formatCount(fprs.length)} targets, each computed exactly from all ${formatCount(nNormal)} normal samples`,
    ],
    ['Versions', versionWords({ version, versions: { node: process.versions.node } })],
  ])
}

/** What the report of a comparison needs beside the style of all pages. */
export const compareCss = `${lawCss}
small{color:var(--muted);font-size:12.5px}
tfoot th,tfoot td{border-top:2px solid var(--rule);border-bottom:0}
tbody th,tfoot th{white-space:normal;min-width:7em;overflow-wrap:anywhere;font-weight:500}
caption{caption-side:top;padding:0 0 4px;text-align:left;font-size:13px;color:var(--muted)}
thead th{white-space:normal;min-width:4.5em}
.pair+.note,figure+.note{margin-top:14px}
h3{margin:32px 0 8px;font-size:16px}
h1,h2,h3,.lede{overflow-wrap:anywhere}
.pair{display:grid;align-items:end;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:24px}
.pair .chart svg{min-width:0;max-width:452px}
.pair figure{margin:12px 0 0}
.pair+figcaption{margin-bottom:14px}
.live{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:6px 16px;align-items:center;margin:0 0 16px;padding:10px 0;background:var(--page);border-bottom:1px solid var(--rule)}
.live[hidden]{display:none}
.live output{display:inline-block;min-width:4.5em;font-weight:600;font-variant-numeric:tabular-nums}
.live input{flex:1 1 220px;min-width:0;accent-color:var(--candidate)}
.live button{padding:4px 10px;border:1px solid var(--rule);border-radius:6px;background:var(--panel);color:var(--ink);font:inherit;font-size:14px}
body:not(.moved) .live button{visibility:hidden}
.key{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .6em;border-radius:2px}
.key:first-child{margin-left:0}
.scroll+.note{margin-top:20px}
dt{max-width:11em}
.arrow{font-size:18px}
pre code{white-space:pre-wrap;overflow-wrap:anywhere}
@media print{h3,.keys{break-after:avoid}.live{position:static}.live input,.live button{display:none}}`
