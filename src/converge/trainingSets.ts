import { attributionOf, type Dataset } from '../data/dataset.js'
import { loadDataset } from '../data/datasets.js'
import { simulatedShare } from '../data/sets/spectrum.js'
import { nSyntheticFeatures, syntheticSamples } from '../data/sets/synthetic.js'
import { syntheticInfo } from '../data/sets/syntheticDataset.js'
import { requireShare, shareOf } from '../data/splits/takeShare.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import { tableDataset } from '../data/tables/tableDataset.js'
import type { SamplePool } from '../detectors/samplePool.js'
import { ScoringBiasError } from '../errors.js'
import type { CheckedConvergeOptions } from './convergeOptions.js'
import { type DividedClasses, divideClasses } from './divideClasses.js'
import { fittingSizes, fittingTest } from './poolSource.js'
import { publishedConvergence } from './publishedConvergence.js'
import { type StudiedClasses, studiedClasses } from './studiedClasses.js'
import { syntheticStreams } from './syntheticSource.js'

/** What a pair of detectors trains on. */
export interface TrainingSets extends DividedClasses {
  readonly name: string
  /** Whether the samples were computed, not measured. */
  readonly simulated: boolean
  /** Share of the data set's samples that was loaded or drawn. */
  readonly share: number
  readonly classes: StudiedClasses
  readonly samples: SamplePool
  readonly attribution: string
  /** Of the samples loaded; absent where they are drawn. */
  readonly sha256?: string
  /** What holds where the caller does not say. */
  readonly defaults: { readonly sizes: readonly number[]; readonly nTest: number }
}

/** Draws or loads samples and divides them. Errors: those of the data set, of `studiedClasses` and of `divideClasses`. */
export async function trainingSets(study: CheckedConvergeOptions): Promise<TrainingSets> {
  return study.dataset === 'synthetic' ? syntheticSets(study) : pooledSets(study)
}

/** Samples of their own for training; everything else is drawn when it is needed, and nothing is held out. */
async function syntheticSets(study: CheckedConvergeOptions): Promise<TrainingSets> {
  const { seed, signal } = study
  const published = publishedConvergence.synthetic
  const classes = studiedClasses(syntheticInfo, {
    normal: study.normal ?? published.normal,
    anomaly: study.anomaly ?? published.anomaly,
  })
  if (classes.normal[0] !== published.normal[0]) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `synthetic samples are normal by 'normal' and anomalous by 'anomalous', got normal '${classes.normal[0]}': leave both out`,
    )
  }
  const share = requireShare(study.share ?? 1)
  const nNormal = study.nTrain ?? shareOf(published.nTrain, share)
  const nAnomalous = Math.max(1, Math.floor(nNormal / 10))
  const common = { seed, stream: syntheticStreams.training, signal }
  const features = new Float32Array((nNormal + nAnomalous) * nSyntheticFeatures)
  features.set(await syntheticSamples(nNormal, { ...common, kind: 'normal' }))
  features.set(await syntheticSamples(nAnomalous, { ...common, kind: 'anomalous' }), nNormal * nSyntheticFeatures)
  return {
    name: syntheticInfo.name,
    simulated: syntheticInfo.simulated,
    share,
    classes,
    samples: { features, nSamples: nNormal + nAnomalous, sample: [nSyntheticFeatures] },
    normal: Uint32Array.from({ length: nNormal }, (_, row) => row),
    anomalous: Uint32Array.from({ length: nAnomalous }, (_, row) => nNormal + row),
    heldOut: { normal: new Uint32Array(), anomalous: new Uint32Array() },
    attribution: syntheticInfo.attribution,
    defaults: { sizes: published.sizes, nTest: shareOf(published.nTest, share) },
  }
}

async function pooledSets(study: CheckedConvergeOptions): Promise<TrainingSets> {
  const { alphas, nTrain, seed } = study
  const published = typeof study.dataset === 'string' ? publishedConvergence[study.dataset] : undefined
  const dataset = await datasetOf(study)
  const share = study.share ?? (dataset.name === 'spectrum' && dataset.simulated ? simulatedShare : 1)
  const classes = studiedClasses(dataset, {
    normal: study.normal ?? published?.normal ?? dataset.defaults.normal,
    anomaly: study.anomaly ?? published?.anomaly,
  })
  const publishedTrain = published && shareOf(published.nTrain, share)
  const divided = divideClasses(dataset, { classes, nTrain, publishedTrain, seed })
  const { heldOut } = divided
  const fitting = fittingTest({ normal: heldOut.normal.length, anomalous: heldOut.anomalous.length }, alphas)
  const nTest = published === undefined ? fitting : Math.min(shareOf(published.nTest, share), fitting)
  const setAside = study.test === 'fixed' ? (study.nTest ?? nTest) : 0
  return {
    ...divided,
    name: dataset.name,
    simulated: dataset.simulated,
    share,
    classes,
    samples: { features: dataset.features, nSamples: dataset.labels.length, sample: dataset.sample },
    attribution: attributionOf(dataset),
    sha256: tableDigest(dataset),
    defaults: {
      sizes: published?.sizes ?? fittingSizes(heldOut.normal.length - setAside),
      nTest,
    },
  }
}

async function datasetOf({
  dataset,
  normal,
  dataDir,
  share,
  dataSeed,
  signal,
}: CheckedConvergeOptions): Promise<Dataset> {
  if (typeof dataset === 'string') return loadDataset(dataset, { dataDir, share, dataSeed, signal })
  const [first] = typeof normal === 'string' ? [normal] : (normal ?? [])
  return tableDataset(dataset, { normal: first, share, dataSeed })
}
