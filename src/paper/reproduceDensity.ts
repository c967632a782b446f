import { at } from '../check.js'
import { provenance } from '../study/core/provenance.js'
import type { RunDetectorScores } from '../study/core/types.js'
import { simulatedWarning } from '../study/pairOptions.js'
import { runStudy } from '../study/runStudy.js'
import type { StudyOptions } from '../study/studyOptions.js'
import { oneRunWarning } from '../study/studyStatistics.js'
import type { PaperDetector } from './paperDetectors.js'
import { type DensityItem, headOf } from './paperItems.js'
import { pretrainingNotes, simulatedNotes, smallerNote } from './paperNotes.js'
import { type CheckedReproduceOptions, isPublished, settingsOf, workAsked } from './reproduceOptions.js'
import type { DensityPanel, DensityReproduction } from './types.js'

/** For the interval of ξ, which the figure does not show. */
const resamples = 100

/** Repeats one of Figures 1 and 4–8: one training of both detectors, and the scores of what it did not see. */
export async function reproduceDensity(
  item: DensityItem,
  options: CheckedReproduceOptions,
): Promise<DensityReproduction> {
  const began = performance.now()
  const { size, seed } = options
  const { dataset, normal, anomaly, baseline, candidate } = item.density
  const work = workAsked(options, dataset)
  const { epochs, pretrainEpochs, learningRate, share } = work
  const result = await runStudy(densityStudy(item, options))
  const iClass = result.classes.findIndex(({ name }) => name === anomaly)
  const published = isPublished(dataset, work)
  return {
    ...headOf(item),
    simulated: result.simulated,
    ...{ size, seed, dataset, normal, anomaly, epochs, pretrainEpochs, learningRate, share, published },
    nNormal: result.training.nNormal,
    nAnomaly: result.training.nAnomaly,
    network: result.settings.network,
    decoder: result.settings.decoder,
    panels: [panelOf(baseline, result.scores.baseline, iClass), panelOf(candidate, result.scores.candidate, iClass)],
    notes: [
      'the printed figure is one run’s too, and has no numbers to compare: its claim is that the anomalies’ scores lie where the ' +
        'normal ones do before anomalies are labelled, and apart from them afterwards',
      ...(published ? [] : [smallerNote]),
      ...pretrainingNotes([baseline, candidate], pretrainEpochs),
      ...simulatedNotes(dataset, result.simulated),
    ],
    // Said by `simulated`, and no fault where the paper's samples were simulated as well; the figure is of one run.
    warnings: result.warnings.filter((warning) => ![simulatedWarning(dataset), oneRunWarning].includes(warning)),
    device: result.device,
    workers: result.workers,
    ...provenance(began, result.attribution),
  }
}

/** The study of one run whose scores the figure shows. */
export function densityStudy({ density }: DensityItem, options: CheckedReproduceOptions): StudyOptions {
  const { seed, device, workers, dataDir, dataSeed, store, signal, onProgress } = options
  const { dataset, normal, anomaly, baseline, candidate } = density
  const work = workAsked(options, dataset)
  return {
    ...{ dataset, normal, anomaly, baseline, candidate, share: work.share, runs: 1, resamples },
    settings: settingsOf(work),
    ...{ seed, device, workers, dataDir, dataSeed, store, signal, onProgress },
  }
}

function panelOf(detector: PaperDetector, scores: RunDetectorScores, iClass: number): DensityPanel {
  const { threshold, normal } = scores
  const anomalous = at(scores.classes, iClass)
  const above = (sample: Float32Array) => sample.filter((score) => score > threshold).length / sample.length
  return { detector, threshold, observedFpr: above(normal), observedTpr: above(anomalous), normal, anomalous }
}
