import { attributionOf, classRows } from '../data/dataset.js'
import { mixtureText } from '../data/splits/anomalyMixture.js'
import { heldOutSplit } from '../data/splits/heldOutSplit.js'
import { requireAnomalous } from '../data/splits/normalClasses.js'
import { makeSplit, requireMixture, type Split } from '../data/splits/splits.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import { detector, detectorNames } from '../detectors/detectors.js'
import { publishedTraining } from '../detectors/publishedTraining.js'
import { ScoringBiasError } from '../errors.js'
import { network as namedNetwork } from '../nn/networks.js'
import type { OnProgress } from '../progress.js'
import { processorName, runtimeVersions, version } from '../version.js'
import { checkWritable } from '../writeFile.js'
import { settingWarnings } from './settingWarnings.js'
import { classDistances } from './similarity.js'
import { similarityOf } from './similarityTrend.js'
import { StudyStore } from './store/studyStore.js'
import { studyDataset } from './studyDataset.js'
import { checkStudyOptions } from './studyOptions.js'
import { studySettings } from './studySettings.js'
import { studyStatistics } from './studyStatistics.js'
import { trainDetectors } from './trainer/trainDetectors.js'
import type { StudyOptions, StudyResult } from './types.js'
import { writeScores } from './writeScores.js'

/** A study's options, and how it talks to its caller meanwhile. */
export type RunStudyOptions = StudyOptions & {
  /**
   * A DuckDB file that takes each unit's results as soon as they are there (see `StudyStore`); made where it is not there
   * yet. Units that it has are not trained again, so that a study that was killed goes on where it stopped.
   */
  readonly store?: string | undefined
  /** A Parquet file that takes all scores of all runs, last of all, see `writeScores`. */
  readonly keepScores?: string | undefined
  /** Given the answer before the scores are written: should that fail, it is not lost. */
  readonly onResult?: ((result: StudyResult) => void) | undefined
  /** When it fires, training stops within the current chunk of steps and the study rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/**
 * Trains two detectors over several runs and estimates, class by class, how much more or less the candidate detects.
 *
 * Every run has a split of its own (`makeSplit`), on which both detectors train from the same initial weights. For each
 * class: TPR of both at thresholds set for the target FPR, ξ as the mean over runs, and an interval that covers both
 * sampling and training (`studyInterval`).
 *
 * A run in which a detector diverged is left out whole, and `warnings` and `training` say so; the rest is computed from
 * the others, from a single one if need be.
 *
 * The main thread stays free: graphs run in worker threads, resampling in native ones. Equal options give equal
 * results on one machine, whatever the number of workers; between processors and devices, float32 training may differ.
 *
 * Errors: `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `OUT_OF_RANGE`, `WRONG_TYPE`, `EMPTY_SAMPLE` (before anything is trained),
 * `BAD_FILE` or `NO_SPACE` for a store or file of scores that cannot be used or written, `NO_DEVICE`, `DIVERGED` when no run is left, `WORKER_FAILED`, `ABORTED`.
 */
export async function runStudy(options: RunStudyOptions): Promise<StudyResult> {
  const { signal, onProgress, onResult, store, keepScores, ...asked } = options
  const study = checkStudyOptions(asked, detectorNames)
  if (study.baseline === study.candidate) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `baseline and candidate must be different detectors, both are '${study.baseline}'`,
    )
  }
  if (keepScores !== undefined) await checkWritable(keepScores)
  const began = performance.now()
  const dataset = await studyDataset(study, signal)
  const { normal } = dataset.defaults
  const { anomaly = dataset.defaults.anomaly } = study
  requireAnomalous(study.normal, anomaly)
  const mixture = requireMixture(dataset, normal, anomaly)
  const distances = classDistances(dataset, anomaly)
  const kind = study.split ?? (typeof study.dataset === 'string' ? 'published' : 'held-out')
  const splits = Array.from({ length: study.runs }, (_, run) =>
    kind === 'published'
      ? makeSplit(dataset, { normal, anomaly, run, seed: study.seed })
      : heldOutSplit(dataset, { normal, anomaly: mixture, run, seed: study.seed }),
  )

  const published = publishedTraining(typeof study.dataset === 'string' ? study.dataset : undefined)
  const network = namedNetwork(published.network, dataset.sample)
  const decoder = study.decoder ?? published.decoder
  const settings = { ...published.settings, epochs: study.epochs, pretrainEpochs: study.pretrainEpochs }
  const sha256 = tableDigest(dataset)
  const warned = {
    dataset: dataset.name,
    simulated: dataset.simulated,
    features: dataset.features,
    standardised: dataset.standardisation !== undefined,
    detectors: [study.baseline, study.candidate],
    decoder,
  }
  const opened = store === undefined ? undefined : await StudyStore.open(store)
  try {
    const runs = splits.map((split, run) => ({ run, split, anomaly: mixtureText(mixture) }))
    const trains = { dataset, network, decoder, settings, seed: study.seed, device: study.device }
    const { trained: both, workers } = await trainDetectors(
      [study.baseline, study.candidate].map((name) => ({ name, runs })),
      { ...trains, workers: study.workers, origin: { split: kind, normal }, sha256, store: opened, signal, onProgress },
    )
    const [baseline, candidate] = both
    if (baseline === undefined || candidate === undefined) throw new Error('both detectors were trained')
    const trained = { baseline, candidate }
    onProgress?.({ phase: 'resampling', done: 0, total: study.resamples })
    const statistics = await studyStatistics({
      baseline: { title: detector(study.baseline).title, ...trained.baseline },
      candidate: { title: detector(study.candidate).title, ...trained.candidate },
      splits,
      classes: distances
        .filter(({ name }) => name !== normal)
        .map((one) => ({ ...one, rows: classRows(dataset, dataset.classes.indexOf(one.name)) })),
      fpr: study.fpr,
      level: study.level,
      resamples: study.resamples,
      seed: study.seed,
      signal,
      onProgress: (done) => onProgress?.({ phase: 'resampling', done, total: study.resamples }),
    })

    const { trainNormal, trainAnomaly } = firstOf(splits)
    const result: StudyResult = {
      dataset: dataset.name,
      data: {
        sha256,
        nSamples: dataset.labels.length,
        ...(study.share !== undefined && { share: study.share }),
        dataSeed: study.dataSeed ?? 0,
      },
      simulated: dataset.simulated,
      split: kind,
      normal,
      anomaly: mixtureText(mixture),
      ...(mixture.length > 1 && { mixture }),
      runs: study.runs,
      fpr: study.fpr,
      level: study.level,
      seed: study.seed,
      resamples: study.resamples,
      detectors: { baseline: study.baseline, candidate: study.candidate },
      classes: statistics.classes,
      similarity: similarityOf({
        classes: statistics.classes,
        labelled: mixture.map((one) => one.class),
        draws: statistics.xiDraws,
        level: study.level,
        seed: study.seed,
      }),
      intervalCovers: intervalCovers(statistics.converged.length, study.resamples),
      epochs: study.epochs,
      pretrainEpochs: study.pretrainEpochs,
      device: trained.baseline.device,
      workers,
      elapsedSeconds: (performance.now() - began) / 1000,
      distance: dataset.distance,
      l2Normal: distances.find(({ name }) => name === normal)?.l2 ?? 0,
      training: {
        nNormal: trainNormal.length,
        nAnomaly: trainAnomaly.length,
        converged: statistics.converged,
        baseline: trained.baseline.training,
        candidate: trained.candidate.training,
      },
      validation: statistics.validation,
      settings: studySettings(network, decoder, settings),
      attribution: attributionOf(dataset),
      version,
      versions: runtimeVersions(),
      processor: processorName(),
      warnings: [...settingWarnings(warned), ...statistics.warnings],
      scores: statistics.firstRun,
    }
    await opened?.keepStudy(result)
    onResult?.(result)
    if (keepScores !== undefined) {
      const detectors = [
        { name: study.baseline, ...trained.baseline },
        { name: study.candidate, ...trained.candidate },
      ]
      await writeScores(keepScores, { dataset, splits, detectors })
    }
    return result
  } finally {
    await opened?.close()
  }
}

function intervalCovers(runs: number, resamples: number): string {
  const sampling = `the choice of normal and anomalous samples (${resamples.toLocaleString('en')} bootstrap resamples, thresholds re-estimated in each)`
  if (runs === 1) return `The intervals cover ${sampling}; they do not cover training, which one run cannot show.`
  return `The intervals cover both ${sampling} and training (initial weights, batches and training subset, over ${runs} runs).`
}

function firstOf(splits: readonly Split[]): Split {
  const [split] = splits
  if (split === undefined) throw new Error('a study has at least one run')
  return split
}
