import { at } from '../../check.js'
import { densityTop, withinAxis } from '../charts/scoreMarks.js'
import { type Html, html } from '../html.js'
import type { DetectorScores, SampleCurves } from '../scores/detectorScores.js'
import { scales } from '../scores/scoreAxis.js'
import type { Role } from '../theme.js'
import type { CurveAxis } from './curveTargets.js'
import { densityHeight, ecdfHeight, scoresWidth } from './detectorScoresChart.js'
import { type RocLine, rocHeight, rocWidth, type XiAxes, type XiLine } from './rocChart.js'

// Small drawings without axes, one for each class. Their paths are in the frames of the large drawings, in units of half a pixel, and
// say which mark of a large one they are: where a class is chosen, the page's script puts them there.

/** Units of a small drawing in a pixel of the large one. */
export const unitsInPixel = 2

type Place = readonly [x: number, y: number]

interface Small {
  /** The page finds it by this. */
  readonly id: string
  /** Read out in its place. */
  readonly label: string
}

/** Densities and distribution functions of a detector on the normals and on one class. */
export function smallScores(
  { axis, normal, anomalous }: DetectorScores,
  { threshold, role, ...small }: Small & { readonly threshold: number; readonly role: Role },
): Html {
  const density = frame(scoresWidth, densityHeight)
  const share = frame(scoresWidth, ecdfHeight)
  const top = density.height + 2 * gap
  const area = ({ density: heights }: SampleCurves) => {
    const line = pathOf(evenPlaces(heights, (height) => density.down(height / densityTop), density.width))
    return `${line}V${density.height}H0Z`
  }
  const ecdf = ({ ecdf: shares }: SampleCurves) => pathOf(evenPlaces(shares, share.down, share.width))
  const { to } = scales[axis.scale]
  const [low, high] = [to(axis.low), to(axis.high)]
  const x = Math.round((density.width * (to(withinAxis(axis, threshold)) - low)) / (high - low))
  return drawing(
    { width: density.width, height: top + share.height, ...small },
    html`<path class="area normal" data-mark="density_normal" d="${area(normal)}"/><path class="area ${role}" data-mark="density_anomalous" d="${area(anomalous)}"/><g transform="translate(0 ${top})"><path class="normal" data-mark="ecdf_normal" d="${ecdf(normal)}"/><path class="${role}" data-mark="ecdf_anomalous" d="${ecdf(anomalous)}"/></g><path class="dashed" d="M${x} 0V${top + share.height}"/>`,
  )
}

/** ROC curves of both detectors on one class. */
export function smallRoc(
  lines: Readonly<Record<Role, Pick<RocLine, 'points'>>>,
  { fpr, fprEnd, ...small }: Small & { readonly fpr: number; readonly fprEnd: number },
): Html {
  const { width, height, down } = frame(rocWidth, rocHeight)
  const across = (rate: number) => Math.round((width * rate) / fprEnd)
  const line = (role: Role) =>
    html`<path class="${role}" data-mark="roc_${role}" d="${stepsOf(lines[role].points.map((one): Place => [across(one.fpr), down(one.tpr)]))}"/>`
  return drawing(
    { width, height, ...small },
    html`<path class="dashed" d="M${across(fpr)} 0V${height}"/>${line('baseline')}${line('candidate')}`,
  )
}

/** ξ over targets on one class, with its intervals at the targets of the report. */
export function smallXi({ xis, marked }: XiLine, { x, y: [low, high] }: XiAxes, small: Small): Html {
  const { width, height, down } = frame(rocWidth, rocHeight)
  const across = (fpr: number) => Math.round(width * shareOf(fpr, x))
  const upright = (xi: number) => down((xi - low) / (high - low))
  const line = pathOf(x.fprs.map((fpr, i) => [across(fpr), upright(at(xis, i))]))
  const spans = (ends: 'interval' | 'simultaneous') =>
    marked.map((one) => `M${across(one.fpr)} ${upright(one[ends][0])}V${upright(one[ends][1])}`).join('')
  return drawing(
    { width, height, ...small },
    html`<path class="zero" d="M0 ${upright(0)}H${width}"/><path class="ink" data-mark="xi_line" d="${line}"/><path class="ink thin" data-mark="xi_joint" d="${spans('simultaneous')}"/><path class="ink thick" data-mark="xi_own" d="${spans('interval')}"/>`,
  )
}

/** How far along an axis of targets one is, from 0 to 1. */
function shareOf(fpr: number, { scale, low, high }: CurveAxis): number {
  return scale === 'log' ? Math.log(fpr / low) / Math.log(high / low) : (fpr - low) / (high - low)
}

/** Between densities and distribution functions, in pixels. */
const gap = 12

/** A frame in units, and how far down in it a share of its height is. */
function frame(width: number, height: number) {
  return {
    ...{ width: unitsInPixel * width, height: unitsInPixel * height },
    down: (share: number) => Math.round(unitsInPixel * height * (1 - share)),
  }
}

function drawing({ id, label, width, height }: Small & { width: number; height: number }, parts: Html): Html {
  return html`<svg id="${id}" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}">${parts}</svg>`
}

/** Every second value, which is enough at this size. */
function evenPlaces(values: Float64Array, down: (value: number) => number, width: number): Place[] {
  const last = values.length - 1
  return Array.from({ length: Math.floor(last / 2) + 1 }, (_, i) => [
    Math.round((2 * i * width) / last),
    down(at(values, 2 * i)),
  ])
}

/** A path along places in whole units, each relative to the one before, runs on one line as one. */
function pathOf(places: readonly Place[]): string {
  const [[x0, y0] = [0, 0], ...rest] = places
  const steps = rest.map(([x, y], i) => {
    const [before = 0, above = 0] = at(places, i)
    return [x - before, y - above] as const
  })
  const joined: [number, number][] = []
  for (const [dx, dy] of steps) {
    const last = joined.at(-1)
    // Straight on, or not at all.
    if (last !== undefined && last[0] * dy === last[1] * dx && last[0] * dx + last[1] * dy >= 0) {
      last[0] += dx
      last[1] += dy
    } else joined.push([dx, dy])
  }
  return `M${x0} ${y0}${joined.map(([dx, dy]) => `l${dx}${dy < 0 ? '' : ' '}${dy}`).join('')}`
}

/** A path in steps from place to place: across first, then up or down. */
function stepsOf(places: readonly Place[]): string {
  const [[x0, y0] = [0, 0]] = places
  const [last = 0] = at(places, places.length - 1)
  let height = y0
  let path = `M${x0} ${y0}`
  for (const [x, y] of places) {
    if (y === height) continue
    path += `H${x}V${y}`
    height = y
  }
  return `${path}H${last}`
}

export const smallCss = `.smalls{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:20px 24px}
.smalls figure{margin:0}
.smalls figcaption{margin:0 0 4px;color:var(--ink)}
.smalls figure>div{display:flex;flex-wrap:wrap;gap:10px}
.smalls svg{width:138px;height:auto;background:var(--panel)}
.smalls path{fill:none;stroke:var(--ink);vector-effect:non-scaling-stroke;stroke-width:1.25}
.smalls .area{fill-opacity:.6}
.smalls .normal{stroke:var(--normal)}.smalls .area.normal{fill:var(--normalSoft)}
.smalls .baseline{stroke:var(--baseline)}.smalls .area.baseline{fill:var(--baselineSoft)}
.smalls .candidate{stroke:var(--candidate)}.smalls .area.candidate{fill:var(--candidateSoft)}
.smalls .zero{stroke:var(--muted)}
.smalls .dashed{stroke-dasharray:3 2}
.smalls .thin{stroke-width:1}.smalls .thick{stroke-width:2.5}
@media print{.smalls figure{break-inside:avoid}}`
