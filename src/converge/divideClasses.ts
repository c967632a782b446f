import { at } from '../check.js'
import { classRows, type Dataset } from '../data/core/dataset.js'
import { type AnomalyShare, apportion } from '../data/splits/anomalyMixture.js'
import { ScoringBiasError } from '../errors.js'
import { permutation } from '../random/permutation.js'
import type { StudiedClasses } from './studiedClasses.js'

/** Rows of a data set by what they are for, each list in random order. */
export interface DividedClasses {
  readonly normal: Uint32Array
  readonly anomalous: Uint32Array
  /** Rows of the same classes that training does not see. */
  readonly heldOut: { readonly normal: Uint32Array; readonly anomalous: Uint32Array }
}

export interface DivideOptions {
  readonly classes: StudiedClasses
  /** Normal samples to train on. */
  readonly nTrain?: number | undefined
  /** How many are trained on where nobody says, if that is no more than half of them; default: half. */
  readonly publishedTrain?: number | undefined
  readonly seed: number
}

/** Philox streams of the two draws; a stream is used for nothing else. */
const streams = { normal: 0x43565402, anomalous: 0x43565403 } as const

/** As few normal samples as make one labelled anomaly. */
const fewestTrain = 10

/**
 * Divides the samples of the classes into those to train on and those that runs are drawn from.
 *
 * Labelled anomalies are a tenth of the normal samples trained on, as everywhere in the paper, but at most half of those
 * there are. Where the anomalies are a mixture, every class gives its share of the labelled ones, by largest remainder,
 * and of the others as many are held out as keep the shares.
 *
 * Errors: `EMPTY_SAMPLE` where a part would be empty, with the numbers.
 */
export function divideClasses(
  dataset: Pick<Dataset, 'name' | 'classes' | 'labels'>,
  { classes, nTrain: asked, publishedTrain, seed }: DivideOptions,
): DividedClasses {
  const normal = shuffled(rowsOf(dataset, classes.normal), streams.normal, 0, seed)
  const half = Math.floor(normal.length / 2)
  const nTrain = asked ?? Math.min(publishedTrain ?? half, half)
  const place = `${dataset.name}: ${normal.length} samples of ${classes.normal.join(', ')}`
  if (nTrain < fewestTrain)
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${place}, ${nTrain} of them to train on; at least ${fewestTrain} are needed: take a larger share, or name more classes`,
    )
  if (nTrain >= normal.length) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${place}; ${nTrain} to train on leave none to draw runs from: lower nTrain`,
    )
  }
  const anomalies = divideAnomalies(dataset, classes, Math.floor(nTrain / 10), seed)
  return {
    normal: normal.subarray(0, nTrain),
    anomalous: anomalies.labelled,
    heldOut: { normal: normal.subarray(nTrain), anomalous: anomalies.heldOut },
  }
}

/** At most `most` labelled anomalies, and those to draw runs from. */
function divideAnomalies(
  dataset: Pick<Dataset, 'name' | 'classes' | 'labels'>,
  classes: StudiedClasses,
  most: number,
  seed: number,
): { labelled: Uint32Array; heldOut: Uint32Array } {
  const groups = classes.mixture ?? [{ class: classes.anomaly.join(', '), weight: 1 }]
  const anomalies = groups.map(({ class: name }, k) =>
    shuffled(rowsOf(dataset, classes.mixture === undefined ? classes.anomaly : [name]), streams.anomalous, k, seed),
  )
  const labelled = largestShares(
    groups,
    anomalies.map((rows) => Math.floor(rows.length / 2)),
    most,
  )
  const none = labelled.indexOf(0)
  if (none >= 0) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${dataset.name}: none of the ${at(anomalies, none).length} samples of ${at(groups, none).class} would be a labelled anomaly; ` +
        'at least one must be and another be held out: leave the class out, or train on more',
    )
  }
  const rest = anomalies.map((rows, k) => rows.subarray(at(labelled, k)))
  const kept = largestShares(
    groups,
    rest.map((rows) => rows.length),
    Number.POSITIVE_INFINITY,
  )
  const taken = (parts: readonly Uint32Array[], counts: readonly number[]): Uint32Array =>
    Uint32Array.from(parts.flatMap((rows, k) => [...rows.subarray(0, at(counts, k))]))
  return { labelled: taken(anomalies, labelled), heldOut: taken(rest, kept) }
}

function rowsOf(dataset: Pick<Dataset, 'classes' | 'labels'>, names: readonly string[]): Uint32Array {
  return Uint32Array.from(names.flatMap((name) => [...classRows(dataset, dataset.classes.indexOf(name))]))
}

/** How many of each class make the most samples, at most `most`, in the shares of a mixture. */
function largestShares(mixture: readonly AnomalyShare[], available: readonly number[], most: number): number[] {
  const weights = mixture.map(({ weight }) => weight)
  // One more than the weights allow: shares are rounded, sometimes down where samples are fewest.
  const bounds = weights.map((weight, k) => Math.floor(at(available, k) / weight) + 1)
  for (let n = Math.min(most, ...bounds); n > 0; n--) {
    const counts = apportion(n, weights)
    if (counts.every((count, k) => count <= at(available, k))) return counts
  }
  return weights.map(() => 0)
}

function shuffled(rows: Uint32Array, stream: number, replicate: number, seed: number): Uint32Array {
  return permutation(rows.length, { seed, stream, replicate }).map((place) => at(rows, place))
}
