import {
  type CandidateComparison,
  type ComparedClass,
  type ComparedDetector,
  type Comparison,
  type Rate,
  shownSets,
} from '../../compare/types.js'
import type { Direction } from '../../stats/bias/direction.js'
import {
  formatCount,
  formatInterval,
  formatP,
  formatPercent,
  formatScore,
  formatSigned,
  formatUnsignedInterval,
} from '../format.js'
import { type Html, html } from '../html.js'
import { factList } from '../page.js'
import { arrows } from '../words.js'

export const directionWords: Readonly<Record<Direction, string>> = { up: 'up', down: 'down', none: 'undecided' }

/** One candidate beside the baseline: a row for each class, and one for all anomalies. */
export function candidateTable({ baseline, level, candidates }: Comparison, compared: CandidateComparison): Html {
  const { candidate, classes, overall } = compared
  const shown = shownSets(compared)
  const enough = shown.some((one) => one.enough !== undefined)
  const row = (one: ComparedClass, joint: boolean): Html => html`<tr>
<th scope="row">${one.name}</th><td>${formatCount(one.n)}</td><td>${rateCell(one.tprBaseline)}</td><td>${rateCell(one.tprCandidate)}</td>
<td>${formatSigned(one.xi, 3)}<br><small>${formatInterval(one.interval, 3)}</small></td><td>${joint ? formatInterval(one.simultaneous, 3) : '–'}</td>
<td>${formatP(one.pAdjusted)}</td>${enough ? html`<td>${one.enough === undefined ? '–' : formatCount(one.enough)}</td>` : ''}
<td class="arrow"><span aria-hidden="true">${arrows[one.direction]}</span><span class="unseen">${directionWords[one.direction]}</span></td></tr>`
  const intervals = `${formatPercent(level)} interval`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of ${candidate.name}"><table>
<thead><tr><th scope="col">Anomalies</th><th scope="col">n</th><th scope="col">TPR ${baseline.name}</th>
<th scope="col">TPR ${candidate.name}</th><th scope="col">ξ, ${intervals}</th>
<th scope="col">simultaneous</th><th scope="col">adjusted p</th>${enough ? html`<th scope="col">enough n</th>` : ''}
<th scope="col"><span class="unseen">Direction</span></th></tr></thead>
<tbody>
${classes.map((one) => row(one, true))}
</tbody>
${shown.includes(overall) ? html`<tfoot>${row(overall, candidates.length > 1)}</tfoot>` : ''}</table></div>`
}

/** Every detector at its own threshold. */
export function detectorTable({ baseline, candidates, level }: Comparison): Html {
  const detectors = [baseline, ...candidates.map(({ candidate }) => candidate)]
  const tested = detectors.some(({ testFpr }) => testFpr !== undefined)
  const row = ({ name, threshold, validationFpr: fpr, testFpr, ties }: ComparedDetector): Html => html`<tr>
<th scope="row">${name}</th><td>${formatScore(threshold)}</td><td>${fprCell(fpr)}</td>
${tested ? html`<td>${testFpr === undefined ? '–' : fprCell(testFpr)}</td>` : ''}<td>${formatCount(ties.normal)}</td><td>${formatCount(ties.anomalous)}</td></tr>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of thresholds"><table>
<thead><tr><th scope="col">Detector</th><th scope="col">Threshold</th>
<th scope="col">FPR, ${formatPercent(level)} interval</th>${tested ? html`<th scope="col">FPR on test normals</th>` : ''}
<th scope="col">Normal ties</th><th scope="col">Anomalous ties</th></tr></thead>
<tbody>
${detectors.map(row)}
</tbody></table></div>`
}

/** What every column holds, in plain words. */
export function columnWords({ level, fpr, nGroups }: Comparison): Html {
  const independent = nGroups === undefined ? '' : ', and samples for independent'
  const target = formatPercent(fpr)
  const percent = formatPercent(level)
  return factList([
    ['n', 'anomalous samples of the class; both detectors scored the same ones'],
    [
      'threshold τ',
      `read off a detector’s own scores of the validation normals so that at most ${target} of them lie above it; a sample is flagged when its score is strictly greater`,
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
      'simultaneous',
      'intervals of ξ that all hold at once, for all classes of all candidates, in the stated share of repetitions',
    ],
    [
      'adjusted p',
      'two-sided p-value of ξ = 0, allowing for looking at all those classes; in the row of all anomalies for that row alone',
    ],
    ['↑, ↓, ·', 'the simultaneous interval lies above 0, lies below 0, or includes 0'],
    ['enough n', 'samples of the class that would likely (power 0.8) have given an arrow, if ξ is what it seems'],
    ['ties', 'samples whose score equals the threshold: they are not flagged'],
  ])
}

function rateCell({ rate, interval }: Rate): Html {
  return html`${rate.toFixed(3)}<br><small>${formatUnsignedInterval(interval, 3)}</small>`
}

function fprCell({ n, rate, interval }: Rate): Html {
  return html`${rate.toFixed(4)} (${formatCount(Math.round(rate * n))} of ${formatCount(n)})<br><small>${formatUnsignedInterval(interval, 4)}</small>`
}
