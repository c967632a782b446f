import { counted, formatCount } from '../counted.js'
import { countsAt, short } from '../stats/bias/warnings.js'
import { toleratedAlarms } from '../stats/ranks/thresholdRule.js'
import type { CheckedScores } from './convergeOptions.js'
import { type CellPlan, type ConvergeSource, detectorRoles } from './sampleRuns.js'

/** What to know before relying on a convergence study, in sentences. */
export function convergeWarnings(source: ConvergeSource, cells: readonly CellPlan[], options: CheckedScores): string[] {
  const { fpr, sizes, test } = options
  const tooFew = sizes.filter((n) => toleratedAlarms(fpr, n) === 0)
  const { normal, anomalous } = source.population.baseline
  return [
    ...(tooFew.length === 0
      ? []
      : [
          `runs of ${listed(tooFew)} normal samples are too few for fpr = ${fpr}. Among so few, no false alarm is allowed, so the ` +
            'threshold is the largest score. Use larger runs',
        ]),
    ...(source.normals === undefined
      ? []
      : [
          ...largerThanPool([
            ['normal samples', normal.length, sizes],
            ['anomalies', anomalous.length, test === 'fresh' ? cells.map(({ nAnomalous }) => nAnomalous) : []],
          ]),
          ...undecidedThresholds(source),
        ]),
  ]
}

/** Runs larger than the pool they are drawn from are samples of its law all the same, but teach nothing of the data's. */
function largerThanPool(kinds: readonly (readonly [what: string, n: number, sizes: readonly number[]])[]): string[] {
  const larger = kinds.flatMap(([what, n, sizes]) => {
    const found = [...new Set(sizes)].filter((size) => size > n)
    return found.length === 0 ? [] : [`${listed(found)} ${what} are drawn from ${formatCount(n)}`]
  })
  if (larger.length === 0) return []
  return [
    `some runs are larger than the data: ${larger.join(' and ')}, with replacement. Such runs show how ξ̂ converges to the ξ of ` +
      'these scores. They do not show how near that is to the ξ of new samples. Use smaller runs, or more scores',
  ]
}

/** Where scores tie, two thresholds may fit the target equally well, and runs of any size read one or the other. */
function undecidedThresholds({ population, normals }: ConvergeSource): string[] {
  return detectorRoles.flatMap((role) => {
    const limits = normals?.[role].limits
    if (limits === undefined) return []
    const { anomalous } = population[role]
    const [more, fewer] = limits.map((tau) => countsAt(anomalous, tau).above) as [number, number]
    if (more === fewer) return []
    return [
      `the ${role} has two thresholds that fit the target equally well, ${short(limits[0])} and ${short(limits[1])}, because scores tie. ` +
        `Runs of any size may take either of them. Of ${counted(anomalous.length, 'anomalous score')}, ` +
        `${counted(more - fewer, 'lies', 'lie')} between the two. So ξ̂ does not converge. Use finer scores, or one normal score more or fewer`,
    ]
  })
}

function listed(sizes: readonly number[]): string {
  return [...sizes]
    .sort((a, b) => a - b)
    .map((n) => formatCount(n))
    .join(', ')
}
