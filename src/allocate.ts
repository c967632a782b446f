import { ScoringBiasError } from './errors.js'

/** A typed array made by `make`; without the memory for it an `OUT_OF_MEMORY` error that says how much was asked. */
export function allocate<T>(what: string, length: number, make: (length: number) => T): T {
  try {
    return make(length)
  } catch (cause) {
    throw new ScoringBiasError('OUT_OF_MEMORY', `there is no memory for ${what} (${length} elements)`, { cause })
  }
}
