// What is said of studies: data, detectors, networks.
import { counted, formatCount } from '../../counted.js'
import type { StandardisedOver } from '../../data/splits/standardisedOver.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { BestEpochs } from '../../study/core/bestEpochs.js'
import type { StudyData, StudyResult, StudySettings, StudyTraining } from '../../study/core/types.js'
import type { Role } from '../theme.js'
import { enumerate } from '../words.js'

/** Of the baseline and of the candidate. */
export function titlesOf({ baseline, candidate }: Readonly<Record<Role, string>>): [string, string] {
  return [detectorTitle(baseline), detectorTitle(candidate)]
}

/** `Deep SAD against Deep SVDD on statlog` */
export function comparedTitle(result: Pick<StudyResult, 'dataset' | 'simulated' | 'detectors'>): string {
  const [baseline, candidate] = titlesOf(result.detectors)
  return `${candidate} against ${baseline} on ${datasetTitle(result)}`
}

/** `statlog`, `spectrum (simulated)`: never the one without the other. */
export function datasetTitle({ dataset, simulated }: Pick<StudyResult, 'dataset' | 'simulated'>): string {
  return simulated ? `${dataset} (simulated)` : dataset
}

/** How distances between classes are measured. */
export function distanceWords({ distance }: Pick<StudyResult, 'distance'>): string {
  return distance === 'euclidean' ? 'Euclidean distances' : 'mean squared differences'
}

/** Between what distances are measured: features that every run standardises for itself have no one scale. */
export function meansWords({ standardisedOver }: Pick<StudyResult, 'standardisedOver'>): string {
  const scale = standardisedOver === 'training-normals' ? 'standardised over the normal class' : 'as trained on'
  return `between class means of the features ${scale}`
}

const standardisedWords: Readonly<Record<StandardisedOver, string>> = {
  'training-normals': 'standardised over the normal samples trained on',
  'all-samples': 'standardised over all samples, tested ones included, as in the paper',
}

/** How features are standardised, as a sentence that begins with `Features` goes on. Samples held out for the validation loss have a say. */
export function featureWords(over: StandardisedOver | null, nHeldOut = 0): string {
  if (over === null) return 'taken as they are, not standardised'
  return `${standardisedWords[over]}${over === 'training-normals' ? heldOutToo(nHeldOut) : ''}`
}

function heldOutToo(nHeldOut: number): string {
  return nHeldOut === 0 ? '' : ' and those held out for the validation loss'
}

/** `1,206 to train on`, `965 to train on, 241 held out for the validation loss` */
export function trainedWords({ nNormal, nHeldOut }: Pick<StudyTraining, 'nNormal' | 'nHeldOut'>): string {
  const heldOut = nHeldOut === undefined ? '' : `, ${formatCount(nHeldOut)} held out for the validation loss`
  return `${formatCount(nNormal)} to train on${heldOut}`
}

/** After which epochs the validation losses of some runs were lowest, and which epochs their weights are of, as a sentence; none without such a loss. */
export function stoppingLines(
  detectors: StudyResult['detectors'],
  { patience }: Pick<StudySettings, 'patience'>,
  epochs: readonly (BestEpochs | undefined)[],
): string[] {
  const known = epochs.filter((one) => one !== undefined)
  if (known.length === 0) return []
  const [baseline, candidate] = titlesOf(detectors)
  const ofBaseline = known.flatMap((one) => one.baseline)
  const ofCandidate = known.flatMap((one) => one.candidate)
  const told = `${baseline} ${epochWords(ofBaseline)}, ${candidate} ${epochWords(ofCandidate)}`
  return [
    `Lowest validation loss: ${told}; the weights are those of ${keptWords([...ofBaseline, ...ofCandidate], patience)}.`,
  ]
}

/** `after epoch 3`, `after epochs 3 to 17 (never finite in 1 of 5 trainings)`, `never finite` */
function epochWords(epochs: readonly (number | null)[]): string {
  const finite = epochs.filter((epoch) => epoch !== null)
  if (finite.length === 0) return 'never finite'
  const [least, most] = [Math.min(...finite), Math.max(...finite)]
  const none = epochs.length - finite.length
  const without = none === 0 ? '' : ` (never finite in ${none} of ${counted(epochs.length, 'training')})`
  return `after ${least === most ? `epoch ${least}` : `epochs ${least} to ${most}`}${without}`
}

/** Which epoch the weights of trainings are of, whose validation losses were lowest after such epochs. */
function keptWords(epochs: readonly (number | null)[], patience: number | undefined): string {
  if (patience === undefined || epochs.every((epoch) => epoch === null)) return 'the last epoch'
  const without = epochs.includes(null) ? ', or of the last one where no loss was finite' : ''
  return `that epoch (patience ${patience})${without}`
}

/** What became of features that are no plain numbers, as sentences; none where all are. */
export function preparedLines({ oneHot = [], impute }: Pick<StudyData, 'oneHot' | 'impute'>, nHeldOut = 0): string[] {
  return [
    ...(oneHot.length === 0 ? [] : [`Each category of ${enumerate(oneHot)} is a feature.`]),
    ...(impute === undefined
      ? []
      : [`The ${impute} over the normal samples trained on${heldOutToo(nHeldOut)} stands for a missing feature.`]),
  ]
}

/** Which network the samples' shape decided, as a sentence; none where it was named, or is the data set's. */
export function networkLines(network: string, reason: string | undefined): string[] {
  return reason === undefined ? [] : [`The network is ${network}, because ${reason}.`]
}

/** Whether a single run counts: it says nothing of the spread over runs, which has no place then. */
export function isOneRun({ training }: Pick<StudyResult, 'training'>): boolean {
  return training.converged.length === 1
}

/** `5 runs`, or `4 of 5 runs` where one diverged. */
export function countedRuns({ runs, training }: StudyResult): string {
  const converged = training.converged.length
  return `${converged === runs ? '' : `${formatCount(converged)} of `}${counted(runs, 'run')}`
}
