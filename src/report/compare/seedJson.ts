import type { SeedClass, SeedComparison } from '../../compare/compareSeeds.js'
import { requireAnswer } from '../requireAnswer.js'
import { type WithSchema, withSchema } from '../schemaNames.js'

/** ξ on one class in `compare --json` of trainings: recalls as lists. */
export interface SeedClassJson extends Omit<SeedClass, 'recallsBaseline' | 'recallsCandidate'> {
  readonly recallsBaseline: readonly number[]
  readonly recallsCandidate: readonly number[]
}

/** What `scoring-bias compare --json` prints of detectors that were trained several times. */
export interface SeedJson extends WithSchema, Omit<SeedComparison, 'classes' | 'overall'> {
  readonly classes: readonly SeedClassJson[]
  readonly overall: SeedClassJson
}

/** A comparison of trainings as plain data for `JSON.stringify`. */
export function seedJson(comparison: SeedComparison): SeedJson {
  requireAnswer('seedJson', comparison, 'compareSeeds')
  const { classes, overall, ...rest } = comparison
  return withSchema('compare-seeds', { ...rest, classes: classes.map(classJson), overall: classJson(overall) })
}

function classJson(one: SeedClass): SeedClassJson {
  return {
    ...one,
    recallsBaseline: Array.from(one.recallsBaseline),
    recallsCandidate: Array.from(one.recallsCandidate),
  }
}
