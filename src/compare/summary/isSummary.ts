import { open } from 'node:fs/promises'
import { gunzipSync, constants as zlib } from 'node:zlib'
import { requireFile } from '../../requireFile.js'

/** The first bytes of what is packed. */
const beginning = '{"scoring-bias summary":'

/** Whether any of these files is a summary. */
export async function anySummary(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (path !== '-' && (await isSummary(path))) return true
  return false
}

/** Whether a file begins as a summary does. One that cannot be read does not. */
export async function isSummary(path: string): Promise<boolean> {
  const bytes = new Uint8Array(4096)
  const file = await requireFile(path)
    .then(() => open(path))
    .catch(() => undefined)
  if (file === undefined) return false
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    const start = gunzipSync(bytes.subarray(0, bytesRead), { finishFlush: zlib.Z_SYNC_FLUSH })
    return start.subarray(0, beginning.length).toString('latin1') === beginning
  } catch {
    return false
  } finally {
    await file.close()
  }
}
