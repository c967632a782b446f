import { setTimeout } from 'node:timers/promises'
import { throwIfAborted } from '../../abort.js'
import { at, invariant } from '../../check.js'
import { type ColumnScale, scaled } from '../../data/core/columnScale.js'
import { datasetNames } from '../../data/datasets.js'
import { tableDigest } from '../../data/tables/labelledTable.js'
import { learnsFromAnomalies, type Objective } from '../../detectors/objectives/objective.js'
import type { SamplePool } from '../../detectors/samplePool.js'
import { trainingSetSize, trainingSteps } from '../../detectors/trainReplicas.js'
import { named, sequential } from '../../nn/module.js'
import { declare, parameterCount } from '../../nn/parameters.js'
import {
  besideKey,
  type LabelledRun,
  type Unit,
  type UnitResult,
  type UnitStore,
  type UnitTrainer,
  type UnitWork,
  unitsOf,
} from '../core/unit.js'
import { requireResult, trainChecked, trainerDevice } from './checkedResult.js'
import { numericsFingerprint } from './fingerprint.js'
import { blockSize, runBlocks, unitSize } from './runBlocks.js'
import type { TrainScenariosOptions } from './trainScenarios.js'

/** All trainings of one detector. */
export interface Job {
  readonly objective: Objective
  readonly runs: readonly LabelledRun[]
}

/** Runs of a job that train side by side. */
export interface Piece {
  /** Indices into the job's runs. */
  readonly runs: readonly number[]
  /** For people, as in `Deep SAD, shirt, runs 0 to 4`. */
  readonly title: string
  readonly work: UnitWork
  /** Scores of each run. */
  readonly nSamples: number
}

export interface TrainedPiece {
  readonly piece: Piece
  readonly result: UnitResult
}

/** A piece that a store has, or is to have. */
export interface UnitPiece extends Piece {
  readonly unit: Unit
  /** How long it takes, in units of its own: values that all steps compute. */
  readonly cost: number
}

/** How long to wait for units that others train before looking again. */
const pauseMs = 1000

/** Cuts jobs into pieces that suit the machine, and trains them all. */
export async function trainBlocks(
  jobs: readonly Job[],
  trainer: UnitTrainer,
  options: TrainScenariosOptions,
): Promise<TrainedPiece[]> {
  const size = blockSize(options, jobs.flatMap(({ runs }) => runs).length, trainer.workers)
  const work = { ...options, samplesOf: scaledSamples(options) }
  const pieces = jobs.flatMap((job) =>
    runBlocks(job.runs, size, (run) => besideKey(job.objective, run, options.settings)).map((runs) =>
      pieceOf(job, runs, work),
    ),
  )
  const onSteps = stepCounter(jobs, pieces, options)
  onSteps(0)
  return Promise.all(pieces.map(async (piece) => ({ piece, result: await trainChecked(trainer, piece, onSteps) })))
}

/**
 * The units of jobs: what a store keeps, whoever trains it. Nothing is trained but what fingerprints take, and not even that
 * where the store has all units of a detector.
 */
export async function unitPieces(
  jobs: readonly Job[],
  trainer: UnitTrainer,
  options: TrainScenariosOptions,
): Promise<UnitPiece[]> {
  const { store, dataset, sha256 = tableDigest(dataset), origin, ...rest } = options
  // What a file is called decides no number. Units of data sets by name have it from before.
  const isKnown = datasetNames.some((name) => name === dataset.name)
  const data = { ...(isKnown && { name: dataset.name }), sha256 }
  const setting = { ...rest, ...origin, data, device: await trainerDevice(trainer), size: unitSize(options) }
  const work = { ...options, samplesOf: scaledSamples(options) }
  const pieces = await Promise.all(
    jobs.map(async (job) => {
      const { objective } = job
      const units = (fingerprint: string) => unitsOf(objective, job.runs, { ...setting, fingerprint })
      const tasks = units('').map(({ task }) => task)
      const fingerprint =
        (await store?.fingerprintOf?.(tasks)) ?? (await numericsFingerprint(trainer, { ...options, objective }))
      return units(fingerprint).map((unit) => {
        const piece = pieceOf(job, unit.runs, work)
        return { ...piece, unit: { ...unit, title: piece.title }, cost: costOf(piece.work) }
      })
    }),
  )
  return pieces.flat()
}

function titleOf({ objective, runs }: Job, own: readonly number[]): string {
  const { anomaly, setting } = at(runs, at(own, 0))
  const numbers = own.map((i) => at(runs, i).run)
  const [first, last] = [at(numbers, 0), at(numbers, numbers.length - 1)]
  const labelled = learnsFromAnomalies(objective) ? [anomaly, ...(setting ? [`${setting.labelled} labelled`] : [])] : []
  const hidden = setting ? [`contamination ${setting.contamination}`] : []
  return [objective.title, ...labelled, ...hidden, first === last ? `run ${first}` : `runs ${first} to ${last}`].join(
    ', ',
  )
}

/** Takes the units of jobs from a store, and trains those that it gives out until it has the results of all. */
export async function trainUnits(
  jobs: readonly Job[],
  trainer: UnitTrainer,
  options: TrainScenariosOptions & { readonly store: UnitStore },
): Promise<TrainedPiece[]> {
  const { store, signal } = options
  const pieces = await unitPieces(jobs, trainer, options)
  const onSteps = stepCounter(jobs, pieces, options)
  const results = new Map<Piece, UnitResult>()
  const missing = () => pieces.filter((piece) => !results.has(piece))
  await store.plan(pieces.map(({ unit }) => unit))
  while (missing().length > 0) {
    let found = 0
    for (const piece of missing()) {
      const result = await store.find(piece.unit, piece.nSamples)
      if (result === undefined) continue
      results.set(piece, requireStored(piece, result))
      found += stepsOf(piece)
    }
    onSteps(found)
    const claimed = new Set((await store.claim(missing().map(({ unit }) => unit))).map(({ id }) => id))
    const own = missing().filter(({ unit }) => claimed.has(unit.id))
    await Promise.all(
      own.map(async (piece) => {
        const result = await trainChecked(trainer, piece, onSteps)
        await store.keep(piece.unit, result)
        results.set(piece, result)
      }),
    )
    if (own.length > 0 || missing().length === 0) continue
    await setTimeout(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => throwIfAborted(signal))
  }
  return [...results].map(([piece, result]) => ({ piece, result }))
}

/** What a store has of a unit: one of the caller's may give anything. */
function requireStored({ title, nSamples, work: { runs, weights = false } }: UnitPiece, result: unknown): UnitResult {
  return requireResult(`the store's result for ${title}`, result, { runs, nSamples, weights })
}

interface PieceOptions extends TrainScenariosOptions {
  readonly samplesOf: (scale: ColumnScale | undefined) => SamplePool
}

function pieceOf(
  job: Job,
  own: readonly number[],
  { dataset, network, decoder, settings, seed, scored, weights, samplesOf }: PieceOptions,
): Piece {
  const { objective, runs } = job
  const pieceRuns = own.map((i) => at(runs, i))
  const { scale } = at(pieceRuns, 0)
  return {
    runs: own,
    title: titleOf(job, own),
    nSamples: scored?.length ?? dataset.labels.length,
    work: {
      ...{ objective, network, decoder, settings, seed, scored, weights, runs: pieceRuns },
      get samples() {
        return samplesOf(scale)
      },
    },
  }
}

/** The samples on some scale. The latest are kept: of a study whose runs share a scale there is one copy, of others no more than are in use. */
function scaledSamples({ dataset, network }: TrainScenariosOptions): PieceOptions['samplesOf'] {
  // In the network's shape, which may be another of as many elements.
  const raw = { features: dataset.features, nSamples: dataset.labels.length, sample: network.sample }
  let latest: { readonly scale: ColumnScale | undefined; readonly samples: SamplePool } | undefined
  return (scale) => {
    if (latest === undefined || latest.scale !== scale) {
      latest = { scale, samples: scale === undefined ? raw : { ...raw, features: scaled(raw.features, scale) } }
    }
    return latest.samples
  }
}

/** Counts the steps of all pieces. */
function stepCounter(
  jobs: readonly Job[],
  pieces: readonly Piece[],
  { onProgress }: TrainScenariosOptions,
): (steps: number) => void {
  const phase = `training ${listed(jobs.map(({ objective }) => objective.title))}`
  const total = pieces.reduce((sum, piece) => sum + stepsOf(piece), 0)
  let done = 0
  return (steps) => {
    done += steps
    onProgress?.({ phase, done, total })
  }
}

/** Values that all steps of a unit compute, one for each parameter among them. */
function costOf({ objective, network, settings, runs }: UnitWork): number {
  const whole = sequential(named('encoder', network.encoder), named('decoder', network.decoder))
  const [autoencoder, encoder] = [whole, network.encoder].map((module) => {
    const declaration = declare(module, network.sample)
    return declaration.activations + parameterCount(declaration)
  })
  invariant(autoencoder !== undefined && encoder !== undefined, 'two modules have two costs')
  const pretraining = objective.centre === 'pretrained' ? settings.pretrainEpochs * autoencoder : 0
  const training = settings.epochs * (objective.distance === 'reconstruction' ? autoencoder : encoder)
  return runs.reduce((sum, run) => sum + trainingSetSize(objective, run) * (pretraining + training), 0)
}

/** Steps that all runs of a piece take. */
export function stepsOf({ work: { objective, settings, runs } }: Piece): number {
  return runs.reduce((sum, run) => sum + trainingSteps(objective, settings, run), 0)
}

/** `a`, `a and b`, `a, b and c` */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' and ')
}
