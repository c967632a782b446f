import { at, requireKnown } from '../check.js'
import { counted } from '../counted.js'
import { classRows, type Dataset } from '../data/core/dataset.js'
import { type AnomalyClasses, type AnomalyShare, apportion, mixtureOf } from '../data/splits/anomalyMixture.js'
import { type NormalClasses, requireAnomalous } from '../data/splits/normalClasses.js'
import { ScoringBiasError } from '../errors.js'
import { permutation } from '../random/permutation.js'

/** Rows of a data set by what they are for, each list in random order. */
export interface DividedClasses {
  readonly normal: Uint32Array
  readonly anomalous: Uint32Array
  /** Rows of the same classes that training does not see. */
  readonly heldOut: Pick<DividedClasses, 'normal' | 'anomalous'>
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
  const place = `${dataset.name}: there are ${counted(normal.length, 'sample')} of ${classes.normal.join(', ')}`
  const refused = (what: string) => new ScoringBiasError('EMPTY_SAMPLE', place + what)
  if (nTrain < fewestTrain) {
    const remedy = 'Take a larger share, or name more normal classes'
    throw refused(`, of which ${nTrain} would be trained on. At least ${fewestTrain} are needed. ${remedy}`)
  }
  if (nTrain >= normal.length) throw refused(`. To train on ${nTrain} leaves none to draw runs from. Lower nTrain`)
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
  const halves = anomalies.map((rows) => Math.floor(rows.length / 2))
  const labelled = largestShares(groups, halves, most)
  const none = labelled.indexOf(0)
  if (none >= 0) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${dataset.name}: none of the ${counted(at(anomalies, none).length, 'sample')} of ${at(groups, none).class} would be a labelled ` +
        'anomaly. One must be, and another must be held out. Leave the class out, or train on more samples',
    )
  }
  const rest = anomalies.map((rows, k) => rows.subarray(at(labelled, k)))
  const lengths = rest.map((rows) => rows.length)
  const kept = largestShares(groups, lengths, Number.POSITIVE_INFINITY)
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

/** The classes of a convergence study, each kind in the data set's order. */
export interface StudiedClasses {
  readonly normal: readonly string[]
  readonly anomaly: readonly string[]
  /** The shares of the anomalies, where they are given. */
  readonly mixture?: readonly AnomalyShare[]
}

/**
 * Classes that the data set has, named once, no class of both kinds.
 *
 * @param anomaly default: the first class that is not normal
 *
 * Errors: `UNKNOWN_CLASS`; `EMPTY_SAMPLE` where there is no class of a kind; `OUT_OF_RANGE` for a class that is named
 * twice or of both kinds; those of `mixtureOf`.
 */
export function studiedClasses(
  { name, classes }: Pick<Dataset, 'name' | 'classes'>,
  asked: { readonly normal: NormalClasses; readonly anomaly?: AnomalyClasses | undefined },
): StudiedClasses {
  const normal = classList('normal class', asked.normal, classes)
  const others = classes.filter((one) => !normal.includes(one)).slice(0, 1)
  const { anomaly: given = others } = asked
  const mixture = isMixture(given) ? mixtureOf(given, classes) : undefined
  const anomaly = classList('anomaly class', mixture?.map((one) => one.class) ?? (given as string), classes)
  for (const [kind, list] of Object.entries({ normal, anomalous: anomaly })) {
    if (list.length > 0) continue
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${name}: no class is ${kind}. Name at least one that is, but not all of ${classes.slice(0, 20).join(', ')}`,
    )
  }
  requireAnomalous(normal, anomaly)
  return { normal, anomaly, ...(mixture !== undefined && mixture.length > 1 && { mixture }) }
}

function isMixture(anomaly: AnomalyClasses): anomaly is readonly AnomalyShare[] {
  return typeof anomaly !== 'string' && typeof anomaly[0] === 'object'
}

function classList(kind: string, asked: string | readonly string[], classes: readonly string[]): string[] {
  const list = typeof asked === 'string' ? [asked] : asked
  for (const [i, name] of list.entries()) {
    requireKnown(kind, name, classes, 'UNKNOWN_CLASS')
    if (list.indexOf(name) < i)
      throw new ScoringBiasError('OUT_OF_RANGE', `${kind} '${name}' is named twice. Name it once`)
  }
  return classes.filter((name) => list.includes(name))
}
