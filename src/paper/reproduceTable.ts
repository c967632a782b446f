import { requireInteger, requireKnown } from '../check.js'
import { mixtureText } from '../data/anomalyMixture.js'
import { attributionOf, classRows, type Dataset, type DatasetOptions, type DistanceKind } from '../data/dataset.js'
import { loadDataset } from '../data/datasets.js'
import { makeSplit, requireMixture } from '../data/splits.js'
import { type DetectorName, detector, detectorNames } from '../detectors/detectors.js'
import { publishedTraining } from '../detectors/publishedTraining.js'
import { ScoringBiasError } from '../errors.js'
import { network as namedNetwork } from '../nn/networks.js'
import { type Device, type DeviceRequest, deviceRequests } from '../runtime/device.js'
import type { Direction } from '../stats/direction.js'
import { classDistances } from '../study/similarity.js'
import { type StudyStatistics, studyStatistics } from '../study/studyStatistics.js'
import { withStore } from '../study/studyStore.js'
import { trainDetectors } from '../study/trainDetectors.js'
import type { StudyProgress } from '../study/types.js'
import { runtimeVersions, version } from '../version.js'
import { type ComparedArrow, compareArrows, compareRecall, type RecallComparison } from './compareWithPrinted.js'
import { type PaperScenario, paperItem } from './paperItems.js'
import { type PrintedRow, type PrintedTable, printedTables } from './printedTables.js'
import { type ReproductionSize, reproductionSize, reproductionSizes } from './reproductionSizes.js'
import { tableNotes } from './tableNotes.js'

export interface ReproduceTableOptions extends DatasetOptions {
  /** Decides everything below that is not given; default `default`. */
  readonly size?: ReproductionSize | undefined
  /** Trainings of each detector, 1 … 10,000. */
  readonly runs?: number | undefined
  /** Passes over the training data, 1 … 100,000. */
  readonly epochs?: number | undefined
  /** Passes of the autoencoder pretraining, 0 … 100,000. */
  readonly pretrainEpochs?: number | undefined
  /** Default `auto`. */
  readonly device?: DeviceRequest | undefined
  /** Worker threads that train, 1 … 1,024; no result depends on it. */
  readonly workers?: number | undefined
  /** Root of all randomness, default 0. */
  readonly seed?: number | undefined
  /** A DuckDB file that keeps what is trained and has what was, as of `runStudy`: units are shared with equal studies. */
  readonly store?: string | undefined
  readonly onProgress?: ((progress: StudyProgress) => void) | undefined
}

/** One detector on one class: our recall beside the printed one. */
export interface ReproducedCell extends RecallComparison {
  readonly detector: DetectorName
  /** Runs that our figure is made of. */
  readonly runs: number
  /** Of detectors that learn from labelled anomalies, against their semi-supervised version. */
  readonly arrow?: ComparedArrow & {
    readonly xi: number
    /** 95 % interval of ξ. */
    readonly interval: readonly [number, number]
    readonly direction: Direction
  }
}

/** A distance to a class of labelled anomalies, beside the printed one. */
export interface ReproducedDistance {
  readonly labelled: string
  readonly ours: number
  readonly paper: number
}

/** One class of anomalies. */
export interface ReproducedRow {
  readonly class: string
  /** Samples tested in each run. */
  readonly n: number
  readonly l2: readonly ReproducedDistance[]
  /** In the order of `detectorNames`. */
  readonly cells: readonly ReproducedCell[]
}

/** A table of the paper, repeated. */
export interface TableReproduction {
  readonly item: string
  readonly title: string
  readonly scenario: PaperScenario
  readonly simulated: boolean
  readonly size: ReproductionSize
  readonly runs: number
  readonly paperRuns: number
  readonly epochs: number
  readonly pretrainEpochs: number
  /** Share of the samples that was used. */
  readonly share: number
  readonly seed: number
  /** Whether epochs and samples are the paper's, so that figures may be compared and not arrows alone. */
  readonly published: boolean
  readonly nNormal: number
  readonly nAnomaly: number
  readonly distance: DistanceKind
  readonly l2Normal: readonly ReproducedDistance[]
  /** In the printed order. */
  readonly rows: readonly ReproducedRow[]
  readonly summary: ReproductionSummary
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
  readonly network: string
  readonly device: Device
  readonly workers: number
  readonly elapsedSeconds: number
  readonly attribution: string
  readonly version: string
  readonly versions: Readonly<Record<string, string>>
}

export interface ReproductionSummary {
  readonly cells: number
  /** Cells within three standard errors and the rounding. */
  readonly within: number
  /** Arrows that the paper could have printed: cells of detectors that learn from labelled anomalies. */
  readonly arrows: number
  /** Ours as printed, or none where none is printed. */
  readonly agree: number
  /** Ours and the printed one are opposite. */
  readonly contradicted: number
}

/** The semi-supervised version of each supervised detector (Table 2). */
const baselines = { 'deep-sad': 'deep-svdd', hsc: 'deep-svdd', sae: 'ae', abc: 'ae' } as const
const candidates = ['deep-sad', 'hsc', 'sae', 'abc'] as const

/** "Mean/std over 100 runs" (Appendix E). */
const paperRuns = 100
const fpr = 0.05
const level = 0.95
/** For the intervals of ξ, which decide nothing but how firm an arrow of ours is. */
const resamples = 2000

/**
 * Repeats one of Tables 3–11 of Ye, Chen and Zheng (2021): trains all six detectors in the table's scenario with the
 * published settings, and sets recall, ξ and arrows of every class beside the printed ones.
 *
 * Each detector trains once per run, for both of the pairs that it is in. A run that diverges is left out of its pair, and
 * `warnings` say so. Equal options give equal results on one machine, whatever the number of workers. StatLog takes two
 * seconds a run on two idle cores; the other data sets' convolutions and LSTMs take hours at full size.
 *
 * @param name for example `table4`
 * @throws `UNKNOWN_NAME` also for tables and figures that this version does not reproduce, and those of `runStudy`
 */
export async function reproduceTable(name: string, options: ReproduceTableOptions = {}): Promise<TableReproduction> {
  const { item, scenario } = requireScenario(name)
  const { dataset: datasetName, normal } = scenario
  const anomaly = scenario.mixture ?? scenario.anomaly
  const { size = 'default', device = 'auto', workers, seed = 0, signal, onProgress } = options
  const defaults = reproductionSize(datasetName, requireKnown('size', size, reproductionSizes))
  const runs = requireInteger('runs', options.runs ?? defaults.runs, 1, 10_000)
  const epochs = requireInteger('epochs', options.epochs ?? defaults.epochs, 1, 100_000)
  const pretrainEpochs = requireInteger('pretrainEpochs', options.pretrainEpochs ?? defaults.pretrainEpochs, 0, 100_000)
  requireKnown('device', device, deviceRequests)
  if (workers !== undefined) requireInteger('workers', workers, 1, 1024)
  requireInteger('seed', seed, 0)
  const began = performance.now()
  const printed = await requirePrinted(item.number)
  const share = options.share ?? defaults.share
  const dataset = await loadDataset(datasetName, {
    dataDir: options.dataDir,
    dataSeed: options.dataSeed,
    share,
    signal,
  })
  const published = publishedTraining(datasetName)
  const settings = { ...published.settings, epochs, pretrainEpochs }
  const network = namedNetwork(published.network, dataset.sample)
  const splits = Array.from({ length: runs }, (_, run) => makeSplit(dataset, { normal, anomaly, run, seed }))
  const labelled = mixtureText(requireMixture(dataset, normal, anomaly))
  const numbered = splits.map((split, run) => ({ run, split, anomaly: labelled }))
  const trains = { dataset, network, decoder: published.decoder, settings, seed, device, workers }
  const origin = { split: 'published', normal }
  const { trained, workers: used } = await withStore(options.store, (store) =>
    trainDetectors(
      detectorNames.map((detectorName) => ({ name: detectorName, runs: numbered })),
      { ...trains, origin, store, signal, onProgress },
    ),
  )
  const distances = Object.keys(scenario.l2Normal).map((labelled) => ({
    labelled,
    to: new Map(classDistances(dataset, labelled).map(({ name, l2 }) => [name, l2])),
  }))
  const mixed = new Map(classDistances(dataset, anomaly).map(({ name, l2 }) => [name, l2]))
  const classes = testedClasses(dataset, mixed, printed)
  const of = (detectorName: DetectorName) => {
    const runsOf = trained[detectorNames.indexOf(detectorName)]
    if (runsOf === undefined) throw new Error(`${detectorName} was trained`)
    return { title: detector(detectorName).title, ...runsOf }
  }
  const pairs = new Map<DetectorName, StudyStatistics>()
  for (const [i, candidate] of candidates.entries()) {
    const progress = (done: number) =>
      onProgress?.({ phase: 'resampling', done: i * resamples + done, total: candidates.length * resamples })
    progress(0)
    const pair = { baseline: of(baselines[candidate]), candidate: of(candidate) }
    const rest = { splits, classes, fpr, level, resamples, seed, signal, onProgress: progress }
    pairs.set(candidate, await studyStatistics({ ...pair, ...rest }))
  }
  const between = (name: string, paper: Readonly<Record<string, number>>): ReproducedDistance[] =>
    distances.map(({ labelled, to }) => ({
      labelled,
      ours: to.get(name) ?? Number.NaN,
      paper: paper[labelled] ?? Number.NaN,
    }))
  const rows = classes.map((one, k) => {
    const row = printed.rows[k]
    if (row === undefined) throw new Error('a tested class is a printed row')
    return { ...reproducedRow(row, one, k, pairs), l2: between(one.name, row.l2) }
  })
  const { trainNormal, trainAnomaly } = splits[0] ?? { trainNormal: [], trainAnomaly: [] }
  const isPublished =
    epochs === published.settings.epochs && pretrainEpochs === published.settings.pretrainEpochs && share === 1
  return {
    item: item.name,
    title: item.title,
    scenario,
    simulated: dataset.simulated,
    size,
    runs,
    paperRuns,
    epochs,
    pretrainEpochs,
    share,
    seed,
    published: isPublished,
    nNormal: trainNormal.length,
    nAnomaly: trainAnomaly.length,
    distance: dataset.distance,
    l2Normal: between(normal, scenario.l2Normal),
    rows,
    summary: summarise(rows),
    notes: tableNotes(item.number, { published: isPublished, simulated: dataset.simulated }),
    warnings: [...new Set([...pairs.values()].flatMap(({ warnings }) => warnings))],
    network: network.title,
    device: trained[0]?.device ?? 'cpu',
    workers: used,
    elapsedSeconds: (performance.now() - began) / 1000,
    attribution: attributionOf(dataset),
    version,
    versions: runtimeVersions(),
  }
}

function requireScenario(name: string) {
  const item = paperItem(name)
  const { scenario } = item
  if (scenario === undefined) {
    throw new ScoringBiasError(
      'UNKNOWN_NAME',
      `this version does not reproduce ${name} (${item.title}); \`scoring-bias reproduce list\` says what it does`,
    )
  }
  return { item, scenario }
}

async function requirePrinted(number: number): Promise<PrintedTable> {
  const printed = (await printedTables()).find(({ table }) => table === number)
  if (printed === undefined) {
    throw new ScoringBiasError('BAD_FILE', `paper-tables.json lacks Table ${number}; reinstall the package`)
  }
  return printed
}

interface TestedClass {
  readonly name: string
  readonly l2: number
  readonly rows: Uint32Array
}

/** In the order of the printed rows. */
function testedClasses(dataset: Dataset, distances: ReadonlyMap<string, number>, printed: PrintedTable): TestedClass[] {
  return printed.rows.map(({ class: name }) => ({
    name,
    l2: distances.get(name) ?? Number.NaN,
    rows: classRows(dataset, dataset.classes.indexOf(name)),
  }))
}

function reproducedRow(
  row: PrintedRow,
  { name }: TestedClass,
  k: number,
  pairs: ReadonlyMap<DetectorName, StudyStatistics>,
): Omit<ReproducedRow, 'l2'> {
  const cells = detectorNames.map((detectorName): ReproducedCell => {
    const paper = row.tpr[detectorName]
    const candidate = candidates.find((one) => one === detectorName)
    if (candidate !== undefined) {
      const pair = pairs.get(candidate)
      const { tprCandidate, tprBaseline, xi, interval, direction } = resultOf(pair, k)
      const runs = pair?.converged.length ?? 0
      const arrow = compareArrows(tprBaseline.mean, tprCandidate.mean, paper.arrow)
      const compared = compareRecall({ ours: tprCandidate, runs, paper, paperRuns })
      return { detector: detectorName, runs, ...compared, arrow: { ...arrow, xi, interval, direction } }
    }
    // A baseline is in two pairs: the one that lost fewer runs knows more of it.
    const best = candidates
      .filter((one) => baselines[one] === detectorName)
      .flatMap((one) => pairs.get(one) ?? [])
      .reduce((a, b) => (b.converged.length > a.converged.length ? b : a))
    const runs = best.converged.length
    return {
      detector: detectorName,
      runs,
      ...compareRecall({ ours: resultOf(best, k).tprBaseline, runs, paper, paperRuns }),
    }
  })
  return {
    class: name,
    n: resultOf(pairs.get('deep-sad'), k).n,
    cells,
  }
}

function resultOf(pair: StudyStatistics | undefined, k: number) {
  const result = pair?.classes[k]
  if (result === undefined) throw new Error('every pair tests every class')
  return result
}

function summarise(rows: readonly ReproducedRow[]): ReproductionSummary {
  const cells = rows.flatMap((row) => row.cells)
  const marked = cells.flatMap(({ arrow }) => arrow ?? [])
  return {
    cells: cells.length,
    within: cells.filter(({ within }) => within).length,
    arrows: marked.length,
    agree: marked.filter(({ agreement }) => agreement === 'agrees').length,
    contradicted: marked.filter(({ agreement }) => agreement === 'contradicts').length,
  }
}
