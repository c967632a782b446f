import { ScoringBiasError } from '../../../errors.js'

/** An array of bytes as an IDX file holds it, row-major. */
export interface IdxArray {
  readonly shape: readonly number[]
  readonly data: Uint8Array
}

/** The type byte of unsigned bytes, the one that images and labels are of. */
const unsignedByte = 0x08

/**
 * Reads an IDX file of unsigned bytes (LeCun's format of MNIST): two zeros, the type of the elements, the number of axes,
 * their sizes as big-endian 32-bit integers, the elements.
 *
 * @param name what messages call it
 * @returns a view of `bytes`, not a copy
 *
 * Errors: `BAD_FILE`, with the byte, where it is of another format, another type, or cut short.
 */
export function readIdx(bytes: Uint8Array, name: string): IdxArray {
  const bad = (what: string) => new ScoringBiasError('BAD_FILE', `${name}: ${what}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 4) throw bad(`is cut short: ${bytes.length} bytes, the magic number alone takes 4`)
  const magic = view.getUint32(0)
  const nAxes = view.getUint8(3)
  if (magic >>> 8 !== unsignedByte || nAxes === 0) {
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
