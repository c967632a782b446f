import { detectorTitle } from '../../detectors/detectors.js'
import type { StudyResult } from '../../study/core/types.js'
import { formatInterval, formatMeanSd, formatPercent, formatSigned } from '../format.js'
import { textTable } from '../textTable.js'
import { arrows, comparedTitle, countedRuns, dataLines } from '../words.js'
import { similaritySentence } from './similarityText.js'

/** A study's result for people at a terminal: a table, what its intervals cover, and where it comes from. No colours. */
export function studyText(result: StudyResult): string {
  const baseline = detectorTitle(result.detectors.baseline)
  const candidate = detectorTitle(result.detectors.candidate)
  const { validation, training } = result
  return [
    `${comparedTitle(result)} (${result.settings.network}): ` +
      `normal ${result.normal} (${training.nNormal} to train on), ` +
      `labelled anomalies ${result.anomaly} (${training.nAnomaly}), ${countedRuns(result)}`,
    table(result),
    `ξ = TPR ${candidate} − TPR ${baseline} at FPR ${formatPercent(result.fpr)}; ± is the sd over runs; ` +
      `↑ ↓ where the interval excludes 0, class by class.`,
    result.intervalCovers,
    similaritySentence(result),
    `Thresholds from ${validation.n} samples of ${result.normal}${validation.nTrainedOn === 0 ? ' not trained on' : ''}; FPR there: ` +
      `${baseline} ${validation.fprBaseline.mean.toFixed(4)}, ${candidate} ${validation.fprCandidate.mean.toFixed(4)}.`,
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    ...dataLines(result),
  ].join('\n')
}

function table({ classes, detectors, level, training }: StudyResult): string {
  const nRuns = training.converged.length
  const head = [
    'anomalies',
    'n',
    'L²',
    `TPR ${detectorTitle(detectors.baseline)}`,
    `TPR ${detectorTitle(detectors.candidate)}`,
    'ξ',
    `${formatPercent(level)} interval`,
    '',
  ]
  const rows = classes.map((one) => [
    one.name,
    String(one.n),
    one.l2.toFixed(2),
    formatMeanSd(one.tprBaseline, nRuns),
    formatMeanSd(one.tprCandidate, nRuns),
    formatSigned(one.xi),
    formatInterval(one.interval),
    arrows[one.direction],
  ])
  return textTable(head, rows, { align: 'lrrrrrrc' })
}
