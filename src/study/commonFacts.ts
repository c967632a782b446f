import { at } from '../check.js'
import { attributionOf } from '../data/core/dataset.js'
import type { StandardisedOver } from '../data/splits/standardisedOver.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { type TakenDevice, takenDevice } from '../runtime/device.js'
import { type Provenance, provenance } from './core/provenance.js'
import type { StudyResult } from './core/types.js'
import type { StudyPlan } from './plan.js'
import type { CheckedStudy } from './studyOptions.js'
import type { Scenario, TrainedScenarios } from './trainer/trainScenarios.js'

/** What holds for all studies that are answered together, as those of a matrix or of a sweep. */
export interface CommonFacts
  extends Provenance,
    TakenDevice,
    Pick<StudyResult, 'dataset' | 'simulated' | 'normal' | 'detectors' | 'runs' | 'fpr' | 'level' | 'resamples'>,
    Pick<StudyResult, 'epochs' | 'pretrainEpochs' | 'split' | 'seed' | 'distance' | 'workers'> {
  /** Which samples standardised the features; null where none did. */
  readonly standardisedOver: StandardisedOver | null
  readonly decoder: DecoderOutput
  readonly network: string
  /** As in `StudySettings`. */
  readonly networkReason?: string
  /** Normal samples that a run trained on, with the anomalies that hide among them. */
  readonly nNormal: number
}

/** @param first the runs of one of the studies */
export function commonFacts(
  study: CheckedStudy,
  { plan, first }: { readonly plan: StudyPlan; readonly first: Scenario },
  { device, workers }: Pick<TrainedScenarios, 'device' | 'workers'>,
  began: number,
): CommonFacts {
  const { runs, fpr, level, resamples, seed, settings } = study
  const { dataset, training, normal, split, standardisedOver } = plan
  const { epochs, pretrainEpochs } = settings
  return {
    ...{ dataset: dataset.name, simulated: dataset.simulated, normal },
    detectors: { baseline: study.baseline.name, candidate: study.candidate.name },
    nNormal: at(first, 0).split.trainNormal.length,
    ...{ runs, fpr, level, resamples, seed, epochs, pretrainEpochs, split, standardisedOver },
    ...{ decoder: training.decoder, network: training.network.title, distance: dataset.distance, workers },
    ...takenDevice(device, study),
    ...(training.networkReason !== undefined && { networkReason: training.networkReason }),
    ...provenance(began, attributionOf(dataset)),
  }
}
