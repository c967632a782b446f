import type { Split } from '../data/splits.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { detector } from '../detectors/detectors.js'
import type { SamplePool } from '../detectors/samplePool.js'
import type { TrainingSettings } from '../detectors/settings.js'
import { trainingSetSize, trainingSteps } from '../detectors/trainReplicas.js'
import type { Network } from '../nn/network.js'
import { Pool } from '../runtime/pool.js'
import { blockSize, runBlocks, unitSize } from './runBlocks.js'
import type { CheckedStudyOptions } from './studyOptions.js'
import type { StudyStore } from './studyStore.js'
import { type StudyRun, type TrainedRuns, type TrainRunsOptions, trainRuns } from './trainRuns.js'
import type { StudyProgress } from './types.js'
import { type UnitResult, type UnitSetting, unitsOf } from './unit.js'

export interface TrainStudyOptions {
  readonly study: CheckedStudyOptions
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly samples: SamplePool
  /** One for each run. */
  readonly splits: readonly Split[]
  readonly workers: number
  /** What names the training data in a store. */
  readonly origin: Pick<UnitSetting, 'data' | 'split' | 'normal' | 'anomaly'>
  /** Takes the results and has those of units that are done. */
  readonly store: StudyStore | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: StudyProgress) => void) | undefined
}

/**
 * Trains both detectors of a study in every run at once, as far as there are workers. With a store, units that it has are
 * read from it, and every other one is in it as soon as it is trained.
 *
 * Errors: those of `trainRuns` and `StudyStore`.
 */
export async function trainStudy(
  options: TrainStudyOptions,
): Promise<{ readonly baseline: TrainedRuns; readonly candidate: TrainedRuns }> {
  const { study, network, decoder, settings, samples, splits, workers, store, signal, onProgress } = options
  const runs = splits.map(
    ({ trainNormal, trainAnomaly, validation }, run): StudyRun => ({
      run,
      validation,
      normal: trainNormal,
      anomalous: trainAnomaly,
    }),
  )
  const steps = ({ detector: name }: TrainRunsOptions, own: readonly StudyRun[]) =>
    own.reduce((sum, run) => sum + trainingSteps(detector(name), settings, run), 0)
  const phase = `training ${detector(study.baseline).title} and ${detector(study.candidate).title}`
  let done = 0
  let total = 0
  const onSteps = (more: number): void => {
    done += more
    onProgress?.({ phase, done, total })
  }

  const plan = async (name: string): Promise<TrainRunsOptions> => ({
    detector: name,
    network,
    decoder,
    settings,
    samples,
    runs,
    seed: study.seed,
    onSteps,
    ...(store === undefined
      ? { blocks: unstoredBlocks(name, runs, { network, settings, workers }) }
      : await storedBlocks(store, name, runs, options)),
  })
  const baseline = await plan(study.baseline)
  const candidate = await plan(study.candidate)
  for (const one of [baseline, candidate]) {
    const found = [...(one.kept?.keys() ?? [])].flat()
    total += steps(one, runs)
    done += steps(
      one,
      found.flatMap((i) => runs[i] ?? []),
    )
  }
  onSteps(0)
  const pool = new Pool({ workers, device: study.device, signal })
  try {
    const trained = await Promise.all([trainRuns(pool, baseline), trainRuns(pool, candidate)])
    return { baseline: trained[0], candidate: trained[1] }
  } finally {
    await pool.close()
  }
}

/** Blocks that suit the machine, where nothing is kept. */
function unstoredBlocks(
  name: string,
  runs: readonly StudyRun[],
  { network, settings, workers }: Pick<TrainStudyOptions, 'network' | 'settings' | 'workers'>,
): number[][] {
  const size = blockSize({ network, settings, nRuns: runs.length, nDetectors: 2, workers })
  return runBlocks(runs, size, (run) => trainingSetSize(detector(name), run))
}

async function storedBlocks(
  store: StudyStore,
  name: string,
  runs: readonly StudyRun[],
  { study, network, decoder, settings, samples, origin }: TrainStudyOptions,
): Promise<Pick<TrainRunsOptions, 'blocks' | 'kept' | 'onBlock'>> {
  const { seed, device } = study
  const size = unitSize({ network, settings })
  const units = unitsOf(detector(name), runs, { ...origin, network, decoder, settings, seed, device, size })
  await store.plan(units)
  const kept = new Map<readonly number[], UnitResult>()
  for (const unit of units) {
    const result = await store.find(unit, samples.nSamples)
    if (result !== undefined) kept.set(unit.runs, result)
  }
  return {
    blocks: units.map((unit) => unit.runs),
    kept,
    onBlock: async (block, result) => {
      for (const unit of units) if (unit.runs === block) await store.keep(unit, result)
    },
  }
}
