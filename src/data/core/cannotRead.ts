import { reasonOf, ScoringBiasError } from '../../errors.js'

/** Throws the error for a file that the system does not let us read. */
export function cannotRead(name: string): (cause: unknown) => never {
  return (cause) => {
    throw new ScoringBiasError('BAD_FILE', `cannot read ${name}: ${reasonOf(cause)}`, { cause })
  }
}
