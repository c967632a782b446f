import { requireKnown } from '../../check.js'
import type { Dataset, DatasetInfo, DatasetOptions } from '../core/dataset.js'
import type { DataSource } from '../core/source.js'
import { shareOf } from '../core/takeShare.js'
import { fillSynthetic, nSyntheticFeatures, syntheticKinds } from './synthetic/syntheticSamples.js'

/**
 * Samples of each kind, normal first: what a run trains on, and what it is evaluated on. They are Section 4.2's, with its
 * α at 0.1.
 */
const parts = [
  { isTest: 0, stream: 3, counts: { normal: 10_000, anomalous: 1000 } },
  { isTest: 1, stream: 4, counts: { normal: 20_000, anomalous: 2000 } },
] as const

const info = {
  name: 'synthetic',
  title: 'Synthetic Gaussian samples',
  attribution: 'synthetic, after Ye, Chen and Zheng (IJCAI 2021), Section 4.2',
  simulated: true,
  defaults: { normal: 'normal', anomaly: 'anomalous' },
  sample: [nSyntheticFeatures],
  classes: syntheticKinds,
  counts: syntheticKinds.map((kind) => parts.reduce((sum, { counts }) => sum + counts[kind], 0)),
  split: { heldOut: 'test part', trained: [1, 1] },
  distance: 'euclidean',
} as const satisfies DatasetInfo

export const synthetic: DataSource<'synthetic'> = {
  info,
  published: {
    title: 'synthetic data',
    simulated: true,
    network: 'mlp',
    milestones: [66, 132, 198],
    convergence: {
      normal: ['normal'],
      anomaly: ['anomalous'],
      nTrain: 10_000,
      nTest: 20_000,
      sizes: [100, 1000, 10_000],
      runs: 1500,
    },
    tables: { quick: { runs: 3 }, default: { runs: 10 }, full: { runs: 100 } },
    figures: { quick: { runs: 100 }, default: { runs: 1500 }, full: { runs: 1500 } },
  },
  draw: (samples, { class: kind, ...place }) =>
    fillSynthetic(samples, { ...place, kind: requireKnown('class', kind, syntheticKinds) }),
  load,
  where: () => 'simulated',
  verify: async () => [],
}

/**
 * The synthetic data set of Ye, Chen and Zheng (IJCAI 2021, Section 4.2), drawn by `fillSynthetic` and not standardised:
 * a training part of 10,000 normal and 1,000 anomalous samples, then a test part of 20,000 and 2,000.
 *
 * Sample i of a part and class depends on `dataSeed` only: a smaller `share` gives the first samples of a larger one. Its
 * streams 3 and 4 serve nothing else; those of `converge` are 0, 1, 2 and from 16 on (`syntheticStreams`), so that the
 * two never share a sample. 10 ms and 1.2 MB for all. Errors: `OUT_OF_RANGE`, `ABORTED`.
 */
async function load({ share = 1, dataSeed = 0, signal }: DatasetOptions): Promise<Dataset> {
  const sets = parts.flatMap(({ isTest, stream, counts }) =>
    syntheticKinds.map((kind, iKind) => ({ isTest, stream, kind, iKind, n: shareOf(counts[kind], share) })),
  )
  const nSamples = sets.reduce((sum, { n }) => sum + n, 0)
  const features = new Float32Array(nSamples * nSyntheticFeatures)
  const labels = new Uint8Array(nSamples)
  const testPart = new Uint8Array(nSamples)
  let begin = 0
  for (const { isTest, stream, kind, iKind, n } of sets) {
    const end = begin + n
    const samples = features.subarray(begin * nSyntheticFeatures, end * nSyntheticFeatures)
    await fillSynthetic(samples, { kind, seed: dataSeed, stream, signal })
    labels.fill(iKind, begin, end)
    testPart.fill(isTest, begin, end)
    begin = end
  }
  return { ...info, features, labels, testPart }
}
