import type { StandardisedOver } from '../data/splits/standardisedOver.js'
import { detectorTitle } from '../detectors/detectors.js'
import type { Direction, StudyData, StudyResult } from '../study/core/types.js'
import { formatCount, formatCounted } from './format.js'
import type { Role } from './theme.js'

export const arrows: Readonly<Record<Direction, string>> = { up: '↑', down: '↓', none: '·' }

/** What arrows are read out as. */
export const directionWords: Readonly<Record<Direction, string>> = { up: 'up', down: 'down', none: 'undecided' }

/** The paper, as pages cite it. */
export const paperWords =
  'Ziyu Ye, Yuxin Chen and Haitao Zheng, “Understanding the Effect of Bias in Deep Anomaly Detection”, IJCAI 2021'

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

/** How features are standardised, as a sentence that begins with `Features` goes on. */
export function featureWords(over: StandardisedOver | null): string {
  return over === null ? 'taken as they are, not standardised' : standardisedWords[over]
}

/** What became of features that are no plain numbers, as sentences; none where all are. */
export function preparedLines({ oneHot = [], impute }: Pick<StudyData, 'oneHot' | 'impute'>): string[] {
  return [
    ...(oneHot.length === 0 ? [] : [`Each category of ${enumerate(oneHot)} is a feature.`]),
    ...(impute === undefined ? [] : [`The ${impute} over the normal samples trained on stands for a missing feature.`]),
  ]
}

/** Which network the samples' shape decided, as a sentence; none where it was named, or is the data set's. */
export function networkLines(network: string, reason: string | undefined): string[] {
  return reason === undefined ? [] : [`The network is ${network}, because ${reason}.`]
}

/** `5 runs`, or `4 of 5 runs` where one diverged. */
export function countedRuns({ runs, training }: StudyResult): string {
  const counted = training.converged.length
  return `${counted === runs ? '' : `${formatCount(counted)} of `}${formatCounted(runs, 'run')}`
}

type Versions = Pick<StudyResult, 'version' | 'versions'>

/** What computed a result: `scoring-bias 0.1.0`, `node 20.19.0`. */
export function versionList({ version, versions }: Versions): string[] {
  return [`scoring-bias ${version}`, ...Object.entries(versions).map((entry) => entry.join(' '))]
}

/** `scoring-bias 0.1.0, node 20.19.0` */
export function versionWords(result: Versions): string {
  return versionList(result).join(', ')
}

/** Whose data; no line where that is unknown. */
export function dataLines({ attribution }: Pick<StudyResult, 'attribution'>): string[] {
  return attribution === '' ? [] : [`Data: ${attribution}.`]
}

/** A warning as a sentence. */
export function warningSentence(warning: string): string {
  return warning.replace(/\.?$/, '.')
}

/** Warnings for people at a terminal, a line each. */
export function warningLines(warnings: readonly string[]): string[] {
  return warnings.map((warning) => `Warning: ${warningSentence(warning)}`)
}

/** Letters of names in a sentence; longer lists are hard to read. */
const mostLetters = 180

/** `a, b and 7 others`: at most so many are named, of long names fewer. One that is left over is named, not counted. */
export function enumerateSome(items: readonly string[], most: number): string {
  let letters = 0
  const fitting = items.findIndex((item) => {
    letters += item.length
    return letters > mostLetters
  })
  const readable = Math.max(1, fitting < 0 ? items.length : fitting)
  const shown = Math.min(readable, items.length <= most + 1 ? items.length : most)
  const rest = items.length - shown
  return rest === 0
    ? enumerate(items)
    : enumerate([...items.slice(0, shown), rest === 1 ? '1 other' : `${rest} others`])
}

/** What is said of sets of anomalies whose interval includes 0. */
export function noDifference(
  names: readonly string[],
  { most, interval }: { readonly most: number; readonly interval: string },
): string {
  return `No difference is shown on ${enumerateSome(names, most)}: the ${interval} ${names.length > 1 ? 'intervals include' : 'interval includes'} 0.`
}

/** `a`, `a and b`, `a, b and c` */
export function enumerate(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
