import { defaultDelta } from '../../biasDefaults.js'
import { at } from '../../check.js'
import type { Comparison, ScoreData } from '../../compare/types.js'
import { ScoringBiasError } from '../../errors.js'
import type { ScoreArray } from '../../native.js'
import { sort } from '../../stats/ranks/sort.js'
import { countAboveSorted } from '../../stats/ranks/sortedScores.js'
import { type ThresholdsOptions, thresholds } from '../../stats/ranks/threshold.js'
import { fewestCertified, type ThresholdRule } from '../../stats/ranks/thresholdRule.js'
import { commonOrder } from './sortedClasses.js'

/** What a detector does at each target false-positive rate of a grid. */
export interface DetectorPoints {
  readonly name: string
  /** τ, [targets]. */
  readonly thresholds: Float64Array
  /** Validation normals above τ, [targets]. */
  readonly falseAlarms: Uint32Array
  /** Anomalous samples above τ, [sets][targets]. */
  readonly detected: readonly Uint32Array[]
  /** Recall at each target of the curve, [sets][targets]. */
  readonly recalls: readonly Float64Array[]
  /** Ascending: the normal samples, and the anomalous ones of each set. */
  readonly sorted: { readonly normal: ScoreArray; readonly sets: readonly ScoreArray[] }
}

/** What the detectors of a comparison do at each target false-positive rate that its report can be asked for. */
export interface OperatingPoints {
  /** Increasing. */
  readonly fprs: readonly number[]
  /** Where in `fprs` the comparison's own target is. */
  readonly iTarget: number
  readonly nNormal: number
  /** Targets that ξ is drawn over, increasing. */
  readonly curveFprs: readonly number[]
  /** All anomalous samples first, then each class by its mean ξ, the largest first. */
  readonly sets: readonly { readonly name: string; readonly n: number }[]
  /** The baseline first, then the candidates. */
  readonly detectors: readonly DetectorPoints[]
}

/** Counts to keep at most: the page holds about two bytes for each. */
const maxCounts = 400_000
/** Targets up to the comparison's own where even these are too many counts. */
const fewestSteps = 5

interface PointsOptions {
  /** Candidates to take, the first ones. */
  readonly nCandidates: number
  /** Targets to draw ξ over, increasing; those that the normals cannot certify are left out. */
  readonly curveFprs: readonly number[]
}

/**
 * Thresholds, false alarms and detections of the baseline and the first so many candidates at a grid of targets, exactly as
 * {@link relativeBias} finds them at any one. Time: a few sorts of each detector's scores.
 *
 * Errors: `UNKNOWN_NAME` or `LENGTH_MISMATCH` where the data are not those of the comparison.
 */
export async function operatingPoints(
  comparison: Comparison,
  data: ScoreData,
  { nCandidates, curveFprs }: PointsOptions,
): Promise<OperatingPoints> {
  const { baseline, candidates, thresholdRule, delta = defaultDelta } = comparison
  const compared = [baseline, ...candidates.slice(0, nCandidates).map(({ candidate }) => candidate)].map(
    ({ name, threshold }) => ({ name, threshold, ...scoresOf(data, name) }),
  )
  const { normal, anomalous } = at(compared, 0)
  const classes = rowsByClass(data.classes, commonOrder(comparison))
  const columns = compared.length * (classes.length + 2)
  const stepsToTarget = [100, 50, 25].find((steps) => 4 * steps * columns <= maxCounts) ?? fewestSteps
  const grid = { definition: thresholdRule, delta, nNormal: normal.length, stepsToTarget }
  const fprs = targetGrid(comparison.fpr, grid)
  const iTarget = fprs.indexOf(comparison.fpr)
  const drawn = possibleTargets(curveFprs, grid)
  const rule = { thresholdRule, ...(thresholdRule === 'certified' ? { delta } : {}) }
  const detectors: DetectorPoints[] = []
  // One after the other: each sort uses all cores already, and memory stays that of one detector's work.
  for (const { name, threshold, ...scores } of compared) {
    const points = await detectorPoints(name, scores, { classes, fprs, drawn, rule })
    const found = at(points.thresholds, iTarget)
    if (found !== threshold) throw otherData(name, threshold, found)
    detectors.push(points)
  }
  const sets = [
    { name: 'all anomalies', n: anomalous.length },
    ...classes.map(({ name, rows }) => ({ name, n: rows.length })),
  ]
  return { fprs, iTarget, nNormal: normal.length, curveFprs: drawn, sets, detectors }
}

interface PointsWork {
  readonly classes: readonly ClassRows[]
  readonly fprs: readonly number[]
  readonly drawn: readonly number[]
  readonly rule: Omit<ThresholdsOptions, 'fprs'>
}

async function detectorPoints(
  name: string,
  scores: PairScores,
  { classes, fprs, drawn, rule }: PointsWork,
): Promise<DetectorPoints> {
  const normal = await sort(scores.normal)
  const sets = [await sort(scores.anomalous)]
  for (const { rows } of classes) sets.push(await sort(pick(scores.anomalous, rows)))
  const tausAt = async (targets: readonly number[]) =>
    Float64Array.from(await thresholds(normal, { fprs: targets, ...rule }), ({ threshold }) => threshold)
  const [taus, curveTaus] = [await tausAt(fprs), drawn.length === 0 ? new Float64Array() : await tausAt(drawn)]
  return {
    ...{ name, thresholds: taus, falseAlarms: countsAbove(normal, taus) },
    detected: sets.map((sorted) => countsAbove(sorted, taus)),
    recalls: sets.map((sorted) => Float64Array.from(countsAbove(sorted, curveTaus), (n) => n / sorted.length)),
    sorted: { normal, sets },
  }
}

function countsAbove(sorted: ScoreArray, taus: Float64Array): Uint32Array {
  return Uint32Array.from(taus, (tau) => countAboveSorted(sorted, tau))
}

interface ClassRows {
  readonly name: string
  readonly rows: readonly number[]
}

/** The rows of each class, the classes in the order given. */
function rowsByClass(classes: readonly string[] = [], order: readonly string[]): ClassRows[] {
  const found = new Map<string, number[]>(order.map((name) => [name, []]))
  classes.forEach((name, i) => {
    const members = found.get(name)
    if (members === undefined) found.set(name, [i])
    else members.push(i)
  })
  return Array.from(found, ([name, rows]) => ({ name, rows })).filter(({ rows }) => rows.length > 0)
}

function pick(scores: ScoreArray, rows: readonly number[]): ScoreArray {
  const score = (row: number) => at(scores, row)
  return scores instanceof Float32Array ? Float32Array.from(rows, score) : Float64Array.from(rows, score)
}

interface PairScores {
  readonly normal: ScoreArray
  readonly anomalous: ScoreArray
}

/** The scores of a detector. Errors: those of `operatingPoints`. */
export function scoresOf({ detectors, validation, anomalous, classes }: ScoreData, name: string): PairScores {
  const d = detectors.indexOf(name)
  if (d < 0) {
    throw new ScoringBiasError(
      'UNKNOWN_NAME',
      `the comparison is of a detector '${name}' that the scores lack; they are of ${detectors.join(', ')}`,
    )
  }
  const [normal, scores] = [validation[d], anomalous[d]]
  if (normal === undefined || scores === undefined || (classes !== undefined && classes.length !== scores.length)) {
    throw new ScoringBiasError(
      'LENGTH_MISMATCH',
      `data must have normal and anomalous scores of '${name}', and one class for each of the latter if any`,
    )
  }
  return { normal, anomalous: scores }
}

function otherData(name: string, threshold: number, found: number): ScoringBiasError {
  return new ScoringBiasError(
    'LENGTH_MISMATCH',
    `data are not the scores that were compared: the threshold of '${name}' was ${threshold} and is ${found} on them`,
  )
}

interface TargetGrid {
  readonly definition: ThresholdRule
  /** Of `certified`. */
  readonly delta: number
  readonly nNormal: number
  /** Steps between 0 and the target of the report: 100 or a divisor of it. */
  readonly stepsToTarget: number
}

/** Targets end at this multiple of the report's. */
export const gridReach = 4

/**
 * The target false-positive rates that a report can be asked for: multiples of a fraction of its own target, which is
 * one of them, as short decimals, in (0, 1) and up to four times the target, less those that `nNormal` samples cannot certify.
 */
export function targetGrid(fpr: number, { stepsToTarget, ...rule }: TargetGrid): number[] {
  // Rounded where the decimals of fpr / stepsToTarget end, so that the page shows 0.0015 and computes with it.
  const digits = decimals(fpr) + 2
  const all = Array.from({ length: gridReach * stepsToTarget }, (_, i) => {
    const multiple = i + 1
    return multiple === stepsToTarget ? fpr : Number(((multiple * fpr) / stepsToTarget).toFixed(Math.min(100, digits)))
  })
  return possibleTargets(all, rule)
}

function possibleTargets(
  all: readonly number[],
  { definition, delta, nNormal }: Omit<TargetGrid, 'stepsToTarget'>,
): number[] {
  const possible = all.filter((target) => target > 0 && target < 1)
  if (definition !== 'certified') return possible
  return possible.filter((target) => fewestCertified(target, delta) <= nNormal)
}

/** Digits behind the point of a number's shortest decimal form. */
function decimals(value: number): number {
  const text = String(value)
  const [, fraction = ''] = text.match(/\.(\d+)/) ?? []
  const [, exponent = '0'] = text.split('e')
  return Math.max(0, fraction.length - Number(exponent))
}
