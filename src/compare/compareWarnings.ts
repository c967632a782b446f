import { at } from '../check.js'
import {
  counted,
  detectorWarnings,
  resamplesWarnings,
  short,
  spreadWarnings,
  thresholdWarnings,
  type WarnedDetector,
} from '../stats/bias/warnings.js'
import type { CandidateComparison, ComparedClass, ComparedDetector, Comparison } from './types.js'

type Compared = Omit<Comparison, 'warnings' | 'elapsedSeconds'>

/**
 * What a reader of a comparison should know before relying on it, in sentences; empty when there is nothing.
 *
 * @param degenerate for each candidate, the sets (0 for all anomalies) of which its replicates say too little
 */
export function compareWarnings(compared: Compared, degenerate: readonly (readonly number[])[]): string[] {
  const { fpr, nNormal, baseline, candidates } = compared
  const warned = (detector: ComparedDetector, observedTpr: number): WarnedDetector & ComparedDetector => ({
    ...detector,
    nNormal,
    observedFpr: detector.validationFpr.rate,
    observedTpr,
  })
  const detectors = [
    warned(baseline, at(candidates, 0).overall.tprBaseline.rate),
    ...candidates.map(({ candidate, overall }) => warned(candidate, overall.tprCandidate.rate)),
  ]
  return [
    ...thresholdWarnings(compared, detectors),
    ...detectors.flatMap((detector) => [...detectorWarnings(detector, fpr), ...notTransferred(detector, fpr)]),
    ...resamplesWarnings(compared),
    ...candidates.flatMap((one, i) => {
      const whose = candidates.length === 1 ? '' : ` of '${one.candidate.name}'`
      const place = (set: number) => (set === 0 ? 'all anomalies' : `class '${at(one.classes, set - 1).name}'`)
      return [...spreadWarnings(at(degenerate, i).map(place), whose), ...inconclusive(one, whose, nNormal)]
    }),
  ]
}

function notTransferred({ name, testFpr }: ComparedDetector, fpr: number): string[] {
  if (testFpr === undefined || testFpr.interval[0] <= fpr) return []
  return [
    `'${name}' flags a fraction of ${short(testFpr.rate)} of the test normals, and its interval ` +
      `[${testFpr.interval.map(short).join(', ')}] lies above the target ${fpr}: they are unlike the validation normals ` +
      'that set the threshold',
  ]
}

function inconclusive({ classes }: CandidateComparison, whose: string, nNormal: number): string[] {
  const open = classes.filter(({ direction }) => direction === 'none')
  const enough = open.filter(({ enough }) => Number.isFinite(enough))
  const never = open.filter(({ enough }) => !Number.isFinite(enough))
  return [
    ...(enough.length === 0
      ? []
      : [
          `too small to conclude${whose}: ${enough.map(missing).join('; ')}. With so many samples an arrow would be likely ` +
            '(power 0.8) if ξ is what it seems',
        ]),
    ...(never.length === 0
      ? []
      : [
          `no number of anomalies would settle${whose} what ${counted(nNormal, 'validation normal')} left open for ` +
            `${never.map(({ name }) => `'${name}'`).join(', ')}: ξ seems smaller there than the thresholds' own ` +
            'uncertainty, which only more normals reduce',
        ]),
  ]
}

function missing({ name, n, xi, enough }: ComparedClass): string {
  return `'${name}' has ${counted(n, 'sample')}, about ${enough?.toLocaleString('en')} would do for ξ = ${short(xi)}`
}
