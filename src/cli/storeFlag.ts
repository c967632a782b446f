import { ScoringBiasError } from '../errors.js'
import { checkPaths } from './output.js'

/** The flag of commands that keep what they train. */
export const storeFlag = [
  '--store <path>',
  'DuckDB file that keeps what is trained; if killed, it goes on from there',
] as const

/** Does what trains with a store, if there is one; an interruption then tells where all that was trained is. */
export async function keeping<T>(store: string | undefined, train: () => Promise<T>): Promise<T> {
  await checkPaths(store)
  try {
    return await train()
  } catch (error) {
    if (!(error instanceof ScoringBiasError && error.code === 'ABORTED') || store === undefined) throw error
    const kept = `what was trained is in ${store}, the same command goes on from there`
    throw new ScoringBiasError('ABORTED', kept, { cause: error })
  }
}
