import { constantWarnings, unseenWarnings } from '../data/core/columnScale.js'
import { attributionOf, type Dataset, sampleSize, shareOf } from '../data/core/dataset.js'
import type { DrawnSource } from '../data/core/source.js'
import { dataSource, loadDataset } from '../data/datasets.js'
import type { StandardisedOver } from '../data/splits/standardisedOver.js'
import { rawDataset, scaledByRows } from '../data/tableDataset.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import type { SamplePool } from '../detectors/samplePool.js'
import { ScoringBiasError } from '../errors.js'
import { alikeWarnings } from '../scores/alikeNames.js'
import { featureNamesOf, scaledAs, standardisationOf } from '../study/pairOptions.js'
import { type CheckedConverge, convergeScoresDefaults } from './convergeOptions.js'
import { type DividedClasses, divideClasses, type StudiedClasses, studiedClasses } from './divideClasses.js'
import { fittingSizes, fittingTest } from './poolSource.js'
import { syntheticStreams } from './syntheticSource.js'

/** What a pair of detectors trains on. */
export interface TrainingSets extends DividedClasses {
  readonly name: string
  /** Whether the samples were computed, not measured. */
  readonly simulated: boolean
  readonly standardisedOver: StandardisedOver | null
  /** Share of the data set's samples that was loaded or drawn. */
  readonly share: number
  readonly classes: StudiedClasses
  readonly samples: SamplePool
  readonly attribution: string
  /** Of the samples loaded; absent where they are drawn. */
  readonly sha256?: string
  /** Of classes that are hardly told apart, and of features that could not be scaled. */
  readonly warnings: readonly string[]
  /** What holds where the caller does not say. */
  readonly defaults: { readonly sizes: readonly number[]; readonly nTest: number }
}

/** Draws or loads samples and divides them. Errors: those of the data set, of `studiedClasses` and of `divideClasses`. */
export async function trainingSets(study: CheckedConverge): Promise<TrainingSets> {
  const drawn = drawnSource(study.dataset)
  return drawn === undefined ? pooledSets(study) : drawnSets(study, drawn)
}

/** The data set's source, where fresh samples are drawn of it. Errors: `UNKNOWN_NAME`. */
export function drawnSource(dataset: CheckedConverge['dataset']): DrawnSource | undefined {
  const source = typeof dataset === 'string' ? dataSource(dataset) : undefined
  return source?.draw && { ...source, draw: source.draw }
}

/** Samples of their own for training; everything else is drawn when it is needed, and nothing is held out. */
async function drawnSets(study: CheckedConverge, { info, draw, published }: DrawnSource): Promise<TrainingSets> {
  const { seed, signal } = study
  const { normal, anomaly } = info.defaults
  const classes = studiedClasses(info, { normal: study.normal ?? normal, anomaly: study.anomaly ?? anomaly })
  if (classes.normal[0] !== normal) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `the normal class of ${info.name} samples is '${normal}' and the other is '${anomaly}', got normal '${classes.normal[0]}'. Leave normal and anomaly out`,
    )
  }
  const usual = published?.convergence ?? { ...convergeScoresDefaults, nTrain: 10_000 }
  const share = study.share ?? 1
  const nNormal = study.nTrain ?? shareOf(usual.nTrain, share)
  const nAnomalous = Math.max(1, Math.floor(nNormal / 10))
  const size = sampleSize(info)
  const features = new Float32Array((nNormal + nAnomalous) * size)
  const common = { seed, stream: syntheticStreams.training, from: 0, signal }
  await draw(features.subarray(0, nNormal * size), { ...common, class: normal })
  await draw(features.subarray(nNormal * size), { ...common, class: anomaly })
  return {
    name: info.name,
    simulated: info.simulated,
    standardisedOver: null,
    warnings: [],
    share,
    classes,
    samples: { features, nSamples: nNormal + nAnomalous, sample: info.sample },
    normal: Uint32Array.from({ length: nNormal }, (_, row) => row),
    anomalous: Uint32Array.from({ length: nAnomalous }, (_, row) => nNormal + row),
    heldOut: { normal: new Uint32Array(), anomalous: new Uint32Array() },
    attribution: info.attribution,
    defaults: { sizes: usual.sizes, nTest: shareOf(usual.nTest, share) },
  }
}

async function pooledSets(study: CheckedConverge): Promise<TrainingSets> {
  const { alphas, nTrain, seed } = study
  const source = typeof study.dataset === 'string' ? dataSource(study.dataset) : undefined
  const published = source?.published?.convergence
  const { over, ...loaded } = await datasetOf(study)
  const share = study.share ?? ((loaded.dataset.simulated && source?.simulatedShare) || 1)
  const classes = studiedClasses(loaded.dataset, {
    normal: study.normal ?? published?.normal ?? loaded.dataset.defaults.normal,
    anomaly: study.anomaly ?? published?.anomaly,
  })
  const publishedTrain = published && shareOf(published.nTrain, share)
  const divided = divideClasses(loaded.dataset, { classes, nTrain, publishedTrain, seed })
  const { heldOut } = divided
  const isOwn = over === 'training-normals' || loaded.dataset.gaps !== undefined
  const { dataset, scale } = isOwn
    ? scaledByRows(loaded.dataset, divided.normal, over !== null)
    : { ...loaded, scale: undefined }
  const names = featureNamesOf(study, dataset)
  const samples = 'all normal samples trained on'
  const fitting = fittingTest({ normal: heldOut.normal.length, anomalous: heldOut.anomalous.length }, alphas)
  const nTest = published === undefined ? fitting : Math.min(shareOf(published.nTest, share), fitting)
  const setAside = study.test === 'fixed' ? (study.nTest ?? nTest) : 0
  return {
    ...divided,
    name: dataset.name,
    simulated: dataset.simulated,
    standardisedOver: over,
    share,
    classes,
    samples: { features: dataset.features, nSamples: dataset.labels.length, sample: dataset.sample },
    attribution: attributionOf(dataset),
    sha256: tableDigest(dataset),
    warnings: [
      ...(typeof study.dataset === 'string' ? [] : alikeWarnings(study.dataset.classes, [study.normal ?? []].flat())),
      ...constantWarnings(scale?.constant ?? [], names, samples),
      ...unseenWarnings(scale?.unseen ?? [], names, samples),
    ],
    defaults: {
      sizes: published?.sizes ?? fittingSizes(heldOut.normal.length - setAside),
      nTest,
    },
  }
}

/** With classes as they are: those that are normal are told apart, but not merged. Features that the training samples are to standardise are raw. */
async function datasetOf(study: CheckedConverge): Promise<{ dataset: Dataset; over: StandardisedOver | null }> {
  const { dataset: asked, normal, dataDir, share, dataSeed, signal } = study
  const [first] = typeof normal === 'string' ? [normal] : (normal ?? [])
  const loaded =
    typeof asked === 'string'
      ? await loadDataset(asked, { dataDir, share, dataSeed, signal })
      : rawDataset(asked, { normal: first, share, dataSeed })
  const over = standardisationOf(study, loaded, 'published')
  const isOwn = over === 'training-normals' || loaded.gaps !== undefined
  return { dataset: isOwn ? loaded : scaledAs(over, loaded), over }
}
