import { attributionOf, classRows, type DistanceKind } from '../data/dataset.js'
import { heldOutSplit } from '../data/splits/heldOutSplit.js'
import type { SplitKind } from '../data/splits/splitKind.js'
import { makeSplit } from '../data/splits/splits.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { detector, detectorNames } from '../detectors/detectors.js'
import { publishedTraining } from '../detectors/publishedTraining.js'
import { ScoringBiasError } from '../errors.js'
import { network as namedNetwork } from '../nn/networks.js'
import type { Device } from '../runtime/device.js'
import { type MeanSd, meanSd } from '../stats/meanSd.js'
import { runtimeVersions, version } from '../version.js'
import { type MatrixSimilarity, matrixSimilarity, type SimilarityRow } from './matrixSimilarity.js'
import type { RunStudyOptions } from './runStudy.js'
import { classDistances } from './similarity.js'
import { type Similarity, similarityOf } from './similarityTrend.js'
import { withStore } from './store/studyStore.js'
import { studyDataset } from './studyDataset.js'
import { checkStudyOptions } from './studyOptions.js'
import { type StudyStatistics, studyStatistics } from './studyStatistics.js'
import { type NumberedSplit, trainDetectors } from './trainer/trainDetectors.js'
import type { TrainedRuns } from './trainer/trainRuns.js'
import type { ClassResult } from './types.js'

/** A study's options; each class of anomalies is labelled in turn. */
export type AnomalyMatrixOptions = Omit<RunStudyOptions, 'anomaly' | 'keepScores' | 'onResult'>

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
  /** In the order of `AnomalyMatrix.tested`; `l2` is the distance to the labelled class. */
  readonly classes: readonly ClassResult[]
  /** Mean of ξ over all tested classes, equally weighted, in each of those runs. */
  readonly means: readonly { readonly run: number; readonly xi: number }[]
  /** Of `means`. */
  readonly overall: MeanSd
  /** The same over the classes that were not labelled. */
  readonly unlabelled: MeanSd
  /** How ξ goes with the distance to the labelled class. */
  readonly similarity: Similarity
  /** Classes whose interval of ξ lies above 0, and below. */
  readonly nUp: number
  readonly nDown: number
}

/** ξ over labelled class × tested class. */
export interface AnomalyMatrix {
  readonly dataset: string
  readonly simulated: boolean
  /** The normal class; of several their union, as in `grey soil + damp grey soil`. */
  readonly normal: string
  readonly detectors: { readonly baseline: string; readonly candidate: string }
  /** Every class but the normal one, nearest to it first: columns, and rows in the same order. */
  readonly tested: readonly string[]
  readonly rows: readonly MatrixRow[]
  /** How ξ goes with the distance between labelled and tested class, over all rows. */
  readonly similarity: MatrixSimilarity
  /** The labelled class with the largest `overall` mean, and the one with the smallest. */
  readonly best: string
  readonly worst: string
  /** How far `best` is ahead of the second, run by run: over the runs that count in both; null if there is none. */
  readonly lead: { readonly over: string; readonly difference: MeanSd } | null
  readonly runs: number
  readonly fpr: number
  readonly level: number
  readonly resamples: number
  readonly epochs: number
  readonly pretrainEpochs: number
  readonly split: SplitKind
  readonly decoder: DecoderOutput
  readonly network: string
  readonly nNormal: number
  readonly seed: number
  readonly distance: DistanceKind
  readonly device: Device
  readonly workers: number
  readonly elapsedSeconds: number
  readonly attribution: string
  readonly version: string
  readonly versions: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}

/**
 * Which labelled anomalies help: labels each class of anomalies in turn, trains baseline and candidate, and estimates ξ on
 * every class. It answers the closing question of Ye, Chen and Zheng (2021) for one normal class.
 *
 * Trainings with different labelled classes go side by side. A baseline that learns from normal samples only is trained
 * once per run for all rows, so that the rows share its luck and their differences do not have it. Every cell's interval
 * is a study's (`studyInterval`) and holds by itself, not for the whole matrix.
 *
 * A class that is too small to be labelled is an error, not a gap. Costs as much as (classes + 1)/2 studies. Equal options give equal results on one machine, whatever `workers` is.
 * Errors: those of `runStudy`; `OUT_OF_RANGE` with fewer than two classes of anomalies; `EMPTY_SAMPLE` for a class that
 * is too small to be labelled.
 */
export async function anomalyMatrix(options: AnomalyMatrixOptions): Promise<AnomalyMatrix> {
  const { signal, onProgress, store: path, ...asked } = options
  const study = checkStudyOptions(asked, detectorNames)
  const { baseline, candidate, runs, fpr, level, resamples, seed } = study
  if (baseline === candidate) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `baseline and candidate must be different detectors, both are '${baseline}'`,
    )
  }
  const began = performance.now()
  const name = typeof study.dataset === 'string' ? study.dataset : undefined
  const dataset = await studyDataset(study, signal)
  const { normal } = dataset.defaults
  const toNormal = classDistances(dataset, normal).filter((one) => one.name !== normal)
  if (toNormal.length < 2) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${dataset.name} has ${toNormal.length} ${toNormal.length === 1 ? 'class' : 'classes'} of anomalies; a matrix needs ` +
        'at least 2, a study one',
    )
  }
  const kind = study.split ?? (name === undefined ? 'held-out' : 'published')
  const splits = toNormal.map(({ name: anomaly }) =>
    Array.from({ length: runs }, (_, run): NumberedSplit => {
      const own = { normal, run, seed }
      const split =
        kind === 'published' ? makeSplit(dataset, { ...own, anomaly }) : heldOutSplit(dataset, { ...own, anomaly })
      return { run, split, anomaly }
    }),
  )

  const published = publishedTraining(name)
  const network = namedNetwork(published.network, dataset.sample)
  const decoder = study.decoder ?? published.decoder
  const settings = { ...published.settings, epochs: study.epochs, pretrainEpochs: study.pretrainEpochs }
  const trains = { dataset, network, decoder, settings, seed, device: study.device, workers: study.workers }
  const detectors = [baseline, candidate].map((one) => ({
    name: one,
    runs: learnsFromAnomalies(one) ? splits.flat() : (splits[0] ?? []),
  }))
  const { trained, workers } = await withStore(path, (store) =>
    trainDetectors(detectors, { ...trains, origin: { split: kind, normal }, store, signal, onProgress }),
  )
  const [ofBaseline, ofCandidate] = trained
  if (ofBaseline === undefined || ofCandidate === undefined) throw new Error('both detectors were trained')
  const rowOf = (one: string, all: TrainedRuns, iRow: number) => {
    const from = learnsFromAnomalies(one) ? iRow * runs : 0
    const own = <T>(ofRuns: readonly T[]) => ofRuns.slice(from, from + runs)
    return { title: detector(one).title, scores: own(all.scores), training: own(all.training) }
  }

  const rows: MatrixRow[] = []
  const similarityRows: SimilarityRow[] = []
  const warnings: string[] = []
  for (const [i, { name: labelled, l2: l2Normal }] of toNormal.entries()) {
    const distances = classDistances(dataset, labelled)
    const progress = (done: number) =>
      onProgress?.({ phase: 'resampling', done: i * resamples + done, total: toNormal.length * resamples })
    progress(0)
    const statistics = await studyStatistics({
      baseline: rowOf(baseline, ofBaseline, i),
      candidate: rowOf(candidate, ofCandidate, i),
      splits: (splits[i] ?? []).map(({ split }) => split),
      classes: toNormal.map(({ name }) => ({
        name,
        l2: distances.find((one) => one.name === name)?.l2 ?? Number.NaN,
        rows: classRows(dataset, dataset.classes.indexOf(name)),
      })),
      ...{ fpr, level, resamples, seed, signal, onProgress: progress },
    })
    const { classes, xiDraws } = statistics
    const similarity = similarityOf({ classes, labelled: [labelled], draws: xiDraws, level, seed })
    const nAnomaly = splits[i]?.[0]?.split.trainAnomaly.length ?? 0
    rows.push({ labelled, l2Normal, nAnomaly, ...matrixRow(labelled, statistics, similarity) })
    similarityRows.push({ classes, xiDraws })
    warnings.push(...statistics.warnings.map((warning) => `labelled ${labelled}: ${warning}`))
  }
  const ranked = rows.toSorted((a, b) => b.overall.mean - a.overall.mean)
  return {
    dataset: dataset.name,
    simulated: dataset.simulated,
    normal,
    detectors: { baseline, candidate },
    tested: toNormal.map(({ name }) => name),
    rows,
    similarity: matrixSimilarity(similarityRows, level, seed),
    best: ranked[0]?.labelled ?? '',
    worst: ranked.at(-1)?.labelled ?? '',
    lead: leadOf(ranked),
    ...{ runs, fpr, level, resamples },
    epochs: study.epochs,
    pretrainEpochs: study.pretrainEpochs,
    split: kind,
    decoder,
    network: network.title,
    nNormal: splits[0]?.[0]?.split.trainNormal.length ?? 0,
    seed,
    distance: dataset.distance,
    device: ofCandidate.device,
    workers,
    elapsedSeconds: (performance.now() - began) / 1000,
    attribution: attributionOf(dataset),
    version,
    versions: runtimeVersions(),
    warnings,
  }
}

/** Of two trainings that differ in their labelled anomalies, whether they differ at all. */
function learnsFromAnomalies(name: string): boolean {
  return detector(name).loss.anomaly !== undefined
}

function matrixRow(
  labelled: string,
  { classes, xis, converged }: StudyStatistics,
  similarity: Similarity,
): Omit<MatrixRow, 'labelled' | 'l2Normal' | 'nAnomaly'> {
  const meansOver = (counts: (name: string) => boolean) => {
    const own = xis.filter((_, k) => counts(classes[k]?.name ?? ''))
    return converged.map((run, i) => ({
      run,
      xi: own.reduce((sum, xi) => sum + (xi[i] ?? Number.NaN), 0) / own.length,
    }))
  }
  const meanSdOf = (means: MatrixRow['means']) => meanSd(means.map(({ xi }) => xi))
  const means = meansOver(() => true)
  return {
    runs: converged.length,
    classes,
    means,
    overall: meanSdOf(means),
    unlabelled: meanSdOf(meansOver((name) => name !== labelled)),
    similarity,
    nUp: classes.filter((one) => one.direction === 'up').length,
    nDown: classes.filter((one) => one.direction === 'down').length,
  }
}

function leadOf([best, second]: readonly MatrixRow[]): AnomalyMatrix['lead'] {
  if (best === undefined || second === undefined) return null
  const differences = best.means.flatMap(({ run, xi }) => {
    const other = second.means.find((one) => one.run === run)
    return other === undefined ? [] : [xi - other.xi]
  })
  return differences.length === 0 ? null : { over: second.labelled, difference: meanSd(differences) }
}
