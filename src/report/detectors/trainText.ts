import { at } from '../../check.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { TrainedDetector } from '../../detectors/train.js'
import { formatCounted, formatDigits, formatPercent } from '../format.js'
import { textLines, textTable } from '../textTable.js'
import { dataLines, enumerate, featureWords, networkLines, preparedLines } from '../words.js'

/** A training's result for people at a terminal: what was trained on what, its threshold, and recall. No colours. */
export function trainText({ metadata, networkReason, losses, recall, warnings }: TrainedDetector): string {
  const { detector, network, decoder, data, classes, trainedOn, standardisation, preparation, validation } = metadata
  const { fpr: targetFpr, threshold } = metadata
  const anomalies =
    trainedOn.anomalous === 0
      ? 'no labelled anomalies'
      : `labelled anomalies ${enumerate(classes.anomalous)} (${trainedOn.anomalous})`
  const whose = validation.trainedOn > 0 ? 'all of the class, trained on or not' : 'held out from training'
  return textLines([
    `${detectorTitle(detector)} (${network}, ${decoder} decoder) on ${data.name}${data.simulated ? ' (simulated)' : ''}: ` +
      `normal ${classes.normal} (${trainedOn.normal} to train on), ${anomalies}`,
    ...networkLines(network, networkReason),
    `Features ${featureWords(standardisation === null ? null : standardisation.over)}.`,
    ...preparedLines({
      oneHot: preparation?.oneHot.map(({ column }) => column) ?? [],
      ...(preparation?.impute && { impute: preparation.impute.by }),
    }),
    `${formatCounted(losses.length, 'epoch')}; mean loss of the first ${formatDigits(at(losses, 0), 4)}, of the last ${formatDigits(at(losses, losses.length - 1), 4)}.`,
    `Threshold ${formatDigits(threshold, 4)} for FPR ${formatPercent(targetFpr)}: above it are ` +
      `${Math.round(validation.observedFpr * validation.n)} of ${validation.n} normal samples (${whose}), ${formatPercent(validation.observedFpr)}.`,
    ...(recall.length === 0 ? [] : [recallTable(recall)]),
    ...warnings.map((warning) => `Warning: ${warning}.`),
    ...dataLines(data),
  ])
}

function recallTable(recall: TrainedDetector['recall']): string {
  const rows = recall.map((one) => [one.class, String(one.n), one.tpr.toFixed(2)])
  return textTable(['anomalies not trained on', 'n', 'recall'], rows, { align: 'lrr' })
}
