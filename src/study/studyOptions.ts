import { requireBetween, requireInteger, requireKnown } from '../check.js'
import { splitKinds } from '../data/splits/splitKind.js'
import { decoderOutputs } from '../detectors/detectorGraph.js'
import { deviceRequests } from '../runtime/device.js'
import type { StudyOptions } from './types.js'

/** What a study does when it is not told otherwise. */
export const studyDefaults = {
  baseline: 'deep-svdd',
  candidate: 'deep-sad',
  runs: 5,
  fpr: 0.05,
  level: 0.95,
  resamples: 10_000,
  epochs: 200,
  pretrainEpochs: 100,
  device: 'auto',
  seed: 0,
} as const satisfies Partial<StudyOptions>

/** Options whose defaults do not depend on the data set or the machine are all present. */
export type CheckedStudyOptions = StudyOptions & Required<Pick<StudyOptions, keyof typeof studyDefaults>>

/**
 * Fills in defaults and checks every option that can be checked before the data set is loaded; detector names against
 * `detectorNames`. Classes are the data set's to check (`makeSplit`).
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `UNKNOWN_NAME`.
 */
export function checkStudyOptions(options: StudyOptions, detectorNames: readonly string[]): CheckedStudyOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const checked: CheckedStudyOptions = { ...studyDefaults, dataset: options.dataset, ...given }
  requireKnown('detector', checked.baseline, detectorNames)
  requireKnown('detector', checked.candidate, detectorNames)
  requireInteger('runs', checked.runs, 1, 10_000)
  requireBetween('fpr', checked.fpr, 0, 1)
  requireBetween('level', checked.level, 0, 1)
  requireInteger('resamples', checked.resamples, 100, 10_000_000)
  requireInteger('epochs', checked.epochs, 1, 100_000)
  requireInteger('pretrainEpochs', checked.pretrainEpochs, 0, 100_000)
  if (checked.decoder !== undefined) requireKnown('decoder', checked.decoder, decoderOutputs)
  if (checked.split !== undefined) requireKnown('split', checked.split, splitKinds)
  requireKnown('device', checked.device, deviceRequests)
  if (checked.workers !== undefined) requireInteger('workers', checked.workers, 1, 1024)
  requireInteger('seed', checked.seed, 0)
  return checked
}
