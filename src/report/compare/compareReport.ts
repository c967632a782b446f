import type { CandidateComparison, Comparison, ScoreData } from '../../compare/types.js'
import { runtimeVersions, version } from '../../version.js'
import { enumerate, formatPercent } from '../format.js'
import { Html, html } from '../html.js'
import { page } from '../page.js'
import { renderSvg } from '../renderSvg.js'
import { detectorScores } from '../scores/detectorScores.js'
import { colours } from '../theme.js'
import { biasCurveChart, curveEnd } from './biasCurveChart.js'
import { biasByClass, recallByClass } from './classChart.js'
import { compareCss } from './compareCss.js'
import { compareHeadline } from './compareHeadline.js'
import { candidateTable, columnWords, count, detectorTable } from './compareTables.js'
import { drawsText } from './compareText.js'
import { detectorScoresChart, scoresWidth } from './detectorScoresChart.js'
import { liveScript } from './liveData.js'
import type { Axis } from './livePage.js'
import { livePanel } from './livePanel.js'
import { type DetectorPoints, type OperatingPoints, operatingPoints } from './operatingPoints.js'
import { roc } from './roc.js'
import { rocChart, rocHeight, rocWidth } from './rocChart.js'
import { gridReach } from './targetGrid.js'

export interface CompareReportOptions {
  /** The command that made the comparison, to be shown as the way to repeat it. */
  readonly command?: string | undefined
}

/** Candidates with charts; of any more the page has the tables. */
const maxCharted = 8

/**
 * A comparison as one self-contained HTML page: the answer in words, warnings, tables and charts of recall and ξ class by
 * class, the scores' distributions, ROC curves near the target, ξ over targets, how it was computed.
 *
 * The page loads nothing and reads without a script; with one, a slider moves the target false-positive rate, and
 * thresholds, recalls and ξ follow, exactly as {@link relativeBias} finds them at each of up to 400 targets. It follows the
 * reader's light or dark mode and prints in the light one. Equal comparisons give equal pages.
 *
 * Its size does not grow with the samples: 150 kB for one candidate, 2.3 MB for twelve and 60 classes. Charts and slider
 * show the first eight candidates, the tables all; with very many classes the slider has fewer targets, down to 20.
 *
 * Time: about a second, and a few sorts of each detector's scores.
 *
 * @param data the scores that were compared
 *
 * Errors: `UNKNOWN_NAME` or `LENGTH_MISMATCH` where the data are not those of the comparison.
 */
export async function compareReport(
  comparison: Comparison,
  data: ScoreData,
  { command }: CompareReportOptions = {},
): Promise<string> {
  const { baseline, candidates, source } = comparison
  const charted = candidates.slice(0, maxCharted)
  const points = await operatingPoints(comparison, data, { nCandidates: maxCharted })
  const title = `${names(candidates)} against ${baseline.name}`
  const figures = await Promise.all(charted.map((candidate) => classFigures(comparison, candidate)))
  const scores = await Promise.all(points.detectors.map((_, d) => scoresFigure(points, d)))
  const rocs = await Promise.all(charted.map((candidate, k) => rocFigures(comparison, candidate, points, k + 1)))
  const main = html`<header>
<h1>${title}</h1>
${candidates.map((candidate) => html`<p class="lede">${compareHeadline(comparison, candidate)}</p>`)}
<p>${setting(comparison)}</p>
</header>
${comparison.warnings.map((warning) => html`<p class="warning"><strong>Warning.</strong> ${warning}</p>`)}
<section>
<h2>Recall by class of anomalies</h2>
${candidates.map(
  (candidate, k) => html`${candidates.length > 1 ? html`<h3>${candidate.candidate.name}</h3>` : ''}
${candidateTable(comparison, candidate)}
${figures[k] ?? html``}`,
)}
<p class="note">ξ: TPR of the candidate − TPR of the baseline, each at its own threshold. ↑ or ↓: the simultaneous interval, which holds
for all classes${candidates.length > 1 ? ' of all candidates' : ''} at once, excludes 0; ·: it does not. The last row looks at all anomalies together and
${candidates.length > 1 ? 'holds for all candidates at once' : 'stands alone'}. <a href="#columns">Every column explained</a>.</p>
${thinned(comparison)}
</section>
<section>
<h2>Thresholds</h2>
${detectorTable(comparison)}
</section>
<section>
<h2>At other targets</h2>
<p class="note">Tables above and intervals everywhere are for the target of ${formatPercent(comparison.fpr)}.
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
${rocs}
</section>
<section>
<h2>How this was computed</h2>
${facts(comparison, points)}
${command === undefined ? html`` : html`<p>To repeat it:</p><pre><code>${command}</code></pre>`}
<h3 id="columns">What the columns hold</h3>
${columnWords(comparison)}
<p class="note">Method: Ziyu Ye, Yuxin Chen and Haitao Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection”, IJCAI 2021.</p>
</section>
<footer>Scores: ${source}. Made by scoring-bias ${version}.</footer>`
  return page(`Relative scoring bias: ${title}`, main, { css: compareCss(), script: liveScript() })
}

function names(candidates: readonly CandidateComparison[]): string {
  const all = candidates.map(({ candidate }) => candidate.name)
  return all.length > 3 ? `${all.length} detectors` : enumerate(all)
}

function setting({ source, nNormal, nAnomalous, candidates }: Comparison): string {
  const nClasses = candidates[0]?.classes.length ?? 0
  const classes = nClasses === 0 ? '' : ` of ${count(nClasses)} ${nClasses === 1 ? 'class' : 'classes'}`
  return (
    `All detectors scored the same samples (${source}): ${count(nNormal)} normal ones, which set the thresholds, and ` +
    `${count(nAnomalous)} anomalous ones${classes}.`
  )
}

function thinned({ candidates }: Comparison): Html {
  if (candidates.length <= maxCharted) return html``
  return html`<p class="note">To keep this page small, charts and slider show the first ${maxCharted} of ${count(candidates.length)} candidates.</p>`
}

async function classFigures({ baseline, level }: Comparison, candidate: CandidateComparison): Promise<Html> {
  const recall = await renderSvg(recallByClass(candidate, level))
  const bias = await renderSvg(biasByClass(candidate, level))
  const { name } = candidate.candidate
  return html`${key(baseline.name, name)}
<div class="pair">
${figure(recall, `Recall of ${baseline.name} and ${name} for each class of anomalies with exact intervals; the numbers are those of the table above.`)}
${figure(bias, `ξ of ${name} for each class of anomalies with its intervals; the numbers are those of the table above.`)}
</div>
<p class="note">Recall with its exact interval; ξ with its own interval (thick) and the simultaneous one (thin). A filled dot means that
the simultaneous interval excludes 0.</p>`
}

async function scoresFigure({ detectors, iTarget }: OperatingPoints, d: number): Promise<Html> {
  const { name, sorted, thresholds } = detectors[d] ?? absent()
  const threshold = thresholds[iTarget] ?? Number.NaN
  const curves = detectorScores(sorted, threshold)
  const role = d === 0 ? 'baseline' : 'candidate'
  const look = {
    title: `${name} (${role})`,
    colour: colours[role],
    soft: d === 0 ? colours.baselineSoft : colours.candidateSoft,
  }
  const svg = await renderSvg(detectorScoresChart(curves, threshold, look))
  return figure(
    svg,
    `Density and distribution function of the scores of ${name}, normal and anomalous, with its threshold.`,
    {
      ...curves.axis,
      width: scoresWidth,
      height: 0,
      detector: d,
    },
  )
}

async function rocFigures(
  { fpr, baseline }: Comparison,
  { candidate, curve }: CandidateComparison,
  points: OperatingPoints,
  d: number,
): Promise<Html> {
  const fprEnd = Math.min(1, gridReach * fpr)
  const line = (detector: DetectorPoints) => ({
    name: detector.name,
    points: roc(detector.sorted, fprEnd),
    at: {
      fpr: (detector.falseAlarms[points.iTarget] ?? 0) / points.nNormal,
      tpr: (detector.detected[0]?.[points.iTarget] ?? 0) / (points.sets[0]?.n ?? 1),
    },
  })
  const [first, second] = [points.detectors[0] ?? absent(), points.detectors[d] ?? absent()]
  const rocSvg = await renderSvg(rocChart(line(first), line(second), { fpr, fprEnd }))
  const rocAxis = { scale: 'linear', low: 0, high: fprEnd, width: rocWidth, height: rocHeight } as const
  const figures = [
    figure(
      rocSvg,
      `ROC curves of ${baseline.name} and ${candidate.name} up to a false-positive rate of ${formatPercent(fprEnd)}, with their points of operation.`,
      {
        ...rocAxis,
        dots: { dot_baseline: 0, dot_candidate: d },
      },
    ),
  ]
  if (curve !== undefined) {
    const svg = await renderSvg(biasCurveChart(curve, fpr))
    figures.push(
      figure(svg, `ξ of ${candidate.name} over target false-positive rates with its bands.`, {
        ...rocAxis,
        high: curveEnd(curve),
      }),
    )
  }
  const bands =
    curve === undefined
      ? ''
      : ` Right: ξ at every target with ${formatPercent(curve.level)} bands; the inner one holds at each target by itself, the outer one at all of them at once (${count(curve.resamples)} resamples).`
  return html`<h3>${candidate.name} against ${baseline.name}, all anomalies</h3>
${key(baseline.name, candidate.name)}
<div class="pair">
${figures}
</div>
<p class="note">ROC curves: the largest recall that a false-positive rate on the validation normals allows. Dashed: the target. Dots: where the detectors work.${bands}</p>`
}

/** Which colour is whose in the charts that follow. */
function key(baseline: string, candidate: string): Html {
  return html`<p class="note keys"><span class="key" style="background:var(--baseline)"></span>${baseline} (baseline)
<span class="key" style="background:var(--candidate)"></span>${candidate} (candidate)</p>`
}

/** The page's script moves the marks of a chart that says where along `axis` they belong. */
interface ChartAxis extends Axis {
  readonly width: number
  readonly height: number
  /** Whose threshold the lines are at. */
  readonly detector?: number
  /** Whose points of operation the marks of each name are at. */
  readonly dots?: Readonly<Record<string, number>>
}

function figure(svg: string, label: string, axis?: ChartAxis): Html {
  const data = axis === undefined ? html`` : html` data-axis="${JSON.stringify(axis)}"`
  return html`<figure><div class="chart" role="img" aria-label="${label}"${data}>${new Html(svg)}</div></figure>`
}

function facts(comparison: Comparison, { fprs, nNormal }: OperatingPoints): Html {
  const {
    source,
    fpr,
    thresholdRule: threshold,
    level,
    intervalMethod: interval,
    resamples,
    seed,
    engine,
    delta,
    multiplicity,
    elapsedSeconds,
  } = comparison
  const definitions: Readonly<Record<Comparison['thresholdRule'], string>> = {
    'inverse-cdf': 'the smallest score with at most that share of the normals above it (Algorithm 1 of the paper)',
    supremum: 'the supremum of the values whose distribution function is at most 1 − target (the letter of the paper)',
    linear: 'interpolated between two scores at position (n − 1)(1 − target)',
    certified: 'an order statistic that keeps the true false-positive rate at the target with a stated probability',
  }
  const list: [string, string][] = [
    ['Scores', source],
    ['Samples', `${count(comparison.nNormal)} normal to set the thresholds, ${count(comparison.nAnomalous)} anomalous`],
    [
      'Target',
      `false-positive rate of ${formatPercent(fpr)}; a score is flagged when strictly greater than the threshold`,
    ],
    ['Threshold', `${threshold}: ${definitions[threshold]}${delta === undefined ? '' : `, 1 − ${delta}`}`],
    ['Draws', `${drawsText(resamples, engine)}, seed ${seed}`],
    [
      'Intervals',
      `${interval} at ${formatPercent(level)}; simultaneous ones at one level for all classes, by the joint law of the draws` +
        (multiplicity === 'bonferroni' ? ', by Bonferroni over candidates' : ''),
    ],
    ['Computed in', `${elapsedSeconds.toFixed(1)} s`],
    ['Slider', `${count(fprs.length)} targets, each computed exactly from all ${count(nNormal)} normal samples`],
    [
      'Versions',
      [`scoring-bias ${version}`, ...Object.entries(runtimeVersions()).map((entry) => entry.join(' '))].join(', '),
    ],
  ]
  return html`<dl>
${list.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}
</dl>`
}

function absent(): never {
  throw new RangeError('every charted detector has operating points')
}
