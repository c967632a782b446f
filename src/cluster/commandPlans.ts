import { at, list, record, requireKnown, text } from '../check.js'
import { convergeTrainings } from '../converge/converge.js'
import type { ConvergeOptions } from '../converge/types.js'
import { ScoringBiasError } from '../errors.js'
import { reproductionTrainings } from '../paper/reproduce.js'
import type { ReproduceOptions } from '../paper/reproduceOptions.js'
import { type AnomalyMatrixOptions, matrixTrainings } from '../study/anomalyMatrix.js'
import { studyTrainings } from '../study/runStudy.js'
import type { StudyOptions } from '../study/studyOptions.js'
import { sweepTrainings } from '../study/sweep/labelSweep.js'
import type { LabelSweepOptions } from '../study/sweep/sweepOptions.js'
import type { TrainingPart } from '../study/trainingPlan.js'

/**
 * A command whose trainings may be divided among machines: the options of `runStudy`, `anomalyMatrix`, `labelSweep` or `converge`,
 * or the items and options of `reproduce`. What an answer takes besides is passed over: `store` and `onProgress`.
 */
export type ClusterCommand =
  | { readonly study: StudyOptions }
  | { readonly matrix: AnomalyMatrixOptions }
  | { readonly sweep: LabelSweepOptions }
  | { readonly converge: ConvergeOptions }
  | { readonly reproduce: readonly string[]; readonly options: ReproduceOptions }

const kinds = ['study', 'matrix', 'sweep', 'converge', 'reproduce'] as const

/**
 * The kind of a command. Errors: `WRONG_TYPE`, `UNKNOWN_NAME` for what is none; `OUT_OF_RANGE` for none, or several at once.
 */
export function commandKind(command: ClusterCommand): (typeof kinds)[number] {
  record('command', command)
  const named = Object.keys(command).filter((name) => name !== 'options' || !('reproduce' in command))
  const found = named.map((name) => requireKnown('command', name, kinds))
  if (found.length !== 1) {
    const got = found.length === 0 ? 'nothing' : found.join(' and ')
    throw new ScoringBiasError('OUT_OF_RANGE', `command must be one of ${kinds.join(', ')}, got ${got}`)
  }
  if ('reproduce' in command) {
    list(text)('reproduce', command.reproduce)
    record('options', command.options)
  }
  return at(found, 0)
}

/**
 * What a command trains, part by part: item by item of several, else one. Its options are checked and its table is copied here: what
 * becomes of them later has no effect.
 */
export function commandParts(command: ClusterCommand): TrainingPart[] {
  commandKind(command)
  if ('study' in command) return [studyTrainings(command.study)]
  if ('matrix' in command) return [matrixTrainings(command.matrix)]
  if ('sweep' in command) return [sweepTrainings(command.sweep)]
  if ('converge' in command) return [convergeTrainings(command.converge)]
  const { reproduce, options } = command
  return reproduce.map((name) => reproductionTrainings(name, options))
}
