import { integer, type OptionChecks, record, required, requireKnown, requireOptions, text } from '../../check.js'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import { classRows, drawRows, requireLabels } from '../core/dataset.js'
import type { LabelledTable } from '../tables/labelledTable.js'
import {
  type AnomalyClasses,
  type AnomalyShare,
  anomalyClassesCheck,
  drawMixture,
  mixtureOf,
} from './anomalyMixture.js'
import { requireClasses, type Split, trainingSplit } from './splits.js'

/** Options of {@link heldOutSplit}. */
export interface HeldOutOptions {
  readonly normal: string
  /**
   * The class that the labelled anomalies are drawn from; several, all their samples drawn from as one, or each with its
   * share; none, an empty list, for a detector that learns from normal samples only.
   */
  readonly anomaly: AnomalyClasses
  readonly seed: number
  /** Runs differ in the labelled anomalies that they draw, not in the normal samples. Default 0. */
  readonly run?: number | undefined
}

const checks: OptionChecks<HeldOutOptions> = {
  normal: required(text),
  anomaly: required(anomalyClassesCheck),
  seed: required(integer(0)),
  run: integer(0, 0xffff_ffff),
}

/** Philox streams of the two draws; a stream is used for nothing else. */
const streams = { normal: 0x484f4c30, anomaly: 0x484f4c31 } as const

/** As few normal samples as make one labelled anomaly: a tenth of four fifths of them. */
const fewestNormal = 13
/** One to train on and one to test. */
export const fewestAnomalies = 2

/**
 * Splits a table so that nothing that is evaluated was trained on: ⌊4n/5⌋ of the n normal samples are for training, the
 * others set the threshold. Labelled anomalies are a tenth of the normal samples trained on, at most four fifths of
 * those there are; the rest, and every other class whole, measure recall. Of a mixture each class gives its share, by
 * largest remainder; one of which that is more than four fifths is refused.
 *
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `EMPTY_SAMPLE` where a class is too small to train on and to test,
 * `OUT_OF_RANGE`, also those of `mixtureOf`.
 */
export function heldOutSplit(
  table: Pick<LabelledTable, 'name' | 'classes' | 'labels'>,
  options: HeldOutOptions,
): Split {
  const { normal, anomaly, seed, run = 0 } = requireOptions('heldOutSplit', options, checks)
  record('table', table)
  text('name', table.name)
  requireLabels(table)
  const mixture = isMixture(anomaly) ? mixtureOf(anomaly, table.classes) : undefined
  const anomalies = mixture?.map((one) => one.class) ?? ownOrder([anomaly as string | readonly string[]].flat(), table)
  requireSamples(table, normal, anomalies)
  const rowsOf = (name: string) => classRows(table, table.classes.indexOf(name))
  const normals = drawRows(rowsOf(normal), rowsOf(normal).length, { seed, stream: streams.normal })
  const nNormal = fourFifths(normals.length)
  const nAnomalies = Math.floor(nNormal / 10)
  const draw = { seed, stream: streams.anomaly, replicate: run }
  const drawTogether = (rows: Uint32Array) => drawRows(rows, Math.min(nAnomalies, fourFifths(rows.length)), draw).sort()
  return trainingSplit(table, {
    normal,
    trainNormal: normals.slice(0, nNormal).sort(),
    trainAnomaly:
      mixture === undefined || mixture.length === 1
        ? drawTogether(Uint32Array.from(anomalies.flatMap((name) => [...rowsOf(name)])))
        : drawMixture(mixture, nAnomalies, {
            rowsOf,
            mostOf: (name) => fourFifths(rowsOf(name).length),
            ...draw,
          }),
    validation: normals.slice(nNormal).sort(),
  })
}

/** Names of classes in the table's order, so that no draw depends on the order in which they are asked for. Errors: `OUT_OF_RANGE`. */
export function ownOrder(names: readonly string[], { classes }: Pick<LabelledTable, 'classes'>): string[] {
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    throw new ScoringBiasError('OUT_OF_RANGE', `anomaly class '${twice}' is named twice. Name it once`)
  return names.toSorted((a, b) => classes.indexOf(a) - classes.indexOf(b))
}

/** Requires classes that the table has, with samples enough to train on and to test. */
function requireSamples(
  table: Pick<LabelledTable, 'name' | 'classes' | 'labels'>,
  normal: string,
  anomalies: readonly string[],
): void {
  requireKnown('normal class', normal, table.classes, 'UNKNOWN_CLASS')
  for (const name of anomalies) requireClasses(table, normal, name)
  for (const name of [normal, ...anomalies]) {
    const n = classRows(table, table.classes.indexOf(name)).length
    const [kind, fewest] = name === normal ? ['normal', fewestNormal] : ['anomaly', fewestAnomalies]
    if (n >= fewest) continue
    const what = `${kind} class '${name}' has ${counted(n, 'sample')}`
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${table.name}: ${what}. At least ${fewest} are needed, to train and to test. Use more samples, or another class`,
    )
  }
}

function isMixture(anomaly: AnomalyClasses): anomaly is readonly AnomalyShare[] {
  return typeof anomaly !== 'string' && typeof anomaly[0] === 'object'
}

/** Of how many normal samples the fifth that sets the threshold is n. */
export function wholeOfFifth(n: number): number {
  return 5 * n - 4
}

/** Whether that many samples of a split are the four fifths and the fifth. */
export function isFifth({ trainNormal, validation }: Pick<Split, 'trainNormal' | 'validation'>): boolean {
  return trainNormal.length === fourFifths(trainNormal.length + validation.length)
}

function fourFifths(n: number): number {
  return Math.floor((4 * n) / 5)
}
