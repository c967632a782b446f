import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import {
  access,
  constants,
  type FileHandle,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { throwIfAborted } from './abort.js'
import { ScoringBiasError } from './errors.js'
import { isNoSpace } from './noSpace.js'
import { errorCode, systemReasons } from './systemReasons.js'

/**
 * Requires that a file could be written at `path` now: its folder exists and takes a new file, and what is at `path`
 * already, if anything, is a writable file. Leaves everything as it was.
 * Errors: `BAD_FILE`, `NO_SPACE`.
 */
export async function checkWritable(path: string): Promise<void> {
  if (path === '') throw new ScoringBiasError('BAD_FILE', 'cannot write a file without a name')
  try {
    if (!(await stat(path)).isFile()) throw new ScoringBiasError('BAD_FILE', `cannot write ${path}: it is not a file`)
    await access(path, constants.W_OK)
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT') cannotWrite(path)(cause)
  }
  const probe = temporaryBeside(await targetOf(path))
  // Permission bits do not tell of a read-only file system or a full disk: only writing does.
  const probing = writeFile(probe, 'probe', { flag: 'wx' }).catch(cannotWrite(path))
  await probing.finally(() => discard(probe))
}

/** Files by what calls them in messages, such as `--report`; undefined where none is asked for. */
export type NamedFiles = Readonly<Record<string, string | undefined>>

/**
 * Requires that files can be written (see {@link checkWritable}), that each is another one, and that none is a file in
 * use, such as one that is read: whatever links or spellings lead there. Names that differ in case alone are one, as many file systems have it.
 * Errors: `BAD_FILE`, `NO_SPACE`.
 */
export async function checkOutputs(outputs: NamedFiles, used: readonly string[] = []): Promise<void> {
  const written = Object.entries(outputs).flatMap(([name, path]) => (path === undefined ? [] : [{ name, path }]))
  for (const { path } of written) await checkWritable(path)
  const taken = new Map<string, string>()
  for (const path of used) {
    const id = await fileId(path)
    if (id !== undefined) taken.set(id, path)
  }
  for (const { name, path } of written) {
    const id = await fileId(path)
    const input = id === undefined ? undefined : taken.get(id)
    if (input === undefined) continue
    const same = input === path ? '' : `, which is the same file as ${input}`
    throw new ScoringBiasError('BAD_FILE', `${name} would replace a file in use: ${path}${same}. Name another file`)
  }
  const places = new Map<string, string>()
  for (const { name, path } of written) {
    const place = (await fileId(path)) ?? (await placeOf(path))
    const other = places.get(place)
    if (other !== undefined) {
      throw new ScoringBiasError('BAD_FILE', `${other} and ${name} are both written to ${path}. Name two files`)
    }
    places.set(place, name)
  }
}

/** What is the same for all names of a file; undefined where there is none. */
async function fileId(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found && `${found.dev}:${found.ino}`
}

/** What is the same for all paths to a place where no file is. */
async function placeOf(path: string): Promise<string> {
  const target = await targetOf(path)
  return `${await fileId(dirname(target))}/${basename(target).normalize().toLowerCase()}`
}

/** The place that a path leads to through links, whether a file is there or not. */
export async function targetOf(path: string): Promise<string> {
  const folder = await realpath(dirname(path)).catch(() => dirname(path))
  const place = join(folder, basename(path))
  const link = await readlink(place).catch(() => undefined)
  if (link === undefined) return place
  // Links that go in a circle lead nowhere: the system says so.
  return (await realpath(place).catch(onlyDangling)) ?? targetOf(resolve(folder, link))
}

function onlyDangling(cause: unknown): undefined {
  if (errorCode(cause) !== 'ENOENT') throw cause
}

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, which then takes the name `path`. A link at
 * `path` stays, and the file that it leads to is written. On failure or abort the temporary file is removed, and what was
 * at `path` before is unchanged.
 * Errors: `BAD_FILE`, `NO_SPACE`, `ABORTED`.
 */
export async function writeFileAtomic(
  path: string,
  contents: string | Uint8Array,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  throwIfAborted(options.signal)
  const target = await targetOf(path).catch(cannotWrite(path))
  const temporary = temporaryBeside(target)
  try {
    // Flushed before the rename, so that a power cut cannot leave the new name on an empty file.
    await writeFile(temporary, contents, { flag: 'wx', flush: true })
    throwIfAborted(options.signal)
    await putInPlace(temporary, target)
  } catch (cause) {
    await discard(temporary)
    cannotWrite(path)(cause)
  }
}

/** Makes a folder, and those above it, unless it is there. Errors: `BAD_FILE`. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeEach(resolve(path))
  } catch (cause) {
    const reason = errorCode(cause) === 'EEXIST' ? 'a file is in its place' : reasonOf(cause)
    throw new ScoringBiasError('BAD_FILE', `cannot make the folder ${path}: ${reason}. Name another folder`, { cause })
  }
}

/** Node's recursive `mkdir` never ends where the system says that there is no folder above, and there is, as in /proc. */
async function makeEach(folder: string): Promise<void> {
  try {
    await makeOne(folder)
  } catch (cause) {
    const above = dirname(folder)
    if (errorCode(cause) !== 'ENOENT' || above === folder) throw cause
    await makeEach(above)
    await makeOne(folder)
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (cause) {
    const found = await stat(folder).catch(() => undefined)
    if (!found?.isDirectory()) throw cause
  }
}

/** A file that is written piece by piece and appears under its name whole, or not at all. */
export class AtomicFile {
  readonly path: string
  readonly #target: string
  readonly #temporary: string
  readonly #file: FileHandle

  private constructor(path: string, target: string, temporary: string, file: FileHandle) {
    this.path = path
    this.#target = target
    this.#temporary = temporary
    this.#file = file
  }

  /** Begins a file. End it with `commit` or `discard`. Errors: `BAD_FILE`. */
  static async create(path: string): Promise<AtomicFile> {
    const target = await targetOf(path).catch(cannotWrite(path))
    const temporary = temporaryBeside(target)
    return new AtomicFile(path, target, temporary, await open(temporary, 'wx').catch(cannotWrite(path)))
  }

  async write(piece: string | Uint8Array): Promise<void> {
    await this.#file.writeFile(piece).catch(cannotWrite(this.path))
  }

  /** Gives the file its name. */
  async commit(): Promise<void> {
    try {
      await this.#file.sync()
      await this.#file.close()
      await putInPlace(this.#temporary, this.#target)
    } catch (cause) {
      await this.discard()
      cannotWrite(this.path)(cause)
    }
  }

  /** Removes what was written; what was at `path` before is unchanged. */
  async discard(): Promise<void> {
    await this.#file.close()
    await discard(this.#temporary)
  }
}

/** Temporary files that are there now. */
const temporaries = new Set<string>()

/** A name that no file has, in the folder of `path`, for a file that is given to {@link putInPlace} or {@link discard} in the end. */
export function temporaryBeside(path: string): string {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  temporaries.add(temporary)
  return temporary
}

/** Whether another process has made a file of this name, or one that has ended, as {@link temporaryBeside} of `path`. */
export function isForeignTemporary(path: string, name: string): boolean {
  const [start, end] = [`.${basename(path)}.`, '.tmp']
  const isTemporary = name.startsWith(start) && name.endsWith(end) && uuid.test(name.slice(start.length, -end.length))
  return isTemporary && !temporaries.has(join(dirname(path), name))
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const written: string[] = []

/** The files that this process has put in place, the latest last: where their paths lead through links. */
export function filesWritten(): readonly string[] {
  return written
}

/** Gives a temporary file its name. */
export async function putInPlace(temporary: string, path: string): Promise<void> {
  await rename(temporary, path)
  temporaries.delete(temporary)
  written.push(path)
}

/** Removes a temporary file and DuckDB's log of it, if they are there. Errors: `BAD_FILE`. */
export async function discard(temporary: string): Promise<void> {
  try {
    for (const path of [temporary, `${temporary}.wal`]) await rm(path, { force: true })
    temporaries.delete(temporary)
  } catch (cause) {
    // `force` forgives a missing file, but not a path through something that is not a folder: nothing is there either.
    if (errorCode(cause) !== 'ENOTDIR') cannotWrite(temporary)(cause)
  }
}

/** Removes all temporary files of this process, which is about to end. */
export function discardAll(): void {
  for (const temporary of temporaries) {
    for (const path of [temporary, `${temporary}.wal`]) rmSync(path, { force: true })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ...systemReasons,
  EDQUOT: 'no space left in the quota',
  EFBIG: 'no space left for a file of its size',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'no space left',
  ENOTDIR: 'its folder is not a folder',
}

/** Throws the error for a file that cannot be written. */
export function cannotWrite(path: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof ScoringBiasError) throw cause
    const [code, way] = isNoSpace(cause)
      ? (['NO_SPACE', '. Free some space, or write elsewhere'] as const)
      : (['BAD_FILE', ''] as const)
    throw new ScoringBiasError(code, `cannot write ${path}: ${reasonOf(cause)}${way}`, { cause })
  }
}

function reasonOf(cause: unknown): string {
  if (errorCode(cause) === 'ENOENT' && cause instanceof Error && 'path' in cause) {
    const folder = dirname(String(cause.path))
    if (existsSync(folder)) return `the system lets nothing be made in ${folder}`
  }
  return reasons[errorCode(cause) ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
}
