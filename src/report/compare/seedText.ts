import type { SeedClass, SeedComparison, TrainedDetector } from '../../compare/compareSeeds.js'
import { counted, formatCount } from '../../counted.js'
import {
  formatColumnP,
  formatGiven,
  formatInterval,
  formatPlusMinus,
  formatRate,
  formatSigned,
  formatThreshold,
  formatWholePercent,
} from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { columnTable, textLines, textTable } from '../textTable.js'
import { arrows, warningLines } from '../words.js'
import { groupWords } from './groupWords.js'

/** What there is to show: each class and all anomalies, which are one where there is a single class. */
export function shownClasses({ classes, overall }: SeedComparison): readonly SeedClass[] {
  return classes.length === 1 ? classes : [...classes, overall]
}

/** A comparison of detectors that were trained several times, for people at a terminal. */
export function seedText(comparison: SeedComparison): string {
  requireAnswer('seedText', comparison, 'compareSeeds')
  const { source, fpr, level, resamples, seed, baseline, candidate, nNormal, nAnomalous, warnings } = comparison
  const family =
    comparison.classes.length > 1
      ? `simultaneous intervals hold for all classes at once with ${formatGiven(level)}; ↑ ↓ where they exclude 0.`
      : '↑ ↓ where the interval excludes 0.'
  return textLines([
    `${trained(candidate)} against ${trained(baseline)} on ${source}: ${counted(nAnomalous, 'anomalous sample')}, thresholds ` +
      `from ${counted(nNormal, 'normal sample')}`,
    classTable(comparison),
    `ξ = mean TPR ${candidate.name} − mean TPR ${baseline.name} at FPR ${formatGiven(fpr)}, each training at its own threshold; ${family}`,
    'Intervals cover samples and training. TPR: mean ± standard deviation over trainings. Training: its share of the squared standard error.',
    ...groupWords(comparison),
    trainingTable([baseline, candidate]),
    `Intervals: confidence, ${formatCount(resamples)} draws, seed ${seed}; thresholds: inverse-cdf.`,
    ...warningLines(warnings),
  ])
}

/** `svdd* (5 trainings)` */
export function trained({ name, trainings }: TrainedDetector): string {
  return `${name} (${counted(trainings.length, 'training')})`
}

function classTable(comparison: SeedComparison): string {
  const { baseline, candidate, overall, classes, level } = comparison
  // All anomalies stand apart from the classes' family.
  const apart = (one: SeedClass) => (one === overall && classes.length > 0 ? { ...one, name: `(${one.name})` } : one)
  return columnTable<SeedClass>(
    [
      ['anomalies', 'l', ({ name }) => name],
      ['n', 'r', ({ n }) => formatCount(n)],
      [`TPR ${baseline.name}`, 'r', ({ tprBaseline }) => spread(tprBaseline, baseline)],
      [`TPR ${candidate.name}`, 'r', ({ tprCandidate }) => spread(tprCandidate, candidate)],
      ['ξ', 'r', ({ xi }) => formatSigned(xi, 3)],
      [`${formatGiven(level)} interval`, 'r', ({ interval }) => formatInterval(interval, 3)],
      ['simultaneous', 'r', (one) => formatInterval(one.simultaneous, 3)],
      ['adjusted p', 'r', ({ pAdjusted }) => formatColumnP(pAdjusted)],
      ['training', 'r', ({ trainingShare }) => formatWholePercent(trainingShare)],
      ['', 'c', ({ direction }) => arrows[direction]],
    ],
    shownClasses(comparison).map(apart),
  )
}

/** `0.412 ± 0.031`; of a single training `0.412`, which says nothing of the spread. */
function spread({ mean, sd }: SeedClass['tprBaseline'], { trainings }: TrainedDetector): string {
  return trainings.length === 1 ? formatRate(mean, 3) : formatPlusMinus(mean, sd, 3)
}

function trainingTable(detectors: readonly TrainedDetector[]): string {
  const all = detectors.flatMap(({ trainings }) => trainings)
  const rows = all.map(({ name, threshold, observedFpr, observedTpr }) => [
    name,
    formatThreshold(threshold),
    formatRate(observedFpr, 4),
    formatRate(observedTpr, 3),
  ])
  return textTable(['training', 'threshold', 'FPR', 'TPR'], rows, { align: 'lrrr' })
}
