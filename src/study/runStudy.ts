import { at, callback, entryOf, type OptionChecks, text } from '../check.js'
import { formatCount } from '../counted.js'
import { attributionOf } from '../data/core/dataset.js'
import { filesOfDataset } from '../data/datasets.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import { dividedNormals, trainedCounts } from '../detectors/validationLoss.js'
import { loadDuckdb } from '../loadDuckdb.js'
import { takenDevice } from '../runtime/device.js'
import { xiDraws } from '../stats/runs/runMean.js'
import { processorName } from '../version.js'
import { checkOutputs } from '../writeFile.js'
import { classResults } from './classResults.js'
import { provenance, studySettings } from './core/provenance.js'
import { similarityOf } from './core/similarityTrend.js'
import type { StudyResult } from './core/types.js'
import { settingWarnings } from './pairOptions.js'
import {
  type PlannedScenario,
  planStudy,
  planWarnings,
  resamplingProgress,
  type StudyPlan,
  testedClasses,
} from './plan.js'
import { classDistances, l2ByName } from './similarity.js'
import { stoppingWarnings } from './stopping.js'
import { withStore } from './store/duckdbStore.js'
import { studyData } from './studyData.js'
import {
  answerStoreCheck,
  type CheckedStudy,
  checkStudy,
  type StudyOptions,
  studyChecks,
  withUsualDraws,
} from './studyOptions.js'
import { scenarioStatistics } from './studyStatistics.js'
import {
  type NumberedSplit,
  type ThreadTrainer,
  type TrainedScenarios,
  threadsFor,
  trainScenarios,
} from './trainer/trainScenarios.js'
import { scenarioTrainings, type TrainingPart } from './trainingPlan.js'
import { writeScores } from './writeScores.js'

/** A study's options, and what becomes of its answer. */
export interface RunStudyOptions extends StudyOptions {
  /** A Parquet file that takes all scores of all runs, last of all (docs/studies.md). */
  readonly keepScores?: string | undefined
  /** Given the answer before the scores are written: should that fail, it is not lost. */
  readonly onResult?: ((result: StudyResult) => void) | undefined
}

const checks: OptionChecks<RunStudyOptions> = {
  ...studyChecks,
  store: answerStoreCheck,
  keepScores: text,
  onResult: callback,
}

/**
 * Trains two detectors over several runs and estimates, class by class, how much more or less the candidate detects.
 *
 * Every run has a split of its own (`makeSplit`), on which both detectors train from the same initial weights. For each
 * class: TPR of both at thresholds set for the target FPR, ξ as the mean over runs, and intervals that cover both sampling
 * and training (`runMeanLaw`): for the class alone, and for all classes at once, which the arrows are of (`runFamily`).
 *
 * A run in which a detector diverged is left out whole, and `warnings` and `training` say so; the rest is computed from
 * the others, from a single one if need be.
 *
 * The main thread stays free: graphs run in worker threads, resampling in native ones. Equal options give equal
 * results on one machine, whatever the number of workers; between processors and devices, float32 training may differ.
 *
 * Whoever calls this in a worker thread of their own must not terminate that thread while it trains, nor end the process:
 * onnxruntime-node then aborts the whole process. Fire `signal`, and wait for the rejection.
 *
 * Errors: `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `OUT_OF_RANGE`, `WRONG_TYPE`, `EMPTY_SAMPLE`, `SHAPE_MISMATCH` (before anything is
 * trained), `BAD_FILE` or `NO_SPACE` for a store or file of scores that cannot be used or written, `NOT_INSTALLED`, `NO_DEVICE`, `DIVERGED`
 * when no run is left, `WORKER_FAILED`, `ABORTED`.
 *
 * @example
 * const { classes } = await runStudy({ dataset: 'statlog', candidate: 'hsc', settings: { epochs: 50 } })
 */
export async function runStudy(options: RunStudyOptions): Promise<StudyResult> {
  const study = checkStudy('runStudy', options, checks)
  const { keepScores, onResult, baseline, candidate } = study
  const { resamples } = options
  await checkFiles(study, keepScores)
  const began = performance.now()
  const threads = startedThreads(study)
  try {
    const { plan, scenario } = await plannedStudy(study)
    const { dataset } = plan
    const sha256 = tableDigest(plan.training.dataset)
    return await withStore(study, async (store) => {
      const detectors = [baseline, candidate]
      const trainer = threads ?? study.trainer
      const trained = await trainScenarios(detectors, [scenario.runs], { ...plan.training, trainer, sha256, store })
      const closed = threads?.close()
      const drawn = withUsualDraws(study, { resamples }, dataset.classes.length - 1)
      const result = await studyResult(drawn, { plan, scenario, trained, sha256, began })
      await closed
      await store?.keepStudy(result)
      onResult?.(result)
      if (keepScores !== undefined) {
        await writeScores(keepScores, {
          dataset,
          splits: scenario.runs.map(({ split }) => split),
          held: scenario.runs.map((one) => heldRows(one, study)),
          detectors: detectors.map((one) => ({ name: one.name, ...trained.runsOf(one, 0) })),
        })
      }
      return result
    })
  } finally {
    await threads?.close()
  }
}

/** The rows that measure a run's validation loss: the same of both detectors. */
function heldRows({ run, split }: NumberedSplit, { settings, seed }: CheckedStudy): Uint32Array {
  return dividedNormals({ run, normal: split.trainNormal }, settings, seed).held
}

/** Threads that get ready while the study is planned. None where a store may have all that would be trained, or another trainer trains. */
function startedThreads({ trainer, store, runs, device, workers, signal }: CheckedStudy): ThreadTrainer | undefined {
  if (trainer !== undefined || store !== undefined) return
  const threads = threadsFor(2 * runs, { device, workers, signal })
  threads.start()
  return threads
}

async function plannedStudy(study: CheckedStudy) {
  const plan = await planStudy(study)
  return { plan, scenario: plan.scenario(study.anomaly ?? plan.dataset.defaults.anomaly) }
}

/** What `runStudy` trains. Errors, at once and when it is planned: those of `runStudy` before anything is trained. */
export function studyTrainings(options: StudyOptions): TrainingPart {
  const study = checkStudy('runStudy', options, studyChecks)
  return async () => {
    const { plan, scenario } = await plannedStudy(study)
    return [scenarioTrainings(study, plan, { objectives: [study.baseline, study.candidate], scenarios: [scenario] })]
  }
}

/** Requires files that can be written and replace neither each other nor the data. Errors: those of `checkOutputs` and `loadDuckdb`. */
async function checkFiles({ store, dataset, dataDir }: CheckedStudy, keepScores: string | undefined): Promise<void> {
  const files = typeof store === 'string' ? { store, "store's log": `${store}.wal` } : {}
  const read = typeof dataset === 'string' ? filesOfDataset(dataset, dataDir) : [dataset.path ?? []].flat()
  await checkOutputs({ keepScores, ...files }, read)
  // What writes them is missed before hours of training, not after.
  if (keepScores !== undefined) await loadDuckdb()
}

interface TrainedStudy {
  readonly plan: StudyPlan
  readonly scenario: PlannedScenario
  readonly trained: TrainedScenarios
  readonly sha256: string
  readonly began: number
}

async function studyResult(study: CheckedStudy, done: TrainedStudy): Promise<StudyResult> {
  const { baseline, candidate, runs, fpr, level, seed, resamples, settings } = study
  const { plan, scenario, trained, sha256, began } = done
  const { dataset, normal } = plan
  const { mixture, anomaly } = scenario
  const distances = classDistances(dataset, study.anomaly ?? dataset.defaults.anomaly)
  const l2Of = l2ByName(distances)
  const tested = distances.map(({ name }) => name).filter((name) => name !== normal)
  const statistics = await scenarioStatistics(study, {
    ...{ trained, iScenario: 0, runs: scenario.runs },
    classes: testedClasses(dataset, tested, l2Of),
    onProgress: resamplingProgress(study.onProgress, { resamples, nStudies: 1 })(0),
  })
  const { converged } = statistics
  const table = classResults([statistics], study)
  const classes = at(table.rows, 0)
  const draws = xiDraws(
    statistics.classes.map(({ xi }) => xi),
    seed,
  )
  const labelled = mixture.map((one) => one.class)
  const { trainNormal, trainAnomaly } = at(scenario.runs, 0).split
  const { elapsedSeconds, ...from } = provenance(began, attributionOf(dataset))
  return {
    dataset: dataset.name,
    data: studyData(study, dataset, sha256),
    simulated: dataset.simulated,
    split: plan.split,
    standardisedOver: plan.standardisedOver,
    normal,
    anomaly,
    ...(mixture.length > 1 && { mixture }),
    ...{ runs, fpr, level, seed, resamples },
    detectors: { baseline: baseline.name, candidate: candidate.name },
    classes,
    similarity: similarityOf({ classes, labelled, draws, seed }),
    intervalCovers: intervalCovers(converged.length, resamples),
    epochs: settings.epochs,
    pretrainEpochs: settings.pretrainEpochs,
    ...takenDevice(trained.device, study),
    workers: trained.workers,
    elapsedSeconds,
    distance: dataset.distance,
    l2Normal: entryOf(l2Of, normal),
    training: {
      ...trainedCounts(trainNormal.length, settings),
      nAnomaly: trainAnomaly.length,
      converged,
      baseline: trained.runsOf(baseline, 0).training,
      candidate: trained.runsOf(candidate, 0).training,
    },
    validation: statistics.validation,
    settings: studySettings(plan.training),
    ...from,
    processor: processorName(),
    warnings: [
      ...settingWarnings(study, { ...dataset, ...plan, decoder: plan.training.decoder }),
      ...planWarnings(study, plan, scenario.runs),
      ...stoppingWarnings(study, [{ trained, iScenario: 0 }], 'run'),
      ...statistics.warnings,
      ...table.warnings,
    ],
    scores: statistics.firstRun,
  }
}

function intervalCovers(runs: number, resamples: number): string {
  const sampling = `the choice of normal and anomalous samples (${formatCount(resamples)} draws of the confidence distribution, thresholds and all)`
  if (runs === 1) return `The intervals cover ${sampling}. They do not cover training, which one run cannot show.`
  return `The intervals cover both ${sampling} and training (initial weights, batches and training subset, over ${runs} runs).`
}
