import { at, type Check, invariant, list, record, requireFinite, text, wrongType } from '../../check.js'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import { drawRows } from '../core/dataset.js'

/** A class and its share of the labelled anomalies. */
export interface AnomalyShare {
  readonly class: string
  /** In (0, 1]; the weights of a mixture sum to 1. */
  readonly weight: number
}

/** The class of the labelled anomalies, or several with their shares. */
export type Anomalies = string | readonly AnomalyShare[]

/** As {@link Anomalies}, or several classes whose samples are drawn from as one. */
export type AnomalyClasses = Anomalies | readonly string[]

export const anomaliesCheck: Check = (name, value) => {
  if (typeof value !== 'string') list(shareCheck)(name, value)
}

export const anomalyClassesCheck: Check = (name, value) => {
  if (typeof value === 'string') return
  if (!Array.isArray(value)) throw wrongType(name, 'a class or a list of classes', value)
  list((one, element) => typeof element === 'string' || shareCheck(one, element))(name, value)
}

function shareCheck(name: string, value: unknown): void {
  record(name, value)
  text(`${name}.class`, (value as Partial<AnomalyShare>).class)
}

/** How far from 1 the sum of weights may be: what rounding leaves of decimal fractions. */
const tolerance = 1e-9

/**
 * The shares of labelled anomalies in the order of the data set's classes.
 * Errors: `WRONG_TYPE`; `OUT_OF_RANGE` for a weight outside (0, 1], weights that do not sum to 1, a class named twice.
 */
export function mixtureOf(anomalies: Anomalies, classes: readonly string[]): AnomalyShare[] {
  if (typeof anomalies === 'string') return [{ class: anomalies, weight: 1 }]
  for (const [i, { class: name, weight }] of anomalies.entries()) {
    requireFinite(`the weight of anomaly class '${name}'`, weight)
    if (!(weight > 0 && weight <= 1)) {
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `the weight of anomaly class '${name}' must lie in (0, 1], got ${weight}`,
      )
    }
    if (anomalies.findIndex((one) => one.class === name) < i) {
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `anomaly class '${name}' is named twice. Name it once, with the sum of its weights`,
      )
    }
  }
  const sum = anomalies.reduce((total, { weight }) => total + weight, 0)
  if (!(Math.abs(sum - 1) <= tolerance)) {
    const weights = anomalies.map(({ weight }) => weight).join(' + ')
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `the weights of the anomaly classes must sum to 1, got ${anomalies.length < 2 ? weights || 'none' : `${weights} = ${sum}`}`,
    )
  }
  return [...anomalies].sort((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class))
}

/** `shirt`, or `shirt=0.9,sneaker=0.1`. */
export function mixtureText(mixture: readonly AnomalyShare[]): string {
  const [only, ...others] = mixture
  if (only !== undefined && others.length === 0) return only.class
  return mixture.map(({ class: name, weight }) => `${name}=${weight}`).join()
}

/**
 * n parts by weights that sum to 1, by largest remainder (Hamilton's method): ⌊n·w⌋ each, the rest to the largest
 * fractions, those first in order where they are equal.
 */
export function apportion(n: number, weights: readonly number[]): number[] {
  const counts = weights.map((weight) => Math.floor(n * weight))
  const left = n - counts.reduce((sum, count) => sum + count, 0)
  // To nine digits: 0.29 · 100 is 28.999999999999996 to a computer, and must not lose to an honest 0.9999999.
  const fractions = weights.map((weight, i) => Math.round((n * weight - at(counts, i)) * 1e9))
  const order = [...fractions.keys()].sort((a, b) => at(fractions, b) - at(fractions, a))
  for (const i of order.slice(0, left)) counts[i] = at(counts, i) + 1
  return counts
}

/** From which rows labelled anomalies are drawn. */
interface MixtureDraw {
  /** Rows of a class that may be trained on. */
  readonly rowsOf: (name: string) => Uint32Array
  /** How many of a class's rows may be; the others are for testing. */
  readonly mostOf: (name: string) => number
  readonly seed: number
  /** Philox stream of the first class; that of the k-th other one is 256·k further on. */
  readonly stream: number
  /** The run. */
  readonly replicate: number
}

/**
 * n labelled anomalies, apportioned among the classes of a mixture and drawn without replacement, rows in increasing
 * order. Errors: `EMPTY_SAMPLE` for a class that has too few samples, or gets none.
 */
export function drawMixture(mixture: readonly AnomalyShare[], n: number, draw: MixtureDraw): Uint32Array {
  const weights = mixture.map(({ weight }) => weight)
  const counts = apportion(n, weights)
  const drawn = mixture.flatMap(({ class: name, weight }, k) => {
    const rows = draw.rowsOf(name)
    const count = at(counts, k)
    if (count > draw.mostOf(name)) {
      const left = rows.length - count
      const what = left < 0 ? 'That is too few' : `That leaves ${left === 0 ? 'none' : 'too few'} to test`
      throw new ScoringBiasError(
        'EMPTY_SAMPLE',
        `anomaly class '${name}' has ${counted(rows.length, 'sample')}, and training takes ${count}. ${what}. Label another class, or ` +
          'mix it with others',
      )
    }
    if (count === 0 && mixture.length > 1) {
      throw new ScoringBiasError(
        'EMPTY_SAMPLE',
        `with weight ${weight}, anomaly class '${name}' gets none of ${n} labelled anomalies. Leave it out, or raise its weight`,
      )
    }
    const { seed, stream, replicate } = draw
    return [...drawRows(rows, count, { seed, stream: stream + 256 * k, replicate })]
  })
  return Uint32Array.from(drawn).sort()
}

/** The weighted mean of something of each class. */
export function mixtureMean(mixture: readonly AnomalyShare[], meanOf: (name: string) => Float64Array): Float64Array {
  const [first, ...others] = mixture.map(({ class: name, weight }) => meanOf(name).map((x) => weight * x))
  invariant(first, 'a mixture has a class')
  return first.map((x, j) => others.reduce((sum, other) => sum + at(other, j), x))
}
