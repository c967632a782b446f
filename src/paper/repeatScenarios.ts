import { attributionOf, classRows, type Dataset } from '../data/dataset.js'
import { loadDataset } from '../data/datasets.js'
import { mixtureText } from '../data/splits/anomalyMixture.js'
import { makeSplit, requireMixture } from '../data/splits/splits.js'
import { type DetectorName, detector } from '../detectors/detectors.js'
import { publishedTraining } from '../detectors/publishedTraining.js'
import { ScoringBiasError } from '../errors.js'
import { network as namedNetwork } from '../nn/networks.js'
import { classDistances } from '../study/similarity.js'
import { withStore } from '../study/store/studyStore.js'
import { type StudyStatistics, studyStatistics } from '../study/studyStatistics.js'
import { trainDetectors } from '../study/trainer/trainDetectors.js'
import type { TrainedRuns } from '../study/trainer/trainRuns.js'
import { type ComparedPair, comparedRow, summarise } from './comparedRow.js'
import type { TableItem } from './paperItems.js'
import { tableNotes } from './paperNotes.js'
import { type PrintedTable, printedTables } from './printedTables.js'
import { type CheckedReproduceOptions, workAsked } from './reproduceOptions.js'
import { reproductionSize } from './reproductionSizes.js'
import type { RepeatedScenario, ReproducedDistance } from './types.js'

/** "Mean/std over 100 runs" (Appendix E). */
const paperRuns = 100
const fpr = 0.05
const level = 0.95
/** For the intervals of ξ, which decide nothing but how firm an arrow of ours is. */
const resamples = 2000

/** A supervised detector and its semi-supervised version (Table 2). */
export interface SupervisedPair {
  readonly baseline: DetectorName
  readonly candidate: DetectorName
}

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
  const { size, seed, device, workers, signal, onProgress } = options
  const [{ scenario: first }] = tables
  const printed = await Promise.all(tables.map(({ number }) => requirePrinted(number)))
  const work = workAsked(options, reproductionSize(first.dataset, size))
  const { runs, epochs, pretrainEpochs, share } = work
  const { dataDir, dataSeed } = options
  const dataset = await loadDataset(first.dataset, { dataDir, dataSeed, share, signal })
  const published = publishedTraining(first.dataset)
  const settings = { ...published.settings, epochs, pretrainEpochs }
  const network = namedNetwork(published.network, dataset.sample)
  const splits = tables.map(({ scenario: { normal, mixture, anomaly } }) => {
    const labelled = mixture ?? anomaly
    const name = mixtureText(requireMixture(dataset, normal, labelled))
    return Array.from({ length: runs }, (_, run) => ({
      run,
      split: makeSplit(dataset, { normal, anomaly: labelled, run, seed }),
      anomaly: name,
    }))
  })
  const names = [...new Set(pairs.flatMap(({ baseline, candidate }) => [baseline, candidate]))]
  const jobs = names.map((name) => ({ name, runs: learnsFromAnomalies(name) ? splits.flat() : (splits[0] ?? []) }))
  const trains = { dataset, network, decoder: published.decoder, settings, seed, device, workers, signal, onProgress }
  const { trained, workers: used } = await withStore(options.store, (store) =>
    trainDetectors(jobs, { ...trains, origin: { split: 'published', normal: first.normal }, store }),
  )
  const trainedIn = (name: DetectorName, iTable: number) => {
    const all = trained[names.indexOf(name)]
    if (all === undefined) throw new Error(`${name} was trained`)
    return { title: detector(name).title, ...runsOf(all, learnsFromAnomalies(name) ? iTable * runs : 0, runs) }
  }

  const results: RepeatedScenario[] = []
  const total = tables.length * pairs.length * resamples
  let resampled = 0
  for (const [i, { number, scenario }] of tables.entries()) {
    const table = printed[i]
    if (table === undefined) throw new Error('every table has a printed one')
    const classes = testedClasses(dataset, scenario.mixture ?? scenario.anomaly, table)
    const own = (splits[i] ?? []).map(({ split }) => split)
    const compared: ComparedPair[] = []
    const warnings: string[] = []
    for (const pair of pairs) {
      const progress = (done: number) => onProgress?.({ phase: 'resampling', done: resampled + done, total })
      progress(0)
      const statistics: StudyStatistics = await studyStatistics({
        baseline: trainedIn(pair.baseline, i),
        candidate: trainedIn(pair.candidate, i),
        ...{ splits: own, classes, fpr, level, resamples, seed, signal, onProgress: progress },
      })
      resampled += resamples
      compared.push({ ...pair, runs: statistics.converged.length, classes: statistics.classes })
      warnings.push(...statistics.warnings)
    }
    const distances = distancesTo(dataset, Object.keys(scenario.l2Normal))
    const rows = table.rows.map((row, k) => ({
      ...comparedRow(row, k, compared, paperRuns),
      l2: distances(row.class, row.l2),
    }))
    const isPublished =
      epochs === published.settings.epochs && pretrainEpochs === published.settings.pretrainEpochs && share === 1
    const { trainNormal, trainAnomaly } = own[0] ?? { trainNormal: [], trainAnomaly: [] }
    results.push({
      scenario,
      simulated: dataset.simulated,
      ...work,
      paperRuns,
      published: isPublished,
      nNormal: trainNormal.length,
      nAnomaly: trainAnomaly.length,
      distance: dataset.distance,
      l2Normal: distances(scenario.normal, scenario.l2Normal),
      rows,
      summary: summarise(rows),
      notes: tableNotes(number, { published: isPublished, simulated: dataset.simulated }),
      warnings: [...new Set(warnings)],
      network: network.title,
      device: trained[0]?.device ?? 'cpu',
      workers: used,
      attribution: attributionOf(dataset),
    })
  }
  return results
}

/** Of two trainings that differ in their labelled anomalies, whether they differ at all. */
function learnsFromAnomalies(name: DetectorName): boolean {
  return detector(name).loss.anomaly !== undefined
}

function runsOf({ scores, training }: TrainedRuns, from: number, runs: number) {
  return { scores: scores.slice(from, from + runs), training: training.slice(from, from + runs) }
}

async function requirePrinted(number: number): Promise<PrintedTable> {
  const printed = (await printedTables()).find(({ table }) => table === number)
  if (printed === undefined) {
    throw new ScoringBiasError('BAD_FILE', `paper-tables.json lacks Table ${number}; reinstall the package`)
  }
  return printed
}

/** In the order of the printed rows. */
function testedClasses(dataset: Dataset, anomaly: Parameters<typeof classDistances>[1], printed: PrintedTable) {
  const distances = new Map(classDistances(dataset, anomaly).map(({ name, l2 }) => [name, l2]))
  return printed.rows.map(({ class: name }) => ({
    name,
    l2: distances.get(name) ?? Number.NaN,
    rows: classRows(dataset, dataset.classes.indexOf(name)),
  }))
}

/** The distances of a class to each labelled one, beside the printed ones. */
function distancesTo(dataset: Dataset, labelled: readonly string[]) {
  const to = labelled.map((name) => ({
    name,
    of: new Map(classDistances(dataset, name).map((one) => [one.name, one.l2])),
  }))
  return (name: string, paper: Readonly<Record<string, number>>): ReproducedDistance[] =>
    to.map((one) => ({
      labelled: one.name,
      ours: one.of.get(name) ?? Number.NaN,
      paper: paper[one.name] ?? Number.NaN,
    }))
}
