import { ScoringBiasError } from '../../errors.js'
import { isNoSpace } from '../../noSpace.js'

/** The code of a system's error. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** DuckDB's errors as ours, with what to do about them; any other as it is. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof ScoringBiasError || !(error instanceof Error)) return error
  if (isNoSpace(error)) {
    const kept = 'units that were done before are safe in it; free some, and the same command goes on from there'
    return new ScoringBiasError('NO_SPACE', `cannot write ${path}: no space left; ${kept}`, { cause: error })
  }
  return new ScoringBiasError('BAD_FILE', reasonOf(error, path), { cause: error })
}

function reasonOf(error: Error, path: string): string {
  const { message } = error
  const [first = message] = message.replace(/^[A-Za-z ]*Error: /, '').split('\n')
  if (/set lock on file/.test(message)) {
    const holder = /Conflicting lock is held in (.*?)(?: by user.*?)?(?:\. See also|$)/s.exec(message)?.[1]
    const who = holder === undefined ? '' : ` (${holder})`
    return `${path} is in use by another process${who}; wait for its end or use another file`
  }
  if (/Could not write/i.test(message)) {
    return `cannot write ${path}: ${first}; units that were done before are safe in it, and the same command goes on from there`
  }
  if (/not a valid DuckDB database/.test(message)) return `${path} is not a DuckDB file, or damaged; use another file`
  if (/corrupt|checksum|Could not read enough bytes|Referenced column|Table with name/i.test(message)) {
    return `${path} is damaged (${first}); use another file`
  }
  return `cannot use ${path} as a study store: ${systemReasons[String(codeOf(error))] ?? first}; use another file`
}

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOTDIR: 'its folder is not a folder',
}
