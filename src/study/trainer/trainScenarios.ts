import { availableParallelism, hostname } from 'node:os'
import { at } from '../../check.js'
import type { ColumnScale } from '../../data/core/columnScale.js'
import type { Dataset } from '../../data/core/dataset.js'
import type { Split } from '../../data/splits/splits.js'
import { learnsFromAnomalies, type Objective } from '../../detectors/objectives/objective.js'
import { scoreDivergence } from '../../detectors/scoreDivergence.js'
import { scoreRows, type TrainedReplicas, trainReplicas } from '../../detectors/trainReplicas.js'
import type { OnProgress } from '../../progress.js'
import type { Device, DeviceRequest } from '../../runtime/device.js'
import { Pool, type PoolOptions } from '../../runtime/pool.js'
import type { RunTraining } from '../core/types.js'
import type {
  LabelledRun,
  RunSetting,
  TrainedWeights,
  UnitResult,
  UnitStore,
  UnitTrainer,
  UnitWork,
} from '../core/unit.js'
import { Fingerprints, type TrainedDesign } from './fingerprint.js'
import { type Job, type TrainedPiece, trainBlocks, trainUnits } from './trainPieces.js'

/** A split, and the number of the run that it is for: runs of one number start alike and draw alike. */
export interface NumberedSplit {
  readonly run: number
  readonly split: Split
  /** The class of the labelled anomalies, or their mixture as `mixtureText` words it. */
  readonly anomaly: string
  /** Told to people beside it. */
  readonly setting?: RunSetting | undefined
  /** Standardises the features of the data set for this run; absent where they are trained on as they are. */
  readonly scale?: ColumnScale | undefined
}

/** The runs with one choice of labelled anomalies. */
export type Scenario = readonly NumberedSplit[]

export interface TrainScenariosOptions
  extends Pick<UnitWork, 'network' | 'decoder' | 'settings' | 'seed' | 'scored' | 'weights'> {
  readonly dataset: Pick<Dataset, 'name' | 'features' | 'labels'>
  /** Why this network, where the samples decided; nothing depends on it. */
  readonly networkReason?: string
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
  const { trained, workers } = await trainJobs(jobsOf(objectives, scenarios), options)
  return {
    runsOf: (objective, iScenario) => {
      const nRuns = at(scenarios, iScenario).length
      const from = learnsFromAnomalies(objective) ? iScenario * nRuns : 0
      return scoredRuns(trained, objective, from, from + nRuns)
    },
    device: at(trained, 0).result.device,
    workers,
  }
}

/** The trainings of detectors in some scenarios of equally many runs. */
export function jobsOf(objectives: readonly Objective[], scenarios: readonly Scenario[]): Job[] {
  return objectives.map((objective): Job => {
    const own = learnsFromAnomalies(objective) ? scenarios.flat() : at(scenarios, 0)
    return { objective, runs: own.map(labelledRun) }
  })
}

/** Trains all of some jobs, with a store or without. Errors: those of the trainer and of the store. */
export async function trainJobs(
  jobs: readonly Job[],
  options: TrainScenariosOptions,
): Promise<{ readonly trained: readonly TrainedPiece[]; readonly workers: number }> {
  const { store } = options
  return withTrainer(jobs, options, async (trainer) => ({
    trained:
      store === undefined
        ? await trainBlocks(jobs, trainer, options)
        : await trainUnits(jobs, trainer, { ...options, store }),
    workers: trainer.workers,
  }))
}

/** Does something with the caller's trainer, or with threads of this process, which end with it. */
export async function withTrainer<T>(
  jobs: readonly Job[],
  { trainer, device, signal, workers }: TrainScenariosOptions,
  work: (trainer: UnitTrainer) => Promise<T>,
): Promise<T> {
  if (trainer !== undefined) return work(trainer)
  const nTrainings = jobs.reduce((n, { runs }) => n + runs.length, 0)
  const threads = threadsFor(nTrainings, { device, signal, workers })
  try {
    return await work(threads)
  } finally {
    await threads.close()
  }
}

/** Threads of this process for so many trainings. Close them. */
export function threadsFor(
  nTrainings: number,
  { device, signal, workers = availableParallelism() }: PoolOptions,
): ThreadTrainer {
  // A piece holds one training at least: more workers would idle.
  return new ThreadTrainer({ workers: Math.min(workers, nTrainings), device, signal })
}

function labelledRun({ run, split, anomaly, setting, scale }: NumberedSplit): LabelledRun {
  const { trainNormal, trainAnomaly, validation } = split
  return { run, anomaly, setting, scale, normal: trainNormal, anomalous: trainAnomaly, validation }
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

/** Of all trainers of threads: they train alike. */
const inThreads = new Fingerprints()

/** Trains in threads of this process, one work on each. Close it. Errors: those of `Pool` and `trainReplicas`. */
export class ThreadTrainer implements UnitTrainer {
  readonly workers: number
  readonly #pool: Pool

  constructor(options: PoolOptions & { readonly workers: number }) {
    this.#pool = new Pool(options)
    this.workers = this.#pool.workers
  }

  /** Starts the threads before there is something to train. */
  start(): void {
    this.#pool.start()
  }

  device(): Promise<Device> {
    return this.#pool.device()
  }

  fingerprint(design: TrainedDesign): Promise<string> {
    return inThreads.of(this, design)
  }

  train(work: UnitWork, onSteps: (steps: number) => void): Promise<UnitResult> {
    const { objective, runs } = work
    const label = `training ${objective.title}, ${runs.length === 1 ? 'run' : 'runs'} ${runs.map(({ run }) => run).join(', ')}`
    return this.#pool.run(label, async (worker) => {
      // Not before there is a worker: samples that wait would take memory.
      const { samples, scored: given, weights, ...asked } = work
      const rows = given ?? Uint32Array.from({ length: samples.nSamples }, (_, row) => row)
      let reported = 0
      const onProgress = (done: number) => {
        onSteps((done - reported) * runs.length)
        reported = done
      }
      const trained = await trainReplicas(worker, { ...asked, pool: samples, onProgress })
      const scored = await scoreRows(worker, trained, samples, rows)
      return {
        device: trained.device,
        host: hostname(),
        runs: scored.map((scores, r) => ({
          training: runTraining(trained, r, scores, at(runs, r).validation),
          scores,
          ...(weights && { weights: replicaWeights(trained, r) }),
        })),
      }
    })
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

function runTraining(
  { graph, runs, nReplicas, centre, losses, pretrainLosses, validation: measured, divergences }: TrainedReplicas,
  replica: number,
  scores: Float32Array,
  validation: Uint32Array,
): RunTraining {
  const curve = (all: Float64Array) => all.filter((loss, i) => i % nReplicas === replica && !Number.isNaN(loss))
  const { distance } = graph.design.objective
  const ownCentre = rowOf(centre, replica, nReplicas)
  const divergence =
    divergences[replica] ?? scoreDivergence({ distance, centre: ownCentre, scores, normal: validation })
  return {
    run: at(runs, replica),
    losses: curve(losses),
    pretrainLosses: curve(pretrainLosses),
    ...(measured && { validation: at(measured, replica) }),
    ...(divergence && { divergence }),
  }
}

function replicaWeights(
  { parameters, statistics, centre, nReplicas }: TrainedReplicas,
  replica: number,
): TrainedWeights {
  const own = (all: Float32Array) => rowOf(all, replica, nReplicas).slice()
  return { parameters: own(parameters), statistics: own(statistics), centre: own(centre) }
}

/** A row of a matrix [nRows, …]. */
function rowOf(flat: Float32Array, row: number, nRows: number): Float32Array {
  const width = flat.length / nRows
  return flat.subarray(row * width, (row + 1) * width)
}
