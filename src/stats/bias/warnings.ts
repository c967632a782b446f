import type { ScoreArray } from '../../native.js'
import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import { toleratedAlarms } from '../ranks/thresholdRule.js'

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

/** Below this many tolerated false alarms only these methods held their level in simulations (docs/intervals.md). */
const fewAlarms = 10
const soundWithFewAlarms: readonly IntervalMethod[] = ['percentile', 'bt2']

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
  return (
    `${counted(n, 'validation normal')} ${n === 1 ? 'is' : 'are'} too few for fpr = ${fpr}: none may exceed a threshold, which is the largest of them. ` +
    `At least ${fewestNormals(fpr)} are needed`
  )
}

/** One normal is at a threshold by construction. */
function tiesWarnings({ name, threshold, observedFpr, ties: { normal, anomalous } }: WarnedDetector, fpr: number) {
  if (normal < 2 && anomalous === 0) return []
  return [
    `${counted(normal, 'validation normal')} and ${counted(anomalous, 'anomalous sample')} score exactly the threshold ` +
      `${threshold} of '${name}': they count as not flagged, and it flags a fraction of ${short(observedFpr)} of the ` +
      `normals where ${fpr} is the target. A finer score would separate them`,
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
      `normals (${short(observedFpr)}). Scores must be larger for more anomalous samples; if its are smaller, negate them. ` +
      'Nothing was flipped',
  ]
}

/** A warning when the method's intervals are too short for so few tolerated false alarms, of which there are some. */
function fewAlarmsWarnings(tolerated: number, method: IntervalMethod): string[] {
  if (tolerated === 0 || tolerated >= fewAlarms || soundWithFewAlarms.includes(method)) return []
  return [
    `the target tolerates only ${tolerated} of the normal scores above a threshold: intervals by '${method}' tend to be ` +
      `too short below ${fewAlarms}; 'percentile' holds its level`,
  ]
}

/** A warning when the resamples are too few for the level; else none. */
export function resamplesWarnings({ resamples, level }: Pick<WarnedQuestion, 'resamples' | 'level'>): string[] {
  if ((resamples + 1) * (1 - level) >= 2) return []
  return [
    `${resamples} resamples are too few for level ${level}: the interval ends at the most extreme of them. ` +
      `At least ${Math.ceil(2 / (1 - level))} are needed`,
  ]
}

/**
 * A warning where the replicates say too little.
 *
 * @param places where they do: `all anomalies`, classes, or targets
 * @param whose `of 'candidate'` where there are several
 */
export function spreadWarnings(places: readonly string[], whose = ''): string[] {
  if (places.length === 0) return []
  return [
    `resamples vary ξ${whose} less than one sample would for ${places.join(', ')}: that an interval is ` +
      'so short is no sign of certainty. Simultaneous interval and adjusted p-value come from the number of samples there',
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
