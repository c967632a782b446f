import { biasDefaults } from '../biasDefaults.js'
import {
  anything,
  between,
  callback,
  flag,
  integer,
  type OptionChecks,
  oneOf,
  plain,
  record,
  requireOptions,
} from '../check.js'
import { counted, formatCount } from '../counted.js'
import { columnScale, scaled } from '../data/core/columnScale.js'
import { wholeOfFifth } from '../data/splits/heldOutSplit.js'
import { standardisedOver } from '../data/splits/standardisedOver.js'
import { copyTable, gapsOf, type LabelledTable } from '../data/tables/labelledTable.js'
import { ScoringBiasError } from '../errors.js'
import type { NativeDefinition } from '../native.js'
import { ownNetwork } from '../nn/network.js'
import type { OnProgress } from '../progress.js'
import { type DeviceRequest, deviceRequests } from '../runtime/device.js'
import {
  fewestCertified,
  nativeDefinition,
  requireCertifiable,
  type ThresholdRule,
  thresholdRules,
} from '../stats/ranks/thresholdRule.js'
import { type DecoderOutput, decoderOutputs } from './detectorGraph.js'
import { detector } from './detectors.js'
import type { Objective } from './objectives/objective.js'
import { type AskedNetwork, publishedTraining, takenNetwork } from './publishedTraining.js'
import type { SamplePool } from './samplePool.js'
import { chosenSettings, type TrainingSettings } from './settings.js'
import { type TrainingData, type TrainingDataOptions, trainingData, trainingDataChecks } from './trainingData.js'
import { scaledNormals } from './validationWarnings.js'

/** Options of `train`. */
export interface TrainDetectorOptions extends TrainingDataOptions, AskedNetwork {
  /** One of `detectorNames`, or what `defineDetector` returns. */
  readonly detector: string | Objective
  /** Default: `identity` where features are to be standardised, else the published `sigmoid`. */
  readonly decoder?: DecoderOutput | undefined
  /**
   * Whether features are standardised, inside the saved model: over the normal samples trained on; of a data set by name in
   * the `published` split, over all samples, as in the paper. Default: true, but for data sets that the paper does not
   * standardise.
   */
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

const checks: OptionChecks<TrainDetectorOptions> = {
  ...trainingDataChecks,
  detector: anything,
  network: anything,
  mlp: plain(record),
  decoder: oneOf('decoder', decoderOutputs),
  standardise: flag,
  fpr: between(0, 1),
  thresholdRule: oneOf('threshold rule', thresholdRules),
  delta: between(0, 1),
  settings: plain(anything),
  seed: integer(0),
  device: oneOf('device', deviceRequests),
  onProgress: callback,
}

/** All that decides what a training gives, checked and complete. */
export type PreparedTraining = Awaited<ReturnType<typeof preparedTraining>>

/**
 * Whatever can be wrong with the options of `train` is an error here, before anything is trained. What the caller gave is copied
 * before it is waited for anything.
 */
export async function preparedTraining(options: TrainDetectorOptions) {
  const given = requireOptions('train', options, checks)
  const own = { ...given, network: ownNetwork(given.network) }
  const asked = typeof own.data === 'string' ? own : { ...own, data: copyTable(own.data) }
  const objective = detector(asked.detector)
  const published = publishedTraining(typeof asked.data === 'string' ? asked.data : undefined)
  const { seed = biasDefaults.seed, fpr = biasDefaults.fpr, thresholdRule = biasDefaults.thresholdRule } = asked
  const settings = chosenSettings(published.settings, asked.settings)
  const definition = nativeDefinition(thresholdRule, asked.delta)
  if (thresholdRule === 'linear') {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      "the threshold rule 'linear' can lie between two scores. A saved detector cannot hold that. Use another threshold rule",
    )
  }
  const data = await trainingData(objective, seed, asked)
  const { table, validation, standardised } = data
  if (data.kind === 'held-out') requireCertifiableFifth(data, fpr, definition)
  requireCertifiable(`The normal class '${data.normal}'`, validation.length, [fpr], definition)
  const { network, networkReason } = takenNetwork(asked, {
    ...table,
    published: published.network,
    sample: data.sample,
  })
  const over = (asked.standardise ?? standardised) ? standardisedOver(asked.data, data.kind) : undefined
  const gaps = gapsOf(table)
  const rows = over === 'all-samples' ? allRows(table) : data.trainNormal
  const scale =
    over === undefined && gaps === undefined
      ? undefined
      : columnScale(table.features, table.featureNames.length, rows, {
          ...{ gaps, standardised: over !== undefined },
          whose: over === 'all-samples' ? 'samples' : scaledNormals(settings),
        })
  const pool: SamplePool = {
    features: scale === undefined ? table.features : scaled(table.features, scale),
    nSamples: table.labels.length,
    sample: network.sample,
  }
  const decoder = asked.decoder ?? (standardised ? 'identity' : published.decoder)
  const delta = thresholdRule === 'certified' ? definition.delta : undefined
  return {
    objective,
    network,
    networkReason,
    decoder,
    settings,
    data,
    over,
    scale,
    pool,
    seed,
    fpr,
    thresholdRule,
    delta,
    job: { device: asked.device, signal: asked.signal, onProgress: asked.onProgress },
  }
}

/** Refuses a held-out fifth of the normal samples that cannot certify a target: `OUT_OF_RANGE`. */
function requireCertifiableFifth(
  { normal, trainNormal, validation }: Pick<TrainingData, 'normal' | 'trainNormal' | 'validation'>,
  fpr: number,
  { rule, delta }: NativeDefinition,
): void {
  if (rule !== 'certified') return
  const fewest = fewestCertified(fpr, delta)
  if (validation.length >= fewest) return
  const n = trainNormal.length + validation.length
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `certifying a false-positive rate of ${fpr} with delta = ${delta} takes at least ${counted(fewest, 'normal score')}. The normal class ` +
      `'${normal}' has ${counted(n, 'sample')}, and the held-out fifth that sets the threshold ${formatCount(validation.length)}. ` +
      `Use ${counted(wholeOfFifth(fewest), 'normal sample')} or more, a higher fpr, or another threshold rule`,
  )
}

function allRows({ labels }: LabelledTable): Uint32Array {
  return Uint32Array.from(labels.keys())
}
