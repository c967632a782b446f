import { randomUUID } from 'node:crypto'
import { access, constants, type FileHandle, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { throwIfAborted } from './abort.js'
import { ScoringBiasError } from './errors.js'
import { isNoSpace } from './noSpace.js'

/**
 * Requires that a file could be written at `path` now: its folder exists and takes a new file, and what is at `path`
 * already, if anything, is a writable file. Leaves everything as it was.
 * Errors: `BAD_FILE`, `NO_SPACE`.
 */
export async function checkWritable(path: string): Promise<void> {
  if (path === '') throw new ScoringBiasError('BAD_FILE', 'cannot write a file without a name')
  const probe = temporaryBeside(path)
  // Permission bits do not tell of a read-only file system or a full disk: only writing does.
  const probing = writeFile(probe, 'probe', { flag: 'wx' }).catch(cannotWrite(path))
  await probing.finally(() => discard(probe))
  try {
    if (!(await stat(path)).isFile()) throw new ScoringBiasError('BAD_FILE', `cannot write ${path}: it is not a file`)
    await access(path, constants.W_OK)
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT') cannotWrite(path)(cause)
  }
}

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, which then takes the name `path`.
 * On failure or abort the temporary file is removed, and what was at `path` before is unchanged.
 * Errors: `BAD_FILE`, `NO_SPACE`, `ABORTED`.
 */
export async function writeFileAtomic(
  path: string,
  contents: string | Uint8Array,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  throwIfAborted(options.signal)
  const temporary = temporaryBeside(path)
  try {
    // Flushed before the rename, so that a power cut cannot leave the new name on an empty file.
    await writeFile(temporary, contents, { flag: 'wx', flush: true })
    throwIfAborted(options.signal)
    await rename(temporary, path)
  } catch (cause) {
    await discard(temporary)
    cannotWrite(path)(cause)
  }
}

/** Makes a folder, and those above it, unless it is there. Errors: `BAD_FILE`. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (cause) {
    const reason = errorCode(cause) === 'EEXIST' ? 'a file is in its place' : reasonOf(cause)
    throw new ScoringBiasError('BAD_FILE', `cannot make the folder ${path}: ${reason}`, { cause })
  }
}

/** A text file that is written piece by piece and appears under its name whole, or not at all. */
export class AtomicFile {
  readonly path: string
  readonly #temporary: string
  readonly #file: FileHandle

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.path = path
    this.#temporary = temporary
    this.#file = file
  }

  /** Begins a file. End it with `commit` or `discard`. Errors: `BAD_FILE`. */
  static async create(path: string): Promise<AtomicFile> {
    const temporary = temporaryBeside(path)
    return new AtomicFile(path, temporary, await open(temporary, 'wx').catch(cannotWrite(path)))
  }

  async write(text: string): Promise<void> {
    await this.#file.writeFile(text).catch(cannotWrite(this.path))
  }

  /** Gives the file its name. */
  async commit(): Promise<void> {
    try {
      await this.#file.sync()
      await this.#file.close()
      await rename(this.#temporary, this.path)
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

/** A name that no file has, in the folder of `path`. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
}

/** Whether a file of this name was made by {@link temporaryBeside} of `path`. */
export function isTemporaryOf(path: string, name: string): boolean {
  const [start, end] = [`.${basename(path)}.`, '.tmp']
  return name.startsWith(start) && name.endsWith(end) && uuid.test(name.slice(start.length, -end.length))
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function discard(path: string): Promise<void> {
  try {
    await rm(path, { force: true })
  } catch (cause) {
    // `force` forgives a missing file, but not a path through something that is not a folder: nothing is there either.
    if (errorCode(cause) !== 'ENOTDIR') cannotWrite(path)(cause)
  }
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'no space left in the quota',
  EFBIG: 'no space left for a file of its size',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'no space left',
  ENOTDIR: 'its folder is not a folder',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
}

/** Throws the error for a file that cannot be written. */
function cannotWrite(path: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof ScoringBiasError) throw cause
    const [code, way] = isNoSpace(cause)
      ? (['NO_SPACE', '; free some, or write elsewhere'] as const)
      : (['BAD_FILE', ''] as const)
    throw new ScoringBiasError(code, `cannot write ${path}: ${reasonOf(cause)}${way}`, { cause })
  }
}

function reasonOf(cause: unknown): string {
  return reasons[errorCode(cause) ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
}

function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}
