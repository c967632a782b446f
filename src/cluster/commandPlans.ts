import { convergeTrainings } from '../converge/converge.js'
import type { ConvergeOptions } from '../converge/types.js'
import { reproductionTrainings } from '../paper/reproduce.js'
import type { ReproduceOptions } from '../paper/reproduceOptions.js'
import { type AnomalyMatrixOptions, matrixTrainings } from '../study/anomalyMatrix.js'
import { studyTrainings } from '../study/runStudy.js'
import type { StudyOptions } from '../study/studyOptions.js'
import { sweepTrainings } from '../study/sweep/labelSweep.js'
import type { LabelSweepOptions } from '../study/sweep/sweepOptions.js'
import type { TrainingPlan } from '../study/trainingPlan.js'

/** A command whose trainings may be divided among machines, with the options of the function of that name. */
export type ClusterCommand =
  | { readonly study: StudyOptions }
  | { readonly matrix: AnomalyMatrixOptions }
  | { readonly sweep: LabelSweepOptions }
  | { readonly converge: ConvergeOptions }
  | { readonly reproduce: readonly string[]; readonly options: ReproduceOptions }

/** What a part of a command trains. It is planned when it is asked for: data sets need not be in memory at the same time. */
export type CommandPart = () => Promise<readonly TrainingPlan[]>

/** What a command trains, part by part: item by item of several, else one. */
export function commandParts(command: ClusterCommand): CommandPart[] {
  if ('study' in command) return [async () => [await studyTrainings(command.study)]]
  if ('matrix' in command) return [async () => [await matrixTrainings(command.matrix)]]
  if ('sweep' in command) return [() => sweepTrainings(command.sweep)]
  if ('converge' in command) return [async () => [await convergeTrainings(command.converge)]]
  const { reproduce, options } = command
  return reproduce.map((name) => () => reproductionTrainings(name, options))
}
