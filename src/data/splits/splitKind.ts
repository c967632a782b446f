import { frozen } from '../../frozen.js'

/**
 * What a detector's threshold is set on: `held-out` normal samples that training did not see, a fifth of them; or, as
 * `published`, what the paper sets it on for this data set (of StatLog, and of a table, all normal samples, trained on or
 * not: new normal samples are then flagged more often than the target says).
 */
export type SplitKind = 'held-out' | 'published'
/** The names of {@link SplitKind}. */
export const splitKinds: readonly SplitKind[] = frozen(['held-out', 'published'])

/** A warning where samples that training saw set the threshold, with what `npm run bench:publishedSplit` measured; or none. */
export function seenWarnings({ n, trainedOn }: { readonly n: number; readonly trainedOn: number }): string[] {
  if (trainedOn === 0) return []
  return [
    `the threshold is set on ${n} normal samples, and training saw ${trainedOn} of them. Samples that training saw have lower ` +
      'scores than new ones. So more new normal samples are flagged than the target says: 7 to 12 % on StatLog, at a target of 5 %. ' +
      "With held-out samples it is 5 to 6 %. Use the split 'held-out' to avoid this",
  ]
}
