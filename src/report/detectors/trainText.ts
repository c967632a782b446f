import Table from 'cli-table3'
import type { TrainedDetector } from '../../detectors/train.js'
import { detectorTitle, enumerate, formatPercent } from '../format.js'

/** A training's result for people at a terminal: what was trained on what, its threshold, and recall. No colours. */
export function trainText({ metadata, losses, recall, warnings }: TrainedDetector): string {
  const { detector, network, decoder, data, classes, trainedOn, validation, fpr: targetFpr, threshold } = metadata
  const anomalies =
    trainedOn.anomalous === 0
      ? 'no labelled anomalies'
      : `labelled anomalies ${enumerate(classes.anomalous)} (${trainedOn.anomalous})`
  const whose = (validation.trainedOn ?? 0) > 0 ? 'all of the class, trained on or not' : 'held out from training'
  return [
    `${detectorTitle(detector)} (${network}, ${decoder} decoder) on ${data.name}${data.simulated ? ' (simulated)' : ''}: ` +
      `normal ${classes.normal} (${trainedOn.normal} to train on), ${anomalies}`,
    `${losses.length} epochs; mean loss of the first ${significant(losses[0])}, of the last ${significant(losses.at(-1))}.`,
    `Threshold ${significant(threshold)} for FPR ${formatPercent(targetFpr)}: above it are ` +
      `${Math.round(validation.observedFpr * validation.n)} of ${validation.n} normal samples (${whose}), ${formatPercent(validation.observedFpr)}.`,
    ...(recall.length === 0 ? [] : [recallTable(recall)]),
    ...warnings.map((warning) => `Warning: ${warning}.`),
    ...(data.attribution === '' ? [] : [`Data: ${data.attribution}.`]),
  ].join('\n')
}

function recallTable(recall: TrainedDetector['recall']): string {
  const rows = new Table({
    head: ['anomalies not trained on', 'n', 'recall'],
    colAligns: ['left', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const one of recall) rows.push([one.class, String(one.n), one.tpr.toFixed(2)])
  return rows.toString()
}

function significant(value: number | undefined): string {
  return value === undefined ? 'none' : String(Number(value.toPrecision(4)))
}
