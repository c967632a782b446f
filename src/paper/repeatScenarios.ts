import { at, entryOf } from '../check.js'
import { attributionOf, type Dataset } from '../data/core/dataset.js'
import { detector } from '../detectors/detectors.js'
import { ScoringBiasError } from '../errors.js'
import { classResults } from '../study/classResults.js'
import { type PlannedScenario, planStudy, resamplingProgress, type StudyPlan, testedClasses } from '../study/plan.js'
import { classDistances, l2ByName } from '../study/similarity.js'
import { withStore } from '../study/store/duckdbStore.js'
import { type CheckedStudy, checkStudy, studyChecks } from '../study/studyOptions.js'
import { scenarioStatistics } from '../study/studyStatistics.js'
import { type TrainedScenarios, trainScenarios } from '../study/trainer/trainScenarios.js'
import { scenarioTrainings, type TrainingPlan } from '../study/trainingPlan.js'
import { type ComparedPair, comparedRow, summarise } from './compareWithPrinted.js'
import type { SupervisedPair } from './paperDetectors.js'
import type { TableItem } from './paperItems.js'
import { tableNotes } from './paperNotes.js'
import { type PrintedTable, printedTables } from './printedTables.js'
import { type CheckedReproduceOptions, isPublished, settingsOf, workAsked } from './reproduceOptions.js'
import type { RepeatedScenario, ReproducedDistance } from './types.js'

/** "Mean/std over 100 runs" (Appendix E). */
const paperRuns = 100
/** For the intervals of ξ, which decide nothing but how firm an arrow of ours is. */
const resamples = 2000

/**
 * Trains the detectors of some pairs in the scenarios of some tables, all on one data set and with one normal class, and sets
 * recall, ξ and arrows of every class beside the printed ones.
 *
 * A detector trains once per run for all the pairs that it is in, and one that learns nothing from labelled anomalies once
 * for all scenarios. A run that diverges is left out of its pair, and `warnings` say so.
 */
export async function repeatScenarios(
  tables: readonly [TableItem, ...TableItem[]],
  pairs: readonly SupervisedPair[],
  options: CheckedReproduceOptions,
): Promise<RepeatedScenario[]> {
  const printed = await printedTables()
  const { study, plan, scenarios, objectives, work } = await plannedTables(tables, pairs, options)
  const trained = await withStore(study, (store) =>
    trainScenarios(
      objectives,
      scenarios.map(({ runs }) => runs),
      { ...plan.training, store },
    ),
  )
  const progressOf = resamplingProgress(options.onProgress, { resamples, nStudies: tables.length * pairs.length })
  const results: RepeatedScenario[] = []
  for (const [iScenario, item] of tables.entries()) {
    results.push(
      await repeatedScenario(item, printedTable(printed, item), {
        ...{ study, plan, work, pairs, trained, iScenario, scenario: at(scenarios, iScenario) },
        progressOf: (iPair) => progressOf(iScenario * pairs.length + iPair),
      }),
    )
  }
  return results
}

/** What `repeatScenarios` trains. */
export async function tableTrainings(...asked: Parameters<typeof repeatScenarios>): Promise<TrainingPlan> {
  const { study, plan, ...trained } = await plannedTables(...asked)
  return scenarioTrainings(study, plan, trained)
}

async function plannedTables(...[tables, pairs, options]: Parameters<typeof repeatScenarios>) {
  const [{ scenario: first }] = tables
  const work = workAsked(options, first.dataset)
  const { runs, share } = work
  const { seed, device, workers, dataDir, dataSeed, store, signal, onProgress } = options
  const asked = { seed, device, workers, dataDir, dataSeed, store, signal, onProgress }
  const sampled = { dataset: first.dataset, normal: first.normal, runs, share, resamples }
  const study = checkStudy('reproduce', { ...sampled, settings: settingsOf(work), ...asked }, studyChecks)
  const plan = await planStudy(study)
  const scenarios = tables.map(({ scenario }) => plan.scenario(scenario.mixture ?? scenario.anomaly))
  const names = new Set(pairs.flatMap(({ baseline, candidate }) => [baseline, candidate]))
  return { study, plan, scenarios, objectives: [...names].map((name) => detector(name)), work }
}

/** A scenario whose detectors are trained. */
interface TrainedScenario {
  readonly study: CheckedStudy
  readonly plan: StudyPlan
  readonly work: ReturnType<typeof workAsked>
  readonly pairs: readonly SupervisedPair[]
  readonly trained: TrainedScenarios
  readonly iScenario: number
  readonly scenario: PlannedScenario
  /** Of the i-th pair's resamples. */
  readonly progressOf: (iPair: number) => (done: number) => void
}

async function repeatedScenario(
  item: TableItem,
  printed: PrintedTable,
  done: TrainedScenario,
): Promise<RepeatedScenario> {
  const { scenario } = item
  const { plan, work, trained } = done
  const { dataset, training } = plan
  const { pairs, warnings } = await comparedPairs(scenario.mixture ?? scenario.anomaly, printed, done)
  const distances = distancesTo(dataset, Object.keys(scenario.l2Normal))
  const rows = printed.rows.map((row, k) => ({
    ...comparedRow(row, k, pairs, paperRuns),
    l2: distances(row.class, row.l2),
  }))
  const published = isPublished(scenario.dataset, work)
  const { trainNormal, trainAnomaly } = at(done.scenario.runs, 0).split
  return {
    scenario,
    simulated: dataset.simulated,
    ...work,
    paperRuns,
    published,
    nNormal: trainNormal.length,
    nAnomaly: trainAnomaly.length,
    distance: dataset.distance,
    l2Normal: distances(scenario.normal, scenario.l2Normal),
    rows,
    summary: summarise(rows),
    notes: tableNotes(item, { ...work, published }, dataset.simulated),
    warnings,
    network: training.network.title,
    device: trained.device,
    workers: trained.workers,
    attribution: attributionOf(dataset),
  }
}

/** What every pair gives on the classes of a printed table, in its order. */
async function comparedPairs(
  labelled: Parameters<typeof classDistances>[1],
  printed: PrintedTable,
  { study, plan, pairs, trained, iScenario, scenario, progressOf }: TrainedScenario,
): Promise<{ pairs: ComparedPair[]; warnings: string[] }> {
  const { dataset } = plan
  const tested = printed.rows.map((row) => row.class)
  const classes = testedClasses(dataset, tested, l2ByName(classDistances(dataset, labelled)))
  const compared: ComparedPair[] = []
  const warnings = new Set<string>()
  for (const [iPair, pair] of pairs.entries()) {
    const objectives = { baseline: detector(pair.baseline), candidate: detector(pair.candidate) }
    const statistics = await scenarioStatistics(
      { ...study, ...objectives },
      { trained, iScenario, runs: scenario.runs, classes, onProgress: progressOf(iPair) },
    )
    const table = classResults([statistics], study)
    compared.push({ ...pair, runs: statistics.converged.length, classes: at(table.rows, 0) })
    for (const warning of [...statistics.warnings, ...table.warnings]) warnings.add(warning)
  }
  return { pairs: compared, warnings: [...warnings] }
}

function printedTable(tables: readonly PrintedTable[], { number }: TableItem): PrintedTable {
  const printed = tables.find(({ table }) => table === number)
  if (printed !== undefined) return printed
  throw new ScoringBiasError('BAD_FILE', `paper-tables.json lacks Table ${number}. Reinstall the package`)
}

/** The distances of a class to each labelled one, beside the printed ones. */
function distancesTo(dataset: Dataset, labelled: readonly string[]) {
  const to = labelled.map((name) => ({ name, l2Of: l2ByName(classDistances(dataset, name)) }))
  return (name: string, paper: Readonly<Record<string, number>>): ReproducedDistance[] =>
    to.map((one) => ({
      labelled: one.name,
      ours: entryOf(one.l2Of, name),
      paper: entryOf(new Map(Object.entries(paper)), one.name),
    }))
}
