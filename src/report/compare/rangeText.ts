import type { RangeCandidate, RangeClass, RangeComparison } from '../../compare/compareRange.js'
import { counted, formatCount } from '../../counted.js'
import type { RangeScale } from '../../stats/bias/fprRange.js'
import { formatColumnP, formatGiven, formatInterval, formatRate, formatSigned } from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { columnTable, textLines } from '../textTable.js'
import { arrows, warningLines } from '../words.js'
import { familyOfClasses } from './families.js'
import { groupWords } from './groupWords.js'
import { verdictColumns, verdictLines } from './verdictText.js'

/** What there is to show of a candidate: each class and all anomalies, which are one where there is a single class. */
export function shownRangeSets({ classes, overall }: RangeCandidate): readonly RangeClass[] {
  return classes.length === 1 ? classes : [...classes, overall]
}

/** A comparison over a range of targets for people at a terminal: a table for each candidate, and how it was computed. */
export function rangeText(comparison: RangeComparison): string {
  requireAnswer('rangeText', comparison, 'compareRange')
  const { source, baseline, candidates, nNormal, nAnomalous, resamples, seed, warnings } = comparison
  return textLines([
    ...candidates.flatMap((one) => [
      `${one.candidate.name} against ${baseline.name} on ${source}: ${counted(nAnomalous, 'anomalous sample')}, thresholds ` +
        `from ${counted(nNormal, 'normal sample')}`,
      candidateTable(one, comparison),
    ]),
    `${rangeMeaning(comparison)} ${family(comparison)}`,
    ...verdictLines(comparison),
    ...groupWords(comparison),
    `Intervals: confidence, ${formatCount(resamples)} draws, seed ${seed}; thresholds: inverse-cdf.`,
    ...warningLines(warnings),
  ])
}

const scales: Readonly<Record<RangeScale, string>> = {
  log: 'over the logarithm of the FPR',
  fpr: 'over the FPR: the difference of partial areas under the ROC curves, divided by the length of the range',
}

/** What is averaged, and how, in a sentence. */
export function rangeMeaning({ baseline, candidates, fprRange: [from, to], over }: RangeComparison): string {
  const [only] = candidates
  const candidate = only !== undefined && candidates.length === 1 ? only.candidate.name : 'candidate'
  return `ξ = mean TPR ${candidate} − mean TPR ${baseline.name} at FPR from ${formatGiven(from)} to ${formatGiven(to)}. The mean is ${scales[over]}.`
}

function family(comparison: RangeComparison): string {
  const { level, multiplicity } = comparison
  const whom = familyOfClasses(comparison)
  if (whom === '') return '↑ ↓ where the interval excludes 0.'
  const how = multiplicity === 'bonferroni' ? ' (Bonferroni over candidates)' : ''
  return `Simultaneous intervals hold for all ${whom} at once${how} with ${formatGiven(level)}; ↑ ↓ where they exclude 0.`
}

function candidateTable(compared: RangeCandidate, { baseline, level, verdict }: RangeComparison): string {
  const { candidate, classes, overall } = compared
  // All anomalies stand apart from the classes' family.
  const apart = (one: RangeClass) => (one === overall && classes.length > 0 ? { ...one, name: `(${one.name})` } : one)
  return columnTable<RangeClass>(
    [
      ['anomalies', 'l', ({ name }) => name],
      ['n', 'r', ({ n }) => formatCount(n)],
      [`mean TPR ${baseline.name}`, 'r', ({ tprBaseline }) => formatRate(tprBaseline, 3)],
      [`mean TPR ${candidate.name}`, 'r', ({ tprCandidate }) => formatRate(tprCandidate, 3)],
      ['ξ', 'r', ({ xi }) => formatSigned(xi, 3)],
      [`${formatGiven(level)} interval`, 'r', ({ interval }) => formatInterval(interval, 3)],
      ['simultaneous', 'r', (one) => formatInterval(one.simultaneous, 3)],
      ['adjusted p', 'r', ({ pAdjusted }) => formatColumnP(pAdjusted)],
      ['', 'c', ({ direction }) => arrows[direction]],
      ...(verdict === undefined ? [] : verdictColumns),
    ],
    shownRangeSets(compared).map(apart),
  )
}
