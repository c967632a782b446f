import { at } from '../check.js'
import { log } from '../elementary.js'
import { namesArgument } from '../flagText.js'
import type { ScoreArray } from '../native.js'
import { bucketCounts, cellsOf, cut, type ScoreCells } from '../scores/scoreCells.js'
import { short } from '../stats/bias/warnings.js'
import { sort } from '../stats/ranks/sort.js'

/** Probability with which a detector that ranks no worse than chance is said to. */
const risk = 0.01

/** A detector with its scores of normal and of anomalous samples. */
interface Ranked {
  readonly name: string
  /** Scores, or where all of them lie if they are not all kept. */
  readonly normal: ScoreArray | ScoreCells
  readonly anomalous: ScoreArray
}

/**
 * The detectors that rank anomalies below normal samples: their AUC, the probability that an anomaly's score is
 * above a normal sample's plus half of that of a tie, is below ½ by more than Hoeffding's bound for a U-statistic of two samples
 * (1963, (5.7)), √(ln(1/0.01)/(2k)) with k the smaller number of samples: it holds for every law of independent samples.
 * Scores in one cell of the normals ({@link cellsOf}) tie.
 *
 * Cost: that of sorting the scores of a detector that seems to; of any other, a pass over them.
 */
export async function worseThanChance(detectors: readonly Ranked[]): Promise<Reversed[]> {
  const found: Reversed[] = []
  for (const { name, normal, anomalous } of detectors) {
    if (!('bits' in normal) && isRatherLarge(normal, anomalous) && leastAuc(normal, anomalous) >= 0.5) continue
    const cells = 'bits' in normal ? normal : await cellsOf(normal)
    const nNormal = cells.counts.reduce((sum, count) => sum + count, 0)
    const auc = await aucOf(cells, anomalous)
    const margin = Math.sqrt(-log(risk) / (2 * Math.min(nNormal, anomalous.length)))
    if (auc < 0.5 - margin) found.push({ name, auc })
  }
  return found
}

/** A detector that ranks worse than chance. */
export interface Reversed {
  readonly name: string
  readonly auc: number
}

/** What to know of detectors that rank worse than chance: one sentence for all, nothing where there are none. */
export function reversedWarnings(found: readonly Reversed[]): string[] {
  if (found.length === 0) return []
  const names = found.map(({ name }) => `'${name}'`).join(', ')
  const flag = namesArgument(found.map(({ name }) => name))
  const [rank, them] = found.length === 1 ? ['ranks', 'its scores'] : ['rank', 'their scores']
  return [
    `${names} ${rank} anomalies below normal samples (AUC ${found.map(({ auc }) => short(auc)).join(', ')}; chance is 0.5). ` +
      `The scores were used as they are. If lower scores are more anomalous there, negate ${them}: --negate ${flag}`,
  ]
}

/** P(anomalous > normal) + ½ P(equal), over all pairs. */
async function aucOf({ bits, values, counts }: ScoreCells, anomalous: ScoreArray): Promise<number> {
  const above = await sort(cut(anomalous, bits))
  let [sum, less, i] = [0, 0, 0]
  for (const score of above) {
    while (i < values.length && at(values, i) < score) less += at(counts, i++)
    sum += less + (i < values.length && at(values, i) === score ? at(counts, i) / 2 : 0)
  }
  return sum / (counts.reduce((all, count) => all + count, 0) * above.length)
}

/** Where counting in buckets is cheaper than sorting. */
function isRatherLarge(normal: ScoreArray, anomalous: ScoreArray): boolean {
  return normal.length + anomalous.length > 2 ** 14
}

/** No more than the AUC: scores tie that agree in sign, exponent and four bits more, and ties count as lost. */
function leastAuc(normal: ScoreArray, anomalous: ScoreArray): number {
  const ofNormals = bucketCounts(normal)
  let [below, less] = [0, 0]
  for (const [bucket, count] of bucketCounts(anomalous).entries()) {
    less += count * below
    below += at(ofNormals, bucket)
  }
  return less / (normal.length * anomalous.length)
}
