import type { StudyResult } from '../study/types.js'

/** What `scoring-bias study --json` prints: a study's result without the scores of single samples. */
export type StudyJson = Omit<StudyResult, 'scores'>

/** A study's result as plain data for `JSON.stringify`. */
export function studyJson({ scores: _, ...result }: StudyResult): StudyJson {
  return result
}
