import type { RunTraining, StudyResult, StudyTraining } from '../../study/core/types.js'
import { requireAnswer } from '../requireAnswer.js'
import { type WithSchema, withSchema } from '../schemaNames.js'

/** How the training of a run went, with losses of five significant digits. */
export type RunTrainingJson = Omit<RunTraining, 'losses' | 'pretrainLosses'> & {
  readonly losses: readonly number[]
  readonly pretrainLosses: readonly number[]
}

/** What `scoring-bias study --json` prints: a study's result without the scores of single samples. */
export type StudyJson = WithSchema &
  Omit<StudyResult, 'scores' | 'training'> & {
    readonly training: Omit<StudyTraining, 'baseline' | 'candidate'> & {
      readonly baseline: readonly RunTrainingJson[]
      readonly candidate: readonly RunTrainingJson[]
    }
  }

/** A study's result as plain data for `JSON.stringify`. */
export function studyJson(study: StudyResult): StudyJson {
  requireAnswer('studyJson', study, 'runStudy')
  const { scores: _, training, ...result } = study
  const { baseline, candidate } = training
  const trained = { ...training, baseline: baseline.map(plain), candidate: candidate.map(plain) }
  return withSchema('study', { ...result, training: trained })
}

function plain({ losses, pretrainLosses, ...rest }: RunTraining): RunTrainingJson {
  return { ...rest, losses: rounded(losses), pretrainLosses: rounded(pretrainLosses) }
}

function rounded(losses: Float64Array): number[] {
  return Array.from(losses, (loss) => Number(loss.toPrecision(5)))
}
