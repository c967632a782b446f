import { datasetNames } from '../data/datasets.js'
import type { StudyResult } from '../study/core/types.js'
import { quoted } from './flags.js'

/**
 * The command that repeats a study, with every option that decides its numbers; undefined for data of the user's, of which a
 * result does not say where the file was.
 */
export function studyLine(result: StudyResult): string | undefined {
  const { dataset, data, normal, anomaly, detectors, settings } = result
  if (!(datasetNames as readonly string[]).includes(dataset)) return undefined
  const options = {
    normal,
    anomaly,
    baseline: detectors.baseline,
    candidate: detectors.candidate,
    runs: result.runs,
    fpr: result.fpr,
    level: result.level,
    resamples: result.resamples,
    epochs: result.epochs,
    'pretrain-epochs': result.pretrainEpochs,
    decoder: settings.decoder,
    split: result.split,
    device: result.device,
    seed: result.seed,
    ...(data?.share !== undefined && { share: data.share }),
    ...(data !== undefined && data.dataSeed !== 0 && { 'data-seed': data.dataSeed }),
  }
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, quoted(String(value))])
  return ['scoring-bias study', dataset, ...flags].join(' ')
}
