import type { AnomalyMatrix } from '../../study/anomalyMatrix.js'
import { fewestClasses, type Similarity, type SimilarityTrend } from '../../study/similarityTrend.js'
import type { StudyResult } from '../../study/types.js'
import { formatInterval, formatPercent, formatSigned } from '../format.js'
import { type Html, html } from '../html.js'

/** Whether ξ of a study goes with distance, in one sentence. */
export function similaritySentence({ similarity, classes, anomaly, level }: StudyResult): string {
  const { all, unlabelled } = similarity
  if (all === null) return noTrend(classes.length)
  const apart = unlabelled === null ? '' : `, ${trendWords(unlabelled)} over the ${unlabelled.n} not labelled`
  return `${verdict(similarity, `the distance to ${anomaly}`, all.n, level)}: Kendall’s τ ${trendWords(all)} over ${all.n} classes${apart}.`
}

/** The same of a matrix: over pairs of tested classes with the same labelled one, then over all cells. */
export function matrixSimilaritySentence({ similarity, rows, level }: AnomalyMatrix): string {
  const { withinLabelled, overall } = similarity
  const { all, unlabelled } = withinLabelled
  if (all === null) return noTrend(rows.length)
  const apart = (one: SimilarityTrend | null) => (one === null ? '' : `, ${trendWords(one)} without the labelled ones`)
  const cells =
    overall.all === null
      ? ''
      : `; over all ${overall.all.n} cells ${trendWords(overall.all)}${apart(overall.unlabelled)}`
  return (
    `${verdict(withinLabelled, 'the distance to the labelled class', rows.length, level)}: Kendall’s τ within labelled classes ` +
    `${trendWords(all)}${apart(unlabelled)}${cells}.`
  )
}

/** Trends as rows of a table, each under a name. */
export function trendTable(rows: readonly (readonly [string, SimilarityTrend | null])[], level: number): Html {
  const row = ([name, trend]: readonly [string, SimilarityTrend | null]): Html => {
    if (trend === null) return html`<tr><th scope="row">${name}</th><td colspan="5">no trend to be had</td></tr>`
    const { n, tau, pValue, uncertainty } = trend
    return html`<tr>
<th scope="row">${name}</th><td>${n}</td><td>${formatSigned(tau)}</td><td>${formatP(pValue)}</td>
<td>${uncertainty === null ? 'unknown' : formatInterval(uncertainty.range)}</td><td>${uncertainty === null ? 'unknown' : percentOf(uncertainty.below)}</td></tr>`
  }
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Over</th><th scope="col">Values of ξ</th><th scope="col">τ</th><th scope="col">p</th>
<th scope="col">${formatPercent(level)} of draws</th><th scope="col">τ &lt; 0 in</th></tr></thead>
<tbody>
${rows.map(row)}
</tbody></table></div>`
}

/** What the numbers of {@link trendTable} are. */
export function trendReading(nClasses: number, level: number): string {
  const least = 2 / factorial(nClasses)
  return (
    'τ: Kendall’s τ-b of distance and ξ, −1 where ξ falls with every step away from the labelled class, +1 where it rises. ' +
    'p: how often classes in random order give a τ as far from 0' +
    (least > 1 - level ? `, which for ${nClasses} classes is ${formatP(least)} at least. ` : '. ') +
    'Draws: τ over values of ξ drawn from what samples and training leave open about them; noise brings them nearer to 0.'
  )
}

/** What the bars behind the dots of a chart of similarity are. */
export const roomWords =
  'Grey bars: where ξ can lie at all, from −TPR to 1 − TPR of the baseline; a class that the baseline finds already cannot gain.'

/** `0.083`, `< 0.001` */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : String(Number(p.toPrecision(2)))
}

/** `−0.80 (p 0.083)` */
function trendWords({ tau, pValue }: SimilarityTrend): string {
  return `${formatSigned(tau)} (p ${formatP(pValue)})`
}

/** A trend is clear where neither the choice of classes nor the uncertainty of ξ is likely to make it. */
function verdict({ all, unlabelled }: Similarity, what: string, nClasses: number, level: number): string {
  const clear = (trend: SimilarityTrend | null) => isRare(trend, level) && isSure(trend, level)
  const goes = (trend: SimilarityTrend | null) => ((trend?.tau ?? 0) < 0 ? 'falls' : 'rises')
  if (clear(unlabelled)) {
    return clear(all) && goes(all) === goes(unlabelled)
      ? `ξ ${goes(all)} with ${what}, also among classes that were not labelled`
      : `Among classes that were not labelled, ξ ${goes(unlabelled)} with ${what}`
  }
  if (clear(all)) return `ξ ${goes(all)} with ${what}, but not clearly so among classes that were not labelled`
  if (Math.abs(all?.tau ?? 0) < 0.5) return `ξ neither clearly falls nor clearly rises with ${what}`
  const why = isRare(all, level) ? 'ξ is too uncertain' : `${nClasses} classes are too few`
  return `ξ tends to ${goes(all).slice(0, -1)} with ${what}, but ${why} to be sure of it`
}

function isRare(trend: SimilarityTrend | null, level: number): boolean {
  return trend !== null && trend.pValue <= 1 - level + 1e-12
}

function isSure(trend: SimilarityTrend | null, level: number): boolean {
  if (trend === null || trend.uncertainty === null) return true
  const { below, above } = trend.uncertainty
  return (trend.tau < 0 ? below : above) >= (1 + level) / 2
}

function noTrend(nClasses: number): string {
  return nClasses < fewestClasses
    ? `${nClasses} ${nClasses === 1 ? 'class is' : 'classes are'} too few to tell whether ξ goes with distance.`
    : 'ξ or the distance is the same for all classes: there is no trend to be had.'
}

/** A share as a percentage, which is 0 or 100 only where it is. */
function percentOf(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`
  return share < 0.001 ? '< 0.1 %' : share > 0.999 ? '> 99.9 %' : `${(share * 100).toFixed(1)} %`
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}
