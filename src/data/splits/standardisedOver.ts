import type { SplitKind } from './splitKind.js'

/**
 * The samples whose means and deviations standardise the features: the normal ones that a run trains on, or, as the paper
 * has it, all of the data set, those that are tested included.
 */
export type StandardisedOver = 'training-normals' | 'all-samples'
export const standardisedOverKinds: readonly StandardisedOver[] = ['training-normals', 'all-samples']

/** The paper's rule goes with its data sets and its split; whatever else is standardised sees nothing of what it tests. */
export function standardisedOver(data: unknown, split: SplitKind): StandardisedOver {
  return typeof data === 'string' && split === 'published' ? 'all-samples' : 'training-normals'
}
