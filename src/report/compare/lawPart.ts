import { at } from '../../check.js'
import { type CandidateComparison, type Comparison, shownSets } from '../../compare/types.js'
import { formatCount } from '../../counted.js'
import type { JointFprs } from '../../stats/bias/jointFprs.js'
import { renderSvg } from '../charts/renderSvg.js'
import { shortNames } from '../charts/shortNames.js'
import { formatGiven, formatInterval, formatPercent, formatSetting, formatShare, formatSigned } from '../format.js'
import { type Html, html } from '../html.js'
import { scrollTable } from '../page.js'
import type { XiDomain } from './classChart.js'
import { figure } from './compareFigures.js'
import { type DrawnSet, jointChart, lawChart } from './lawCharts.js'

/** What the intervals of one candidate are read off, folded away; nothing where it was not asked for. */
export async function lawPart(comparison: Comparison, compared: CandidateComparison, domain: XiDomain): Promise<Html> {
  const { candidate, law } = compared
  if (law === undefined) return html``
  const sets = shownSets(compared).map((one, i): DrawnSet => ({ one, law: at(law.sets, i) }))
  const { name } = candidate
  const { names, titled } = shortNames(
    sets.map(({ one }) => one.name),
    26,
  )
  const chart = titled(await renderSvg(lawChart(sets, names, domain)))
  const level = formatGiven(comparison.level)
  return html`<details>
<summary>What the intervals of ${name} are read off</summary>
${figure(chart, `The law of ξ of ${name} on each class of anomalies, with its interval, 0 and the estimate; the numbers are those of the table below.`)}
<p class="note">How far ξ could be off: bars show how probable its values are, those of each row with the highest at full height. ${barWords(sets)}
Shaded: the ${level} interval of the row alone. Line: the estimate. Dashed: no difference.</p>
${lawTable(sets, comparison)}
${await jointPart(comparison, compared, law.fprs)}
</details>`
}

function barWords(sets: readonly DrawnSet[]): string {
  const kinds = new Set(sets.map(({ law }) => law.kind))
  const words = {
    bootstrap: 'Bars that stand apart are the single values that the bootstrap gives, multiples of 1/n.',
    confidence: 'Bars that join are a histogram: the confidence distribution has values in between.',
  }
  return (['bootstrap', 'confidence'] as const)
    .filter((kind) => kinds.has(kind))
    .map((kind) => words[kind])
    .join(' ')
}

function lawTable(sets: readonly DrawnSet[], { level, baseline }: Comparison): Html {
  return html`${scrollTable('the laws of ξ')}
<thead><tr><th scope="col">Anomalies</th><th scope="col">Law</th><th scope="col">ξ</th><th scope="col">Mean of the law</th>
<th scope="col">Standard deviation</th><th scope="col">${formatGiven(level)} interval</th><th scope="col">Less than ${baseline.name}</th>
<th scope="col">As much</th><th scope="col">More</th></tr></thead>
<tbody>
${sets.map(
  ({ one, law: { kind, mean, sd, signs } }) => html`<tr>
<th scope="row">${one.name}</th><td>${kind}</td><td>${formatSigned(one.xi, 3)}</td><td>${formatSigned(mean, 3)}</td><td>${sd.toFixed(3)}</td>
<td>${formatInterval(one.interval, 3)}</td>${signs.map((share) => html`<td>${formatShare(share)}</td>`)}</tr>`,
)}
</tbody></table></div>`
}

async function jointPart(
  { baseline, intervalMethod }: Comparison,
  { candidate }: CandidateComparison,
  fprs: JointFprs,
): Promise<Html> {
  const observed = [baseline.validationFpr.rate, candidate.validationFpr.rate] as const
  const chart = await renderSvg(jointChart(fprs, observed))
  const [meanBaseline, meanCandidate] = fprs.means.map(shortPercent) as [string, string]
  const [sdBaseline, sdCandidate] = fprs.sds.map(shortPercent) as [string, string]
  const most = fprs.shares.reduce((highest, share) => Math.max(highest, share))
  const together =
    fprs.correlation === undefined
      ? 'One of them does not vary.'
      : `Their correlation is ${formatSigned(fprs.correlation)}: the closer to 1, the less the thresholds add to the uncertainty of ξ.`
  const words =
    `${baseline.name}: mean ${meanBaseline}, standard deviation ${sdBaseline}. ` +
    `${candidate.name}: mean ${meanCandidate}, standard deviation ${sdCandidate}. ${together}`
  const source = intervalMethod === 'confidence' ? 'the confidence distribution' : 'the bootstrap'
  return html`<div class="joint">${figure(chart, `Heat map of the false-positive rates that the thresholds of both detectors may have. ${words}`)}</div>
<p class="note">False-positive rates that both thresholds may have: ${formatCount(fprs.draws)} draws of ${source} (seed ${formatSetting(fprs.seed)}), counted on the
validation normals. The strongest colour is ${formatShare(most)} of the draws. Dashed: the rates observed. ${words}</p>`
}

/** `4.9 %`, `0.032 %`: two significant digits. */
function shortPercent(rate: number): string {
  const percent = Number((100 * rate).toPrecision(2))
  return percent === 100 ? formatPercent(rate) : `${percent} %`
}

export const lawCss = `details .note{margin-top:12px}
.joint .chart svg{max-width:min(340px,var(--most))}`

/** The ends of the axis that the laws of all candidates share: those that are likely enough to be seen, estimates and intervals. */
export function lawDomain(targets: readonly Comparison[]): XiDomain {
  const ends = targets.flatMap(({ candidates }) =>
    candidates.flatMap((one) =>
      shownSets(one).flatMap(({ xi, interval }, i) => {
        const law = one.law?.sets[i]
        if (law === undefined) return []
        const last = law.first + law.probabilities.length
        return [xi, ...interval, (law.first - 0.5) * law.width, (last - 0.5) * law.width]
      }),
    ),
  )
  return [ends.reduce((a, b) => Math.min(a, b), 0), ends.reduce((a, b) => Math.max(a, b), 0)]
}
