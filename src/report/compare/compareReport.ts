import { at, requireOptions, wrongType } from '../../check.js'
import { manyCandidates } from '../../compare/compareWarnings.js'
import { requireScoreSets } from '../../compare/scoreData.js'
import type { CandidateComparison, Comparison, ScoreData, TargetsComparison } from '../../compare/types.js'
import { formatCount } from '../../counted.js'
import { complement } from '../../elementary.js'
import { isRows } from '../../scores/scoreRows.js'
import { version } from '../../version.js'
import { type BarAxis, barAxis } from '../charts/intervalBar.js'
import { formatGiven, formatSeconds } from '../format.js'
import { type Html, html } from '../html.js'
import { factList, foldedWarnings, page, type ReportOptions, repeatPart, reportChecks, warningNote } from '../page.js'
import { requireAnswer } from '../requireAnswer.js'
import { enumerate, paperWords, versionWords } from '../words.js'
import { chartedCandidates } from './chartedCandidates.js'
import { classFigures } from './compareFigures.js'
import { alertsTable, candidateTable, columnWords, detectorTable } from './compareTables.js'
import { compareHeadline, drawsText } from './compareText.js'
import { curveTargets } from './curveTargets.js'
import { familyOfAll, familyOfClasses } from './families.js'
import { groupWords } from './groupWords.js'
import { lawCss, lawDomain, lawPart } from './lawPart.js'
import { liveScript } from './livePanel.js'
import { type OperatingPoints, operatingPoints, scoresOf } from './operatingPoints.js'
import { mergedWarnings, overviewHeadline, overviewPart, targetWarnings } from './overview.js'
import { smallCss } from './smallCharts.js'
import { sortedClasses } from './sortedClasses.js'
import { targetsPart } from './targetsPart.js'

/**
 * A comparison as one self-contained HTML page: verdict and answer in words, tables and charts of recall and ξ class by class, those
 * with the largest ξ first, with intervals drawn in each row, warnings, the scores' distributions, ROC curves near the target, ξ over
 * targets, how it was computed. From four candidates on a heat map of all comes first. Where the comparison has them (`laws`), what
 * intervals are read off is drawn too, in a fold that is open on paper. Comparisons at several targets
 * (`compareTargets`) are one page, with all targets in the drawing of ξ.
 *
 * The page loads nothing and reads without a script; with one, a slider moves the target false-positive rate, and
 * thresholds, recalls and ξ follow, exactly as `relativeBias` finds them at each of up to 400 targets, and a class may be chosen for the
 * drawings, which without a script stand there small for every class. It follows the reader's light or dark mode and prints in
 * the light one. Equal comparisons give equal pages.
 *
 * Its size does not grow with the samples: 200 kB for one candidate and three classes, 3.5 MB for twelve and thirty. Charts and slider
 * show the first eight candidates, the tables all; with very many classes the slider has fewer targets, down to 20.
 *
 * Of summaries (`readSummaries`) it has no densities, ROC curves, ξ over targets and slider, and says so: they take all normal samples.
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
export async function compareReport(
  comparison: Comparison | TargetsComparison,
  data: ScoreData,
  options?: ReportOptions,
): Promise<string> {
  const { command } = requireOptions('compareReport', options, reportChecks)
  requireAnswer('compareReport', comparison, 'compare', 'compareTargets')
  requireData(data)
  const shown = await shownReport(comparison, data)
  const { targets, last, warnings, points } = shown
  const many = last.candidates.length >= manyCandidates
  const title = `${names(last.candidates)} against ${last.baseline.name}`
  const main = html`<header>
<h1>${title}</h1>
${headlines(shown)}
<p>${setting(last)}</p>
${groupWords(last).map((words) => html`<p class="note">${words}</p>`)}
${warningNote(warnings)}
</header>
${many ? targets.map(overviewPart) : ''}
<section>
<h2>Recall by class of anomalies</h2>
${await recallPart(shown)}
</section>
<section>
<h2>Thresholds</h2>
${targets.map((one) => html`${targetHeading(one)}${detectorTable(one)}${alertsTable(one)}`)}
</section>
<section>
<h2>At other targets</h2>
${points === undefined ? leftOutPart : await targetsPart({ ...shown, points })}
</section>
<section>
<h2>How this was computed</h2>
${facts(shown)}
${repeatPart(command)}
<h3 id="columns">What the columns hold</h3>
${columnWords(last)}
<p class="note">Method: ${paperWords}.</p>
</section>
<footer>Scores: ${last.source}. Made by scoring-bias ${version}.</footer>`
  return page(`Relative scoring bias: ${title}`, main, { css: compareCss, script: liveScript() })
}

/** Requires the scores that were compared, which a page draws. Errors: `WRONG_TYPE`, `LENGTH_MISMATCH`. */
function requireData(data: unknown): void {
  if (typeof data !== 'object' || data === null || isRows(data)) {
    throw wrongType('data', 'the scores that were compared, as an object of arrays', data)
  }
  requireScoreSets(data as ScoreData, 'data.')
}

/** What a page shows. */
export interface ShownReport {
  /** The comparison at each target, classes by ξ. */
  readonly targets: readonly Comparison[]
  /** That at the largest target, where the slider starts. */
  readonly last: Comparison
  /** At all targets. */
  readonly verdict: Comparison['verdict']
  readonly warnings: readonly string[]
  /** Undefined where the scores are summaries. */
  readonly points: OperatingPoints | undefined
  /** Of the bars in all tables. */
  readonly axis: BarAxis
}

async function shownReport(given: Comparison | TargetsComparison, data: ScoreData): Promise<ShownReport> {
  const found = 'targets' in given ? given : { targets: [given], verdict: given.verdict }
  const targets = found.targets.map(sortedClasses)
  const last = at(targets, targets.length - 1)
  const all = targets.flatMap(({ candidates }) =>
    candidates.flatMap(({ classes, overall, mix }) => [...classes, overall, ...(mix === undefined ? [] : [mix])]),
  )
  const warnings = mergedWarnings({ ...last, warnings: targetWarnings(targets) })
  const points = await pointsOf(last, data, curveTargets(targets).fprs)
  return { targets, last, verdict: found.verdict, warnings, points, axis: barAxis(all) }
}

/** What slider, densities and curves show; undefined where the normal samples that they are made of were left out. */
async function pointsOf(
  last: Comparison,
  data: ScoreData,
  curveFprs: readonly number[],
): Promise<OperatingPoints | undefined> {
  if (data.below === undefined) return operatingPoints(last, data, { nCandidates: chartedCandidates, curveFprs })
  for (const { name } of [last.baseline, ...last.candidates.map(({ candidate }) => candidate)]) scoresOf(data, name)
  return undefined
}

const leftOutPart = html`<p class="note">These scores are summaries, which hold the normal samples with the largest scores and count the others.
So this page has no densities, no ROC curves, no ξ over targets and no slider: they take all normal samples. Compare the files
themselves to see them. Tables, intervals and charts above are those of all samples.</p>`

function names(candidates: readonly CandidateComparison[]): string {
  const all = candidates.map(({ candidate }) => candidate.name)
  return all.length > 3 ? `${all.length} detectors` : enumerate(all)
}

/** The verdict at all targets where there are several, and the answer at each: of each candidate, or of many in one sentence. */
function headlines({ targets, verdict }: ShownReport): Html[] {
  const several = targets.length > 1
  const all =
    several && verdict !== undefined
      ? [html`<p class="lede ${verdict}"><strong>Verdict at all targets: ${verdict}.</strong></p>`]
      : []
  const lede = (text: string, own: Comparison['verdict']) =>
    html`<p class="${own === undefined ? 'lede' : `lede ${own}`}">${text}</p>`
  const answers = targets.flatMap((one) => {
    const told =
      one.candidates.length >= manyCandidates
        ? [lede(overviewHeadline(one), one.verdict)]
        : one.candidates.map((candidate) => lede(compareHeadline(one, candidate), candidate.verdict))
    return several ? [html`<p class="at">Target ${formatGiven(one.fpr)}</p>`, ...told] : told
  })
  return [...all, ...answers]
}

/** The target of a part of the page, where there are several. */
function targetHeading({ fpr, fprs }: Comparison): Html {
  return fprs === undefined ? html`` : html`<h3>At a target of ${formatGiven(fpr)}</h3>`
}

function setting({ source, nNormal, nAnomalous, candidates }: Comparison): string {
  const nClasses = at(candidates, 0).classes.length
  const classes = nClasses === 0 ? '' : ` of ${formatCount(nClasses)} ${nClasses === 1 ? 'class' : 'classes'}`
  return (
    `All detectors scored the same samples (${source}): ${formatCount(nNormal)} normal ones, which set the thresholds, and ` +
    `${formatCount(nAnomalous)} anomalous ones${classes}.`
  )
}

/** The tables of all candidates at each target, each with its charts if it has any. Warnings stand below the first. */
async function recallPart(shown: ShownReport): Promise<Html> {
  const { targets, last, axis, warnings } = shown
  const several = last.candidates.length > 1
  const domain = [axis.low, axis.high] as const
  const laws = lawDomain(targets)
  const parts = targets.map(async (comparison, t) => {
    const candidates = comparison.candidates.map(async (one, k) => {
      const charted = k < chartedCandidates
      const figures = charted ? await classFigures(comparison, one, domain) : html``
      const law = charted ? await lawPart(comparison, one, laws) : html``
      return html`${several ? html`<h4>${one.candidate.name}</h4>` : ''}
${candidateTable(comparison, one, axis)}
${t === 0 && k === 0 ? foldedWarnings(warnings) : ''}
${figures}
${law}`
    })
    return html`${targetHeading(comparison)}${await Promise.all(candidates)}`
  })
  return html`${await Promise.all(parts)}
${legend(shown)}
${thinned(last)}`
}

function legend({ last }: ShownReport): Html {
  const [whom, all] = [familyOfClasses(last), familyOfAll(last)]
  const held = whom === '' ? 'the interval' : `the simultaneous interval, which holds for all ${whom} at once,`
  const whole = all === '' ? 'stands alone' : `holds for all ${all} at once`
  return html`<p class="note">ξ: TPR of the candidate − TPR of the baseline, each at its own threshold; classes with the largest first.
↑ or ↓: ${held} excludes 0; ·: it does not. The row of all anomalies looks at them
together and ${whole}. <a href="#columns">Every column explained</a>.</p>`
}

function thinned({ candidates }: Comparison): Html {
  if (candidates.length <= chartedCandidates) return html``
  return html`<p class="note">To keep this page small, charts and slider show the first ${chartedCandidates} of ${formatCount(candidates.length)} candidates.
Compare fewer of them to see others drawn.</p>`
}

const ruleWords: Readonly<Record<Comparison['thresholdRule'], string>> = {
  'inverse-cdf': 'the smallest score with at most that share of the normals above it (Algorithm 1 of the paper)',
  supremum: 'the supremum of the values whose distribution function is at most 1 − target (the letter of the paper)',
  linear: 'interpolated between two scores at position (n − 1)(1 − target)',
  certified: 'an order statistic that keeps the true false-positive rate at most at the target',
}

function facts({ targets, last, points }: ShownReport): Html {
  const { source, nAnomalous, thresholdRule, delta, level, intervalMethod, multiplicity } = last
  const { elapsedSeconds } = last
  const rates = enumerate(targets.map(({ fpr }) => formatGiven(fpr)))
  return factList([
    ['Scores', source],
    ['Samples', `${formatCount(last.nNormal)} normal to set the thresholds, ${formatCount(nAnomalous)} anomalous`],
    [
      targets.length === 1 ? 'Target' : 'Targets',
      `false-positive rate of ${rates}; a score is flagged when strictly greater than the threshold`,
    ],
    [
      'Threshold',
      `${thresholdRule}: ${ruleWords[thresholdRule]}${delta === undefined ? '' : `, with a probability of ${formatGiven(complement(delta))}`}`,
    ],
    ['Draws', drawsText(last)],
    [
      'Intervals',
      `${intervalMethod} at ${formatGiven(level)}; simultaneous ones at one level for all classes${targets.length > 1 ? ' and targets' : ''}, by their joint law` +
        (multiplicity === 'bonferroni' ? ', by Bonferroni over candidates' : ''),
    ],
    ['Computed in', formatSeconds(elapsedSeconds)],
    ...(points === undefined ? [] : [['Slider', sliderWords(points)] as const]),
    ['Versions', versionWords({ version, versions: { node: process.versions.node } })],
  ])
}

function sliderWords({ fprs, nNormal }: OperatingPoints): string {
  return `${formatCount(fprs.length)} targets, each computed exactly from all ${formatCount(nNormal)} normal samples`
}

/** What the report of a comparison needs beside the style of all pages. */
export const compareCss = `${lawCss}
${smallCss}
.at{margin:16px 0 4px;color:var(--muted);font-weight:600}
.lede.pass,.lede.fail,.lede.undecided{padding-left:14px;border-left:4px solid var(--muted)}
.lede.pass{border-color:var(--baseline)}
.lede.fail{border-color:var(--candidate)}
.live{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:6px 16px;align-items:center;margin:0 0 16px;padding:10px 0;background:var(--page);border-bottom:1px solid var(--rule)}
.live[hidden]{display:none}
.live output{display:inline-block;min-width:4.5em;font-weight:600;font-variant-numeric:tabular-nums}
.live input{flex:1 1 220px;min-width:0;accent-color:var(--candidate)}
.live .choice{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;min-width:0;max-width:100%}
.live select{max-width:min(100%,28em)}
.live button,.live select{padding:4px 10px;border:1px solid var(--muted);border-radius:6px;background:var(--panel);color:var(--ink);font:inherit;font-size:14px}
body:not(.moved) .live button{visibility:hidden}
.key{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .6em;border-radius:2px}
.key:first-child{margin-left:0}
@media print{.keys{break-after:avoid}.live{position:static}.live input,.live button{display:none}}`
