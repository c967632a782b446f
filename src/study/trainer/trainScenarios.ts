import { availableParallelism } from 'node:os'
import { at } from '../../check.js'
import type { Dataset } from '../../data/core/dataset.js'
import type { Split } from '../../data/splits/splits.js'
import type { DecoderOutput } from '../../detectors/detectorGraph.js'
import { learnsFromAnomalies, type Objective } from '../../detectors/objectives/objective.js'
import type { TrainingSettings } from '../../detectors/settings.js'
import type { Network } from '../../nn/network.js'
import type { OnProgress } from '../../progress.js'
import type { Device, DeviceRequest } from '../../runtime/device.js'
import type { RunTraining } from '../core/types.js'
import type { LabelledRun } from '../core/unit.js'
import type { UnitStore } from '../core/unitStore.js'
import type { UnitTrainer } from '../core/unitTrainer.js'
import { ThreadTrainer } from './threadTrainer.js'
import { type Job, type TrainedPiece, trainBlocks, trainUnits } from './trainPieces.js'

/** A split, and the number of the run that it is for: runs of one number start alike and draw alike. */
export interface NumberedSplit {
  readonly run: number
  readonly split: Split
  /** The class of the labelled anomalies, or their mixture as `mixtureText` words it. */
  readonly anomaly: string
}

/** The runs with one choice of labelled anomalies. */
export type Scenario = readonly NumberedSplit[]

export interface TrainScenariosOptions {
  readonly dataset: Dataset
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly seed: number
  /** How the splits were made: beside the rows themselves, what names them in a store. */
  readonly origin: { readonly split: string; readonly normal: string }
  /** `tableDigest` of the data set, where it is known. */
  readonly sha256?: string | undefined
  /** Has the results of units that are done, and takes those of every other one as soon as it is trained. */
  readonly store?: UnitStore | undefined
  /** Who trains, instead of threads of this process on `device`. */
  readonly trainer?: UnitTrainer | undefined
  readonly device?: DeviceRequest | undefined
  /** Worker threads; default: one for each processor, at most one for each training. No result depends on it. */
  readonly workers?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/** What became of a detector's runs. */
export interface ScoredRuns {
  /** The detector's. */
  readonly title: string
  /** Scores of every sample in every run, [runs][samples]; meaningless in a run that diverged. */
  readonly scores: readonly Float32Array[]
  readonly training: readonly RunTraining[]
}

export interface TrainedScenarios {
  /** A detector's runs in the i-th scenario. */
  readonly runsOf: (objective: Objective, iScenario: number) => ScoredRuns
  readonly device: Device
  readonly workers: number
}

/**
 * Trains detectors in some scenarios of equally many runs, and scores all samples with each. One that learns nothing from
 * labelled anomalies trains once for all scenarios.
 *
 * With a store, units that it has are taken from it, and every other one is in it as soon as it is trained; no result
 * depends on that, on the workers, or on which runs train side by side. Errors: those of the trainer and of the store.
 */
export async function trainScenarios(
  objectives: readonly Objective[],
  scenarios: readonly Scenario[],
  options: TrainScenariosOptions,
): Promise<TrainedScenarios> {
  const { store } = options
  const jobs = objectives.map((objective): Job => {
    const own = learnsFromAnomalies(objective) ? scenarios.flat() : at(scenarios, 0)
    return { objective, runs: own.map(labelledRun) }
  })
  return withTrainer(jobs, options, async (trainer) => {
    const trained =
      store === undefined
        ? await trainBlocks(jobs, trainer, options)
        : await trainUnits(jobs, trainer, { ...options, store })
    return {
      runsOf: (objective, iScenario) => {
        const nRuns = at(scenarios, iScenario).length
        const from = learnsFromAnomalies(objective) ? iScenario * nRuns : 0
        return scoredRuns(trained, objective, from, from + nRuns)
      },
      device: at(trained, 0).result.device,
      workers: trainer.workers,
    }
  })
}

/** Does something with the caller's trainer, or with threads of this process, which end with it. */
async function withTrainer<T>(
  jobs: readonly Job[],
  { trainer, device, signal, workers = availableParallelism() }: TrainScenariosOptions,
  work: (trainer: UnitTrainer) => Promise<T>,
): Promise<T> {
  if (trainer !== undefined) return work(trainer)
  // A piece holds one training at least: more workers would idle.
  const nTrainings = jobs.reduce((n, { runs }) => n + runs.length, 0)
  const threads = new ThreadTrainer({ workers: Math.min(workers, nTrainings), device, signal })
  try {
    return await work(threads)
  } finally {
    await threads.close()
  }
}

function labelledRun({ run, split, anomaly }: NumberedSplit): LabelledRun {
  const { trainNormal, trainAnomaly, validation } = split
  return { run, anomaly, normal: trainNormal, anomalous: trainAnomaly, validation }
}

/** Of a detector's runs, numbers `from` to `to` − 1. */
function scoredRuns(trained: readonly TrainedPiece[], objective: Objective, from: number, to: number): ScoredRuns {
  const scores: Float32Array[] = []
  const training: RunTraining[] = []
  for (const { piece, result } of trained) {
    if (piece.work.objective !== objective) continue
    for (const [r, run] of result.runs.entries()) {
      const i = at(piece.runs, r)
      scores[i] = run.scores
      training[i] = run.training
    }
  }
  return { title: objective.title, scores: scores.slice(from, to), training: training.slice(from, to) }
}
