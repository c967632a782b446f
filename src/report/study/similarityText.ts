import type { AnomalyMatrix } from '../../study/anomalyMatrix.js'
import { fewestClasses, type Similarity, type SimilarityTrend } from '../../study/core/similarityTrend.js'
import type { StudyResult } from '../../study/core/types.js'
import { formatP, formatShare, formatSigned } from '../format.js'
import { type Html, html } from '../html.js'
import { scrollTable } from '../page.js'

/** Whether ξ of a study goes with distance, in one sentence. */
export function similaritySentence({ similarity, classes, anomaly, level, training }: StudyResult): string {
  const { all, unlabelled } = similarity
  if (all === null) return noTrend(classes.length)
  const apart = unlabelled === null ? '' : `, ${trendWords(unlabelled)} over the ${unlabelled.n} not labelled`
  const asked = { what: `the distance to ${anomaly}`, nClasses: all.n, level, runs: training.converged.length }
  return `${verdict({ all, unlabelled }, asked)}: Kendall’s τ ${trendWords(all)} over ${all.n} classes${apart}.`
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
  const runs = Math.max(...rows.map((row) => row.runs))
  const asked = { what: 'the distance to the labelled class', nClasses: rows.length, level, runs }
  return (
    `${verdict({ all, unlabelled }, asked)}: Kendall’s τ within labelled classes ` +
    `${trendWords(all)}${apart(unlabelled)}${cells}.`
  )
}

/** Trends as rows of a table, each under a name. */
export function trendTable(rows: readonly (readonly [string, SimilarityTrend | null])[]): Html {
  const row = ([name, trend]: readonly [string, SimilarityTrend | null]): Html => {
    if (trend === null) return html`<tr><th scope="row">${name}</th><td colspan="4">no trend to be had</td></tr>`
    const { n, tau, pValue, uncertainty } = trend
    return html`<tr>
<th scope="row">${name}</th><td>${n}</td><td>${formatSigned(tau)}</td><td>${formatP(pValue)}</td>
<td>${uncertainty === null ? 'unknown' : formatShare(uncertainty.below)}</td></tr>`
  }
  return html`${scrollTable('trends of ξ over distance')}
<thead><tr><th scope="col">Over</th><th scope="col">Values of ξ</th><th scope="col">τ</th><th scope="col">p</th>
<th scope="col">τ &lt; 0 in draws</th></tr></thead>
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
    'Draws: τ over values of ξ drawn from what samples and training leave open about them. Noise brings τ of the draws nearer to ' +
    '0 than that of the true values, so that they give no interval of it.'
  )
}

/** What the bars behind the dots of a chart of similarity are. */
export const roomWords =
  'Grey bars: where ξ can lie at all, from −TPR to 1 − TPR of the baseline; a class that the baseline finds already cannot gain. Names that would lie on others are left out.'

/** `−0.80 (p 0.083)` */
function trendWords({ tau, pValue }: SimilarityTrend): string {
  return `${formatSigned(tau)} (p ${formatP(pValue)})`
}

/**
 * A trend is clear where neither the choice of classes nor the uncertainty of ξ is likely to make it.
 *
 * One verdict at one level: the classes that were not labelled are asked only where there is a trend over all of them. Both
 * tests are then at the full level (a fixed sequence: Maurer, Hothorn and Lehmacher 1995), and the first has one chance.
 */
function verdict({ all, unlabelled }: Trends, { what, nClasses, level, runs }: Asked): string {
  const where = runs === 1 ? 'In this one run, ' : ''
  if (isClear(all, level)) {
    const also = unlabelled !== null && isClear(unlabelled, level) && goes(all) === goes(unlabelled)
    const rest = also
      ? 'also among classes that were not labelled'
      : 'but not clearly so among classes that were not labelled'
    return `${where}ξ ${goes(all)}s with ${what}, ${rest}`
  }
  if (Math.abs(all.tau) < 0.5) return `${where}ξ neither clearly falls nor clearly rises with ${what}`
  const why = isRare(all, level) ? 'ξ is too uncertain' : `${nClasses} classes are too few`
  return `${where}ξ tends to ${goes(all)} with ${what}, but ${why} to be sure of it`
}

/** What a verdict is on. */
interface Asked {
  readonly what: string
  readonly nClasses: number
  readonly level: number
  /** Runs that count: one speaks of the two detectors that it trained. */
  readonly runs: number
}

/** Where there is a trend at all. */
interface Trends extends Similarity {
  readonly all: SimilarityTrend
}

function goes({ tau }: SimilarityTrend): 'fall' | 'rise' {
  return tau < 0 ? 'fall' : 'rise'
}

function isClear(trend: SimilarityTrend, level: number): boolean {
  return isRare(trend, level) && isSure(trend, level)
}

function isRare({ pValue }: SimilarityTrend, level: number): boolean {
  return pValue <= 1 - level + 1e-12
}

function isSure({ tau, uncertainty }: SimilarityTrend, level: number): boolean {
  if (uncertainty === null) return true
  const { below, above } = uncertainty
  return (tau < 0 ? below : above) >= (1 + level) / 2
}

function noTrend(nClasses: number): string {
  return nClasses < fewestClasses
    ? `${nClasses} ${nClasses === 1 ? 'class is' : 'classes are'} too few to tell whether ξ goes with distance.`
    : 'ξ or the distance is the same for all classes: there is no trend to be had.'
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}
