import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { cannotRead, ScoringBiasError } from './errors.js'

/**
 * Requires that a path leads to a file, and says what there is to know of it. To be asked before a file is opened: opening a pipe
 * waits, without a way to stop it, until somebody writes to it.
 *
 * @param otherwise throws the error where the system does not tell
 * @returns what the system says of the file
 *
 * Errors: `BAD_FILE`.
 */
export async function requireFile(path: string, otherwise = cannotRead(path)): Promise<Stats> {
  const found = await stat(path).catch(otherwise)
  if (found.isFile()) return found
  throw new ScoringBiasError('BAD_FILE', `cannot read ${path}: it is not a file`)
}
