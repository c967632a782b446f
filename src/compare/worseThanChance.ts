import { at } from '../check.js'
import type { ScoreArray } from '../native.js'
import { short } from '../stats/bias/warnings.js'
import { sort } from '../stats/ranks/sort.js'

/** Probability with which a detector that ranks no worse than chance is said to. */
const risk = 0.01

/** Samples of each kind that tell whether to look at all of them. */
const fewSamples = 1000

/** A detector with its scores of normal and of anomalous samples. */
interface Ranked {
  readonly name: string
  readonly normal: ScoreArray
  readonly anomalous: ScoreArray
}

/**
 * The detectors that rank anomalies below normal samples: their AUC, the probability that an anomaly's score is
 * above a normal sample's plus half of that of a tie, is below ½ by more than Hoeffding's bound for a U-statistic of two samples
 * (1963, (5.7)), √(ln(1/0.01)/(2k)) with k the smaller number of samples: it holds for every law of independent samples.
 *
 * Cost: that of sorting the scores of a detector that seems to; of any other, a thousand scores of each kind.
 */
export async function worseThanChance(detectors: readonly Ranked[]): Promise<Reversed[]> {
  const found: Reversed[] = []
  for (const { name, normal, anomalous } of detectors) {
    const some = await aucOf(few(normal), few(anomalous))
    if (some >= 0.5) continue
    const auc = await aucOf(normal, anomalous)
    const margin = Math.sqrt(-Math.log(risk) / (2 * Math.min(normal.length, anomalous.length)))
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
  const flag = found.map(({ name }) => name).join()
  const [rank, them] = found.length === 1 ? ['ranks', 'its scores'] : ['rank', 'their scores']
  return [
    `${names} ${rank} anomalies below normal samples (AUC ${found.map(({ auc }) => short(auc)).join(', ')}; chance is 0.5). ` +
      `The scores were used as they are. If lower scores are more anomalous there, negate ${them}: --negate ${flag}`,
  ]
}

/** Some of many scores, evenly over their order. */
function few(scores: ScoreArray): ScoreArray {
  if (scores.length <= fewSamples) return scores
  return Float64Array.from({ length: fewSamples }, (_, i) => at(scores, Math.floor((i * scores.length) / fewSamples)))
}

/** P(anomalous > normal) + ½ P(equal), over all pairs. */
async function aucOf(normal: ScoreArray, anomalous: ScoreArray): Promise<number> {
  const [below, above] = [await sort(normal), await sort(anomalous)]
  let [less, equal, i, j] = [0, 0, 0, 0]
  for (const score of above) {
    while (i < below.length && at(below, i) < score) i++
    while (j < below.length && at(below, j) <= score) j++
    less += i
    equal += j - i
  }
  return (less + equal / 2) / (below.length * above.length)
}
