import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is left in the folder for temporary files: one of its own, for other tests keep theirs in the usual one meanwhile. */
export async function leftBehind(run: () => Promise<void>): Promise<string[]> {
  const { TMPDIR } = process.env
  const folder = await mkdtemp(join(tmpdir(), 'temporaries-'))
  process.env.TMPDIR = folder
  try {
    await run()
    return await readdir(folder)
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    await rm(folder, { recursive: true })
  }
}
