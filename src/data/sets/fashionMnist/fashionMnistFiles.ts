import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { cannotRead, reasonOf, ScoringBiasError } from '../../../errors.js'
import { requireFile } from '../../../requireFile.js'
import { cacheFolder, type Environment, fileIn, givenFolders } from '../../core/dataFolders.js'

export const fashionMnistName = 'fashion-mnist'

/** Images and labels of the training part, then of the test part: names without `.gz`, SHA-256 of the files unpacked. */
export const fashionMnistFiles = [
  {
    file: 'train-images-idx3-ubyte',
    sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    shape: [60_000, 28, 28],
  },
  {
    file: 'train-labels-idx1-ubyte',
    sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    shape: [60_000],
  },
  {
    file: 't10k-images-idx3-ubyte',
    sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    shape: [10_000, 28, 28],
  },
  {
    file: 't10k-labels-idx1-ubyte',
    sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    shape: [10_000],
  },
]

export type FashionMnistFile = (typeof fashionMnistFiles)[number]

/** Where Debian's package `dataset-fashion-mnist` puts them. */
const debianFolder = '/usr/share/datasets/fashion-mnist'

/** The first folder that has all four files, packed or not. Without a folder given: Debian's package, then the cache. */
export function findFashionMnist(dataDir?: string, env: Environment = process.env): string | undefined {
  return foldersOf(dataDir, env).find((folder) => fashionMnistFiles.every(({ file }) => fileIn(folder, file)))
}

/** As {@link findFashionMnist}. Errors: `NO_DATA`, with the folders looked through and the ways to get the files. */
export function requireFashionMnist(dataDir?: string, env: Environment = process.env): string {
  const found = findFashionMnist(dataDir, env)
  if (found !== undefined) return found
  const looked = foldersOf(dataDir, env)
    .map((folder) => {
      const missing = fashionMnistFiles.filter(({ file }) => fileIn(folder, file) === undefined)
      return missing.length === fashionMnistFiles.length
        ? folder
        : `${folder} (lacks ${missing.map(({ file }) => `${file}.gz`).join(', ')})`
    })
    .join(', ')
  throw new ScoringBiasError(
    'NO_DATA',
    `Fashion-MNIST is not on this machine. Looked in ${looked}. Download it with \`scoring-bias data fetch fashion-mnist\` ` +
      "(30 MB), install Debian's package dataset-fashion-mnist, or name a folder with its four IDX files with --data-dir",
  )
}

/** Where a folder has one of the files. */
export function pathIn(folder: string, { file }: FashionMnistFile): string {
  return fileIn(folder, file) ?? join(folder, file)
}

/**
 * Reads and checks one of the files, packed or not.
 * Errors: `BAD_FILE`, with the path: not to be read, not to be unpacked, no IDX file, cut short, another shape, another
 * SHA-256.
 */
export async function readFashionMnistFile(path: string, file: FashionMnistFile): Promise<ReturnType<typeof readIdx>> {
  try {
    return await readChecked(path, file)
  } catch (error) {
    if (!(error instanceof ScoringBiasError)) throw error
    const way = `Replace it with \`scoring-bias data fetch fashion-mnist --to ${dirname(path)}\``
    throw new ScoringBiasError(error.code, `${error.message}. ${way}`, { cause: error })
  }
}

async function readChecked(path: string, file: FashionMnistFile): Promise<ReturnType<typeof readIdx>> {
  const { sha256, shape } = file
  const bytes = await unpacked(path, file)
  const array = readIdx(bytes, path)
  if (array.shape.join() !== shape.join()) {
    throw new ScoringBiasError('BAD_FILE', `${path}: has shape ${array.shape.join(' × ')}, not ${shape.join(' × ')}`)
  }
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256) {
    throw new ScoringBiasError(
      'BAD_FILE',
      `${path}: is not the file published: unpacked, its SHA-256 is ${found}, not ${sha256}`,
    )
  }
  return array
}

/** Bytes of a file unpacked: a header of four bytes and four more for each axis, and its elements. */
function unpackedBytes({ shape }: FashionMnistFile): number {
  return 4 + 4 * shape.length + shape.reduce((product, size) => product * size, 1)
}

/** Bytes that it takes packed at most: deflate adds 5 to 16 kB that it cannot shorten; gzip has room for a name. */
export function mostPacked(file: FashionMnistFile): number {
  return Math.ceil(unpackedBytes(file) * 1.001) + 1024
}

async function unpacked(path: string, file: FashionMnistFile): Promise<Uint8Array> {
  const { size: bytesPacked } = await requireFile(path)
  if (bytesPacked > mostPacked(file)) {
    const most = `the file published has at most ${mostPacked(file)}`
    throw new ScoringBiasError('BAD_FILE', `${path}: has ${bytesPacked} bytes, ${most}`)
  }
  const bytes = await readFile(path).catch(cannotRead(path))
  const size = unpackedBytes(file)
  // By its first bytes: the name may be that of an unfinished download.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: size })
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ScoringBiasError('BAD_FILE', `${path}: unpacked, it is longer than ${size} bytes`, { cause })
    }
    throw new ScoringBiasError('BAD_FILE', `${path}: cannot be unpacked: ${reasonOf(cause)}`, { cause })
  }
}

function foldersOf(dataDir: string | undefined, env: Environment): string[] {
  const given = givenFolders(fashionMnistName, dataDir, env)
  return dataDir === undefined ? [...given, debianFolder, cacheFolder(fashionMnistName, env)] : given
}

/**
 * Reads an IDX file of unsigned bytes (LeCun's format of MNIST): two zeros, the type of the elements, the number of axes,
 * their sizes as big-endian 32-bit integers, the elements.
 *
 * @param name what messages call it
 * @returns the elements row-major, a view of `bytes`, not a copy
 *
 * Errors: `BAD_FILE`, with the byte, where it is of another format, another type, or cut short.
 */
export function readIdx(bytes: Uint8Array, name: string): { shape: number[]; data: Uint8Array } {
  const bad = (what: string) => new ScoringBiasError('BAD_FILE', `${name}: ${what}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 4) throw bad(`is cut short: ${bytes.length} bytes, the magic number alone takes 4`)
  const magic = view.getUint32(0)
  const nAxes = view.getUint8(3)
  if (magic >>> 8 !== 0x08 || nAxes === 0) {
    const found = magic.toString(16).padStart(8, '0')
    throw bad(`begins with the bytes ${found}, which is no IDX file of unsigned bytes (000008 and the number of axes)`)
  }
  const offset = 4 + 4 * nAxes
  if (bytes.length < offset) throw bad(`is cut short at byte ${bytes.length}: its header takes ${offset}`)
  const shape = Array.from({ length: nAxes }, (_, axis) => view.getUint32(4 + 4 * axis))
  const size = shape.reduce((product, dim) => product * dim, 1)
  if (bytes.length < offset + size) {
    throw bad(`is cut short at byte ${bytes.length}: its shape ${shape.join(' × ')} takes ${offset + size}`)
  }
  if (bytes.length > offset + size) {
    throw bad(`has ${bytes.length - offset - size} bytes too many after byte ${offset + size}`)
  }
  return { shape, data: bytes.subarray(offset) }
}
