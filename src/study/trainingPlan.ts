import type { Anomalies } from '../data/splits/anomalyMixture.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import { ownObjectives } from '../detectors/detectors.js'
import type { Objective } from '../detectors/objectives/objective.js'
import type { PairOptions } from './pairOptions.js'
import type { PlannedScenario, StudyPlan } from './plan.js'
import type { CheckedStudy, StudyOptions } from './studyOptions.js'
import type { Job } from './trainer/trainPieces.js'
import { jobsOf, type TrainScenariosOptions } from './trainer/trainScenarios.js'

/** All that a command trains on one data set. */
export interface TrainingPlan {
  readonly jobs: readonly Job[]
  readonly training: TrainScenariosOptions
  /** How another process plans the same; absent where a detector or a network is the caller's own code. */
  readonly recipe?: Recipe | undefined
}

/**
 * What is trained, of options that are checked and a table that is copied: it is planned when it is asked for, as data sets need not be
 * in memory at the same time.
 */
export type TrainingPart = () => Promise<readonly TrainingPlan[]>

/** A data set by its name, or a table of the caller's by the digest of its raw samples. */
export type NamedData = string | { readonly name: string; readonly sha256: string }

/** What a plan is made of, as JSON. */
export type Recipe =
  | {
      readonly kind: 'study'
      readonly dataset: NamedData
      readonly options: PlanningOptions
      readonly detectors: readonly string[]
      /** Those of each scenario. */
      readonly anomalies: readonly Anomalies[]
    }
  | { readonly kind: 'sweep' | 'converge'; readonly dataset: NamedData; readonly options: object }

/** Options of a study that decide what is trained. */
export type PlanningOptions = Pick<
  StudyOptions,
  | 'normal'
  | 'runs'
  | 'share'
  | 'dataSeed'
  | 'split'
  | 'standardise'
  | 'network'
  | 'mlp'
  | 'decoder'
  | 'settings'
  | 'seed'
>

/** The trainings of some detectors in some scenarios of a study. */
export function scenarioTrainings(
  study: CheckedStudy,
  { training }: Pick<StudyPlan, 'training'>,
  { objectives, scenarios }: { objectives: readonly Objective[]; scenarios: readonly PlannedScenario[] },
): TrainingPlan {
  return {
    jobs: jobsOf(
      objectives,
      scenarios.map((one) => one.runs),
    ),
    training,
    recipe: isNamed(objectives, study.network)
      ? {
          kind: 'study',
          dataset: namedData(study.dataset),
          options: planningOptions(study),
          detectors: objectives.map(({ name }) => name),
          anomalies: scenarios.map(({ mixture }) => mixture),
        }
      : undefined,
  }
}

/** Those of a study's options that decide what is trained, whoever trains it. */
export function planningOptions(study: CheckedStudy): PlanningOptions {
  const { normal, runs, share, dataSeed, split, standardise, network, mlp, decoder, settings, seed } = study
  return { normal, runs, share, dataSeed, split, standardise, network, mlp, decoder, settings, seed }
}

/** Whether detectors and network are known by their names. */
export function isNamed(objectives: readonly Objective[], network: PairOptions['network']): boolean {
  return typeof network !== 'object' && !objectives.some((one) => ownObjectives.has(one))
}

export function namedData(dataset: PairOptions['dataset']): NamedData {
  return typeof dataset === 'string' ? dataset : { name: dataset.name, sha256: tableDigest(dataset) }
}
