import { counted, formatCount } from '../counted.js'
import type { ValidationRecord } from './earlyStopping.js'
import { learnsFromAnomalies, type Objective } from './objectives/objective.js'
import type { TrainingSettings } from './settings.js'
import { trainedCounts } from './validationLoss.js'

/** Which normal samples a scale is over, in messages: those held out for the validation loss standardise too. */
export function scaledNormals({ validationShare }: Pick<TrainingSettings, 'validationShare'>): string {
  return `normal samples trained on${validationShare === undefined ? '' : ' or held out for the validation loss'}`
}

/**
 * A warning where a `validationShare` of a run's n normal samples leaves hardly any to train on, or none: where less than a batch is left, and less
 * than is held out.
 */
export function shareWarnings(n: number, settings: Pick<TrainingSettings, 'validationShare' | 'batchSize'>): string[] {
  const { validationShare, batchSize } = settings
  const { nNormal, nHeldOut = 0 } = trainedCounts(n, settings)
  if (nNormal >= Math.min(batchSize, nHeldOut)) return []
  return [
    `validationShare ${validationShare} holds out ${formatCount(nHeldOut)} of ${counted(n, 'normal sample')}. Only ${formatCount(nNormal)} ${nNormal === 1 ? 'is' : 'are'} left to ` +
      `train on, less than a batch of ${batchSize}. Take a smaller share, such as 0.1 (--validation-share 0.1)`,
  ]
}

/** Whether a patience took a replica back to one of its first epochs, as many as the patience. */
function isEarly({ losses, bestEpoch }: ValidationRecord, patience: number): boolean {
  return bestEpoch !== null && bestEpoch <= patience && bestEpoch < losses.length
}

/**
 * Warnings of what became of a detector's validation losses, as far as any must be told: where no loss was finite, and where a patience took it back.
 *
 * @param all of trainings that converged
 * @param what a training is, where there are several
 */
export function lossWarnings(
  objective: Objective,
  all: readonly (ValidationRecord | undefined)[],
  { patience }: Pick<TrainingSettings, 'patience'>,
  what: 'run' | 'training' = 'run',
): string[] {
  const records = all.filter((one) => one !== undefined)
  return [
    ...unmeasuredWarnings(objective, records, { patience, what }),
    ...(patience === undefined ? [] : earlyWarnings(objective, records, { patience, what })),
  ]
}

/** A warning of trainings in which no validation loss was finite, or none. */
function unmeasuredWarnings(
  { title }: Objective,
  records: readonly ValidationRecord[],
  { patience, what }: { readonly patience: number | undefined; readonly what: 'run' | 'training' },
): string[] {
  const n = records.filter(({ bestEpoch }) => bestEpoch === null).length
  if (n === 0) return []
  const where = records.length === 1 ? '' : `in ${n} of ${counted(records.length, what)}, `
  const stops = patience === undefined ? '' : `, and patience ${patience} stops nothing`
  return [
    `${where}the validation loss of ${title} is never finite. So it measures nothing${stops}: the weights are those of the last epoch. Look for numbers far out among ` +
      'the normal samples, such as 3.4e38 for a missing one, or standardise the features',
  ]
}

/**
 * A warning of a detector that learns from labelled anomalies where a patience took it back to one of its first epochs, or none: the loss of normal
 * samples alone often rises as soon as anomalies are learnt.
 */
function earlyWarnings(
  objective: Objective,
  records: readonly ValidationRecord[],
  { patience, what }: { readonly patience: number; readonly what: 'run' | 'training' },
): string[] {
  if (!learnsFromAnomalies(objective)) return []
  const early = records.filter((one) => isEarly(one, patience))
  const [first] = early
  if (first === undefined) return []
  const { title } = objective
  const whose =
    records.length === 1
      ? `the weights of ${title} are those of epoch ${first.bestEpoch} of ${first.losses.length}, by patience ${patience}`
      : `in ${early.length} of ${counted(records.length, what)}, the weights of ${title} are those of ${epochsOf(early)}, by patience ${patience}`
  return [
    `${whose}. That goes by the loss of held-out normal samples, which does not show what ${title} learns from labelled anomalies. ` +
      'So it may be almost untrained. Leave patience (--patience) out, and say for how many epochs to train (--epochs)',
  ]
}

/** `epoch 1`, `epochs 1 to 3` */
function epochsOf(records: readonly ValidationRecord[]): string {
  const epochs = records.map(({ bestEpoch }) => bestEpoch ?? 0)
  const [least, most] = [Math.min(...epochs), Math.max(...epochs)]
  return least === most ? `epoch ${least}` : `epochs ${least} to ${most}`
}
