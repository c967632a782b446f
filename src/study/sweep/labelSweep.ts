import { at, entryOf } from '../../check.js'
import { counted } from '../../counted.js'
import { tableDigest } from '../../data/tables/labelledTable.js'
import { learnsFromAnomalies } from '../../detectors/objectives/objective.js'
import { ScoringBiasError } from '../../errors.js'
import type { Direction } from '../../stats/bias/direction.js'
import { classResults } from '../classResults.js'
import { type CommonFacts, commonFacts } from '../commonFacts.js'
import type { BestEpochs } from '../core/bestEpochs.js'
import type { ClassResult, StudyResult } from '../core/types.js'
import type { RunSetting } from '../core/unit.js'
import { type SettingResult, type Side, settingResults, sidesOf, unseenGroups } from '../nearFar.js'
import { planStudy, planWarnings, resamplingProgress, type StudyPlan, testedClasses } from '../plan.js'
import { classDistances, l2ByName } from '../similarity.js'
import { type ScenarioOf, scenarioEpochs, stoppingWarnings } from '../stopping.js'
import { withStore } from '../store/duckdbStore.js'
import { type CheckedStudy, checkStudy, withUsualDraws } from '../studyOptions.js'
import { type StudyStatistics, scenarioStatistics } from '../studyStatistics.js'
import { jobsOf, type Scenario, type TrainedScenarios, trainScenarios } from '../trainer/trainScenarios.js'
import { isNamed, namedData, planningOptions, type Recipe, type TrainingPart } from '../trainingPlan.js'
import { type LabelSweepOptions, sweepChecks, sweepDefaults } from './sweepOptions.js'
import { type SweepScenario, sweepScenarios } from './sweepScenarios.js'

/** ξ with some number of labelled anomalies and some contamination. */
export interface SweepCell extends RunSetting {
  /** Unlabelled anomalies among the normal samples that a run trains on or holds out. */
  readonly hidden: number
  /** Runs that count: those in which both detectors converged. */
  readonly runs: number
  /** Of those runs, in their order; present where normal samples are held out for a validation loss. */
  readonly bestEpochs?: BestEpochs
  /** In the order of `LabelSweep.tested`. The family is all classes of all cells. */
  readonly classes: readonly ClassResult[]
  /** ξ on the near and on the far classes that are not labelled; the family is that of all cells. */
  readonly settings: readonly SettingResult[]
}

/** From how many labelled anomalies on a class is helped or hurt. */
export interface SweepTurn {
  readonly class: string
  readonly contamination: number
  /** The smallest number from which on, up to the largest of the sweep, ξ is above 0 with confidence; null where there is none. */
  readonly helped: number | null
  /** The same below 0. */
  readonly hurt: number | null
}

/** ξ by number of labelled anomalies and by contamination. */
export interface LabelSweep extends CommonFacts, Pick<StudyResult, 'warnings'> {
  /** The class of the labelled anomalies. */
  readonly anomaly: string
  /** Rising. */
  readonly labelled: readonly number[]
  readonly contamination: readonly number[]
  /** Every class but the normal one, nearest to the labelled class first. */
  readonly tested: readonly {
    readonly name: string
    /** Distance of its mean to the normal class's, see `distance`. */
    readonly l2Normal: number
    readonly side: Side
  }[]
  /** Every contamination with every number of labels, the former varying slowest. */
  readonly cells: readonly SweepCell[]
  /** For each contamination, the classes in order. */
  readonly turns: readonly SweepTurn[]
}

/**
 * How many labels help, and how clean the normal samples must be: ξ on every class of anomalies for each number of labelled
 * anomalies and each share of unlabelled anomalies among the normal samples trained on.
 *
 * Both detectors train on the same samples, hidden anomalies included, and the threshold is set on normal samples only. A larger number of labels
 * holds the smaller ones, and cells have their runs and samples in common; see `sweepScenarios`. A detector that learns from normal samples only trains
 * once for each run and contamination. Every cell has the answers of a study, the family being all classes of all cells, so that the whole
 * sweep holds at once.
 *
 * Costs as much as |contamination| · (|labelled| + 1)/2 studies. Equal options give equal results on one machine.
 * Errors: those of `runStudy`; `OUT_OF_RANGE` for an empty list or one with a number twice, for detectors neither of which learns from labels, and those of
 * `sweepScenarios`.
 *
 * @example
 * const { turns } = await labelSweep({ dataset: 'statlog', labelled: [1, 10, 100], contamination: [0, 0.05] })
 */
export async function labelSweep(options: LabelSweepOptions): Promise<LabelSweep> {
  const began = performance.now()
  const study = checkedSweep(options)
  const { resamples } = options
  const sweep = await plannedSweep(study)
  const { training } = sweep.plan
  const sha256 = tableDigest(training.dataset)
  const levels = await withStore(study, async (store) => {
    const trained: TrainedScenarios[] = []
    for (const level of levelsOf(sweep)) {
      trained.push(await trainScenarios([study.baseline, study.candidate], level, { ...training, sha256, store }))
    }
    return trained
  })
  const done = { ...sweep, sha256, levels }
  const drawn = withUsualDraws(study, { resamples }, done.cells.length * (done.plan.dataset.classes.length - 1))
  return sweepOf(drawn, done, await sweepStatistics(drawn, done), began)
}

/** What `labelSweep` trains, for each contamination. Errors, at once and when it is planned: those of `labelSweep` before anything is trained. */
export function sweepTrainings(options: LabelSweepOptions): TrainingPart {
  const study = checkedSweep(options)
  return async () => {
    const sweep = await plannedSweep(study)
    const objectives = [study.baseline, study.candidate]
    const recipe = recipeOf(study, sweep)
    return levelsOf(sweep).map((level) => ({ jobs: jobsOf(objectives, level), training: sweep.plan.training, recipe }))
  }
}

/** How another process plans the same sweep. */
function recipeOf(study: CheckedSweep, { anomaly, labelled, contamination }: PlannedSweep): Recipe | undefined {
  const { baseline, candidate, dataset, network } = study
  if (!isNamed([baseline, candidate], network)) return undefined
  const asked = { anomaly, labelled, contamination, baseline: baseline.name, candidate: candidate.name }
  return { kind: 'sweep', dataset: namedData(dataset), options: { ...planningOptions(study), ...asked } }
}

type CheckedSweep = ReturnType<typeof checkedSweep>

function checkedSweep(options: LabelSweepOptions) {
  const study = { ...sweepDefaults, ...checkStudy('labelSweep', options, sweepChecks) }
  const { baseline, candidate } = study
  if (!learnsFromAnomalies(baseline) && !learnsFromAnomalies(candidate)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `neither '${baseline.name}' nor '${candidate.name}' learns from labelled anomalies. A sweep over labels needs one that does`,
    )
  }
  return {
    ...study,
    labelled: rising('labelled', study.labelled),
    contamination: rising('contamination', study.contamination),
  }
}

async function plannedSweep(study: CheckedSweep): Promise<PlannedSweep> {
  const { labelled, contamination, seed } = study
  const plan = await planStudy(study)
  const anomaly = study.anomaly ?? anomalyOf(plan)
  const scenarioOf = sweepScenarios({ plan, anomaly, labelled, contamination, seed })
  const cells = contamination.flatMap((share) =>
    labelled.map((n) => ({ labelled: n, contamination: share, ...scenarioOf({ labelled: n, contamination: share }) })),
  )
  return { plan, anomaly, labelled, contamination, cells }
}

/** The runs of each number of labels, for each contamination. */
function levelsOf({ contamination, cells }: PlannedSweep): Scenario[][] {
  return contamination.map((share) => cells.filter((cell) => cell.contamination === share).map(({ runs }) => runs))
}

type PlannedCell = RunSetting & SweepScenario

interface PlannedSweep {
  readonly plan: StudyPlan
  readonly anomaly: string
  readonly labelled: readonly number[]
  readonly contamination: readonly number[]
  readonly cells: readonly PlannedCell[]
}

interface TrainedSweep extends PlannedSweep {
  readonly sha256: string
  /** For each contamination. */
  readonly levels: readonly TrainedScenarios[]
}

/** The class that the data set's defaults label. */
function anomalyOf({ dataset }: StudyPlan): string {
  const { anomaly } = dataset.defaults
  if (typeof anomaly === 'string') return anomaly
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `a sweep labels one class, and ${dataset.name} has several. Name one with anomaly (--anomaly)`,
  )
}

/** Errors: `OUT_OF_RANGE` for a list that is empty, or has a number twice. */
function rising(name: string, values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) throw new ScoringBiasError('OUT_OF_RANGE', `${name} must have at least one number, got []`)
  const twice = sorted.find((value, i) => sorted[i - 1] === value)
  if (twice !== undefined) throw new ScoringBiasError('OUT_OF_RANGE', `${name} has ${twice} twice. Leave one out`)
  return sorted
}

/** What the sweep tests: every class of anomalies, and where each lies. */
function testedOf({ plan, anomaly }: PlannedSweep) {
  const { dataset, normal } = plan
  const l2Normal = l2ByName(classDistances(dataset, normal))
  const l2Of = l2ByName(classDistances(dataset, anomaly))
  const names = [...l2Of.keys()].filter((name) => name !== normal)
  const distances = names.map((name) => ({ name, l2: entryOf(l2Normal, name) }))
  return { names, l2Of, distances, sideOf: sidesOf(distances) }
}

/** What was trained for the i-th cell. */
function scenarioAt({ labelled, levels }: TrainedSweep, i: number): ScenarioOf {
  return { trained: at(levels, Math.floor(i / labelled.length)), iScenario: i % labelled.length }
}

async function sweepStatistics(study: CheckedStudy, sweep: TrainedSweep): Promise<StudyStatistics[]> {
  const { plan, cells, anomaly } = sweep
  const { names, l2Of, sideOf } = testedOf(sweep)
  const progressOf = resamplingProgress(study.onProgress, { resamples: study.resamples, nStudies: cells.length })
  const all: StudyStatistics[] = []
  for (const [i, { runs }] of cells.entries()) {
    all.push(
      await scenarioStatistics(study, {
        ...{ ...scenarioAt(sweep, i), runs },
        classes: testedClasses(plan.dataset, names, l2Of),
        groups: unseenGroups(sideOf, anomaly),
        onProgress: progressOf(i),
      }),
    )
  }
  return all
}

function sweepOf(study: CheckedStudy, sweep: TrainedSweep, statistics: StudyStatistics[], began: number): LabelSweep {
  const { plan, sha256, anomaly, labelled, contamination, levels } = sweep
  const { level, seed } = study
  const { distances, sideOf } = testedOf(sweep)
  const table = classResults(statistics, study)
  const settings = settingResults(
    statistics.map((one) => [{ labelled: anomaly, statistics: one }]),
    { sideOf, level, seed },
  )
  const cells = sweep.cells.map(({ labelled: n, contamination: share, hidden }, i): SweepCell => {
    const own = { classes: at(table.rows, i), settings: at(settings, i), runs: at(statistics, i).converged.length }
    return { labelled: n, contamination: share, hidden, ...scenarioEpochs(study, scenarioAt(sweep, i)), ...own }
  })
  const first = at(sweep.cells, 0).runs
  return {
    ...commonFacts(study, { plan, first, sha256 }, at(levels, 0), began),
    ...{ anomaly, labelled, contamination },
    tested: distances.map(({ name, l2 }) => ({ name, l2Normal: l2, side: entryOf(sideOf, name) })),
    cells,
    turns: contamination.flatMap((share) => turnsOf(cells.filter((cell) => cell.contamination === share))),
    warnings: [
      ...planWarnings(study, plan, first),
      ...stoppingWarnings(
        study,
        cells.map((_, i) => scenarioAt(sweep, i)),
        'training',
      ),
      ...cellWarnings(cells, statistics),
      ...table.warnings,
    ],
  }
}

/** Where the arrows of each class turn, as the labels of some cells rise. */
function turnsOf(cells: readonly SweepCell[]): SweepTurn[] {
  const { contamination, classes } = at(cells, 0)
  return classes.map(({ name }, k) => {
    const from = (wanted: Direction) => {
      const other = cells.findLastIndex((cell) => at(cell.classes, k).direction !== wanted)
      return cells[other + 1]?.labelled ?? null
    }
    return { class: name, contamination, helped: from('up'), hurt: from('down') }
  })
}

/** A warning of every cell is said once. */
function cellWarnings(cells: readonly SweepCell[], statistics: readonly StudyStatistics[]): string[] {
  const common = (warning: string) => statistics.every(({ warnings }) => warnings.includes(warning))
  const all = cells.flatMap(({ labelled, contamination }, i) =>
    at(statistics, i).warnings.map((warning) =>
      common(warning) ? warning : `${counted(labelled, 'label')}, contamination ${contamination}: ${warning}`,
    ),
  )
  return [...new Set(all)]
}
