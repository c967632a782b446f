import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../../abort.js'
import { requireInteger } from '../../check.js'
import type { Dataset, DatasetInfo, DatasetOptions } from '../dataset.js'
import { shareOf } from '../splits/takeShare.js'
import { findMeasuredSpectrum, loadMeasuredSpectrum, noMeasuredSpectrum } from './measuredSpectrum.js'
import { simulateSpectrogram, spectrogramShape, spectrumClasses } from './spectrumSimulator.js'

/** Samples of each class in the measured set of the paper. */
const counts = [60_000, 10_000, 10_000, 10_000, 10_000]

/** What is simulated unless a share is asked for: 3,000 normal spectrograms and 500 of each other class, 320 MB. */
export const simulatedShare = 0.05

export const spectrumInfo: DatasetInfo = {
  name: 'spectrum',
  title: 'Cellular spectrum',
  attribution:
    'simulated LTE-like spectrograms (scoring-bias, docs/spectrum.md), standing in for the Cellular Spectrum Misuse ' +
    'measurements of Li et al. (MobiHoc 2019), which are not public',
  simulated: true,
  defaults: { normal: 'normal', anomaly: 'NB-10ms' },
  sample: spectrogramShape,
  classes: spectrumClasses,
  counts,
  split: { heldOut: [1, 3], trained: [1, 2] },
  distance: 'euclidean',
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
export async function loadSpectrum(options: DatasetOptions = {}): Promise<Dataset> {
  const measured = findMeasuredSpectrum(options.dataDir)
  if (measured === undefined && options.dataDir !== undefined) throw noMeasuredSpectrum(options.dataDir)
  if (measured !== undefined) return loadMeasuredSpectrum(measured, spectrumInfo, options)
  const { share = simulatedShare, dataSeed = 0, signal } = options
  requireInteger('dataSeed', dataSeed, 0)
  const sizes = counts.map((count) => shareOf(count, share))
  const nSamples = sizes.reduce((sum, size) => sum + size, 0)
  const size = spectrogramShape[0] * spectrogramShape[1]
  const features = new Float32Array(nSamples * size)
  const labels = new Uint8Array(nSamples)
  let row = 0
  for (const [iClass, name] of spectrumClasses.entries()) {
    for (let index = 0; index < (sizes[iClass] ?? 0); index++, row++) {
      simulateSpectrogram(features.subarray(row * size, (row + 1) * size), name, index, dataSeed)
      labels[row] = iClass
      if (row % 16 > 0) continue
      throwIfAborted(signal)
      await setImmediate()
    }
  }
  return { ...spectrumInfo, features, labels }
}
