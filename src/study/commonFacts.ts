import { at } from '../check.js'
import { attributionOf } from '../data/core/dataset.js'
import type { StandardisedOver } from '../data/splits/standardisedOver.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { trainedCounts } from '../detectors/validationLoss.js'
import { type TakenDevice, takenDevice } from '../runtime/device.js'
import { type Provenance, provenance, type StudySettings, studySettings } from './core/provenance.js'
import type { StudyData, StudyResult } from './core/types.js'
import type { StudyPlan } from './plan.js'
import { studyData } from './studyData.js'
import type { CheckedStudy } from './studyOptions.js'
import type { Scenario, TrainedScenarios } from './trainer/trainScenarios.js'

/** What holds for all studies that are answered together, as those of a matrix or of a sweep. */
export interface CommonFacts
  extends Provenance,
    TakenDevice,
    Pick<StudyResult, 'dataset' | 'simulated' | 'normal' | 'detectors' | 'runs' | 'fpr' | 'level' | 'resamples'>,
    Pick<StudyResult, 'epochs' | 'pretrainEpochs' | 'split' | 'seed' | 'distance' | 'workers'> {
  readonly data: StudyData
  /** Which samples standardised the features; null where none did. */
  readonly standardisedOver: StandardisedOver | null
  readonly decoder: DecoderOutput
  readonly network: string
  /** As in `StudySettings`. */
  readonly networkReason?: string
  /** Everything about the training that does not stand elsewhere. */
  readonly trainingSettings: Omit<StudySettings, 'network' | 'networkReason' | 'decoder'>
  /** Normal samples that a run trained on, with the anomalies that hide among them. */
  readonly nNormal: number
  /** Further ones that measured the validation loss, with the anomalies that hide among them; absent where none did. */
  readonly nHeldOut?: number
}

/**
 * @param first the runs of one of the studies
 * @param sha256 of the samples, see `StudyData`
 */
export function commonFacts(
  study: CheckedStudy,
  { plan, first, sha256 }: { readonly plan: StudyPlan; readonly first: Scenario; readonly sha256: string },
  { device, workers }: Pick<TrainedScenarios, 'device' | 'workers'>,
  began: number,
): CommonFacts {
  const { runs, fpr, level, resamples, seed, settings } = study
  const { dataset, training, normal, split, standardisedOver } = plan
  const { epochs, pretrainEpochs } = settings
  const { network, networkReason, decoder, ...trainingSettings } = studySettings(training)
  return {
    ...{ dataset: dataset.name, data: studyData(study, dataset, sha256), simulated: dataset.simulated, normal },
    detectors: { baseline: study.baseline.name, candidate: study.candidate.name },
    ...trainedCounts(at(first, 0).split.trainNormal.length, settings),
    ...{ runs, fpr, level, resamples, seed, epochs, pretrainEpochs, split, standardisedOver },
    ...{ network, ...(networkReason !== undefined && { networkReason }), decoder, trainingSettings },
    distance: dataset.distance,
    ...takenDevice(device, study),
    workers,
    ...provenance(began, attributionOf(dataset)),
  }
}
