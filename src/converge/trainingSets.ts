import { attributionOf, classRows } from '../data/dataset.js'
import { loadStatlog } from '../data/statlog.js'
import { nSyntheticFeatures, syntheticSamples } from '../data/synthetic.js'
import type { SamplePool } from '../detectors/samplePool.js'
import { permutation } from '../random/permutation.js'
import type { ConvergeDataset } from './convergeOptions.js'
import { syntheticStreams } from './syntheticSource.js'

/** What a pair of detectors trains on. */
export interface TrainingSets {
  readonly samples: SamplePool
  /** Rows to train on. */
  readonly normal: Uint32Array
  readonly anomalous: Uint32Array
  /** Rows of the same classes that training does not see; empty where samples are drawn afresh. */
  readonly heldOut: { readonly normal: Uint32Array; readonly anomalous: Uint32Array }
  readonly attribution: string
}

/** As published: Section 4.2 and Appendix D of Ye, Chen and Zheng (IJCAI 2021). */
export const trainingSets: Readonly<
  Record<ConvergeDataset, (seed: number, signal?: AbortSignal) => Promise<TrainingSets>>
> = {
  synthetic: syntheticSets,
  statlog: statlogSets,
}

const synthetic = { nNormal: 10_000, nAnomalous: 1000 } as const

async function syntheticSets(seed: number, signal?: AbortSignal): Promise<TrainingSets> {
  const { nNormal, nAnomalous } = synthetic
  const common = { seed, stream: syntheticStreams.training, signal }
  const features = new Float32Array((nNormal + nAnomalous) * nSyntheticFeatures)
  features.set(await syntheticSamples(nNormal, { ...common, kind: 'normal' }))
  features.set(await syntheticSamples(nAnomalous, { ...common, kind: 'anomalous' }), nNormal * nSyntheticFeatures)
  return {
    samples: { features, nSamples: nNormal + nAnomalous, sample: [nSyntheticFeatures] },
    normal: Uint32Array.from({ length: nNormal }, (_, row) => row),
    anomalous: Uint32Array.from({ length: nAnomalous }, (_, row) => nNormal + row),
    heldOut: { normal: new Uint32Array(), anomalous: new Uint32Array() },
    attribution: 'synthetic, after Ye, Chen and Zheng (IJCAI 2021), Section 4.2',
  }
}

/** Appendix D; the labelled anomalies are a tenth of the normals, as everywhere else in the paper. */
const statlog = {
  normal: ['grey soil', 'damp grey soil', 'very damp grey soil'],
  anomalous: ['red soil', 'cotton crop'],
  nNormal: 1200,
  nAnomalous: 120,
} as const

/** Philox streams of the two draws; a stream is used for nothing else. */
const streams = { normal: 0x43565402, anomalous: 0x43565403 } as const

async function statlogSets(seed: number): Promise<TrainingSets> {
  const dataset = await loadStatlog()
  const nFeatures = dataset.features.length / dataset.labels.length
  const shuffled = (kind: 'normal' | 'anomalous'): Uint32Array => {
    const rows = statlog[kind].flatMap((name) => [...classRows(dataset, dataset.classes.indexOf(name))])
    return permutation(rows.length, { seed, stream: streams[kind] }).map((place) => rows[place] ?? 0)
  }
  const [normal, anomalous] = [shuffled('normal'), shuffled('anomalous')]
  const { nNormal, nAnomalous } = statlog
  return {
    samples: { features: dataset.features, nSamples: dataset.labels.length, sample: [nFeatures] },
    normal: normal.subarray(0, nNormal),
    anomalous: anomalous.subarray(0, nAnomalous),
    heldOut: { normal: normal.subarray(nNormal), anomalous: anomalous.subarray(nAnomalous) },
    attribution: attributionOf(dataset),
  }
}
