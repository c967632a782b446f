import { at } from '../check.js'
import { tableDigest } from '../data/tables/labelledTable.js'
import { ScoringBiasError } from '../errors.js'
import { type MeanSd, meanSd } from '../stats/meanSd.js'
import { meanOf, xiDraws } from '../stats/runs/runMean.js'
import { classResults } from './classResults.js'
import { type CommonFacts, commonFacts } from './commonFacts.js'
import type { BestEpochs } from './core/bestEpochs.js'
import { type MatrixSimilarity, matrixSimilarity, type Similarity, similarityOf } from './core/similarityTrend.js'
import type { ClassResult, RunAnswer, StudyResult } from './core/types.js'
import { type SettingResult, settingResults, sidesOf, unseenGroups } from './nearFar.js'
import {
  type PlannedScenario,
  planStudy,
  planWarnings,
  resamplingProgress,
  type StudyPlan,
  testedClasses,
} from './plan.js'
import { type RowDifference, rowAnswers } from './rowAnswers.js'
import { type ClassDistance, classDistances, l2ByName } from './similarity.js'
import { scenarioEpochs, stoppingWarnings } from './stopping.js'
import { withStore } from './store/duckdbStore.js'
import { type CheckedStudy, checkStudy, type StudyOptions, studyChecks, withUsualDraws } from './studyOptions.js'
import { type StudyStatistics, scenarioStatistics } from './studyStatistics.js'
import { type TrainedScenarios, trainScenarios } from './trainer/trainScenarios.js'
import { scenarioTrainings, type TrainingPart } from './trainingPlan.js'

/** A study's options; each class of anomalies is labelled in turn. */
export type AnomalyMatrixOptions = Omit<StudyOptions, 'anomaly'>

const { anomaly: _, ...checks } = studyChecks

/** What labelling one class of anomalies does to the recall of every class. */
export interface MatrixRow {
  /** The class of the labelled anomalies. */
  readonly labelled: string
  /** Distance of its mean to the normal class's. */
  readonly l2Normal: number
  /** Labelled anomalies that a run trained on. */
  readonly nAnomaly: number
  /** Runs that count: those in which both detectors converged. */
  readonly runs: number
  /** Of those runs, in their order; present where normal samples are held out for a validation loss. */
  readonly bestEpochs?: BestEpochs
  /** In the order of `AnomalyMatrix.tested`; `l2` is the distance to the labelled class. */
  readonly classes: readonly ClassResult[]
  /** Mean of ξ over all tested classes, equally weighted, in each of those runs. */
  readonly means: readonly { readonly run: number; readonly xi: number }[]
  /** Of `means`; the family of its answer is that of all rows. */
  readonly overall: MeanSd & RunAnswer
  /** The same over the classes that were not labelled. */
  readonly unlabelled: MeanSd
  /** How ξ goes with the distance to the labelled class. */
  readonly similarity: Similarity
  /** Classes whose simultaneous interval of ξ lies above 0, and below. */
  readonly nUp: number
  readonly nDown: number
}

/** ξ over labelled class × tested class. */
export interface AnomalyMatrix extends CommonFacts, Pick<StudyResult, 'warnings'> {
  /** Every class but the normal one, nearest to it first: columns, and rows in the same order. */
  readonly tested: readonly string[]
  readonly rows: readonly MatrixRow[]
  /** How ξ goes with the distance between labelled and tested class, over all rows. */
  readonly similarity: MatrixSimilarity
  /** ξ on classes that are not labelled, by whether labelled and tested class lie near the normal one or far from it. */
  readonly settings: readonly SettingResult[]
  /** The labelled class with the largest `overall` mean, and then those that cannot be told apart from it. */
  readonly best: readonly string[]
  /** The same of the smallest. */
  readonly worst: readonly string[]
  /** Of every two rows, the one with the larger mean first, as one family. Two without a common run are left out. */
  readonly differences: readonly RowDifference[]
}

/**
 * Which labelled anomalies help: labels each class of anomalies in turn, trains baseline and candidate, and estimates ξ on
 * every class. It answers the closing question of Ye, Chen and Zheng (2021) for one normal class.
 *
 * Trainings with different labelled classes go side by side. A baseline that learns from normal samples only is trained
 * once per run for all rows, so that the rows share its luck and their differences do not have it. Every cell has the
 * answers of a study (`runFamily`), the family being all cells of the matrix; the means of rows are a family of their own,
 * and their differences another.
 *
 * A class that is too small to be labelled is an error, not a gap. Costs as much as (classes + 1)/2 studies. Equal options give equal results on one machine, whatever `workers` is.
 * Errors: those of `runStudy`; `OUT_OF_RANGE` with fewer than two classes of anomalies; `EMPTY_SAMPLE` for a class that
 * is too small to be labelled.
 */
export async function anomalyMatrix(options: AnomalyMatrixOptions): Promise<AnomalyMatrix> {
  const study = checkStudy('anomalyMatrix', options, checks)
  const { resamples } = options
  const began = performance.now()
  const { plan, labels, scenarios } = await plannedMatrix(study)
  const sha256 = tableDigest(plan.training.dataset)
  const trained = await withStore(study, (store) =>
    trainScenarios(
      [study.baseline, study.candidate],
      scenarios.map(({ runs }) => runs),
      { ...plan.training, sha256, store },
    ),
  )
  const matrix = { plan, sha256, labels, scenarios, trained }
  const drawn = withUsualDraws(study, { resamples }, labels.length ** 2)
  return matrixOf(drawn, matrix, await matrixStatistics(drawn, matrix), began)
}

/** What `anomalyMatrix` trains. Errors, at once and when it is planned: those of `anomalyMatrix` before anything is trained. */
export function matrixTrainings(options: AnomalyMatrixOptions): TrainingPart {
  const study = checkStudy('anomalyMatrix', options, checks)
  return async () => {
    const { plan, scenarios } = await plannedMatrix(study)
    return [scenarioTrainings(study, plan, { objectives: [study.baseline, study.candidate], scenarios })]
  }
}

async function plannedMatrix(study: CheckedStudy) {
  const plan = await planStudy(study)
  const { dataset, normal } = plan
  const labels = classDistances(dataset, normal).filter((one) => one.name !== normal)
  if (labels.length < 2) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${dataset.name} has ${labels.length} ${labels.length === 1 ? 'class' : 'classes'} of anomalies. A matrix needs ` +
        'at least 2, a study one',
    )
  }
  return { plan, labels, scenarios: labels.map(({ name }) => plan.scenario(name)) }
}

interface TrainedMatrix {
  readonly plan: StudyPlan
  readonly sha256: string
  readonly labels: readonly ClassDistance[]
  readonly scenarios: readonly PlannedScenario[]
  readonly trained: TrainedScenarios
}

type Row = Awaited<ReturnType<typeof matrixStatistics>>[number]

/** What runs and samples showed with each class labelled. */
async function matrixStatistics(study: CheckedStudy, { plan, labels, scenarios, trained }: TrainedMatrix) {
  const { resamples } = study
  const names = labels.map(({ name }) => name)
  const progressOf = resamplingProgress(study.onProgress, { resamples, nStudies: labels.length })
  const rows = []
  for (const [iScenario, label] of labels.entries()) {
    const { runs } = at(scenarios, iScenario)
    const statistics = await scenarioStatistics(study, {
      ...{ trained, iScenario, runs },
      classes: testedClasses(plan.dataset, names, l2ByName(classDistances(plan.dataset, label.name))),
      groups: unseenGroups(sidesOf(labels), label.name),
      onProgress: progressOf(iScenario),
    })
    const stopping = scenarioEpochs(study, { trained, iScenario })
    rows.push({ label, nAnomaly: at(runs, 0).split.trainAnomaly.length, stopping, statistics })
  }
  return rows
}

function matrixRow(
  { label, nAnomaly, stopping, statistics }: Row,
  classes: readonly ClassResult[],
  overall: RunAnswer,
  seed: number,
): MatrixRow {
  const { name: labelled, l2: l2Normal } = label
  const { converged, overall: means } = statistics
  const others = statistics.classes.filter(({ rates }) => rates.name !== labelled).map(({ xi }) => xi.values)
  return {
    ...{ labelled, l2Normal, nAnomaly },
    runs: converged.length,
    ...stopping,
    classes,
    means: converged.map((run, i) => ({ run, xi: at(means.values, i) })),
    overall: { ...meanSd(means.values), ...overall },
    unlabelled: meanSd(meanOf(others)),
    similarity: similarityOf({ classes, labelled: [labelled], draws: drawsOf(statistics, seed), seed }),
    nUp: classes.filter((one) => one.direction === 'up').length,
    nDown: classes.filter((one) => one.direction === 'down').length,
  }
}

function drawsOf({ classes }: StudyStatistics, seed: number) {
  return xiDraws(
    classes.map(({ xi }) => xi),
    seed,
  )
}

function matrixOf(study: CheckedStudy, done: TrainedMatrix, results: readonly Row[], began: number): AnomalyMatrix {
  const { plan, sha256, labels, scenarios, trained } = done
  const { level, seed } = study
  const first = at(scenarios, 0).runs
  const statistics = results.map((one) => one.statistics)
  const table = classResults(statistics, study)
  const { overall, ...compared } = rowAnswers(
    results.map(({ label, statistics }) => ({ name: label.name, statistics })),
    study,
  )
  const rows = results.map((one, i) => matrixRow(one, at(table.rows, i), at(overall, i), seed))
  return {
    ...commonFacts(study, { plan, first, sha256 }, trained, began),
    tested: labels.map(({ name }) => name),
    rows,
    similarity: matrixSimilarity(
      rows.map(({ classes }, i) => ({ classes, xiDraws: drawsOf(at(statistics, i), seed) })),
      seed,
    ),
    settings: at(
      settingResults([results.map(({ label, statistics }) => ({ labelled: label.name, statistics }))], {
        ...{ sideOf: sidesOf(labels), level, seed },
      }),
      0,
    ),
    ...compared,
    warnings: [
      ...planWarnings(study, plan, first),
      ...stoppingWarnings(
        study,
        scenarios.map((_, iScenario) => ({ trained, iScenario })),
        'training',
      ),
      ...rowWarnings(results),
      ...table.warnings,
    ],
  }
}

/** A warning of every row is said once. */
function rowWarnings(rows: readonly Row[]): string[] {
  const common = (warning: string) => rows.every(({ statistics }) => statistics.warnings.includes(warning))
  const all = rows.flatMap(({ label, statistics }) =>
    statistics.warnings.map((warning) => (common(warning) ? warning : `labelled ${label.name}: ${warning}`)),
  )
  return [...new Set(all)]
}
