import { at } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import { featureRange } from '../../data/tables/featureRange.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { TrainedDetector } from '../../detectors/train.js'
import { bars } from '../bars.js'
import { formatDigits, formatGiven, formatPercent, formatRate, formatThreshold } from '../format.js'
import { featureWords, networkLines, preparedLines, trainedWords } from '../study/studyWords.js'
import { textLines, textTable } from '../textTable.js'
import { enumerate, originLines, warningLines } from '../words.js'

/** A training's result for people at a terminal: what was trained on what, its threshold, and recall. No colours. */
export function trainText({
  metadata,
  networkReason,
  deviceReason,
  losses,
  validation: measured,
  recall,
  warnings,
}: TrainedDetector): string {
  const { detector, network, decoder, data, classes, trainedOn, standardisation, preparation, validation } = metadata
  const { fpr: targetFpr, threshold, device } = metadata
  const anomalies =
    trainedOn.anomalous === 0
      ? 'no labelled anomalies'
      : `labelled anomalies ${enumerate(classes.anomalous)} (${formatCount(trainedOn.anomalous)})`
  const whose = validation.trainedOn > 0 ? 'all of the class, trained on or not' : 'held out from training'
  return textLines([
    `${detectorTitle(detector)} (${network}, ${decoder} decoder) on ${data.name}${data.simulated ? ' (simulated)' : ''}: ` +
      `normal ${classes.normal} (${trainedWords({ nNormal: trainedOn.normal, ...(measured && { nHeldOut: measured.n }) })}), ${anomalies}`,
    ...networkLines(network, networkReason),
    `Features ${featureWords(standardisation === null ? null : standardisation.over, measured?.n)}.`,
    ...preparedLines(
      {
        oneHot: preparation?.oneHot.map(({ column }) => column) ?? [],
        ...(preparation?.impute && { impute: preparation.impute.by }),
      },
      measured?.n,
    ),
    `${counted(losses.length, 'epoch')}; mean loss of the first ${formatDigits(at(losses, 0), 4)}, of the last ${formatDigits(at(losses, losses.length - 1), 4)}.`,
    ...(measured === undefined ? [] : validationLines(losses, measured, metadata.settings.patience)),
    `Threshold ${formatThreshold(threshold)} for FPR ${formatGiven(targetFpr)}: above it are ` +
      `${formatCount(Math.round(validation.observedFpr * validation.n))} of ${counted(validation.n, 'normal sample')} (${whose}), ${formatPercent(validation.observedFpr)}.`,
    ...(recall.length === 0 ? [] : [recallTable(recall)]),
    ...warningLines(warnings),
    ...originLines({ device, ...(deviceReason !== undefined && { deviceReason }), attribution: data.attribution }),
  ])
}

function recallTable(recall: TrainedDetector['recall']): string {
  const rows = recall.map((one) => [one.class, formatCount(one.n), formatRate(one.tpr, 2)])
  return textTable(['anomalies not trained on', 'n', 'recall'], rows, { align: 'lrr' })
}

/** Training and validation losses beside each other, as bars, and where training stopped. */
function validationLines(
  losses: Float64Array,
  { losses: all, bestEpoch, n }: NonNullable<TrainedDetector['validation']>,
  patience: unknown,
): string[] {
  const what = `Validation loss of ${counted(n, 'normal sample')} held out`
  if (bestEpoch === null) return [`${what}: never finite; the weights are those of the last epoch.`]
  const measured = all.map((loss) => loss ?? Number.NaN)
  const [low, high] = featureRange(Float64Array.from([...losses, ...measured.filter(Number.isFinite)]))
  const curve = (values: ArrayLike<number>) => bars(stretches(values), low, high)
  const first = at(measured, 0)
  const told = [
    `first ${Number.isFinite(first) ? formatDigits(first, 4) : 'not finite'}`,
    `lowest ${formatDigits(at(measured, bestEpoch - 1), 4)} after epoch ${bestEpoch}`,
    ...(patience === undefined ? [] : [`the weights are those of epoch ${bestEpoch}`]),
  ]
  return [`${what}: ${told.join('; ')}.`, `  training   ${curve(losses)}`, `  validation ${curve(measured)}`]
}

/** Means of at most 60 stretches of a curve. */
function stretches(values: ArrayLike<number>): number[] {
  const n = Math.min(60, values.length)
  return Array.from({ length: n }, (_, i) => {
    const own = Array.from(values).slice(Math.floor((i * values.length) / n), Math.floor(((i + 1) * values.length) / n))
    return own.reduce((sum, value) => sum + value, 0) / own.length
  })
}
