import { basename } from 'node:path'
import { at } from '../check.js'
import { counted } from '../counted.js'
import { constantWarnings, unseenWarnings } from '../data/core/columnScale.js'
import { seenWarnings } from '../data/splits/splitKind.js'
import { isInUnitInterval } from '../data/tables/featureRange.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import { takenDevice } from '../runtime/device.js'
import { type JobWorker, Pool } from '../runtime/pool.js'
import { short } from '../stats/bias/warnings.js'
import { threshold } from '../stats/ranks/threshold.js'
import { runtimeVersions, version } from '../version.js'
import { type DetectorMetadata, metadataFormat } from './detectorMetadata.js'
import { requireConverged } from './divergence.js'
import type { ValidationRecord } from './earlyStopping.js'
import { sessionScores } from './loadDetector.js'
import { learnsFromAnomalies } from './objectives/objective.js'
import { type PreparedTraining, preparedTraining, type TrainDetectorOptions } from './preparedTraining.js'
import { savedModel } from './savedModel.js'
import { scoreDivergence } from './scoreDivergence.js'
import type { TrainingSettings } from './settings.js'
import { type TrainedReplicas, trainReplicas } from './trainReplicas.js'
import { trainedAmong, trainedCounts } from './validationLoss.js'
import { lossWarnings, scaledNormals, shareWarnings } from './validationWarnings.js'

/** Recall on the samples of a class that training did not see. */
export interface ClassRecall {
  readonly class: string
  readonly n: number
  readonly tpr: number
}

/** A trained detector as a file, and how it did. */
export interface TrainedDetector {
  /** The ONNX file: see `savedModel` for its input and outputs, `DetectorMetadata` for its metadata. */
  readonly model: Uint8Array
  readonly metadata: DetectorMetadata
  /** Why this network, as in `the samples are images of 8 × 8`: present where nobody named one and the samples decided. */
  readonly networkReason?: string
  /** Why the device that `metadata` names: present where `auto` chose it. */
  readonly deviceReason?: string
  /** Mean loss of each epoch. */
  readonly losses: Float64Array
  readonly pretrainLosses: Float64Array
  /** Losses of held-out normal samples; present with a `validationShare`. */
  readonly validation?: ValidationRecord
  /** Classes in the table's order. */
  readonly recall: readonly ClassRecall[]
  readonly warnings: readonly string[]
  readonly elapsedSeconds: number
}

/**
 * Trains one detector and saves it as a self-contained ONNX model that takes raw features.
 *
 * The threshold is read off the scores that the saved model itself gives the validation samples, so that file and
 * threshold agree to the bit. Equal options give equal bytes on one machine. A table is copied first: what becomes of it
 * meanwhile has no effect.
 *
 * Whoever calls this in a worker thread of their own must not terminate that thread while it trains, nor end the process:
 * onnxruntime-node then aborts the whole process. Fire `signal`, and wait for the rejection.
 *
 * Errors: `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `OUT_OF_RANGE`, `WRONG_TYPE`, `EMPTY_SAMPLE`,
 * `LENGTH_MISMATCH`, `NOT_A_NUMBER`, `SHAPE_MISMATCH`, `DETACHED` (all before anything is trained), `NOT_INSTALLED`, `NO_DEVICE`, `DIVERGED`,
 * `WORKER_FAILED`, `ABORTED`.
 *
 * @example
 * const { model, metadata } = await train({ data: 'statlog', detector: 'abc' })
 * await writeFile('detector.onnx', model)
 */
export async function train(options: TrainDetectorOptions): Promise<TrainedDetector> {
  const began = performance.now()
  const training = await preparedTraining(options)
  const { objective, pool, data, networkReason, job } = training
  const { trainNormal: normal, trainAnomaly: anomalous } = data
  const { device, signal, onProgress } = job
  const phase = `training ${objective.title}`
  const workers = new Pool({ workers: 1, device, signal })
  try {
    return await workers.run(phase, async (worker) => {
      const trained = await trainReplicas(worker, {
        ...training,
        runs: [{ run: 0, normal, anomalous }],
        onProgress: (done, total) => onProgress?.({ phase, done, total }),
      })
      requireConverged(objective.title, trained.runs, trained.divergences)
      const { model, metadata, scores } = await trainedFile(worker, trained, training, signal)
      const recall = recallOf(data.tests, scores, metadata.threshold)
      const { deviceReason } = takenDevice(metadata.device, { device })
      const outside = objective.distance === 'reconstruction' && !isInUnitInterval(pool.features)
      return {
        model,
        metadata,
        ...(networkReason !== undefined && { networkReason }),
        ...(deviceReason !== undefined && { deviceReason }),
        losses: trained.losses.filter((loss) => !Number.isNaN(loss)),
        pretrainLosses: trained.pretrainLosses.filter((loss) => !Number.isNaN(loss)),
        ...(trained.validation && { validation: at(trained.validation, 0) }),
        recall,
        warnings: [
          ...data.warnings,
          ...shareWarnings(normal.length, training.settings),
          ...lossWarnings(objective, trained.validation ?? [], training.settings),
          ...seenWarnings(metadata.validation),
          ...constantIn(training),
          ...warningsOf(metadata, recall, outside),
        ],
        elapsedSeconds: (performance.now() - began) / 1000,
      }
    })
  } finally {
    await workers.close()
  }
}

/**
 * Saves a trained detector and scores all samples with it. Scores of which no detector is made are refused, as studies leave
 * out such a run (`DIVERGED`). The threshold is read off these scores: only the model itself
 * can say what they are, to the last bit, and the threshold does not change them.
 */
async function trainedFile(
  worker: JobWorker,
  trained: TrainedReplicas,
  training: PreparedTraining,
  signal: AbortSignal | undefined,
): Promise<{ model: Uint8Array; metadata: DetectorMetadata; scores: Float32Array }> {
  const { objective, data, fpr, thresholdRule, delta } = training
  const unset = metadataWithout(training, trained)
  const session = await worker.open(savedModel(trained, unset), 'scoring')
  const { scores } = await sessionScores(session, data.table.features, unset.sample)
  const { distance, title } = objective
  const divergence = scoreDivergence({ distance, centre: trained.centre, scores, normal: data.validation })
  requireConverged(title, trained.runs, [divergence])
  const validation = Float32Array.from(data.validation, (row) => at(scores, row))
  const found = await threshold(validation, { fpr, thresholdRule, delta, signal })
  const { tolerated, observedFpr } = found
  const metadata = {
    ...unset,
    threshold: found.threshold,
    validation: { ...unset.validation, tolerated, observedFpr },
  }
  return { model: savedModel(trained, metadata), metadata, scores }
}

/** What a file says of itself, with 0 in the place of the threshold and of what comes of it. */
function metadataWithout(
  training: PreparedTraining,
  { device, validation: records }: Pick<TrainedReplicas, 'device' | 'validation'>,
): DetectorMetadata {
  const { objective, network, decoder, settings, data, over, scale, seed, fpr, thresholdRule, delta } = training
  const { table, labelled, trainNormal: normal, trainAnomaly, validation } = data
  const learns = learnsFromAnomalies(objective)
  return {
    formatVersion: metadataFormat,
    detector: objective.name,
    network: network.title,
    decoder,
    threshold: 0,
    fpr,
    thresholdRule,
    delta: delta ?? null,
    validation: {
      split: data.kind,
      n: validation.length,
      trainedOn: trainedAmong(validation, { run: 0, normal }, settings, seed),
      tolerated: 0,
      observedFpr: 0,
    },
    features: [...table.featureNames],
    sample: [...network.sample],
    ...(table.arrays && { arrays: table.arrays.map(({ name, shape }) => ({ name, shape: [...shape] })) }),
    standardisation: over && scale ? { over, mean: [...scale.mean], sd: [...scale.sd] } : null,
    ...preparationOf(training),
    seed,
    // Without its folder: equal data give equal bytes wherever they lie.
    data: {
      name: basename(table.name),
      attribution: table.attribution,
      ...(table.simulated && { simulated: true }),
      sha256: tableDigest(table),
    },
    classes: {
      normal: data.normal,
      anomalous: learns ? [...labelled.classes] : [],
      ...(learns && labelled.mixture && { weights: labelled.mixture.map(({ weight }) => weight) }),
    },
    trainedOn: {
      normal: trainedCounts(normal.length, settings).nNormal,
      anomalous: learns ? trainAnomaly.length : 0,
    },
    ...validationLossOf(records?.[0], settings),
    settings: { ...settings, milestones: [...settings.milestones] },
    device,
    versions: { 'scoring-bias': version, 'onnxruntime-node': runtimeVersions()['onnxruntime-node'] },
  }
}

/** What a file says of its validation loss; nothing where no sample was held out for it. */
function validationLossOf(
  record: ValidationRecord | undefined,
  { patience }: TrainingSettings,
): Pick<DetectorMetadata, 'validationLoss'> {
  if (record === undefined) return {}
  const { n, bestEpoch, losses } = record
  const weightsOfEpoch = patience === undefined ? losses.length : (bestEpoch ?? losses.length)
  return { validationLoss: { n, epochs: losses.length, bestEpoch, weightsOfEpoch } }
}

/** How a saved detector prepares what is no plain number; nothing where all features are. */
function preparationOf({ scale, data: { table } }: PreparedTraining): Pick<DetectorMetadata, 'preparation'> {
  const { oneHot = [], impute, featureNames } = table
  if (oneHot.length === 0 && impute === undefined) return {}
  const { fill, unseen = [] } = scale ?? {}
  return {
    preparation: {
      oneHot: oneHot.map(({ column, categories }) => ({ column, categories: [...categories] })),
      impute: impute && fill ? { by: impute, values: [...fill] } : null,
      unseen: unseen.map((column) => at(featureNames, column)),
    },
  }
}

function recallOf(tests: PreparedTraining['data']['tests'], scores: Float32Array, threshold: number): ClassRecall[] {
  return tests.map(({ class: name, rows }) => {
    const hits = rows.reduce((sum, row) => sum + (at(scores, row) > threshold ? 1 : 0), 0)
    return { class: name, n: rows.length, tpr: hits / rows.length }
  })
}

function constantIn({ scale, over, data, settings }: PreparedTraining): string[] {
  const { table, trainNormal } = data
  const samples = over === 'all-samples' ? table.labels.length : trainNormal.length
  const kind = over === 'all-samples' ? 'samples' : scaledNormals(settings)
  const names = table.featureNames
  return [
    ...constantWarnings(scale?.constant ?? [], names, `all ${samples} ${kind}`),
    ...unseenWarnings(scale?.unseen ?? [], names, `all ${samples} ${kind}`),
  ]
}

function warningsOf(
  { validation, fpr: targetFpr, decoder, standardisation }: DetectorMetadata,
  recall: readonly ClassRecall[],
  reconstructsOutside: boolean,
): string[] {
  const warnings: string[] = []
  if (validation.tolerated === 0) {
    warnings.push(
      `${counted(validation.n, 'normal validation sample')} ${validation.n === 1 ? 'is' : 'are'} too few to set a threshold for ` +
        `fpr = ${targetFpr}. So the threshold is the largest of their scores. Use more normal samples, or a larger fpr`,
    )
  }
  for (const { class: name, tpr } of recall) {
    if (tpr < targetFpr)
      warnings.push(
        `the recall of '${name}' (${short(tpr)}) is below the false-positive rate (${targetFpr}). The detector takes these samples for ` +
          'more normal than the normal ones. Do not rely on it for them',
      )
  }
  if (reconstructsOutside && decoder === 'sigmoid') {
    const kind = standardisation === null ? '' : 'standardised '
    warnings.push(
      `a sigmoid decoder cannot reproduce ${kind}features outside (0, 1), and there are some. Use the decoder 'identity'`,
    )
  }
  return warnings
}
