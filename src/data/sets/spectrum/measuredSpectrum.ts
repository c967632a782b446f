import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { at } from '../../../check.js'
import { ScoringBiasError } from '../../../errors.js'
import { givenFolders } from '../../core/dataFolders.js'
import type { Dataset, DatasetInfo, DatasetOptions } from '../../core/dataset.js'
import { takeShare } from '../../core/takeShare.js'
import { npyHeader } from '../../tables/npyArray.js'
import { spectrogramShape, spectrumClasses } from './spectrumSimulator.js'

const size = spectrogramShape[0] * spectrogramShape[1]

/** Spectrograms read at once: 4 MB of float32. */
const rowsAtOnce = 64

/** The folder with measured spectrograms, if there is one. */
export function findMeasuredSpectrum(dataDir?: string): string | undefined {
  return givenFolders('spectrum', dataDir).find((folder) =>
    spectrumClasses.every((name) => existsSync(fileOfClass(folder, name))),
  )
}

/** The error for a `dataDir` without them: who names a folder does not want simulated ones. */
export function noMeasuredSpectrum(dataDir: string): ScoringBiasError {
  return new ScoringBiasError(
    'NO_DATA',
    `no measured spectrograms in ${givenFolders('spectrum', dataDir).join(' or ')}: expected ` +
      `${spectrumClasses.map((name) => `${name}.npy`).join(', ')}, each (n, ${spectrogramShape.join(', ')}); ` +
      'without a folder given they are simulated',
  )
}

/** Reads measured spectrograms. Errors: `BAD_FILE`, `NOT_A_NUMBER`, `OUT_OF_RANGE`, with file, spectrogram, step and bin. */
export async function loadMeasuredSpectrum(
  folder: string,
  info: DatasetInfo,
  { share = 1, dataSeed = 0 }: DatasetOptions,
): Promise<Dataset> {
  const parts = await Promise.all(
    spectrumClasses.map(async (name, iClass) => readPart(fileOfClass(folder, name), iClass, share, dataSeed)),
  )
  const features = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let begin = 0
  for (const part of parts) {
    features.set(part, begin)
    begin += part.length
  }
  return {
    ...info,
    attribution: `measured spectrograms of the user's, ${folder}`,
    simulated: false,
    counts: parts.map((part) => part.length / size),
    features,
    labels: Uint8Array.from(parts.flatMap((part, iClass) => Array<number>(part.length / size).fill(iClass))),
  }
}

async function readPart(path: string, iClass: number, share: number, seed: number): Promise<Float32Array> {
  const file = await open(path)
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
        `${name}, step ${step}, bin ${bin} is ${level}; levels must lie in [0, 1]`,
      )
    }
    out[i] = level
  }
}

export function fileOfClass(folder: string, name: string): string {
  return join(folder, `${name}.npy`)
}
