import { readFileSync } from 'node:fs'
import { at, invariant } from '../../check.js'
import { columnsAttributes } from '../charts/heatTable.js'
import * as formats from '../format.js'
import { formatGiven } from '../format.js'
import { Html, html } from '../html.js'
import { hasChoice } from './compareFigures.js'
import { type LiveData, type LiveNumber, type PackedDetector, textOf, unpack } from './livePage.js'
import type { OperatingPoints } from './operatingPoints.js'

/** The slider, the choice of a class, a table of recalls, and the data that all are computed from. Hidden where no script runs. */
export function livePanel(points: OperatingPoints): Html {
  const { fprs, iTarget, sets, detectors } = points
  const packed = packLive(points)
  const live = unpack(packed)
  const number = (what: LiveNumber): Html =>
    html`<span data-live="${what.kind}" data-detector="${what.detector}" data-set="${
      what.set
    }">${textOf(live, iTarget, what)}</span>`
  const cell = (kind: LiveNumber['kind'], detector: number, set = 0): Html =>
    html`<td>${number({ kind, detector, set })}</td>`
  const each = (cells: (d: number) => Html): Html[] => detectors.map((_, d) => cells(d))
  const blankXi = (d: number): Html => (d === 0 ? html`` : html`<td></td>`)
  const target = formatGiven(at(fprs, iTarget))
  return html`<div class="live" hidden data-needs-script>
<label for="live-target">Target false-positive rate <output id="live-output" for="live-target" data-live-target>${target}</output></label>
<input id="live-target" type="range" min="0" max="${fprs.length - 1}" step="1" value="${iTarget}" autocomplete="off" aria-valuetext="${target}">
<button id="live-reset" type="button">back to ${target}</button>
${choice(points)}
</div>
<div ${columnsAttributes('scroll', 2 * detectors.length)} tabindex="0" role="region" aria-label="Table at the target chosen" hidden data-needs-script><table>
<caption>At a target of <span data-live-target>${target}</span></caption>
<thead><tr><th scope="col"><span class="unseen">Number</span></th>
${detectors.map(({ name }, d) => html`<th scope="col">${name}</th>${d === 0 ? '' : html`<th scope="col">ξ</th>`}`)}</tr></thead>
<tbody>
<tr><th scope="row">threshold τ</th>${each((d) => html`${cell('threshold', d)}${blankXi(d)}`)}</tr>
<tr><th scope="row">FPR on validation normals</th>${each((d) => html`${cell('fpr', d)}${blankXi(d)}`)}</tr>
${sets.map(
  ({ name }, set) =>
    html`<tr><th scope="row">recall of ${name}</th>${each((d) => html`${cell('tpr', d, set)}${d === 0 ? '' : cell('xi', d, set)}`)}</tr>`,
)}
</tbody></table></div>
<script type="application/json" id="live-data">${new Html(embeddable(packed))}</script>`
}

/** The classes to choose from for the drawings below, where there are any. */
function choice(points: OperatingPoints): Html {
  if (!hasChoice(points)) return html``
  const options = points.sets.map(({ name }, set) => html`<option value="${set}">${name}</option>`)
  return html`<span class="choice"><label for="live-set">Drawn below</label>
<select id="live-set" autocomplete="off">
${options}
</select></span>`
}

/** The operating points as the page holds them. */
export function packLive({ fprs, iTarget, nNormal, sets, detectors }: OperatingPoints): LiveData<PackedDetector> {
  return {
    fprs,
    iTarget,
    nNormal,
    n: sets.map(({ n }) => n),
    detectors: detectors.map(({ thresholds, falseAlarms, detected }) => ({
      thresholds: Array.from(thresholds, String).join(' '),
      falseAlarms: steps(falseAlarms),
      detected: detected.map(steps),
    })),
  }
}

/** JSON that may stand in a script element: without `<` nothing in it can end the element. */
export function embeddable(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

/** The text of the page's script: its file with the functions of `format.ts` that it imports in place of their import. */
export function liveScript(): string {
  const source = readFileSync(new URL('./livePage.js', import.meta.url), 'utf8')
  const [line, names] = source.match(/^import \{ (.*) \} from '\.\.\/format\.js'$/m) ?? []
  invariant(line !== undefined && names !== undefined, "the page's script imports formats")
  const known: Readonly<Record<string, unknown>> = formats
  const functions = names.split(', ').map((name) => {
    invariant(typeof known[name] === 'function', `the page's script imports ${name}`)
    return `const ${name} = ${known[name]}`
  })
  return source.replace(line, () => functions.join('\n'))
}

function steps(counts: Uint32Array): number[] {
  return Array.from(counts, (count, i) => (i === 0 ? count : count - at(counts, i - 1)))
}
