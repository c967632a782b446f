import { allocate } from '../../allocate.js'
import {
  callback,
  integer,
  type OptionChecks,
  oneOf,
  required,
  requireInteger,
  requireKnown,
  requireOptions,
} from '../../check.js'
import { type JobOptions, jobChecks, runJob, threadsOf } from '../../job.js'
import { addon, type EnumName, enums } from '../../native.js'
import type { OnProgress } from '../../progress.js'
import { type Dataset, type DatasetInfo, type DatasetOptions, shareOf } from '../core/dataset.js'
import type { DataSource } from '../core/source.js'

/** The kinds of synthetic samples. */
export const syntheticKinds = enums.syntheticKind
/** One of {@link syntheticKinds}. */
export type SyntheticKind = EnumName<'syntheticKind'>

/** Features of a synthetic sample. */
const nSyntheticFeatures = 9

export interface SyntheticOptions extends JobOptions {
  readonly kind: SyntheticKind
  /** Integer in [0, 2⁵³). Default 0. */
  readonly seed?: number | undefined
  /** Integer in [0, 2²⁷). Default 0. */
  readonly stream?: number | undefined
  /** Number of the first sample in its stream; from + n is at most 2³². Default 0. */
  readonly from?: number | undefined
  readonly onProgress?: OnProgress | undefined
}

const checks: OptionChecks<SyntheticOptions> = {
  kind: required(oneOf('kind', syntheticKinds)),
  seed: integer(0),
  stream: integer(0, 2 ** 27 - 1),
  from: integer(0, 2 ** 32),
  ...jobChecks,
  onProgress: callback,
}

/**
 * Samples of the synthetic data set of Ye, Chen and Zheng (IJCAI 2021, Section 4.2), nine features each.
 *
 * Normal ones are N(0, I₉). Anomalous ones are too, except for 3 (with probability 0.4) or 4 (0.6) random coordinates drawn
 * from N(1.6, 0.8), where 0.8 is the standard deviation. Computed in float64, rounded once.
 *
 * Sample `from + i` is a pure function of (kind, seed, stream, from + i), by Philox4x32-10: a set can be drawn in pieces, in
 * any order and by any number of threads. Samples that differ in any of the four are independent, and independent of
 * everything else that this package draws. About 0.2 µs a sample and thread.
 *
 * @returns [n, 9], row-major
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `UNKNOWN_NAME`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * await syntheticSamples(1000, { kind: 'anomalous', seed: 1 }) // Float32Array [1000 × 9]
 */
export async function syntheticSamples(n: number, options: SyntheticOptions): Promise<Float32Array> {
  requireInteger('n', n, 0, 2 ** 31 - 1)
  const samples = allocate(`${n} synthetic samples`, n * nSyntheticFeatures, (length) => new Float32Array(length))
  await fillSynthetic(samples, options)
  return samples
}

/** {@link syntheticSamples} into an array [n, 9] that nobody else touches meanwhile. */
async function fillSynthetic(samples: Float32Array, options: SyntheticOptions): Promise<void> {
  const { kind, seed = 0, stream = 0, from = 0, ...job } = requireOptions('syntheticSamples', options, checks)
  const n = samples.length / nSyntheticFeatures
  requireInteger('from', from, 0, 2 ** 32 - n)
  const threads = threadsOf(job)
  await runJob(
    (control) => addon.gaussian9d(seed, stream, from, kind, samples, threads, control),
    () => 'from',
    job,
    { phase: 'drawing samples', total: n, onProgress: job.onProgress },
  )
}

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
