import type { Dataset, DatasetInfo, DatasetOptions } from '../dataset.js'
import { shareOf } from '../splits/takeShare.js'
import { fillSynthetic, nSyntheticFeatures, syntheticKinds } from './synthetic.js'

/**
 * Samples of each kind, normal first: what a run trains on, and what it is evaluated on. They are Section 4.2's, with its
 * α at 0.1.
 */
const parts = [
  { isTest: 0, stream: 3, counts: [10_000, 1000] },
  { isTest: 1, stream: 4, counts: [20_000, 2000] },
] as const

export const syntheticInfo: DatasetInfo = {
  name: 'synthetic',
  title: 'Synthetic Gaussian samples',
  attribution: 'synthetic, after Ye, Chen and Zheng (IJCAI 2021), Section 4.2',
  simulated: true,
  defaults: { normal: 'normal', anomaly: 'anomalous' },
  sample: [nSyntheticFeatures],
  classes: syntheticKinds,
  counts: syntheticKinds.map((_, iKind) => parts.reduce((sum, { counts }) => sum + (counts[iKind] ?? 0), 0)),
  split: { heldOut: 'test part', trained: [1, 1] },
  distance: 'euclidean',
}

/**
 * The synthetic data set of Ye, Chen and Zheng (IJCAI 2021, Section 4.2), drawn by `fillSynthetic` and not standardised:
 * a training part of 10,000 normal and 1,000 anomalous samples, then a test part of 20,000 and 2,000.
 *
 * Sample i of a part and class depends on `dataSeed` only: a smaller `share` gives the first samples of a larger one. Its
 * streams 3 and 4 serve nothing else; those of `converge` are 0, 1, 2 and from 16 on (`syntheticStreams`), so that the
 * two never share a sample. 10 ms and 1.2 MB for all. Errors: `OUT_OF_RANGE`, `ABORTED`.
 */
export async function loadSynthetic(options: DatasetOptions = {}): Promise<Dataset> {
  const { share = 1, dataSeed = 0, signal } = options
  const sets = parts.flatMap(({ isTest, stream, counts }) =>
    syntheticKinds.map((kind, iKind) => ({ isTest, stream, kind, iKind, n: shareOf(counts[iKind] ?? 0, share) })),
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
  return { ...syntheticInfo, features, labels, testPart }
}
