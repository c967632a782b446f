import type { ScoreArray } from '../../native.js'
import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import { toleratedAlarms } from '../ranks/thresholdRule.js'
import { fewDeciding, type SetBias } from './setBias.js'

/** A detector at its threshold, as far as warnings speak of it. */
export interface WarnedDetector {
  readonly name: string
  /** Normal samples that set the threshold. */
  readonly nNormal: number
  readonly threshold: number
  readonly observedFpr: number
  /** Over all anomalies. */
  readonly observedTpr: number
  readonly ties: Ties
}

/** Samples whose score equals the threshold: they are not flagged. */
export interface Ties {
  readonly normal: number
  readonly anomalous: number
}

export interface WarnedQuestion {
  readonly fpr: number
  readonly level: number
  /** Infinity where none were drawn. */
  readonly resamples: number
  readonly intervalMethod: IntervalMethod
}

/** Below this many tolerated false alarms only the confidence distribution held its level (docs/intervals.md). */
const fewAlarms = 10

/** What to know of the thresholds of detectors before relying on what is said of them, in sentences. */
export function thresholdWarnings(
  { fpr, intervalMethod }: Pick<WarnedQuestion, 'fpr' | 'intervalMethod'>,
  detectors: readonly WarnedDetector[],
): string[] {
  const sizes = [...new Set(detectors.map(({ nNormal }) => nNormal))]
  const fewest = Math.min(...sizes.map((n) => toleratedAlarms(fpr, n)))
  return [
    ...sizes.filter((n) => toleratedAlarms(fpr, n) === 0).map((n) => tooFewNormals(fpr, n)),
    ...fewAlarmsWarnings(fewest, intervalMethod),
  ]
}

/** What to know of one detector at its threshold. */
export function detectorWarnings(detector: WarnedDetector, fpr: number): string[] {
  return [...tiesWarnings(detector, fpr), ...chanceWarnings(detector)]
}

function tooFewNormals(fpr: number, n: number): string {
  return undecidedWarning(counted(n, 'validation normal'), `fpr = ${fpr}`, {
    of: 'false alarm',
    least: counted(fewestNormals(fpr), 'validation normal'),
  })
}

/** What is said where a target tolerates no error in the samples that set the thresholds. */
export function undecidedWarning(
  samples: string,
  target: string,
  { of, least }: { readonly of: string; readonly least: string },
): string {
  const too = samples.startsWith('1 ') ? 'is too few' : 'are too few'
  return (
    `${samples} ${too} for ${target}, which allows no ${of} among them. There is no arrow, the p-value is 1, and ` +
    `the interval is widened to hold 0. Use at least ${least}`
  )
}

/** One normal is at a threshold by construction. */
function tiesWarnings({ name, threshold, observedFpr, ties: { normal, anomalous } }: WarnedDetector, fpr: number) {
  if (normal < 2 && anomalous === 0) return []
  return [
    `${counted(normal, 'validation normal')} and ${counted(anomalous, 'anomalous sample')} score exactly the threshold ` +
      `${threshold} of '${name}'. They count as not flagged, so it flags a fraction of ${short(observedFpr)} of the ` +
      `normals, where the target is ${fpr}. Use a finer score to separate them`,
  ]
}

/** A warning when a detector flags a smaller fraction of the anomalies than of the normals. */
export function chanceWarnings({
  name,
  observedFpr,
  observedTpr,
}: Pick<WarnedDetector, 'name' | 'observedFpr' | 'observedTpr'>): string[] {
  if (observedTpr >= observedFpr) return []
  return [
    `'${name}' is worse than chance: it flags a smaller fraction of the anomalies (${short(observedTpr)}) than of the ` +
      `normals (${short(observedFpr)}). Nothing was flipped. Scores must be larger for more anomalous samples: if those of ` +
      `'${name}' are smaller, negate them`,
  ]
}

/** A warning when the method's intervals are too short for so few tolerated false alarms, of which there are some. */
function fewAlarmsWarnings(tolerated: number, method: IntervalMethod): string[] {
  if (tolerated === 0 || tolerated >= fewAlarms || method === 'confidence') return []
  return [
    `the target allows only ${counted(tolerated, 'false alarm')} among the validation normals. With fewer than ` +
      `${fewAlarms}, intervals by '${method}' can be too short (docs/intervals.md has how often they hold). ` +
      `Use the interval method 'confidence', or more validation normals`,
  ]
}

/** A warning when the resamples are too few for the level; else none. */
export function resamplesWarnings({ resamples, level }: Pick<WarnedQuestion, 'resamples' | 'level'>): string[] {
  const least = Math.ceil(2 / Number((1 - level).toPrecision(12))) - 1
  if (resamples >= least) return []
  return [
    `${counted(resamples, 'resample')} cannot show a tail of level ${level}. Intervals then reach to -1 and 1. ` +
      `Use at least ${least.toLocaleString('en')} resamples`,
  ]
}

/** A warning when the resamples are too few for all sets of a family at once, though they are enough for one. */
export function familyWarnings(
  family: readonly { readonly gamma: number }[],
  asked: Pick<WarnedQuestion, 'resamples' | 'level'>,
): string[] {
  const coarse = family.some(({ gamma }) => gamma * (asked.resamples + 1) < 2)
  if (family.length < 2 || !coarse || resamplesWarnings(asked).length > 0) return []
  const alpha = Number((1 - asked.level).toPrecision(12))
  return [
    `${counted(asked.resamples, 'resample')} cannot show the tails that ${family.length} answers at once need. ` +
      `Simultaneous intervals then reach to -1 and 1. Use at least ` +
      `${Math.ceil((2 * family.length + 1) / alpha).toLocaleString('en')} resamples`,
  ]
}

/**
 * A warning where another method answered than the one asked for.
 *
 * @param places the sets and what they are called: `all anomalies`, classes, or targets
 * @param whose `of 'candidate'` where there are several
 */
export function replacedWarnings(
  places: readonly (readonly [Pick<SetBias, 'replaced'>, string])[],
  method: IntervalMethod,
  whose = '',
): string[] {
  const few = places.flatMap(([{ replaced }, name]) => (replaced ? [name] : []))
  if (few.length === 0) return []
  const listed = few.length <= 5 ? few.join(', ') : `${few.slice(0, 5).join(', ')}, …`
  return [
    `fewer than ${fewDeciding} samples decide between the detectors${whose} for ${listed}. That is too few to resample, ` +
      `so their intervals and p-values are by 'confidence', not by '${method}'. Use the interval method 'confidence' for ` +
      'all, or label more anomalies',
  ]
}

/** The least number of normals of which `fpr` tolerates one above the threshold. */
export function fewestNormals(fpr: number): number {
  let n = Math.max(1, Math.floor(1 / fpr))
  while (toleratedAlarms(fpr, n) === 0) n++
  return n
}

/** How many scores are above a threshold, and how many equal it. */
export function countsAt(scores: ScoreArray, threshold: number): { readonly above: number; readonly equal: number } {
  let above = 0
  let equal = 0
  for (const score of scores) {
    if (score > threshold) above++
    else if (score === threshold) equal++
  }
  return { above, equal }
}

/** `1 sample`, `2 samples` */
export function counted(n: number, what: string): string {
  return `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`
}

/** Three significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
