import { at } from '../../check.js'
import type { RunTraining, StudyTraining } from './types.js'

/** The epoch of the lowest validation loss in each run that counts, from 1; null where no loss was finite. */
export interface BestEpochs {
  readonly baseline: readonly (number | null)[]
  readonly candidate: readonly (number | null)[]
}

type Trainings = Pick<StudyTraining, 'baseline' | 'candidate'>

/** The trainings of the runs that count: those in which both detectors converged. */
export function countedTrainings({ baseline, candidate }: Trainings): Trainings {
  const counts = (_: RunTraining, i: number) =>
    at(baseline, i).divergence === undefined && at(candidate, i).divergence === undefined
  return { baseline: baseline.filter(counts), candidate: candidate.filter(counts) }
}

/** Where the validation losses of the runs that count were lowest; undefined where no samples were held out for them. */
export function bestEpochsOf(trainings: Trainings): BestEpochs | undefined {
  const { baseline, candidate } = countedTrainings(trainings)
  if ([...baseline, ...candidate].every(({ validation }) => validation === undefined)) return undefined
  const epochs = (runs: readonly RunTraining[]) => runs.map(({ validation }) => validation?.bestEpoch ?? null)
  return { baseline: epochs(baseline), candidate: epochs(candidate) }
}
