import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { cannotRead, ScoringBiasError } from './errors.js'

/**
 * Requires that a path leads to a file, and says what there is to know of it. To be asked before a file is opened: opening a pipe
 * waits, without a way to stop it, until somebody writes to it.
 *
 * @returns what the system says of the file
 *
 * Errors: `BAD_FILE`.
 */
export async function requireFile(path: string): Promise<Stats> {
  const found = await stat(path).catch(cannotRead(path))
  if (found.isFile()) return found
  throw new ScoringBiasError('BAD_FILE', `cannot read ${path}: ${otherThanFile(found)}`)
}

function otherThanFile(found: Stats): string {
  if (found.isDirectory()) return 'it is a folder. Name a file in it'
  if (found.isFIFO()) return 'it is a pipe, and what is read here has to be a file. Write it to one, and name that'
  return 'it is not a file. Name one'
}
