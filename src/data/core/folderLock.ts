import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { throwIfAborted } from '../../abort.js'
import { cannotWrite } from '../../writeFile.js'

/** Who has a lock: a process is told from an earlier one of its number by when it began, where the system says. */
interface Holder {
  readonly host: string
  readonly pid: number
  readonly began: string
  /** Of each lock its own. */
  readonly token: string
}

/** Locks of this process. */
const held = new Set<string>()

const pollMs = 100

/** How to wait for a lock. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Told who has it, each time that it was looked for in vain. */
  readonly onWait?: (holder: { readonly pid: number; readonly file: string }) => void
}

/**
 * Does something that only one process at a time may do in a folder, and waits for its turn. The lock is a file in the
 * folder; one of a process that has died is taken over. Errors: `BAD_FILE`, `NO_SPACE`, `ABORTED` and those of `work`.
 */
export async function withFolderLock<T>(folder: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const file = join(folder, '.scoring-bias.lock')
  const token = randomUUID()
  const own = { host: hostname(), pid: process.pid, began: await beginning(process.pid), token }
  const mine = `${file}.${token}`
  held.add(token)
  try {
    await writeFile(mine, JSON.stringify(own)).catch(cannotWrite(file))
    // Unlike a rename, a link fails where the file is there, and the file is never seen half.
    while (!(await linked(mine, file))) {
      throwIfAborted(options.signal)
      const holder = await holderOf(file)
      if (holder === undefined || (await isGone(holder))) await takeAway(file, holder)
      else {
        options.onWait?.({ pid: holder.pid, file })
        await setTimeout(pollMs, undefined, { signal: options.signal }).catch(() => throwIfAborted(options.signal))
      }
    }
    try {
      return await work()
    } finally {
      if ((await holderOf(file))?.token === token) await rm(file, { force: true })
    }
  } finally {
    held.delete(token)
    await rm(mine, { force: true })
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false
    return cannotWrite(to)(cause)
  }
}

/** Who has the lock; undefined where it is gone by now, or no lock. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const holder: Partial<Holder> = JSON.parse(await readFile(file, 'utf8'))
    const { host, pid, began, token } = holder
    return host && pid && began !== undefined && token ? { host, pid, began, token } : undefined
  } catch {
    return undefined
  }
}

async function isGone({ host, pid, began, token }: Holder): Promise<boolean> {
  // Of another machine nothing can be said.
  if (host !== hostname()) return false
  if (pid === process.pid) return !held.has(token)
  try {
    process.kill(pid, 0)
  } catch (cause) {
    return !(cause instanceof Error && 'code' in cause && cause.code === 'EPERM')
  }
  return began !== (await beginning(pid))
}

/** Removes a lock that nobody holds, and no other that was put there meanwhile. */
async function takeAway(file: string, seen: Holder | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  await rename(file, aside).catch(() => undefined)
  const taken = await holderOf(aside)
  if (taken !== undefined && taken.token !== seen?.token) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
}

/** When a process began, in the system's own measure; empty where it does not say. */
async function beginning(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
