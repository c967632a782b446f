import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import { type ThresholdRule, toleratedAlarms } from '../ranks/thresholdRule.js'
import type { RelativeBias } from './relativeBiasTypes.js'

/** What the result does not say of itself. */
export interface WarningContext {
  readonly nNormalCandidate: number
  readonly thresholdRule: ThresholdRule | undefined
  readonly method: IntervalMethod
  /** Where the replicates say too little: over all anomalies, and for which classes. */
  readonly degenerate: { readonly overall: boolean; readonly classes: readonly string[] }
}

/** Below this many tolerated false alarms only these methods held their level in simulations (docs/intervals.md). */
const fewAlarms = 10
const soundWithFewAlarms: readonly IntervalMethod[] = ['percentile', 'bt2']

/** What a reader of the result should know before relying on it, in sentences; empty when there is nothing. */
export function relativeBiasWarnings(
  result: Pick<RelativeBias, 'baseline' | 'candidate' | 'fpr' | 'level' | 'resamples' | 'nNormal'>,
  { nNormalCandidate, thresholdRule: threshold, method, degenerate }: WarningContext,
): string[] {
  const { fpr, level, resamples } = result
  const warnings: string[] = []
  const detectors = [
    { name: 'baseline', n: result.nNormal, ...result.baseline },
    { name: 'candidate', n: nNormalCandidate, ...result.candidate },
  ]
  for (const detector of detectors) {
    const tolerated = toleratedAlarms(fpr, detector.n)
    if (tolerated === 0) {
      warnings.push(
        `${detector.n} normal scores of the ${detector.name} are too few for fpr = ${fpr}: none may exceed the ` +
          `threshold. At least ${fewestNormals(fpr)} are needed`,
      )
    } else if (threshold !== 'certified' && detector.observedFpr * detector.n <= tolerated / 2) {
      warnings.push(
        `normal scores of the ${detector.name} tie at its threshold ${detector.threshold}: it flags a fraction of ` +
          `${detector.observedFpr} where ${fpr} is the target`,
      )
    }
    if (detector.observedTpr < detector.observedFpr) {
      warnings.push(
        `the ${detector.name} flags a smaller fraction of the anomalies (${detector.observedTpr}) than of the normals ` +
          `(${detector.observedFpr}): if larger scores mean more normal, negate them`,
      )
    }
  }
  const fewest = Math.min(...detectors.map(({ n }) => toleratedAlarms(fpr, n)))
  warnings.push(...fewAlarmsWarnings(fewest, method), ...resamplesWarnings(resamples, level))
  if (degenerate.overall) {
    warnings.push(
      'all resamples give the same ξ over all anomalies: the interval has no width, which is no sign of certainty',
    )
  }
  for (const name of degenerate.classes) {
    warnings.push(
      `resamples vary ξ for class '${name}' less than one sample would: that its interval is so short is no sign of ` +
        'certainty. Its simultaneous interval and adjusted p-value come from the number of its samples instead',
    )
  }
  return warnings
}

/** A warning when the method's intervals are too short for so few tolerated false alarms, of which there are some. */
export function fewAlarmsWarnings(tolerated: number, method: IntervalMethod): string[] {
  if (tolerated === 0 || tolerated >= fewAlarms || soundWithFewAlarms.includes(method)) return []
  return [
    `the target tolerates only ${tolerated} of the normal scores above a threshold: intervals by '${method}' tend to be ` +
      `too short below ${fewAlarms}; 'percentile' holds its level`,
  ]
}

/** A warning when the resamples are too few for the level; else none. */
export function resamplesWarnings(resamples: number, level: number): string[] {
  if ((resamples + 1) * (1 - level) >= 2) return []
  return [
    `${resamples} resamples are too few for level ${level}: the interval ends at the most extreme of them. ` +
      `At least ${Math.ceil(2 / (1 - level))} are needed`,
  ]
}

/** The least number of normals of which `fpr` tolerates one above the threshold. */
export function fewestNormals(fpr: number): number {
  let n = Math.max(1, Math.floor(1 / fpr))
  while (toleratedAlarms(fpr, n) === 0) n++
  return n
}
