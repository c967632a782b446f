import { access } from 'node:fs/promises'
import { text } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { StoredStudy } from '../core/unitStore.js'
import { DuckdbStore } from './duckdbStore.js'

/** The finished studies of a store, which is not changed, the latest last. Errors: `BAD_FILE`, `WRONG_TYPE`. */
export async function storedStudies(path: string): Promise<StoredStudy[]> {
  text('path', path)
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
  const store = await DuckdbStore.open(path, { readOnly: true })
  try {
    return await store.studies()
  } finally {
    await store.close()
  }
}
