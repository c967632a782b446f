import { fewAlarmsWarnings, fewestNormals, resamplesWarnings } from '../stats/bias/relativeBiasWarnings.js'
import { toleratedAlarms } from '../stats/ranks/thresholdRule.js'
import type { CandidateComparison, ComparedClass, ComparedDetector, Comparison } from './types.js'

type Compared = Omit<Comparison, 'warnings' | 'elapsedSeconds'>

/**
 * What a reader of a comparison should know before relying on it, in sentences; empty when there is nothing.
 *
 * @param degenerate for each candidate, the answers of which its replicates say too little
 */
export function compareWarnings(compared: Compared, degenerate: readonly (readonly ComparedClass[])[]): string[] {
  const { fpr, level, intervalMethod: interval, resamples, nNormal, baseline, candidates } = compared
  const tolerated = toleratedAlarms(fpr, nNormal)
  const detectors = [
    { detector: baseline, recall: candidates[0]?.overall.tprBaseline.rate ?? 1 },
    ...candidates.map(({ candidate, overall }) => ({ detector: candidate, recall: overall.tprCandidate.rate })),
  ]
  return [
    ...(tolerated > 0 ? [] : [tooFewNormals(fpr, nNormal)]),
    ...fewAlarmsWarnings(tolerated, interval),
    ...detectors.flatMap(({ detector, recall }) => [
      ...ties(detector, fpr),
      ...worseThanChance(detector, recall),
      ...notTransferred(detector, fpr),
    ]),
    ...resamplesWarnings(resamples, level),
    ...candidates.flatMap((candidate, i) => [
      ...withoutSpread(degenerate[i] ?? [], candidate, candidates.length),
      ...inconclusive(candidate, candidates.length, nNormal),
    ]),
  ]
}

function tooFewNormals(fpr: number, n: number): string {
  return (
    `${counted(n, 'validation normal')} ${n === 1 ? 'is' : 'are'} too few for fpr = ${fpr}: none may exceed a threshold, which is the largest of them. ` +
    `At least ${fewestNormals(fpr)} are needed`
  )
}

/** One normal is at a threshold by construction. */
function ties(
  { name, threshold, validationFpr: fpr, ties: { normal, anomalous } }: ComparedDetector,
  target: number,
): string[] {
  if (normal < 2 && anomalous === 0) return []
  return [
    `${counted(normal, 'validation normal')} and ${counted(anomalous, 'anomalous sample')} score exactly the threshold ` +
      `${threshold} of '${name}': they count as not flagged, and it flags a fraction of ${short(fpr.rate)} of the ` +
      `normals where ${target} is the target. A finer score would separate them`,
  ]
}

function worseThanChance({ name, validationFpr: fpr }: ComparedDetector, recall: number): string[] {
  if (recall >= fpr.rate) return []
  return [
    `'${name}' is worse than chance: it flags a smaller fraction of the anomalies (${short(recall)}) than of the ` +
      `normals (${short(fpr.rate)}). Scores must be larger for more anomalous samples; if its are smaller, negate them. ` +
      'Nothing was flipped',
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

function withoutSpread(
  answers: readonly ComparedClass[],
  { candidate, overall }: CandidateComparison,
  nCandidates: number,
): string[] {
  if (answers.length === 0) return []
  const where = answers.map((one) => (one === overall ? 'all anomalies' : `class '${one.name}'`)).join(', ')
  return [
    `resamples vary ξ${forCandidate(candidate, nCandidates)} less than one sample would for ${where}: that an interval is ` +
      'so short is no sign of certainty. Simultaneous interval and adjusted p-value come from the number of samples there',
  ]
}

function inconclusive({ candidate, classes }: CandidateComparison, nCandidates: number, nNormal: number): string[] {
  const open = classes.filter(({ direction }) => direction === 'none')
  const enough = open.filter(({ enough }) => Number.isFinite(enough))
  const never = open.filter(({ enough }) => !Number.isFinite(enough))
  const whom = forCandidate(candidate, nCandidates)
  return [
    ...(enough.length === 0
      ? []
      : [
          `too small to conclude${whom}: ${enough.map(missing).join('; ')}. With so many samples an arrow would be likely ` +
            '(power 0.8) if ξ is what it seems',
        ]),
    ...(never.length === 0
      ? []
      : [
          `no number of anomalies would settle${whom} what ${counted(nNormal, 'validation normal')} left open for ` +
            `${never.map(({ name }) => `'${name}'`).join(', ')}: ξ seems smaller there than the thresholds' own ` +
            'uncertainty, which only more normals reduce',
        ]),
  ]
}

function missing({ name, n, xi, enough = Number.NaN }: ComparedClass): string {
  return `'${name}' has ${counted(n, 'sample')}, about ${enough.toLocaleString('en')} would do for ξ = ${short(xi)}`
}

function forCandidate({ name }: ComparedDetector, nCandidates: number): string {
  return nCandidates === 1 ? '' : ` of '${name}'`
}

function counted(n: number, what: string): string {
  return `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`
}

/** Three significant digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
