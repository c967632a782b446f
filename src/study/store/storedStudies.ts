import { access } from 'node:fs/promises'
import { ScoringBiasError } from '../../errors.js'
import type { StudyResult } from '../types.js'
import { parseStudy } from './studyRecord.js'
import { StudyStore } from './studyStore.js'

/** A study that was finished with a store. */
export interface StoredStudy {
  /** SHA-256 of its answer. */
  readonly id: string
  readonly result: StudyResult
}

/** The finished studies of a store, which is not changed, the latest last. Errors: `BAD_FILE`. */
export async function storedStudies(path: string): Promise<StoredStudy[]> {
  try {
    await access(path)
  } catch (cause) {
    // Opening would make it.
    throw new ScoringBiasError(
      'BAD_FILE',
      `there is no study store ${path}; \`scoring-bias study … --store ${path}\` makes it`,
      { cause },
    )
  }
  const store = await StudyStore.open(path, { readOnly: true })
  try {
    return (await store.studies()).map(({ id, record }) => ({ id, result: parseStudy(record) }))
  } finally {
    await store.close()
  }
}
