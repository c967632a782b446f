import { at } from '../../check.js'
import type { Comparison } from '../../compare/types.js'
import { formatGiven } from '../format.js'
import { type Html, html } from '../html.js'
import { enumerate } from '../words.js'
import {
  type ChosenFigure,
  hasChoice,
  key,
  type RocQuestion,
  rocFigures,
  scoresFigures,
  xiLine,
} from './compareFigures.js'
import { curveTargets } from './curveTargets.js'
import { livePanel } from './livePanel.js'
import type { OperatingPoints } from './operatingPoints.js'
import type { XiAxes } from './rocChart.js'

interface TargetsQuestion extends Omit<RocQuestion, 'axes'> {
  readonly last: Comparison
}

/** The slider and the choice of a class, and the drawings that follow them: scores, ROC curves, and ξ over targets. */
export async function targetsPart({ targets, last, points }: TargetsQuestion): Promise<Html> {
  const nCharted = points.detectors.length - 1
  const scores = await scoresFigures(points)
  const question = { targets, points, axes: xiAxes(targets, points) }
  const rocs = await Promise.all(Array.from({ length: nCharted }, (_, k) => rocFigures(question, k)))
  const set = (text: string) => html`<bdi data-live-set>${text}</bdi>`
  const choice = hasChoice(points) ? ', and what is drawn below may be a single class' : ''
  return html`<p class="note">Tables above and intervals everywhere are for ${targets.length === 1 ? 'the target' : 'targets'} of ${enumerate(targets.map((one) => formatGiven(one.fpr)))}.
<span hidden data-needs-script>The slider moves the target${targets.length === 1 ? '' : `, at first ${formatGiven(last.fpr)}`}; thresholds, recalls and ξ below follow, as estimates without intervals${choice}.</span></p>
${livePanel(points)}
<h3>Where the scores lie: ${set('all anomalies')}</h3>
<div class="pair">
${scores.map(({ large }) => large)}
</div>
<p class="note"><span class="key" style="background:var(--normal)"></span>normal validation samples,
<span class="key" style="background:var(--baseline)"></span><span class="key" style="background:var(--candidate)"></span>${set('all anomalies')}.
Above: densities (Gaussian kernel, Silverman’s bandwidth, on the scale of the axis). Below: share of the samples at or below a score.
Dashed: the threshold; what lies right of it is flagged. An axis leaves out at most a thousandth of the samples at either end.</p>
${smalls(points, { figures: scores, what: 'Scores of every class, drawn small', order: detectorOrder(points) })}
${rocs.map(
  ({
    baseline,
    candidate,
    roc,
    xi,
    small,
    words,
  }) => html`<h3>${candidate} against ${baseline}: ${set('all anomalies')}</h3>
${key(baseline, candidate)}
<div class="pair">
${roc}
${xi}
</div>
<p class="note">ROC curves: the largest recall that a false-positive rate on the validation normals allows. Dashed: the target. Dots: where
the detectors work. ξ at every target, with its own interval (thick) and the simultaneous one (thin) at ${targets.length === 1 ? 'that' : 'those'} of this page.${words}</p>
${smalls(points, { figures: [{ small }], what: 'ROC curves and ξ over targets of every class, drawn small', order: '' })}`,
)}`
}

interface Smalls {
  readonly figures: readonly Pick<ChosenFigure, 'small'>[]
  readonly what: string
  /** What stands from left to right. */
  readonly order: string
}

/** The small drawings of every class, in a fold that a script closes. */
function smalls(points: OperatingPoints, { figures, what, order }: Smalls): Html {
  if (!hasChoice(points)) return html``
  const classes = points.sets
    .slice(1)
    .map(
      ({ name }, i) =>
        html`<figure><figcaption>${name}</figcaption><div>${figures.map(({ small }) => at(small, i))}</div></figure>`,
    )
  return html`<details open data-without-script><summary>${what}</summary>
<p class="note">On the axes of the drawings above.${order}</p>
<div class="smalls">
${classes}
</div>
</details>`
}

function detectorOrder({ detectors }: OperatingPoints): string {
  return detectors.length < 3 ? '' : ` From left to right: ${enumerate(detectors.map(({ name }) => name))}.`
}

/** Axes for ξ of all charted candidates on all sets, at all targets and with all intervals. */
function xiAxes(targets: readonly Comparison[], points: OperatingPoints): XiAxes {
  const x = { ...curveTargets(targets), fprs: points.curveFprs }
  const sets = hasChoice(points) ? points.sets : points.sets.slice(0, 1)
  const ends = points.detectors.slice(1).flatMap((_, k) => {
    const curves = targets.flatMap(({ candidates }) => at(candidates, k).curve?.points ?? [])
    const lines = sets.flatMap((_, set) => {
      const { xis, marked } = xiLine({ targets, points }, { k, set })
      return [...xis, ...marked.flatMap(({ interval, simultaneous }) => [...interval, ...simultaneous])]
    })
    return [...lines, ...curves.flatMap(({ interval, simultaneous }) => [...interval, ...simultaneous])]
  })
  const low = Math.floor(10 * ends.reduce((a, b) => Math.min(a, b), -0.05)) / 10
  const high = Math.ceil(10 * ends.reduce((a, b) => Math.max(a, b), 0.05)) / 10
  return { x, y: [low, high] }
}
