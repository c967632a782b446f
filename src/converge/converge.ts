import { availableParallelism } from 'node:os'
import type { DrawnSource } from '../data/core/source.js'
import { publishedUse } from '../data/datasets.js'
import { mixtureText } from '../data/splits/anomalyMixture.js'
import { pairModel } from '../detectors/savedModel.js'
import { trainedCounts } from '../detectors/validationLoss.js'
import { lossWarnings, shareWarnings } from '../detectors/validationWarnings.js'
import { takenDevice } from '../runtime/device.js'
import { Pool } from '../runtime/pool.js'
import { provenance, studySettings } from '../study/core/provenance.js'
import { networkOf, settingWarnings } from '../study/pairOptions.js'
import { withStore } from '../study/store/duckdbStore.js'
import { preparedColumns } from '../study/studyData.js'
import type { TrainScenariosOptions } from '../study/trainer/trainScenarios.js'
import { isNamed, namedData, type Recipe, type TrainingPart } from '../study/trainingPlan.js'
import type { Detectors } from '../theory/options.js'
import { type CheckedConverge, type CheckedScores, checkConverge, scoresOf } from './convergeOptions.js'
import { poolSource, requireRoom } from './poolSource.js'
import { studySource } from './summary.js'
import { syntheticSource } from './syntheticSource.js'
import { drawnSource, type TrainingSets, trainingSets } from './trainingSets.js'
import {
  type PairTraining,
  pairJobs,
  replicaOf,
  scorePairs,
  type TrainedOfPair,
  trainPair,
  withSessions,
} from './trainPair.js'
import type { Convergence, ConvergeOptions, ScoreConvergence } from './types.js'

/**
 * How ξ̂ and the FPR converge with the number of samples: the study of Section 4.2 of Ye, Chen and Zheng (IJCAI 2021), on any
 * data set.
 *
 * Trains both detectors once. For each number n of normal samples and each fraction α of anomalies, every run then sets both
 * thresholds on n normal samples of its own (Algorithm 1) and measures ξ̂ and FPR as `test` says. Reported for each cell:
 * the distributions; the error |ξ̂ − ξ| beside ε of Theorem 3 in two versions; the sd of ξ̂ that
 * `theory.biasVariance` predicts and the law of the FPR, Beta(c + 1, n − c). And for each α the slope of
 * log sd on log n, −1/2 in theory.
 *
 * `synthetic` draws fresh samples for every run, 10,000 normals and 1,000 anomalies for training; a million samples of either kind
 * stand in for the law where ξ and FPR are taken on it. Of all other data some samples of the normal and anomalous classes
 * train (StatLog 1,200 of the three grey soils and 120 of red soil and cotton crop, as published), and runs are drawn, with
 * replacement, from the scores of what training did not see; no other samples are scored.
 *
 * The main thread stays free. Equal options give equal results on one machine, with any number of workers.
 *
 * Errors, all before anything is trained: `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `OUT_OF_RANGE`, `WRONG_TYPE`, `EMPTY_SAMPLE` also where
 * classes do not have the samples that are to be trained or tested on, `NO_DATA`, `BAD_FILE`; then `NOT_INSTALLED`, `NO_DEVICE`, `DIVERGED`,
 * `WORKER_FAILED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const { rates } = await converge({ dataset: 'synthetic', alphas: [0.1], runs: 500 })
 * rates[0]?.xi?.slope // about −0.5
 */
export async function converge(options: ConvergeOptions): Promise<Convergence> {
  const study = checkConverge(options)
  const began = performance.now()
  const workers = study.workers ?? availableParallelism()
  const sets = await trainingSets(study)
  const drawn = scoresOf(study, sets.defaults)
  const { heldOut } = sets
  const source = drawnSource(study.dataset)
  // Of a data set that the paper simulates too, no one expects measurements.
  const simulated = sets.simulated && !(typeof study.dataset === 'string' && publishedUse(study.dataset)?.simulated)
  if (source === undefined) requireRoom({ normal: heldOut.normal.length, anomalous: heldOut.anomalous.length }, drawn)
  const planned = pairTraining(study, sets)
  const { training } = planned
  const { settings } = study
  const pair = await withStore(study, (store) => trainPair({ ...planned, training: { ...training, store } }))
  const { elapsedSeconds, ...from } = provenance(began, sets.attribution)
  const scores = await studyPair(pair, { training, workers }, source, drawn)
  return {
    ...dataOf(study, sets),
    detectors: { baseline: study.baseline.name, candidate: study.candidate.name },
    training: {
      ...trainedCounts(sets.normal.length, settings),
      nAnomalous: sets.anomalous.length,
      network: training.network.title,
      epochs: settings.epochs,
      pretrainEpochs: settings.pretrainEpochs,
      learningRate: settings.learningRate,
      decoder: training.decoder,
      seconds: elapsedSeconds,
    },
    settings: studySettings(training),
    ...takenDevice(pair.candidate.device, study),
    workers,
    ...from,
    ...scores,
    warnings: [
      ...settingWarnings(study, {
        ...sets,
        features: sets.samples.features,
        simulated,
        decoder: training.decoder,
      }),
      ...shareWarnings(sets.normal.length, settings),
      ...[pair.baseline, pair.candidate].flatMap(({ objective, validation }) =>
        lossWarnings(objective, [validation], settings),
      ),
      ...sets.warnings,
      ...scores.warnings,
    ],
  }
}

/** What `converge` trains. Errors, at once and when it is planned: those of `converge` before anything is trained. */
export function convergeTrainings(options: ConvergeOptions): TrainingPart {
  const study = checkConverge(options)
  return async () => {
    const training = pairTraining(study, await trainingSets(study))
    return [{ ...pairJobs(training), recipe: recipeOf(study) }]
  }
}

/** How another process plans the same trainings. */
function recipeOf(study: CheckedConverge): Recipe | undefined {
  if (!isNamed([study.baseline, study.candidate], study.network)) return undefined
  const { dataset, normal, anomaly, nTrain, share, dataSeed, standardise, network, mlp, decoder, settings, seed } =
    study
  const asked = { normal, anomaly, nTrain, share, dataSeed, standardise, network, mlp, decoder, settings, seed }
  const detectors = { baseline: study.baseline.name, candidate: study.candidate.name }
  return { kind: 'converge', dataset: namedData(dataset), options: { ...asked, ...detectors } }
}

/** The training of both detectors. Where fresh samples are drawn, the weights score them; else what training did not see is scored. */
function pairTraining(study: CheckedConverge, sets: TrainingSets): PairTraining {
  const { settings, seed, device, signal, onProgress } = study
  const isDrawn = drawnSource(study.dataset) !== undefined
  const { samples, classes, normal, anomalous, heldOut } = sets
  const labels = new Uint8Array(samples.nSamples)
  for (const row of anomalous) labels[row] = 1
  return {
    detectors: study,
    training: {
      dataset: { name: sets.name, features: samples.features, labels },
      ...networkOf(study, { sample: samples.sample, name: sets.name }),
      ...{ settings, seed, device, signal, onProgress, sha256: sets.sha256, weights: isDrawn || undefined },
      workers: study.workers,
      origin: { split: 'convergence', normal: classes.normal.join(' + ') },
    },
    normal,
    anomalous,
    scored: isDrawn ? { normal, anomalous } : heldOut,
    anomaly: classes.mixture === undefined ? classes.anomaly.join(' + ') : mixtureText(classes.mixture),
  }
}

/** What a result says of its samples. */
function dataOf(
  { dataset, dataSeed = 0 }: CheckedConverge,
  { name, simulated, standardisedOver, share, sha256, samples, classes }: TrainingSets,
) {
  return {
    dataset: name,
    simulated,
    standardisedOver,
    share,
    dataSeed,
    ...(sha256 !== undefined && { sha256, nSamples: samples.nSamples }),
    ...preparedColumns(dataset),
    ...classes,
  }
}

/** Fresh samples come from `source`; where there is none, runs are drawn from those held out. */
async function studyPair(
  { baseline, candidate }: Detectors<TrainedOfPair>,
  { training, workers }: { readonly training: TrainScenariosOptions; readonly workers: number },
  source: DrawnSource | undefined,
  drawn: CheckedScores,
): Promise<ScoreConvergence> {
  if (source === undefined)
    return studySource(await poolSource({ baseline: baseline.scores, candidate: candidate.scores }, drawn), drawn)
  const model = pairModel(replicaOf(baseline, training), replicaOf(candidate, training))
  const { sample } = training.network
  const pool = new Pool({ workers, device: candidate.device, signal: training.signal })
  try {
    return await withSessions(pool, model, workers, async (sessions) =>
      studySource(
        await syntheticSource(
          sessions.map((session) => (features) => scorePairs(session, features, sample)),
          drawn,
          source,
        ),
        drawn,
      ),
    )
  } finally {
    await pool.close()
  }
}
