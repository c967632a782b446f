import type { RunTraining, StudyTraining } from './types.js'

/** The epoch of the lowest validation loss in each run, from 1; null where no loss was finite. */
export interface BestEpochs {
  readonly baseline: readonly (number | null)[]
  readonly candidate: readonly (number | null)[]
}

/** Where the validation losses of some runs were lowest; undefined where no samples were held out for them. */
export function bestEpochsOf({
  baseline,
  candidate,
}: Pick<StudyTraining, 'baseline' | 'candidate'>): BestEpochs | undefined {
  if ([...baseline, ...candidate].every(({ validation }) => validation === undefined)) return undefined
  const epochs = (runs: readonly RunTraining[]) => runs.map(({ validation }) => validation?.bestEpoch ?? null)
  return { baseline: epochs(baseline), candidate: epochs(candidate) }
}
