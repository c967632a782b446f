/**
 * What a detector's threshold is set on: `held-out` normal samples that training did not see, a fifth of them; or, as
 * `published`, what the paper sets it on for this data set (of StatLog all normal samples, trained on or not).
 */
export type SplitKind = 'held-out' | 'published'
export const splitKinds: readonly SplitKind[] = ['held-out', 'published']
