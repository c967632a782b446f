import { at } from '../../check.js'
import type { CandidateComparison, Comparison } from '../../compare/types.js'
import type { RelativeBiasCurve } from '../../stats/bias/relativeBiasCurve.js'
import { renderSvg } from '../charts/renderSvg.js'
import { formatCount, formatPercent } from '../format.js'
import { Html, html } from '../html.js'
import { detectorScores } from '../scores/detectorScores.js'
import type { Axis } from '../scores/scoreAxis.js'
import { biasByClass, classNames, recallByClass, setsOf } from './classChart.js'
import { detectorScoresChart, scoresWidth } from './detectorScoresChart.js'
import { type DetectorPoints, gridReach, type OperatingPoints } from './operatingPoints.js'
import { biasCurveChart, curveEnd, type RocLine, roc, rocChart, rocHeight, rocWidth } from './rocChart.js'

/** Recall and ξ of one candidate, class by class. */
export async function classFigures({ baseline, level }: Comparison, candidate: CandidateComparison): Promise<Html> {
  const { titled } = classNames(setsOf(candidate))
  const recall = titled(await renderSvg(recallByClass(candidate, level)))
  const bias = titled(await renderSvg(biasByClass(candidate, level)))
  const { name } = candidate.candidate
  return html`${key(baseline.name, name)}
<div class="pair">
${figure(recall, `Recall of ${baseline.name} and ${name} for each class of anomalies with exact intervals; the numbers are those of the table above.`)}
${figure(bias, `ξ of ${name} for each class of anomalies with its intervals; the numbers are those of the table above.`)}
</div>
<p class="note">Recall with its exact interval; ξ with its own interval (thick) and the simultaneous one (thin). A filled dot means that
the simultaneous interval excludes 0.</p>`
}

/** The distributions of the scores of detector number `d`. */
export async function scoresFigure({ detectors, iTarget }: OperatingPoints, d: number): Promise<Html> {
  const { name, sorted, thresholds } = at(detectors, d)
  const threshold = at(thresholds, iTarget)
  const curves = detectorScores(sorted, threshold)
  const role = d === 0 ? 'baseline' : 'candidate'
  const svg = await renderSvg(detectorScoresChart(curves, threshold, { name, role }))
  const label = `Density and distribution function of the scores of ${name}, normal and anomalous, with its threshold.`
  return figure(svg, label, { ...curves.axis, width: scoresWidth, height: 0, detector: d })
}

/** ROC curves of the baseline and a candidate, which is detector number `d`, and ξ over targets where there is a curve. */
export async function rocFigures(
  { fpr, baseline }: Comparison,
  { candidate, curve }: CandidateComparison,
  points: OperatingPoints,
  d: number,
): Promise<Html> {
  const fprEnd = Math.min(1, gridReach * fpr)
  const line = (one: number) => rocLine(points, at(points.detectors, one), fprEnd)
  const svg = await renderSvg(rocChart(line(0), line(d), { fpr, fprEnd }))
  const label = `ROC curves of ${baseline.name} and ${candidate.name} up to a false-positive rate of ${formatPercent(fprEnd)}, with their points of operation.`
  const axis = { scale: 'linear', low: 0, high: fprEnd, width: rocWidth, height: rocHeight } as const
  const figures = [figure(svg, label, { ...axis, dots: { dot_baseline: 0, dot_candidate: d } })]
  if (curve !== undefined) {
    const overTargets = await renderSvg(biasCurveChart(curve, fpr))
    const curveLabel = `ξ of ${candidate.name} over target false-positive rates with its bands.`
    figures.push(figure(overTargets, curveLabel, { ...axis, high: curveEnd(curve) }))
  }
  return html`<h3>${candidate.name} against ${baseline.name}, all anomalies</h3>
${key(baseline.name, candidate.name)}
<div class="pair">
${figures}
</div>
<p class="note">ROC curves: the largest recall that a false-positive rate on the validation normals allows. Dashed: the target. Dots: where the detectors work.${curve === undefined ? '' : bandWords(curve)}</p>`
}

function rocLine(
  { iTarget, nNormal, sets }: OperatingPoints,
  { name, sorted, falseAlarms, detected }: DetectorPoints,
  fprEnd: number,
): RocLine {
  return {
    name,
    points: roc(sorted, fprEnd),
    at: { fpr: at(falseAlarms, iTarget) / nNormal, tpr: at(at(detected, 0), iTarget) / at(sets, 0).n },
  }
}

function bandWords({ level, resamples }: RelativeBiasCurve): string {
  return ` Right: ξ at every target with ${formatPercent(level)} bands; the inner one holds at each target by itself, the outer one at all of them at once (${formatCount(resamples)} resamples).`
}

/** Which colour is whose in the charts that follow. */
export function key(baseline: string, candidate: string): Html {
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

export function figure(svg: string, label: string, axis?: ChartAxis): Html {
  const data = axis === undefined ? html`` : html` data-axis="${JSON.stringify(axis)}"`
  return html`<figure><div class="chart" role="img" aria-label="${label}"${data}>${new Html(svg)}</div></figure>`
}
