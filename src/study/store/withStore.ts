import type { UnitStore } from '../core/unitStore.js'
import { DuckdbStore } from './duckdbStore.js'

/**
 * Does something with a store: one that the caller has, which stays open, or the DuckDB file at a path, which is closed
 * again. Errors: those of `DuckdbStore` and `work`.
 */
export async function withStore<T>(
  store: string | UnitStore | undefined,
  work: (store: UnitStore | undefined) => Promise<T>,
): Promise<T> {
  if (typeof store !== 'string') return work(store)
  const opened = await DuckdbStore.open(store)
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}
