import { at, entryOf } from '../check.js'
import { type ColumnScale, constantWarnings, runScales, unseenWarnings } from '../data/core/columnScale.js'
import { classRows, type Dataset, sampleSize } from '../data/core/dataset.js'
import { type Anomalies, type AnomalyShare, mixtureText } from '../data/splits/anomalyMixture.js'
import { heldOutSplit } from '../data/splits/heldOutSplit.js'
import { requireAnomalous } from '../data/splits/normalClasses.js'
import { type SplitKind, seenWarnings } from '../data/splits/splitKind.js'
import { makeSplit, requireMixture } from '../data/splits/splits.js'
import type { StandardisedOver } from '../data/splits/standardisedOver.js'
import { trainedAmong } from '../detectors/validationLoss.js'
import { scaledNormals, shareWarnings } from '../detectors/validationWarnings.js'
import type { OnProgress } from '../progress.js'
import { alikeWarnings } from '../scores/alikeNames.js'
import { featureNamesOf, networkOf, scaledAs, standardisationOf, studyDataset } from './pairOptions.js'
import type { CheckedStudy } from './studyOptions.js'
import type { TestedClass } from './studyStatistics.js'
import type { Scenario, TrainScenariosOptions } from './trainer/trainScenarios.js'

/** A study's runs with one choice of labelled anomalies. */
export interface PlannedScenario {
  /** The classes of the labelled anomalies with their shares. */
  readonly mixture: readonly AnomalyShare[]
  /** The class, or the mixture in words. */
  readonly anomaly: string
  readonly runs: Scenario
}

/** What a study trains on, and what. */
export interface StudyPlan {
  /** As `scaledAs` has it; where every run prepares the features for itself, `training.dataset` has the raw ones. */
  readonly dataset: Dataset
  /** The normal class; of several their union. */
  readonly normal: string
  readonly split: SplitKind
  readonly standardisedOver: StandardisedOver | null
  /** How the features are prepared for a run that trains on these normal samples; undefined where they are the same for all. */
  readonly scaleOf: (trainNormal: Uint32Array) => ColumnScale | undefined
  readonly training: TrainScenariosOptions
  /** The runs with some labelled anomalies. Errors: those of `makeSplit` and `heldOutSplit`. */
  readonly scenario: (anomaly: Anomalies) => PlannedScenario
}

/** Loads the data of a study and decides what it trains. Errors: those of the data set, and of `networkOf`. */
export async function planStudy(study: CheckedStudy): Promise<StudyPlan> {
  const loaded = await studyDataset(study)
  const { normal } = loaded.defaults
  const split = study.split ?? (typeof study.dataset === 'string' ? 'published' : 'held-out')
  const over = standardisationOf(study, loaded, split)
  const dataset = scaledAs(over, loaded)
  const { raw = dataset.features, gaps } = dataset
  const { settings, seed, trainer, device, workers, signal, onProgress } = study
  const whose = scaledNormals(settings)
  const isOfRun = over === 'training-normals' || gaps !== undefined
  const scaleOf = isOfRun
    ? runScales(raw, sampleSize(dataset), { gaps, standardised: over !== null, whose })
    : () => undefined
  return {
    dataset,
    normal,
    split,
    standardisedOver: over,
    scaleOf,
    training: {
      dataset: isOfRun ? { ...dataset, features: raw } : dataset,
      ...networkOf(study, dataset),
      ...{ settings, seed, trainer, device, workers, signal, onProgress },
      origin: { split, normal },
    },
    scenario: (anomaly) => {
      requireAnomalous(study.normal, anomaly)
      const mixture = requireMixture(dataset, normal, anomaly)
      const splitOf = (run: number) =>
        split === 'published'
          ? makeSplit(dataset, { normal, anomaly, run, seed })
          : heldOutSplit(dataset, { normal, anomaly: mixture, run, seed })
      const name = mixtureText(mixture)
      const runs = Array.from({ length: study.runs }, (_, run) => {
        const own = splitOf(run)
        return { run, split: own, anomaly: name, scale: scaleOf(own.trainNormal) }
      })
      return { mixture, anomaly: name, runs }
    },
  }
}

/** Warnings of classes of a table that are told apart by case or space alone, of normal samples held out until hardly any is left, of features that runs do not scale, and of a table whose threshold is set on samples trained on: what the paper does with its data sets is said elsewhere. */
export function planWarnings(
  study: Pick<CheckedStudy, 'dataset' | 'normal' | 'settings' | 'seed'>,
  { dataset }: Pick<StudyPlan, 'dataset'>,
  runs: Scenario,
): string[] {
  const scales = runs.flatMap(({ scale }) => scale ?? [])
  const warningsOf = (lists: readonly (readonly number[])[], warn: typeof constantWarnings) => {
    const columns = [...new Set(lists.flat())].sort((a, b) => a - b)
    const whose = lists.every(({ length }) => length === columns.length) ? 'trained on' : 'that some runs train on'
    return warn(columns, featureNamesOf(study, dataset), `all normal samples ${whose}`)
  }
  const { run, split } = at(runs, 0)
  const { validation, trainNormal: normal } = split
  const trainedOn = trainedAmong(validation, { run, normal }, study.settings, study.seed)
  return [
    ...(typeof study.dataset === 'string' ? [] : alikeWarnings(study.dataset.classes, [study.normal ?? []].flat())),
    ...shareWarnings(normal.length, study.settings),
    ...(typeof study.dataset === 'string' ? [] : seenWarnings({ n: validation.length, trainedOn })),
    ...warningsOf(
      scales.map(({ constant }) => constant),
      constantWarnings,
    ),
    ...warningsOf(
      scales.map(({ unseen = [] }) => unseen),
      unseenWarnings,
    ),
  ]
}

/** Classes of a data set as they are tested. `l2Of` has their distances to the labelled anomalies. */
export function testedClasses(
  dataset: Dataset,
  names: readonly string[],
  l2Of: ReadonlyMap<string, number>,
): TestedClass[] {
  return names.map((name) => ({
    name,
    l2: entryOf(l2Of, name),
    rows: classRows(dataset, dataset.classes.indexOf(name)),
  }))
}

/** Tells of the resamples of some studies, one after the other, as of one count. */
export function resamplingProgress(
  onProgress: OnProgress | undefined,
  { resamples, nStudies }: { readonly resamples: number; readonly nStudies: number },
): (iStudy: number) => (done: number) => void {
  return (iStudy) => {
    const progress = (done: number) =>
      onProgress?.({ phase: 'resampling', done: iStudy * resamples + done, total: nStudies * resamples })
    progress(0)
    return progress
  }
}
