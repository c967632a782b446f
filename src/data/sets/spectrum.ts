import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../../abort.js'
import { at } from '../../check.js'
import type { Dataset, DatasetInfo, DatasetOptions } from '../core/dataset.js'
import type { DataSource } from '../core/source.js'
import { shareOf } from '../core/takeShare.js'
import {
  fileOfClass,
  findMeasuredSpectrum,
  loadMeasuredSpectrum,
  noMeasuredSpectrum,
} from './spectrum/measuredSpectrum.js'
import { simulateSpectrogram, spectrogramShape, spectrumClasses } from './spectrum/spectrumSimulator.js'

/** What is simulated unless a share is asked for: 3,000 normal spectrograms and 500 of each other class, 320 MB. */
const simulatedShare = 0.05

const info = {
  name: 'spectrum',
  title: 'Cellular spectrum',
  attribution:
    'simulated LTE-like spectrograms (scoring-bias, docs/spectrum.md), standing in for the Cellular Spectrum Misuse ' +
    'measurements of Li et al. (MobiHoc 2019), which are not public',
  simulated: true,
  defaults: { normal: 'normal', anomaly: 'NB-10ms' },
  sample: spectrogramShape,
  classes: spectrumClasses,
  // Of the measured set of the paper.
  counts: spectrumClasses.map((name) => (name === 'normal' ? 60_000 : 10_000)),
  split: { heldOut: [1, 3], trained: [1, 2] },
  distance: 'euclidean',
} as const satisfies DatasetInfo

export const spectrum: DataSource<'spectrum'> = {
  info,
  published: {
    title: 'Cellular Spectrum Misuse',
    simulated: false,
    network: 'lstm',
    convergence: {
      normal: ['normal'],
      anomaly: ['NB-10ms'],
      nTrain: 16_000,
      nTest: 6000,
      sizes: [100, 200, 500, 1000, 2000, 5000],
      runs: 1000,
    },
    tables: {
      quick: { runs: 1, epochs: 25, pretrainEpochs: 5, share: 0.05 },
      default: { runs: 3, epochs: 50, pretrainEpochs: 25, share: 0.05 },
      full: { runs: 100 },
    },
    figures: {
      quick: { runs: 100, epochs: 10, pretrainEpochs: 5, share: 0.1 },
      default: { runs: 1000, epochs: 30, pretrainEpochs: 15, share: 0.2 },
      full: { runs: 1000 },
    },
  },
  simulatedShare,
  load,
  where: (dataDir) => findMeasuredSpectrum(dataDir) ?? 'simulated',
  verify: async (dataDir) => {
    const folder = findMeasuredSpectrum(dataDir)
    if (folder === undefined) return []
    await loadMeasuredSpectrum(folder, info, {})
    return spectrumClasses.map((name) => ({ path: fileOfClass(folder, name), sha256: undefined }))
  },
}

/**
 * Spectrograms of a cellular band, 125 steps × 128 bins in [0, 1], in normal use and with four kinds of interference.
 *
 * The measured set of Ye, Chen and Zheng (2021) is not public. Without files of one's own the samples are simulated
 * (docs/spectrum.md), `share` times as many as were measured, by default a twentieth, and `simulated` says so. Measured
 * spectrograms are read where `dataDir`, or the folder that `SCORING_BIAS_DATA` names, has `normal.npy`, `NB-10ms.npy`,
 * `NB-5ms.npy`, `WB-nlos.npy` and `WB-los.npy`, each [n, 125, 128].
 *
 * Of the normal class a third sets the threshold, the same in every run, and a run trains on half of the others: of
 * 60,000 measured samples the 20,000 that the paper trains on.
 *
 * 1.5 ms and 64 kB a spectrogram. Errors: `BAD_FILE`, `NO_DATA`, `OUT_OF_RANGE`, `ABORTED`.
 */
async function load(options: DatasetOptions): Promise<Dataset> {
  const measured = findMeasuredSpectrum(options.dataDir)
  if (measured === undefined && options.dataDir !== undefined) throw noMeasuredSpectrum(options.dataDir)
  if (measured !== undefined) return loadMeasuredSpectrum(measured, info, options)
  const { share = simulatedShare, dataSeed = 0, signal } = options
  const sizes = info.counts.map((count) => shareOf(count, share))
  const nSamples = sizes.reduce((sum, size) => sum + size, 0)
  const size = spectrogramShape[0] * spectrogramShape[1]
  const features = new Float32Array(nSamples * size)
  const labels = new Uint8Array(nSamples)
  let row = 0
  for (const [iClass, name] of spectrumClasses.entries()) {
    for (let index = 0; index < at(sizes, iClass); index++, row++) {
      simulateSpectrogram(features.subarray(row * size, (row + 1) * size), name, index, dataSeed)
      labels[row] = iClass
      if (row % 16 > 0) continue
      throwIfAborted(signal)
      await setImmediate()
    }
  }
  return { ...info, features, labels }
}
