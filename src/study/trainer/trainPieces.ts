import { setTimeout } from 'node:timers/promises'
import { throwIfAborted } from '../../abort.js'
import { at } from '../../check.js'
import { tableDigest } from '../../data/tables/labelledTable.js'
import type { Objective } from '../../detectors/objectives/objective.js'
import { trainingSetSize, trainingSteps } from '../../detectors/trainReplicas.js'
import type { Device } from '../../runtime/device.js'
import { type LabelledRun, type Unit, type UnitResult, unitsOf } from '../core/unit.js'
import type { UnitStore } from '../core/unitStore.js'
import type { UnitTrainer, UnitWork } from '../core/unitTrainer.js'
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
  readonly work: UnitWork
}

/** A piece that a store knows by name. */
interface UnitPiece extends Piece {
  readonly unit: Unit
}

export interface TrainedPiece {
  readonly piece: Piece
  readonly result: UnitResult
}

/** How long to wait for units that others train before looking again. */
const pauseMs = 1000

/** Cuts jobs into pieces that suit the machine, and trains them all. */
export async function trainBlocks(
  jobs: readonly Job[],
  trainer: UnitTrainer,
  options: TrainScenariosOptions,
): Promise<TrainedPiece[]> {
  const nRuns = jobs.reduce((n, { runs }) => n + runs.length, 0)
  const size = blockSize({ ...options, nRuns, nDetectors: 1, workers: trainer.workers })
  const pieces = jobs.flatMap((job) =>
    runBlocks(job.runs, size, (run) => trainingSetSize(job.objective, run)).map((runs) => pieceOf(job, runs, options)),
  )
  const onSteps = stepCounter(jobs, pieces, options)
  onSteps(0)
  return Promise.all(pieces.map(async (piece) => ({ piece, result: await trainer.train(piece.work, onSteps) })))
}

/** Cuts jobs into the units of a store, and trains those that it gives out until it has the results of all. */
export async function trainUnits(
  jobs: readonly Job[],
  trainer: UnitTrainer,
  options: TrainScenariosOptions & { readonly store: UnitStore },
): Promise<TrainedPiece[]> {
  const { store, dataset, signal } = options
  const pieces = unitPieces(jobs, await trainer.device(), options)
  const onSteps = stepCounter(jobs, pieces, options)
  const results = new Map<Piece, UnitResult>()
  const missing = () => pieces.filter((piece) => !results.has(piece))
  await store.plan(pieces.map(({ unit }) => unit))
  while (missing().length > 0) {
    let found = 0
    for (const piece of missing()) {
      const result = await store.find(piece.unit, dataset.labels.length)
      if (result === undefined) continue
      results.set(piece, result)
      found += stepsOf(piece)
    }
    onSteps(found)
    const claimed = new Set((await store.claim(missing().map(({ unit }) => unit))).map(({ id }) => id))
    const own = missing().filter(({ unit }) => claimed.has(unit.id))
    await Promise.all(
      own.map(async (piece) => {
        const result = await trainer.train(piece.work, onSteps)
        await store.keep(piece.unit, result)
        results.set(piece, result)
      }),
    )
    if (own.length === 0 && missing().length > 0) await pause(signal)
  }
  return [...results].map(([piece, result]) => ({ piece, result }))
}

function unitPieces(
  jobs: readonly Job[],
  device: Device,
  options: TrainScenariosOptions & { readonly store: UnitStore },
): UnitPiece[] {
  const { dataset, sha256 = tableDigest(dataset), origin, ...setting } = options
  const data = { name: dataset.name, sha256 }
  const size = unitSize(options)
  return jobs.flatMap((job) =>
    unitsOf(job.objective, job.runs, { ...setting, ...origin, data, device, size }).map((unit) => ({
      ...pieceOf(job, unit.runs, options),
      unit,
    })),
  )
}

function pieceOf({ objective, runs }: Job, own: readonly number[], options: TrainScenariosOptions): Piece {
  const { dataset, network, decoder, settings, seed } = options
  // In the network's shape, which may be another of as many elements.
  const samples = { features: dataset.features, nSamples: dataset.labels.length, sample: network.sample }
  return {
    runs: own,
    work: { objective, network, decoder, settings, seed, samples, runs: own.map((i) => at(runs, i)) },
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

function stepsOf({ work: { objective, settings, runs } }: Piece): number {
  return runs.reduce((sum, run) => sum + trainingSteps(objective, settings, run), 0)
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => throwIfAborted(signal))
}

/** `a`, `a and b`, `a, b and c` */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' and ')
}
