import { basename } from 'node:path'
import { requireBetween, requireInteger, requireKnown } from '../check.js'
import { columnScale, scaled } from '../data/tables/columnScale.js'
import { isInUnitInterval } from '../data/tables/featureRange.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import { ScoringBiasError } from '../errors.js'
import { showShape } from '../graph/tensor.js'
import { type MlpOptions, mlp } from '../nn/mlp.js'
import type { Network } from '../nn/network.js'
import { network as published } from '../nn/networks.js'
import { elements } from '../nn/parameters.js'
import type { OnProgress } from '../progress.js'
import { type DeviceRequest, deviceRequests } from '../runtime/device.js'
import { type JobWorker, Pool } from '../runtime/pool.js'
import { threshold } from '../stats/ranks/threshold.js'
import type { ThresholdRule } from '../stats/ranks/thresholdRule.js'
import { runtimeVersions, version } from '../version.js'
import { type DecoderOutput, decoderOutputs } from './detectorGraph.js'
import { type DetectorMetadata, metadataFormat } from './detectorMetadata.js'
import { detector } from './detectors.js'
import { requireConverged } from './divergence.js'
import { learnsFromAnomalies, type Objective } from './objectives/objective.js'
import { publishedTraining } from './publishedTraining.js'
import { savedModel } from './savedModel.js'
import { type Scored, scoreSession } from './scoreSession.js'
import { requireSettings, type TrainingSettings } from './settings.js'
import { type TrainingData, type TrainingDataOptions, trainingData } from './trainingData.js'
import { type TrainedReplicas, trainReplicas } from './trainReplicas.js'

export interface TrainDetectorOptions extends TrainingDataOptions {
  /** One of `detectorNames`, or what `defineDetector` returns. */
  readonly detector: string | Objective
  /**
   * A name of `networkNames`, or a network whose samples have as many elements as there are features. Default: the one that
   * the paper has for the data set, `mlp` for a table.
   */
  readonly network?: string | Network | undefined
  /** Sizes and settings of the layers of network `mlp`. */
  readonly mlp?: MlpOptions | undefined
  /** Default: `identity` where features are to be standardised, else the published `sigmoid`. */
  readonly decoder?: DecoderOutput | undefined
  /** Whether features are standardised, inside the saved model. Default: true, but for data sets that the paper does not standardise. */
  readonly standardise?: boolean | undefined
  /** Target false-positive rate, in (0, 1). Default 0.05. */
  readonly fpr?: number | undefined
  /** Default `inverse-cdf`. `linear` is refused: its thresholds lie between scores and are not float32. */
  readonly thresholdRule?: ThresholdRule | undefined
  /** δ of `certified`. Default 0.05. */
  readonly delta?: number | undefined
  /** Where they differ from those that the paper has for the data set. */
  readonly settings?: Partial<TrainingSettings> | undefined
  /** Root of all randomness. Default 0. */
  readonly seed?: number | undefined
  /** Default `auto`. */
  readonly device?: DeviceRequest | undefined
  /** When it fires, training stops within the current chunk of steps and rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

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
  /** Mean loss of each epoch. */
  readonly losses: Float64Array
  readonly pretrainLosses: Float64Array
  /** Classes in the table's order. */
  readonly recall: readonly ClassRecall[]
  readonly warnings: readonly string[]
  readonly elapsedSeconds: number
}

/**
 * Trains one detector and saves it as a self-contained ONNX model that takes raw features.
 *
 * The threshold is read off the scores that the saved model itself gives the validation samples, so that file and
 * threshold agree to the bit. Equal options give equal bytes on one machine.
 *
 * Errors: `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `OUT_OF_RANGE` (also for constant features), `WRONG_TYPE`, `EMPTY_SAMPLE`,
 * `LENGTH_MISMATCH`, `NOT_A_NUMBER`, `SHAPE_MISMATCH` (all before anything is trained), `NO_DEVICE`, `DIVERGED`,
 * `WORKER_FAILED`, `ABORTED`.
 *
 * @example
 * const { model, metadata } = await train({ data: 'statlog', detector: 'abc' })
 * await writeFile('detector.onnx', model)
 */
export async function train(options: TrainDetectorOptions): Promise<TrainedDetector> {
  const began = performance.now()
  const objective = detector(options.detector)
  if (options.decoder !== undefined) requireKnown('decoder', options.decoder, decoderOutputs)
  const published = publishedTraining(typeof options.data === 'string' ? options.data : undefined)
  const device = requireKnown('device', options.device ?? 'auto', deviceRequests)
  const fpr = requireBetween('fpr', options.fpr ?? 0.05, 0, 1)
  const seed = requireInteger('seed', options.seed ?? 0, 0)
  const settings = requireSettings({ ...published.settings, ...given(options.settings ?? {}) })
  if (options.thresholdRule === 'linear') {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      "threshold 'linear' lies between scores, which a saved detector cannot hold",
    )
  }
  const data = await trainingData(objective, seed, options)
  const network = networkOf({ ...options, network: options.network ?? published.network }, data)
  const decoder = options.decoder ?? (data.standardised ? 'identity' : published.decoder)
  const { table, trainNormal, trainAnomaly, validation, tests } = data
  const scale =
    (options.standardise ?? data.standardised) === false
      ? undefined
      : columnScale(table, data.kind === 'published' ? allRows(table.labels.length) : trainNormal)
  const pool = {
    features: scale === undefined ? table.features : scaled(table.features, scale),
    nSamples: table.labels.length,
    sample: network.sample,
  }

  const phase = `training ${objective.title}`
  const workers = new Pool({ workers: 1, device, signal: options.signal })
  try {
    return await workers.run(phase, async (worker) => {
      const trained = await trainReplicas(worker, {
        objective,
        network,
        decoder,
        settings,
        pool,
        runs: [{ run: 0, normal: trainNormal, anomalous: trainAnomaly }],
        seed,
        onProgress: (done, total) => options.onProgress?.({ phase, done, total }),
      })
      requireConverged(objective.title, trained.runs, trained.divergences)
      const nAnomalous = learnsFromAnomalies(objective) ? trainAnomaly.length : 0
      const unset: DetectorMetadata = {
        formatVersion: metadataFormat,
        detector: objective.name,
        network: network.title,
        decoder,
        threshold: 0,
        fpr,
        thresholdRule: options.thresholdRule ?? 'inverse-cdf',
        delta: options.thresholdRule === 'certified' ? (options.delta ?? 0.05) : null,
        validation: {
          split: data.kind,
          n: validation.length,
          trainedOn: validation.reduce((n, row) => n + (data.seen[row] ?? 0), 0),
          tolerated: 0,
          observedFpr: 0,
        },
        features: [...table.featureNames],
        sample: [...network.sample],
        standardisation: scale === undefined ? null : { mean: [...scale.mean], sd: [...scale.sd] },
        seed,
        // Without its folder: equal data give equal bytes wherever they lie.
        data: {
          name: basename(table.name),
          attribution: table.attribution,
          ...(table.simulated && { simulated: true }),
          sha256: tableDigest(table),
        },
        classes: { normal: data.normal, anomalous: nAnomalous === 0 ? [] : [...data.anomalies] },
        trainedOn: { normal: trainNormal.length, anomalous: nAnomalous },
        settings: { ...settings, milestones: [...settings.milestones] },
        device: trained.device,
        versions: { 'scoring-bias': version, 'onnxruntime-node': runtimeVersions()['onnxruntime-node'] ?? '' },
      }
      // Only the model itself can say what its scores are, to the last bit; the threshold does not change them.
      const draft = await scoreAll(worker, trained, unset, data)
      const tau = await threshold(rowsOf(draft.scores, validation), {
        fpr,
        thresholdRule: options.thresholdRule,
        delta: options.delta,
        signal: options.signal,
      })
      const metadata = {
        ...unset,
        threshold: tau.threshold,
        validation: { ...unset.validation, tolerated: tau.tolerated, observedFpr: tau.observedFpr },
      }
      const recall = tests.map(({ class: name, rows }) => {
        const hits = rows.reduce((sum, row) => sum + ((draft.scores[row] ?? 0) > tau.threshold ? 1 : 0), 0)
        return { class: name, n: rows.length, tpr: hits / rows.length }
      })
      return {
        model: savedModel(trained, metadata),
        metadata,
        losses: trained.losses,
        pretrainLosses: trained.pretrainLosses,
        recall,
        warnings: warningsOf(
          metadata,
          recall,
          objective.distance === 'reconstruction' && !isInUnitInterval(pool.features),
        ),
        elapsedSeconds: (performance.now() - began) / 1000,
      }
    })
  } finally {
    await workers.close()
  }
}

async function scoreAll(
  worker: JobWorker,
  trained: TrainedReplicas,
  metadata: DetectorMetadata,
  { table }: TrainingData,
): Promise<Scored> {
  const session = await worker.open(savedModel(trained, metadata), 'scoring')
  return scoreSession(session, table.features, metadata.sample)
}

function networkOf({ network: asked = 'mlp', mlp: layers }: TrainDetectorOptions, { table }: TrainingData): Network {
  const nFeatures = table.featureNames.length
  if (layers !== undefined && asked !== 'mlp' && Object.values(layers).some((value) => value !== undefined))
    throw new ScoringBiasError('OUT_OF_RANGE', "the sizes of layers in 'mlp' are those of network 'mlp' only")
  const network = asked === 'mlp' ? mlp(nFeatures, layers) : typeof asked === 'string' ? published(asked) : asked
  if (elements(network.sample) !== nFeatures) {
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `network '${network.name}' takes samples of shape ${showShape(network.sample)}, which are ` +
        `${elements(network.sample)} features, ${table.name} has ${nFeatures}`,
    )
  }
  return network
}

function warningsOf(
  { validation, fpr: targetFpr, decoder, standardisation }: DetectorMetadata,
  recall: readonly ClassRecall[],
  reconstructsOutside: boolean,
): string[] {
  const warnings: string[] = []
  if (validation.tolerated === 0) {
    warnings.push(
      `${validation.n} validation samples are too few for a false-positive rate of ${targetFpr}: ` +
        'the threshold is the largest normal score',
    )
  }
  for (const { class: name, tpr } of recall) {
    if (tpr < targetFpr)
      warnings.push(
        `recall of '${name}' is below the false-positive rate: it scores as more normal than normal samples`,
      )
  }
  if (reconstructsOutside && decoder === 'sigmoid') {
    const kind = standardisation === null ? '' : 'standardised '
    warnings.push(`a sigmoid decoder cannot reproduce ${kind}features outside (0, 1); decoder 'identity' can`)
  }
  return warnings
}

function given<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Partial<T>
}

function allRows(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, row) => row)
}

function rowsOf(scores: Float32Array, rows: Uint32Array): Float32Array {
  return Float32Array.from(rows, (row) => scores[row] ?? Number.NaN)
}
