import { counted, formatCount } from '../../counted.js'
import { complement } from '../../elementary.js'
import type { NativeDefinition, ScoreArray } from '../../native.js'
import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import { type Exceedances, exceedancePValue } from '../exceedances.js'
import {
  emptySide,
  fewestOn,
  leftOver,
  nativeDefinition,
  type ThresholdRule,
  toleratedAlarms,
} from '../ranks/thresholdRule.js'
import { fewDeciding, type SetBias } from './setBias.js'

/** A detector at its threshold, as far as warnings speak of it. */
export interface WarnedDetector {
  readonly name: string
  /** Normal samples that set the threshold. */
  readonly nNormal: number
  readonly nAnomalous: number
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
  /** Undefined where none were drawn. */
  readonly resamples: number | undefined
  readonly intervalMethod: IntervalMethod
}

/** Below this many tolerated false alarms only the confidence distribution held its level (docs/intervals.md). */
const fewAlarms = 10

/** The target of thresholds, and what is read off them. */
export interface ThresholdsQuestion extends Pick<WarnedQuestion, 'fpr' | 'intervalMethod'> {
  readonly thresholdRule?: ThresholdRule | undefined
  readonly delta?: number | undefined
  /** What to do where normal samples are too few, given how many are enough; default: to use as many. */
  readonly remedy?: ((fewest: number) => string) | undefined
}

/** What to know of the thresholds of detectors before relying on what is said of them, in sentences. */
export function thresholdWarnings(
  { fpr, intervalMethod, thresholdRule, delta, remedy }: ThresholdsQuestion,
  detectors: readonly Pick<WarnedDetector, 'nNormal'>[],
): string[] {
  const sizes = [...new Set(detectors.map(({ nNormal }) => nNormal))]
  const definition = nativeDefinition(thresholdRule, delta)
  return [
    ...sizes.flatMap((n) => undecidedWarnings({ kind: 'fpr', value: fpr, definition, intervalMethod, remedy }, n)),
    ...fewAlarmsWarnings('fpr', [fpr], Math.min(...sizes), intervalMethod),
  ]
}

/** What to know of one detector at its threshold. */
export function detectorWarnings(detector: WarnedDetector, fpr: number): string[] {
  const { nNormal, nAnomalous, observedFpr, observedTpr, ties } = detector
  const counts = {
    ...{ above: Math.round(observedFpr * nNormal), equal: ties.normal, n: nNormal },
    ...{ otherAbove: Math.round(observedTpr * nAnomalous), otherEqual: ties.anomalous, nOther: nAnomalous },
  }
  return [...tiesWarnings(detector, fpr), ...chanceWarnings({ ...detector, counts })]
}

/** How the target of an {@link undecidedWarnings} was asked for. */
export interface UndecidedTarget {
  readonly kind: 'fpr' | 'tpr'
  readonly value: number
  readonly definition: NativeDefinition
  readonly intervalMethod: IntervalMethod
  /** What it is called, if not by its kind and value. */
  readonly name?: string | undefined
  /** What to do, given how many samples are enough; default: to use as many. */
  readonly remedy?: ((fewest: number) => string) | undefined
}

/** What is said where a target leaves its threshold no place among the n samples that set it. Nothing where it does. */
export function undecidedWarnings(
  { kind, value, definition, intervalMethod, name, remedy: remedyOf }: UndecidedTarget,
  n: number,
): string[] {
  const side = emptySide(value, n, definition)
  if (side === undefined) return []
  const what = kind === 'fpr' ? 'normal sample' : 'anomalous sample'
  const certified = definition.rule === 'certified' ? ` certified with delta = ${definition.delta}` : ''
  const least = fewestOn(side, value, definition)
  const remedy =
    least < Number.POSITIVE_INFINITY
      ? (remedyOf?.(least) ?? `Use at least ${counted(least, what)}`)
      : `More than 1,000,000,000,000 would be needed. Use a target further from ${side === 'flagged' ? 0 : 1}`
  return [
    `${counted(n, what)} ${n === 1 ? 'is' : 'are'} too few to set a threshold for ${name ?? `${kind} = ${value}`}${certified}. ` +
      `${reasons[kind][side]}. So no difference can be shown: there is no arrow, the p-value is 1, and the interval is widened ` +
      `to contain 0.${intervalMethod === 'confidence' ? '' : " The interval is by the method 'confidence'."} ${remedy}`,
  ]
}

const reasons = {
  fpr: {
    flagged: 'Among so few, no false alarm is allowed',
    passed: 'Among so few, less than one would not be flagged',
  },
  tpr: { flagged: 'Among so few, less than one has to be detected', passed: 'Among so few, none may be missed' },
} as const

/** One normal is at a threshold by construction. */
export function tiesWarnings(
  { name, threshold, observedFpr, ties: { normal, anomalous } }: WarnedDetector,
  fpr: number,
) {
  if (normal < 2 && anomalous === 0) return []
  const tied = [
    ...(normal === 0 ? [] : [counted(normal, 'normal sample')]),
    ...(anomalous === 0 ? [] : [counted(anomalous, 'anomalous sample')]),
  ]
  return [
    `${tied.join(' and ')} ${normal + anomalous === 1 ? 'has' : 'have'} exactly the score ${threshold}, which is the threshold of ` +
      `'${name}'. A score equal to the threshold is not flagged. So '${name}' flags a fraction of ${short(observedFpr)} of the ` +
      `normal samples. The target is ${fpr}. Use finer scores, without ties`,
  ]
}

/** A detector that flags a smaller fraction of the anomalies than of the normals. */
export interface Chance extends Pick<WarnedDetector, 'name' | 'observedFpr' | 'observedTpr'> {
  /** How the threshold splits the samples that set it, and the others. */
  readonly counts: Exceedances
}

/** Two-sided: a detector that guesses is called worse than chance in one of a hundred cases at most. */
const chanceLevel = 0.02

/** A warning when a detector flags a smaller fraction of the anomalies than of the normals. */
export function chanceWarnings({ name, observedFpr, observedTpr, counts }: Chance): string[] {
  if (observedTpr >= observedFpr) return []
  const worse = exceedancePValue(counts) <= chanceLevel
  return [
    `'${name}' flags a smaller fraction of the anomalies (${short(observedTpr)}) than of the normal samples ` +
      `(${short(observedFpr)}). ${worse ? 'That is worse than chance' : 'That may be chance'}. The scores were used as they are. ` +
      `Scores must be larger for more anomalous samples. If those of '${name}' are smaller, negate them`,
  ]
}

/**
 * A warning when the method's intervals are too short for so few samples on one side of the threshold, if there are some, at
 * any of the targets.
 */
export function fewAlarmsWarnings(
  kind: 'fpr' | 'tpr',
  targets: ArrayLike<number>,
  n: number,
  method: IntervalMethod,
): string[] {
  const scarce = Array.from(targets).filter((rate) => {
    const fewest = Math.min(toleratedAlarms(rate, n), leftOver(rate, n))
    return fewest > 0 && fewest < fewAlarms
  })
  const [rate] = scarce
  if (rate === undefined || method === 'confidence') return []
  const which =
    targets.length === 1
      ? `the target ${kind} = ${rate} ${fewOnOneSide(kind, toleratedAlarms(rate, n), leftOver(rate, n))}`
      : `${scarce.length} of ${targets.length} targets leave few of ${counted(n, 'normal sample')} above or below the threshold`
  const more = kind === 'fpr' ? 'normal samples' : 'anomalies'
  return [
    `${which}. With fewer than ${fewAlarms}, intervals by the method '${method}' can be too short. docs/intervals.md says how often ` +
      `they hold. Use the interval method 'confidence', or more ${more}`,
  ]
}

function fewOnOneSide(kind: 'fpr' | 'tpr', flagged: number, passed: number): string {
  if (kind === 'fpr') {
    return flagged <= passed
      ? `allows only ${counted(flagged, 'false alarm')} among the normal samples`
      : `leaves only ${counted(passed, 'normal sample')} that ${passed === 1 ? 'is' : 'are'} not flagged`
  }
  return flagged <= passed
    ? `asks to detect only ${counted(flagged, 'anomaly', 'anomalies')}`
    : `allows to miss only ${counted(passed, 'anomaly', 'anomalies')}`
}

/** A warning when the resamples are too few for the level; else none. */
export function resamplesWarnings({ resamples, level }: Pick<WarnedQuestion, 'resamples' | 'level'>): string[] {
  const least = Math.ceil(2 / complement(level)) - 1
  if (resamples === undefined || resamples >= least) return []
  return [
    `${counted(resamples, 'resample')} ${resamples === 1 ? 'is' : 'are'} too few for intervals of level ${level}. So the intervals ` +
      'reach from −1 to 1 and say nothing. ' +
      `Use at least ${formatCount(least)} resamples`,
  ]
}

/** How many resamples the simultaneous intervals of so many sets need, if none is to reach from −1 to 1. */
export function fewestForFamily(nSets: number, level: number): number {
  return Math.ceil((2 * nSets + 1) / complement(level))
}

/** A warning when the resamples are too few for all sets of a family at once, though they are enough for one. */
export function familyWarnings(
  family: readonly { readonly gamma: number }[],
  asked: Pick<WarnedQuestion, 'resamples' | 'level'>,
): string[] {
  const { resamples } = asked
  if (resamples === undefined || family.length < 2 || resamplesWarnings(asked).length > 0) return []
  if (family.every(({ gamma }) => gamma * (resamples + 1) >= 2)) return []
  return [
    `${counted(resamples, 'resample')} are too few for ${family.length} simultaneous intervals of level ${asked.level}. ` +
      'So some of these reach from −1 to 1 and say nothing. Use at least ' +
      `${formatCount(fewestForFamily(family.length, asked.level))} resamples`,
  ]
}

/**
 * A warning where another method answered than the one asked for.
 *
 * @param places the sets and what they are called: `all anomalies`, classes, or targets
 * @param whose ` 'candidate' and 'baseline'` where there are several candidates
 */
export function replacedWarnings(
  places: readonly (readonly [Pick<SetBias, 'replaced' | 'deciding'>, string])[],
  method: IntervalMethod,
  whose = '',
): string[] {
  const few = places.flatMap(([{ replaced, deciding }, name]) => (replaced && deciding < fewDeciding ? [name] : []))
  if (few.length === 0) return []
  const listed = few.length <= 5 ? few.join(', ') : `${few.slice(0, 5).join(', ')}, …`
  return [
    `fewer than ${fewDeciding} samples tell the detectors${whose} apart for ${listed}. The interval method '${method}' needs more. ` +
      "So the method 'confidence' gave the intervals and p-values there. Use the interval method 'confidence' for all, or label " +
      'more anomalies',
  ]
}

/** A class of fewer anomalies says nearly nothing. */
const fewAnomalies = 5

/** A warning where classes have few anomalies. A single class is all anomalies, of which more is said elsewhere. */
export function fewAnomaliesWarnings(classes: readonly { readonly name: string; readonly n: number }[]): string[] {
  const few = classes.length < 2 ? [] : classes.filter(({ n }) => n < fewAnomalies)
  if (few.length === 0) return []
  const listed = few.slice(0, 5).map(({ name, n }) => `'${name}' (${n})`)
  return [
    `${few.length === 1 ? 'one class has' : `${few.length} classes have`} fewer than ${fewAnomalies} anomalies: ${listed.join(', ')}${few.length > 5 ? ', …' : ''}. So ` +
      `few say nearly nothing of a recall, and the ${few.length === 1 ? 'interval is' : 'intervals are'} wide. Label more of them`,
  ]
}

/** How many scores are above a threshold, and how many equal it. */
export function countsAt(scores: ScoreArray, threshold: number): { readonly above: number; readonly equal: number } {
  let above = 0
  let equal = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]
    // Of a million scores this takes half of what an iterator does.
    if (score === undefined) break
    if (score > threshold) above++
    else if (score === threshold) equal++
  }
  return { above, equal }
}

/** Three significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
