import type { StudyResult } from './types.js'
import type { Unit, UnitResult } from './unit.js'

/** A study that was finished with a store. */
export interface StoredStudy {
  /** SHA-256 of its answer. */
  readonly id: string
  readonly result: StudyResult
}

/**
 * Keeps units of work and the answers of studies, for any number of studies one after the other; where an implementation
 * says so, for several at once, on several machines.
 *
 * A study plans all of its units, takes the results of those that are done, claims the others and trains what it was given.
 * What it was not given, it looks for again until it is there: another process trains it.
 */
export interface UnitStore {
  /** Notes units that are to be trained; those that are there stay as they are. */
  plan(units: readonly Unit[]): Promise<void>
  /** Of planned units, those that the caller is to train now: none that are done, none that another process trains. */
  claim(units: readonly Unit[]): Promise<readonly Unit[]>
  /** Adds the results of a planned unit, whole or not at all; those of one that is done stay as they are. */
  keep(unit: Unit, result: UnitResult): Promise<void>
  /** The results of a unit, each run with `nSamples` scores, or undefined where it is not done. */
  find(unit: Unit, nSamples: number): Promise<UnitResult | undefined>
  /** Adds a study's answer; one that is there already becomes the latest. */
  keepStudy(result: StudyResult): Promise<void>
  /** The answers of studies, the latest last. */
  studies(): Promise<readonly StoredStudy[]>
}
