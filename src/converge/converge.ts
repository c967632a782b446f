import { availableParallelism } from 'node:os'
import { detector } from '../detectors/detectors.js'
import { pairModel } from '../detectors/pairModel.js'
import { publishedMilestones, publishedSettings } from '../detectors/settings.js'
import { mlp } from '../nn/mlp.js'
import { Pool } from '../runtime/pool.js'
import type { ScorePair } from '../stats/relativeBiasTypes.js'
import { runtimeVersions, version } from '../version.js'
import { type CheckedConvergeOptions, checkConvergeOptions } from './convergeOptions.js'
import { poolSource } from './poolSource.js'
import { withSessions } from './scorePairs.js'
import { type Both, detectorRoles } from './source.js'
import { studySource } from './studySource.js'
import { syntheticSource } from './syntheticSource.js'
import { type TrainingSets, trainingSets } from './trainingSets.js'
import { type TrainedDetectorOfPair, trainPair } from './trainPair.js'
import type { Convergence, ConvergeOptions, ScoreConvergence } from './types.js'

/**
 * How ξ̂ and the FPR converge with the number of samples: the study of Section 4.2 of Ye, Chen and Zheng (IJCAI 2021).
 *
 * Trains both detectors once. For each number n of normal samples and each fraction α of anomalies, every run then sets both
 * thresholds on n normal samples of its own (Algorithm 1) and measures ξ̂ and FPR as `test` says. Reported for each cell:
 * the distributions; the error |ξ̂ − ξ| beside ε of Theorem 3 in two versions; the sd of ξ̂ that
 * `theory.biasVariance` predicts and the law of the FPR, Beta(c + 1, n − c). And for each α the slope of
 * log sd on log n, −1/2 in theory.
 *
 * `synthetic` draws fresh samples for every run, 10,000 normals and 1,000 anomalies for training; a million samples of either kind
 * stand in for the law where ξ and FPR are taken on it. `statlog` trains on 1,200 samples of the three grey soils and 120 of red soil and
 * cotton crop and draws runs, with replacement, from the scores of what training did not see.
 *
 * The main thread stays free. Equal options give equal results on one machine, with any number of workers.
 *
 * Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE`, `WRONG_TYPE`, `EMPTY_SAMPLE` (before anything is trained, but for a test
 * set larger than the data), `NO_CUDA`, `DIVERGED`, `WORKER_FAILED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const { rates } = await converge({ dataset: 'synthetic', alphas: [0.1], runs: 500 })
 * rates[0]?.xi?.slope // about −0.5
 */
export async function converge(options: ConvergeOptions): Promise<Convergence> {
  const study = checkConvergeOptions(options)
  const began = performance.now()
  const workers = study.workers ?? availableParallelism()
  const sets = await trainingSets[study.dataset](study.seed, study.signal)
  const [nFeatures = 0] = sets.samples.sample
  const pool = new Pool({ workers, device: study.device, signal: study.signal })
  try {
    const pair = await trainPair(pool, {
      detectors: study,
      network: mlp(nFeatures),
      decoder: study.decoder,
      settings: {
        ...publishedSettings,
        milestones: publishedMilestones[study.dataset],
        epochs: study.epochs,
        pretrainEpochs: study.pretrainEpochs,
      },
      ...sets,
      seed: study.seed,
      onProgress: study.onProgress,
    })
    const seconds = (performance.now() - began) / 1000
    const scores = await studyPair(pool, pair, { study, sets, workers })
    return {
      dataset: study.dataset,
      detectors: { baseline: study.baseline, candidate: study.candidate },
      training: {
        nNormal: sets.normal.length,
        nAnomalous: sets.anomalous.length,
        epochs: study.epochs,
        pretrainEpochs: study.pretrainEpochs,
        decoder: study.decoder,
        seconds,
      },
      device: pair.candidate.trained.device,
      workers,
      attribution: sets.attribution,
      version,
      versions: runtimeVersions(),
      ...scores,
      warnings: [...settingWarnings(study), ...scores.warnings],
    }
  } finally {
    await pool.close()
  }
}

function studyPair(
  pool: Pool,
  pair: Both<TrainedDetectorOfPair>,
  { study, sets, workers }: { study: CheckedConvergeOptions; sets: TrainingSets; workers: number },
): Promise<ScoreConvergence> {
  if (study.dataset === 'synthetic') {
    return withSessions(pool, pairModel(pair.baseline.trained, pair.candidate.trained), workers, async (sessions) =>
      studySource(await syntheticSource(sessions, study), study),
    )
  }
  const { normal, anomalous } = sets.heldOut
  const heldOut = ({ scores }: TrainedDetectorOfPair): ScorePair => ({
    normal: Float32Array.from(normal, (row) => scores[row] ?? Number.NaN),
    anomalous: Float32Array.from(anomalous, (row) => scores[row] ?? Number.NaN),
  })
  const scores = { baseline: heldOut(pair.baseline), candidate: heldOut(pair.candidate) }
  return studySource(poolSource(scores, study), study)
}

function settingWarnings(study: CheckedConvergeOptions): string[] {
  const affected = detectorRoles.map((role) => detector(study[role])).filter((one) => one.distance === 'reconstruction')
  if (study.decoder === 'identity' || affected.length === 0) return []
  return [
    `a sigmoid decoder cannot reproduce features outside (0, 1), which decides what ${affected.map(({ title }) => title).join(' and ')} ` +
      "detect; it is the published setting, decoder 'identity' the sound one",
  ]
}
