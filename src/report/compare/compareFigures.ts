import { at } from '../../check.js'
import type { CandidateComparison, Comparison } from '../../compare/types.js'
import { formatCount } from '../../counted.js'
import type { RelativeBiasCurve } from '../../stats/bias/relativeBiasCurve.js'
import { renderSvg } from '../charts/renderSvg.js'
import { sameWidth } from '../charts/sameWidth.js'
import { formatGiven } from '../format.js'
import { Html, html } from '../html.js'
import { scoresOfSets } from '../scores/detectorScores.js'
import type { Axis } from '../scores/scoreAxis.js'
import { biasByClass, classNames, recallByClass, setsOf, type XiDomain } from './classChart.js'
import { detectorScoresChart, scoresWidth } from './detectorScoresChart.js'
import { type DetectorPoints, gridReach, type OperatingPoints } from './operatingPoints.js'
import {
  type RocLine,
  roc,
  rocChart,
  rocHeight,
  rocWidth,
  type XiAxes,
  type XiLine,
  type XiMark,
  xiOverTargets,
} from './rocChart.js'
import { smallRoc, smallScores, smallXi } from './smallCharts.js'

/** Recall and ξ of one candidate, class by class; ξ between the ends of an axis that all candidates share. */
export async function classFigures(
  { baseline, level }: Comparison,
  candidate: CandidateComparison,
  domain: XiDomain,
): Promise<Html> {
  const { titled } = classNames(setsOf(candidate))
  const specs = [recallByClass(candidate, level), biasByClass(candidate, level, domain)]
  const drawn = await Promise.all(specs.map(async (spec) => titled(await renderSvg(spec))))
  const [recall, bias] = sameWidth(drawn) as [string, string]
  const { name } = candidate.candidate
  return html`${key(baseline.name, name)}
<div class="pair">
${figure(recall, `Recall of ${baseline.name} and ${name} for each class of anomalies with exact intervals; the numbers are those of the table above.`)}
${figure(bias, `ξ of ${name} for each class of anomalies with its intervals; the numbers are those of the table above.`)}
</div>
<p class="note">Recall with its exact interval; ξ with its own interval (thick) and the simultaneous one (thin). A filled dot means that
the simultaneous interval excludes 0.</p>`
}

/** A large drawing of all anomalies, and a small one of each class. */
export interface ChosenFigure {
  readonly large: Html
  /** In the order of the classes; none where there is nothing to choose. */
  readonly small: readonly Html[]
}

/** Whether there are classes to choose from: a single one is all anomalies. */
export function hasChoice({ sets }: Pick<OperatingPoints, 'sets'>): boolean {
  return sets.length > 2
}

/** The distributions of the scores of every detector. */
export async function scoresFigures(points: OperatingPoints): Promise<ChosenFigure[]> {
  const drawn = await Promise.all(points.detectors.map((_, d) => drawnScores(points, d)))
  const svgs = sameWidth(drawn.map(({ svg }) => svg))
  return drawn.map(({ label, axis, small }, d) => ({ large: figure(at(svgs, d), label, axis), small }))
}

async function drawnScores(points: OperatingPoints, d: number) {
  const { name, sorted, thresholds } = at(points.detectors, d)
  const threshold = at(thresholds, points.iTarget)
  const sets = scoresOfSets(sorted.normal, hasChoice(points) ? sorted.sets : sorted.sets.slice(0, 1), threshold)
  const curves = at(sets, 0)
  const role = d === 0 ? 'baseline' : 'candidate'
  const svg = await renderSvg(detectorScoresChart(curves, threshold, { name, role }))
  const label = `Density and distribution function of the scores of ${name}, normal and anomalous, with its threshold.`
  const small = sets.slice(1).map((own, i) => {
    const set = at(points.sets, i + 1).name
    return smallScores(own, {
      ...{ id: `scores-${d}-${i + 1}`, threshold, role },
      label: `Scores of ${name} on ${set}`,
    })
  })
  const axis = { ...curves.axis, width: scoresWidth, height: 0, detector: d, small: `scores-${d}` }
  return { svg, label, axis, small }
}

/** What ROC curves and ξ over targets of one candidate are drawn from. */
export interface RocQuestion {
  /** The comparison at each target; the last is that of the ROC curves. */
  readonly targets: readonly Comparison[]
  readonly points: OperatingPoints
  readonly axes: XiAxes
}

/** ROC curves of the baseline and candidate number `k`, and ξ over targets. */
export async function rocFigures({ targets, points, axes }: RocQuestion, k: number): Promise<RocFigures> {
  const d = k + 1
  const { fpr, baseline, candidates, intervalMethod } = at(targets, targets.length - 1)
  const { candidate, curve } = at(candidates, k)
  const fprEnd = Math.min(1, gridReach * fpr)
  const line = (one: number, set: number) => rocLine(points, { d: one, set, fprEnd })
  const rocs = points.sets.map((_, set) => ({ baseline: line(0, set), candidate: line(d, set) }))
  const xis = points.sets.map((_, set) => xiLine({ targets, points }, { k, set }))
  const { name } = candidate
  const specs = [
    rocChart(at(rocs, 0).baseline, at(rocs, 0).candidate, { fpr, fprEnd }),
    xiOverTargets(at(xis, 0), axes, { curve, fpr }),
  ]
  const [rocSvg, xiSvg] = sameWidth(await Promise.all(specs.map(renderSvg))) as [string, string]
  const rocLabel = `ROC curves of ${baseline.name} and ${name} up to a false-positive rate of ${formatGiven(fprEnd)}, with their points of operation.`
  const frame = { width: rocWidth, height: rocHeight }
  const dots = { dot_baseline: 0, dot_candidate: d }
  const ends = { scale: axes.x.scale, low: axes.x.low, high: axes.x.high }
  const classes = hasChoice(points) ? points.sets.slice(1) : []
  return {
    baseline: baseline.name,
    candidate: name,
    roc: figure(rocSvg, rocLabel, { scale: 'linear', low: 0, high: fprEnd, ...frame, dots, small: `roc-${k}` }),
    xi: figure(xiSvg, `ξ of ${name} over target false-positive rates.`, { ...ends, ...frame, small: `xi-${k}` }),
    small: classes.map((set, i) => {
      const label = `of ${baseline.name} and ${name} on ${set.name}`
      const roc = smallRoc(at(rocs, i + 1), { id: `roc-${k}-${i + 1}`, label: `ROC curves ${label}`, fpr, fprEnd })
      return html`${[roc, smallXi(at(xis, i + 1), axes, { id: `xi-${k}-${i + 1}`, label: `ξ over targets ${label}` })]}`
    }),
    words: curve === undefined ? html`` : html`${bandWords(curve, intervalMethod)}`,
  }
}

interface RocFigures {
  readonly baseline: string
  readonly candidate: string
  readonly roc: Html
  readonly xi: Html
  /** In the order of the classes; none where there is nothing to choose. */
  readonly small: readonly Html[]
  readonly words: Html
}

function rocLine(
  { iTarget, nNormal, sets, detectors }: OperatingPoints,
  { d, set, fprEnd }: { readonly d: number; readonly set: number; readonly fprEnd: number },
): RocLine {
  const { name, sorted, falseAlarms, detected }: DetectorPoints = at(detectors, d)
  return {
    name,
    points: roc({ normal: sorted.normal, anomalous: at(sorted.sets, set) }, fprEnd),
    at: { fpr: at(falseAlarms, iTarget) / nNormal, tpr: at(at(detected, set), iTarget) / at(sets, set).n },
  }
}

/** ξ of a candidate on a set over targets, and its intervals at those of the report. */
export function xiLine(
  { targets, points }: Pick<RocQuestion, 'targets' | 'points'>,
  { k, set }: { readonly k: number; readonly set: number },
): XiLine {
  const [own, other] = [0, k + 1].map((d) => at(at(points.detectors, d).recalls, set)) as [Float64Array, Float64Array]
  const { name } = at(points.sets, set)
  const marked = targets.map(({ fpr, candidates }): XiMark => {
    const { classes, overall } = at(candidates, k)
    const { interval, simultaneous } = (set === 0 ? undefined : classes.find((one) => one.name === name)) ?? overall
    return { fpr, interval, simultaneous }
  })
  return { xis: Array.from(other, (tpr, i) => tpr - at(own, i)), marked }
}

function bandWords({ level, resamples }: RelativeBiasCurve, intervalMethod: Comparison['intervalMethod']): string {
  const drawn = intervalMethod === 'confidence' ? 'draws' : 'resamples'
  return ` The bands hold for all anomalies with ${formatGiven(level)}: the inner one at each target by itself, the outer one at all of them at once (${formatCount(resamples)} ${drawn}).`
}

function withRole(name: string, role: string): string {
  return name === role ? name : `${name} (${role})`
}

/** Which colour is whose in the charts that follow. */
export function key(baseline: string, candidate: string): Html {
  return html`<p class="note keys"><span class="key" style="background:var(--baseline)"></span>${withRole(baseline, 'baseline')}
<span class="key" style="background:var(--candidate)"></span>${withRole(candidate, 'candidate')}</p>`
}

/** The page's script moves the marks of a chart that says where along `axis` they belong. */
interface ChartAxis extends Axis {
  readonly width: number
  readonly height: number
  /** Whose threshold the lines are at. */
  readonly detector?: number
  /** Whose points of operation the marks of each name are at. */
  readonly dots?: Readonly<Record<string, number>>
  /** The small drawings of classes are called this and the number of the class. */
  readonly small?: string
}

export function figure(svg: string, label: string, axis?: ChartAxis): Html {
  const data = axis === undefined ? html`` : html` data-axis="${JSON.stringify(axis)}"`
  return html`<figure><div class="chart" role="img" aria-label="${label}"${data}>${new Html(svg)}</div></figure>`
}
