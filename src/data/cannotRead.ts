import { reasonOf, ScoringBiasError } from '../errors.js'

/** The error for a file that the system does not let us read. */
export function cannotRead(name: string, cause: unknown): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', `cannot read ${name}: ${reasonOf(cause)}`, { cause })
}
