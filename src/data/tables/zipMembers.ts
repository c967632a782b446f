import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { crc32, inflateRaw, constants as zlib } from 'node:zlib'
import { at, invariant } from '../../check.js'
import { cannotRead, ScoringBiasError } from '../../errors.js'
import { requireNoBomb } from './textBytes.js'

const inflate = promisify(inflateRaw)

/** Bytes of a member that are unpacked to read how it begins: enough for any header that NumPy writes. */
const startBytes = 1 << 14

/** Bytes that all members together may unpack to whatever they are packed in: labels are packed tightly. */
const mostUnpacked = 2 ** 28

/** Bytes at the end of a file in which its directory is looked for: a comment may have 65,535. */
const endBytes = 66_000
const longestDirectory = 1 << 26

/** One file in a ZIP archive. */
export interface ZipMember {
  readonly name: string
  /** How it begins, as far as that is unpacked. Errors: `BAD_FILE`. */
  start(): Promise<Uint8Array>
  /** All of it, of a size that is known from how it begins, checked. Errors: `BAD_FILE`. */
  whole(size: number): Promise<Uint8Array>
}

/** What the directory says of a member. */
interface Entry {
  readonly name: string
  readonly method: number
  readonly isEncrypted: boolean
  readonly crc: number
  readonly packedSize: number
  readonly offset: number
}

/**
 * The members of a ZIP archive by its directory (PKWARE's APPNOTE, 4.3.12 to 4.3.16), unpacked when they are asked for.
 * Errors: `BAD_FILE` for what is no archive, and for two members of one name.
 */
export async function openZip(
  path: string,
  name: string,
): Promise<{ readonly members: readonly ZipMember[]; readonly close: () => Promise<void> }> {
  const file = await open(path).catch(cannotRead(name))
  try {
    const entries = await directoryOf(file, name)
    const seen = new Set<string>()
    for (const entry of entries) {
      if (seen.size === seen.add(entry.name).size) {
        throw new ScoringBiasError('BAD_FILE', `${name} has two members named '${entry.name}'. Write the file again`)
      }
    }
    const { size: packed } = await file.stat()
    let unpacked = 0
    const members = entries.map((entry) => ({
      name: entry.name,
      start: () => startOf(file, entry, name),
      whole: (size: number) => {
        unpacked += size
        requireNoBomb(name, unpacked, packed, mostUnpacked)
        return wholeOf(file, entry, size, name)
      },
    }))
    return { members, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function directoryOf(file: FileHandle, name: string): Promise<Entry[]> {
  const bad = (what: string) => new ScoringBiasError('BAD_FILE', `${name} is not an NPZ file: ${what}`)
  const { size } = await file.stat()
  const from = Math.max(0, size - endBytes)
  const tail = await bytesAt(file, from, size - from)
  const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  if (end < 0 || end + 22 > tail.length) {
    const begins = (await bytesAt(file, 0, 4)).toString('latin1') === 'PK\x03\x04'
    if (!begins) throw bad('it has no directory of a ZIP archive at its end')
    const what = 'it begins as an NPZ file and has no directory at its end. Get the file again'
    throw new ScoringBiasError('BAD_FILE', `${name} is cut short: ${what}`)
  }
  let [count, length, offset] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)]
  if (end >= 20 && tail.readUInt32LE(end - 20) === 0x0706_4b50) {
    const record = await bytesAt(file, Number(tail.readBigUInt64LE(end - 12)), 56)
    if (record.length < 56) throw bad('its directory is damaged')
    ;[count, length, offset] = [32, 40, 48].map((place) => Number(record.readBigUInt64LE(place))) as [
      number,
      number,
      number,
    ]
  }
  if (length > longestDirectory) throw bad('its directory is too large')
  const directory = await bytesAt(file, offset, length)
  const entries: Entry[] = []
  for (let place = 0; entries.length < count; ) {
    if (place + 46 > directory.length || directory.readUInt32LE(place) !== 0x0201_4b50)
      throw bad('its directory is damaged')
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => directory.readUInt16LE(place + field))
    invariant(nameLength !== undefined && extraLength !== undefined && commentLength !== undefined, 'three lengths')
    const next = place + 46 + nameLength + extraLength + commentLength
    if (next > directory.length) throw bad('its directory is damaged')
    entries.push(entryOf(directory.subarray(place, next), nameLength, extraLength))
    place = next
  }
  return entries
}

function entryOf(header: Buffer, nameLength: number, extraLength: number): Entry {
  const extra = header.subarray(46 + nameLength, 46 + nameLength + extraLength)
  // Sizes of 2³² − 1 stand for those in the extra field of kind 1: unpacked, packed, offset, as many as are needed.
  const sizes = [24, 20, 42].map((field) => header.readUInt32LE(field))
  let at64 = 4
  if (extra.length >= 4 && extra.readUInt16LE(0) === 1) {
    for (const [i, size] of sizes.entries()) {
      if (size !== 0xffff_ffff || at64 + 8 > extra.length) continue
      sizes[i] = Number(extra.readBigUInt64LE(at64))
      at64 += 8
    }
  }
  return {
    name: header.toString('utf8', 46, 46 + nameLength),
    method: header.readUInt16LE(10),
    isEncrypted: (header.readUInt16LE(8) & 1) === 1,
    crc: header.readUInt32LE(16),
    packedSize: at(sizes, 1),
    offset: at(sizes, 2),
  }
}

async function startOf(file: FileHandle, entry: Entry, name: string): Promise<Uint8Array> {
  const packed = await bytesAt(file, await dataOffset(file, entry, name), Math.min(startBytes, entry.packedSize))
  if (entry.method === 0) return packed
  return inflate(packed, { finishFlush: zlib.Z_SYNC_FLUSH }).catch(damaged(entry, name))
}

async function wholeOf(file: FileHandle, entry: Entry, size: number, name: string): Promise<Uint8Array> {
  const packed = await bytesAt(file, await dataOffset(file, entry, name), entry.packedSize)
  const bytes =
    entry.method === 0
      ? packed
      : await inflate(packed, { maxOutputLength: size + 1, chunkSize: Math.min(size + 64, 2 ** 28) }).catch(
          damaged(entry, name),
        )
  if (bytes.length !== size || crc32(bytes) !== entry.crc) {
    return damaged(entry, name)(new Error(bytes.length === size ? 'its checksum is wrong' : 'its size is wrong'))
  }
  return bytes
}

/** Where a member's bytes begin. Errors: `BAD_FILE` where they cannot be read. */
async function dataOffset(file: FileHandle, entry: Entry, name: string): Promise<number> {
  const { offset, method, isEncrypted } = entry
  const bad = (what: string) => new ScoringBiasError('BAD_FILE', `${name}: member '${entry.name}' ${what}`)
  if (isEncrypted) throw bad('is encrypted. Save it without a password')
  if (method !== 0 && method !== 8) throw bad('is packed in a way that NumPy does not use. Save it with numpy.savez')
  const header = await bytesAt(file, offset, 30)
  if (header.length < 30 || header.readUInt32LE(0) !== 0x0403_4b50) throw bad('is damaged. Get the file again')
  return offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
}

function damaged(entry: Entry, name: string): (cause: Error) => never {
  return (cause) => {
    const what = `${name}: member '${entry.name}' is damaged: ${cause.message}. Get the file again`
    throw new ScoringBiasError('BAD_FILE', what, { cause })
  }
}

/** As many of the bytes as there are. */
async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { size } = await file.stat()
  const there = Math.max(0, Math.min(length, size - offset))
  if (there === 0) return Buffer.alloc(0)
  const bytes = Buffer.alloc(there)
  const { bytesRead } = await file.read(bytes, 0, there, offset)
  return bytes.subarray(0, bytesRead)
}
