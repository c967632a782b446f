import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../../abort.js'
import { at } from '../../check.js'
import { cannotRead, ScoringBiasError } from '../../errors.js'
import { requireFile } from '../../requireFile.js'
import { givenFolders } from '../core/dataFolders.js'
import { type Dataset, type DatasetInfo, type DatasetOptions, shareOf, takeShare } from '../core/dataset.js'
import type { DataSource } from '../core/source.js'
import { npyHeader } from '../tables/npyArray.js'
import { joined } from '../tables/readLabelledTable.js'
import { simulateSpectrogram, spectrogramShape, spectrumClasses } from './spectrum/spectrumSimulator.js'

const size = spectrogramShape[0] * spectrogramShape[1]

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
      quick: { runs: 1, epochs: 25, share: 0.05 },
      default: { runs: 3, epochs: 50, share: 0.05 },
      full: { runs: 100 },
    },
    figures: {
      quick: { runs: 100, epochs: 10, share: 0.1 },
      default: { runs: 1000, epochs: 30, share: 0.2 },
      full: { runs: 1000 },
    },
  },
  simulatedShare,
  load,
  where: (dataDir) => findMeasuredSpectrum(dataDir) ?? 'simulated',
  files: (dataDir) => {
    const folder = findMeasuredSpectrum(dataDir)
    return folder === undefined ? [] : spectrumClasses.map((name) => fileOfClass(folder, name))
  },
  verify: async (dataDir) => {
    const folder = findMeasuredSpectrum(dataDir)
    if (folder === undefined) return []
    await loadMeasuredSpectrum(folder, {})
    return spectrumClasses.map((name) => ({ path: fileOfClass(folder, name), sha256: undefined }))
  },
}

/**
 * Spectrograms of a cellular band, 125 steps × 128 bins in [0, 1], in normal use and with four kinds of interference.
 *
 * The measured set of Ye, Chen and Zheng (2021) is not public: without files of one's own `share` times as many samples as
 * were measured are simulated (docs/spectrum.md). Of 60,000 measured normal samples a run trains on 20,000, as the paper does.
 *
 * 1.5 ms and 64 kB a spectrogram. Errors: `BAD_FILE`, `NO_DATA`, `OUT_OF_RANGE`, `ABORTED`.
 */
async function load(options: DatasetOptions): Promise<Dataset> {
  const measured = findMeasuredSpectrum(options.dataDir)
  if (measured === undefined && options.dataDir !== undefined) throw noMeasuredSpectrum(options.dataDir)
  if (measured !== undefined) return loadMeasuredSpectrum(measured, options)
  const { share = simulatedShare, dataSeed = 0, signal } = options
  const sizes = info.counts.map((count) => shareOf(count, share))
  const nSamples = sizes.reduce((sum, size) => sum + size, 0)
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

/** Spectrograms read at once: 4 MB of float32. */
const rowsAtOnce = 64

/** The folder with measured spectrograms, if there is one. */
function findMeasuredSpectrum(dataDir?: string): string | undefined {
  return givenFolders('spectrum', dataDir).find((folder) =>
    spectrumClasses.every((name) => existsSync(fileOfClass(folder, name))),
  )
}

/** The error for a `dataDir` without them: who names a folder does not want simulated ones. */
function noMeasuredSpectrum(dataDir: string): ScoringBiasError {
  return new ScoringBiasError(
    'NO_DATA',
    `no measured spectrograms in ${givenFolders('spectrum', dataDir).join(' or ')}: expected ` +
      `${spectrumClasses.map((name) => `${name}.npy`).join(', ')}, each (n, ${spectrogramShape.join(', ')}). ` +
      'Name no folder to have them simulated',
  )
}

/** Reads measured spectrograms. Errors: `BAD_FILE`, `NOT_A_NUMBER`, `OUT_OF_RANGE`, with file, spectrogram, step and bin. */
async function loadMeasuredSpectrum(folder: string, { share = 1, dataSeed = 0 }: DatasetOptions): Promise<Dataset> {
  const parts = await Promise.all(
    spectrumClasses.map(async (name, iClass) => readPart(fileOfClass(folder, name), iClass, share, dataSeed)),
  )
  return {
    ...info,
    attribution: `measured spectrograms of the user's, ${folder}`,
    simulated: false,
    counts: parts.map((part) => part.length / size),
    features: joined(parts),
    labels: Uint8Array.from(parts.flatMap((part, iClass) => Array<number>(part.length / size).fill(iClass))),
  }
}

async function readPart(path: string, iClass: number, share: number, seed: number): Promise<Float32Array> {
  await requireFile(path)
  const file = await open(path).catch(cannotRead(path))
  try {
    const read = async (offset: number, length: number) => {
      const bytes = new Uint8Array(length)
      const { bytesRead } = await file.read(bytes, 0, length, offset)
      return bytes.subarray(0, bytesRead)
    }
    const header = await npyHeader({ size: (await file.stat()).size, read }, path)
    const { shape, type, fortranOrder, offset } = header
    if (shape.length !== 3 || shape[1] !== spectrogramShape[0] || shape[2] !== spectrogramShape[1] || fortranOrder) {
      throw new ScoringBiasError(
        'BAD_FILE',
        `${path}: has shape (${shape.join(', ')})${fortranOrder ? ' in Fortran order' : ''}, ` +
          `not (n, ${spectrogramShape.join(', ')}) in C order`,
      )
    }
    const rows = takeShare(new Uint8Array(at(shape, 0)).fill(iClass), share, seed)
    const features = new Float32Array(rows.length * size)
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const block = rows.subarray(from, from + rowsAtOnce)
      const [first, last] = [at(block, 0), at(block, block.length - 1)]
      const bytes = await read(offset + first * size * type.bytes, (last - first + 1) * size * type.bytes)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (const [i, row] of block.entries()) {
        const start = (row - first) * size
        const level = (cell: number) => header.type.number(view, (start + cell) * header.type.bytes)
        decode(features.subarray((from + i) * size, (from + i + 1) * size), level, `${path}: spectrogram ${row}`)
      }
    }
    return features
  } finally {
    await file.close()
  }
}

/** One spectrogram's levels, written to `out`. Errors: `NOT_A_NUMBER`, `OUT_OF_RANGE`. */
function decode(out: Float32Array, levelOf: (cell: number) => number, name: string): void {
  for (let i = 0; i < size; i++) {
    const level = levelOf(i)
    if (!(level >= 0 && level <= 1)) {
      const [step, bin] = [Math.floor(i / spectrogramShape[1]), i % spectrogramShape[1]]
      throw new ScoringBiasError(
        Number.isNaN(level) ? 'NOT_A_NUMBER' : 'OUT_OF_RANGE',
        `${name}, step ${step}, bin ${bin} is ${level}. Levels must lie in [0, 1]`,
      )
    }
    out[i] = level
  }
}

function fileOfClass(folder: string, name: string): string {
  return join(folder, `${name}.npy`)
}
