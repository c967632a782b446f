import { basename } from 'node:path'
import { at } from '../check.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import type { Device } from '../runtime/device.js'
import type { JobWorker } from '../runtime/pool.js'
import { threshold } from '../stats/ranks/threshold.js'
import { runtimeVersions, version } from '../version.js'
import { type DetectorMetadata, metadataFormat } from './detectorMetadata.js'
import { learnsFromAnomalies } from './objectives/objective.js'
import type { PreparedTraining } from './preparedTraining.js'
import { savedModel } from './savedModel.js'
import { scoreSession } from './scoreSession.js'
import type { TrainedReplicas } from './trainReplicas.js'

/**
 * Saves a trained detector and scores all samples with it. The threshold is read off these scores: only the model itself
 * can say what they are, to the last bit, and the threshold does not change them.
 */
export async function trainedFile(
  worker: JobWorker,
  trained: TrainedReplicas,
  training: PreparedTraining,
  signal: AbortSignal | undefined,
): Promise<{ model: Uint8Array; metadata: DetectorMetadata; scores: Float32Array }> {
  const { data, fpr, thresholdRule, delta } = training
  const unset = metadataWithout(training, trained.device)
  const session = await worker.open(savedModel(trained, unset), 'scoring')
  const { scores } = await scoreSession(session, data.table.features, unset.sample)
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
function metadataWithout(training: PreparedTraining, device: Device): DetectorMetadata {
  const { objective, network, decoder, settings, data, scale, seed, fpr, thresholdRule, delta } = training
  const { table, labelled, trainNormal, trainAnomaly, validation, seen } = data
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
      trainedOn: validation.reduce((n, row) => n + at(seen, row), 0),
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
    classes: {
      normal: data.normal,
      anomalous: learns ? [...labelled.classes] : [],
      ...(learns && labelled.mixture && { weights: labelled.mixture.map(({ weight }) => weight) }),
    },
    trainedOn: { normal: trainNormal.length, anomalous: learns ? trainAnomaly.length : 0 },
    settings: { ...settings, milestones: [...settings.milestones] },
    device,
    versions: { 'scoring-bias': version, 'onnxruntime-node': runtimeVersions()['onnxruntime-node'] },
  }
}
