import { invariant } from '../../check.js'
import type { DetectorAlerts } from '../../compare/alerts.js'
import {
  type CandidateComparison,
  type ComparedClass,
  type ComparedDetector,
  type Comparison,
  type Rate,
  shownSets,
} from '../../compare/types.js'
import { counted, formatAbout, formatCount } from '../../counted.js'
import { complement } from '../../elementary.js'
import type { GateAnswer } from '../../stats/bias/gate.js'
import type { MixedBias, MixedRate } from '../../stats/bias/mix.js'
import { type BarAxis, barHead, type DrawnInterval, intervalBar } from '../charts/intervalBar.js'
import {
  formatGiven,
  formatInterval,
  formatP,
  formatRate,
  formatSigned,
  formatThreshold,
  formatUnsignedInterval,
} from '../format.js'
import { type Html, html } from '../html.js'
import { arrowCell, arrowHead, factList, scrollTable } from '../page.js'
import { enumerate } from '../words.js'
import { familyOfAll, familyOfClasses } from './families.js'
import { alertsSentence, mixName } from './useText.js'
import { enoughWords, verdictMeaning } from './verdictText.js'

/** One candidate beside the baseline: a row for each class, and below them all anomalies and the mix that was asked about. */
export function candidateTable(comparison: Comparison, compared: CandidateComparison, axis: BarAxis): Html {
  const { baseline, level, verdict } = comparison
  const { candidate, classes, overall, mix } = compared
  const shown = shownSets(compared)
  const joint = familyOfAll(comparison) !== ''
  const enough = shown.some((one) => one.enough !== undefined)
  const dash = html`<td>–</td>`
  const row = (one: ComparedClass, isJoint: boolean): Html => html`<tr>
<th scope="row">${one.name}</th>${answerCells(one, axis, isJoint)}${verdict === undefined ? '' : verdictCell(one)}
<td>${sizeCell(one)}</td>${enough ? html`<td>${one.enough === undefined ? '–' : formatAbout(one.enough)}</td>` : ''}<td>${rateCell(one.tprBaseline)}</td><td>${rateCell(one.tprCandidate)}</td></tr>`
  const mixed = (one: MixedBias): Html => html`<tr>
<th scope="row">${mixName(one)}</th>${answerCells(one, axis, joint)}${verdict === undefined ? '' : dash}
<td>–</td>${enough ? dash : ''}<td>${rateCell(one.tprBaseline)}</td><td>${rateCell(one.tprCandidate)}</td></tr>`
  const last = [...(shown.includes(overall) ? [row(overall, joint)] : []), ...(mix === undefined ? [] : [mixed(mix)])]
  return html`${scrollTable(`recall and ξ of ${candidate.name}`)}
<thead><tr><th scope="col">Anomalies</th>${answerHeads(level, axis)}${verdict === undefined ? '' : html`<th scope="col">Verdict</th>`}
<th scope="col">n</th>${enough ? html`<th scope="col">Enough n</th>` : ''}<th scope="col">TPR ${baseline.name}</th><th scope="col">TPR ${candidate.name}</th></tr></thead>
<tbody>
${classes.map((one) => row(one, true))}
</tbody>
${last.length === 0 ? '' : html`<tfoot>${last}</tfoot>`}</table></div>`
}

/** Heads of the columns of {@link answerCells}. They come first: a narrow screen shows the beginning of a table. */
export function answerHeads(level: number, axis: BarAxis): Html {
  return html`${arrowHead}<th scope="col">ξ, ${formatGiven(level)} interval</th>${barHead(axis)}
<th scope="col">Simultaneous</th><th scope="col">Adjusted p</th>`
}

/** The arrow, ξ with its interval, both intervals drawn, the simultaneous one if it is another, and the adjusted p-value. */
export function answerCells(
  one: DrawnInterval & { readonly pAdjusted: number; readonly gate?: GateAnswer | undefined },
  axis: BarAxis,
  joint: boolean,
): Html {
  return html`${arrowCell(one.direction)}<td>${formatSigned(one.xi, 3)}<br><small>${formatInterval(one.interval, 3)}</small></td>${intervalBar(one, axis, marginsOf(one.gate))}
<td>${joint ? formatInterval(one.simultaneous, 3) : '–'}</td><td>${formatP(one.pAdjusted)}</td>`
}

/** Samples of a class, and the groups that they are in if they are in any. */
export function sizeCell({ n, nGroups }: { readonly n: number; readonly nGroups?: number | undefined }): Html {
  return html`${formatCount(n)}${nGroups === undefined ? '' : html`<br><small>${counted(nGroups, 'group')}</small>`}`
}

/** Where ξ has to be for a verdict. */
function marginsOf(gate: GateAnswer | undefined): number[] {
  if (gate === undefined) return []
  const { kind, margin } = gate
  return [...(kind === 'superiority' ? [] : [-margin]), ...(kind === 'non-inferiority' ? [] : [margin])]
}

/** Every detector at its own threshold. */
export function detectorTable({ baseline, candidates, level, fpr, fprs }: Comparison): Html {
  const detectors = [baseline, ...candidates.map(({ candidate }) => candidate)]
  const tested = detectors.some(({ testFpr }) => testFpr !== undefined)
  const row = ({ name, threshold, validationFpr, testFpr, ties }: ComparedDetector): Html => html`<tr>
<th scope="row">${name}</th><td>${formatThreshold(threshold)}</td><td>${fprCell(validationFpr)}</td>
${tested ? html`<td>${testFpr === undefined ? '–' : fprCell(testFpr)}</td>` : ''}<td>${formatCount(ties.normal)}</td><td>${formatCount(ties.anomalous)}</td></tr>`
  return html`${scrollTable(`thresholds${fprs === undefined ? '' : ` at a target of ${formatGiven(fpr)}`}`)}
<thead><tr><th scope="col">Detector</th><th scope="col">Threshold</th>
<th scope="col">FPR, ${formatGiven(level)} interval</th>${tested ? html`<th scope="col">FPR on test normals</th>` : ''}
<th scope="col">Normal ties</th><th scope="col">Anomalous ties</th></tr></thead>
<tbody>
${detectors.map(row)}
</tbody></table></div>`
}

/** Precision and alerts a day of every detector; nothing where no prevalence was given. */
export function alertsTable(comparison: Comparison): Html {
  const { alerts } = comparison
  if (alerts === undefined) return html``
  const whole = ({ rate, interval: [low, high] }: MixedRate) =>
    html`${formatCount(Math.round(rate))}<br><small>[${formatCount(Math.round(low))}, ${formatCount(Math.round(high))}]</small>`
  const row = ({ name, recall, precision, alertsPerDay }: DetectorAlerts): Html =>
    html`<tr><th scope="row">${name}</th><td>${rateCell(recall)}</td><td>${rateCell(precision, 4)}</td>${alertsPerDay === undefined ? '' : html`<td>${whole(alertsPerDay)}</td>`}</tr>`
  return html`${scrollTable('precision and alerts')}
<thead><tr><th scope="col">Detector</th><th scope="col">Recall</th><th scope="col">Precision</th>${alerts.perDay === undefined ? '' : html`<th scope="col">Alerts a day</th>`}</tr></thead>
<tbody>
${alerts.detectors.map(row)}
</tbody></table></div>
<p class="note">${alertsSentence(alerts, comparison)}</p>`
}

/** What every column holds, in plain words. */
export function columnWords(comparison: Comparison): Html {
  const { level, verdict, nGroups } = comparison
  const [whom, all] = [familyOfClasses(comparison), familyOfAll(comparison)]
  const alone = all === '' ? 'for that row alone' : `for those of all ${all}`
  const independent = nGroups === undefined ? '' : ', and samples for independent'
  const percent = formatGiven(level)
  return factList([
    ['n', 'anomalous samples of the class; both detectors scored the same ones'],
    [
      'threshold τ',
      `read off a detector’s own scores of the validation normals${thresholdWords(comparison)}; a sample is flagged when its score is strictly greater`,
    ],
    [
      'TPR, recall',
      `flagged anomalies of the class ÷ n; below it the exact (Clopper–Pearson) ${percent} interval, which takes the threshold for given${independent}`,
    ],
    [
      'FPR',
      `flagged normals ÷ normals, with the exact ${percent} interval${independent.replace(', and', ', which takes')}`,
    ],
    ['ξ', 'relative scoring bias: TPR of the candidate − TPR of the baseline, each at its own threshold'],
    [
      `${percent} interval`,
      'below ξ, for this row alone; it allows for both thresholds, which other normal samples would have put elsewhere',
    ],
    [
      'drawn',
      `dot: ξ, filled where the simultaneous interval excludes 0; thick: the ${percent} interval; thin: the simultaneous one; ` +
        `upright: 0${verdict === undefined ? '' : '; dashed: the margin'}; the same axis in every table`,
    ],
    [
      'simultaneous',
      `intervals of ξ that all hold at once${whom === '' ? '' : `, for all ${whom},`} in the stated share of repetitions; in the row of all anomalies ${alone}`,
    ],
    [
      'adjusted p',
      `two-sided p-value of ξ = 0, allowing for looking at all ${whom === '' ? 'rows' : whom}; in the row of all anomalies ${alone}`,
    ],
    ...(verdict === undefined ? [] : ([['verdict', verdictMeaning(comparison)]] as const)),
    ['↑, ↓, ·', 'the simultaneous interval lies above 0, lies below 0, or includes 0'],
    ['enough n', 'samples of the class that would likely (power 0.8) have given an arrow, if ξ is what it seems'],
    ['ties', 'samples whose score equals the threshold: they are not flagged'],
  ])
}

/** How much of the validation normals lies above a threshold, which its rule decides. */
function thresholdWords({ thresholdRule, delta, fpr, fprs }: Comparison): string {
  const several = fprs === undefined ? '' : ', one for each target'
  const targets = enumerate((fprs ?? [fpr]).map(formatGiven))
  const share = fprs === undefined ? targets : `the target (${targets})`
  switch (thresholdRule) {
    case 'linear':
      return `${several}, between two of them, so that about ${share} of them lie above it, which may be a little more`
    case 'certified':
      invariant(delta !== undefined, 'certified thresholds have a probability')
      return `${several}, so that the true false-positive rate is at most ${share} with a probability of ${formatGiven(complement(delta))}; fewer of them lie above it`
    default:
      return `${several}, so that at most ${share} of them lie above it`
  }
}

export function verdictCell({ gate }: Pick<ComparedClass, 'gate'>): Html {
  if (gate === undefined) return html`<td>–</td>`
  const { verdict, limits, margin } = gate
  const enough = verdict === 'undecided' ? `; ${enoughWords(gate)}` : ''
  return html`<td class="words">${verdict === 'fail' ? html`<strong>fail</strong>` : verdict}<br><small>${formatInterval(limits, 3)}, margin ${margin}${enough}</small></td>`
}

function rateCell({ rate, interval }: Pick<Rate, 'rate' | 'interval'>, digits = 3): Html {
  return html`${formatRate(rate, digits)}<br><small>${formatUnsignedInterval(interval, digits)}</small>`
}

function fprCell({ n, rate, interval }: Rate): Html {
  return html`${formatRate(rate, 4)} (${formatCount(Math.round(rate * n))} of ${formatCount(n)})<br><small>${formatUnsignedInterval(interval, 4)}</small>`
}
