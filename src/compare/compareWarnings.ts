import { at } from '../check.js'
import type { CandidateAnswers } from '../stats/bias/families.js'
import {
  counted,
  detectorWarnings,
  familyWarnings,
  replacedWarnings,
  resamplesWarnings,
  short,
  thresholdWarnings,
  type WarnedDetector,
} from '../stats/bias/warnings.js'
import { emptySide, nativeDefinition } from '../stats/ranks/thresholdRule.js'
import type { CandidateComparison, ComparedClass, ComparedDetector, Comparison } from './types.js'

type Compared = Omit<Comparison, 'warnings' | 'elapsedSeconds'>

/**
 * What a reader of a comparison should know before relying on it, in sentences; empty when there is nothing.
 *
 * @param answers of each candidate
 */
export function compareWarnings(compared: Compared, answers: readonly CandidateAnswers[]): string[] {
  const { fpr, nNormal, nAnomalous, baseline, candidates } = compared
  const warned = (detector: ComparedDetector, observedTpr: number): WarnedDetector & ComparedDetector => ({
    ...detector,
    nNormal,
    nAnomalous,
    observedFpr: detector.validationFpr.rate,
    observedTpr,
  })
  const detectors = [
    warned(baseline, at(candidates, 0).overall.tprBaseline.rate),
    ...candidates.map(({ candidate, overall }) => warned(candidate, overall.tprCandidate.rate)),
  ]
  return [
    ...thresholdWarnings(compared, detectors),
    ...detectors.flatMap((detector) => detectorWarnings(detector, fpr)),
    ...unlikeNormals(compared, detectors),
    ...resamplesWarnings(compared),
    ...familyWarnings(
      answers.flatMap(({ classes }) => classes),
      compared,
    ),
    ...candidates.flatMap((one, i) => {
      const whose = candidates.length === 1 ? '' : ` of '${one.candidate.name}'`
      const { overall, classes } = at(answers, i)
      const places = [
        [overall, 'all anomalies'] as const,
        ...(classes.length === 1 ? [] : classes.map((own, k) => [own, `class '${at(one.classes, k).name}'`] as const)),
      ]
      return [...replacedWarnings(places, compared.intervalMethod, whose), ...inconclusive(one, whose, compared)]
    }),
  ]
}

/** Probability with which any detector is said to flag test normals unlike validation normals though they have one law. */
const unlikeLevel = 0.01

function unlikeNormals({ fpr, nNormal }: Compared, detectors: readonly ComparedDetector[]): string[] {
  return detectors.flatMap(({ name, testFpr, testPValue }) => {
    if (testFpr === undefined || testPValue === undefined || testPValue > unlikeLevel / detectors.length) return []
    const { n, rate } = testFpr
    const flagged = Math.round(rate * n).toLocaleString('en')
    const p = testPValue < 1e-300 ? '< 1e-300' : `≤ ${short(testPValue)}`
    return [
      `'${name}' flags ${flagged} of ${counted(n, 'test normal')}, a fraction of ${short(rate)}. The target is ${fpr}. The test normals ` +
        `are unlike the ${counted(nNormal, 'validation normal')} that set the threshold (p ${p}). Set it on normals like those it is for`,
    ]
  })
}

function inconclusive({ classes }: CandidateComparison, whose: string, compared: Compared): string[] {
  const { fpr, nNormal, thresholdRule, delta } = compared
  if (emptySide(fpr, nNormal, nativeDefinition(thresholdRule, delta)) !== undefined) return []
  const open = classes.filter(({ direction, xi }) => direction === 'none' && xi !== 0)
  const [finite, never] = [true, false].map((wanted) =>
    open.filter(({ enough }) => Number.isFinite(enough) === wanted),
  ) as [ComparedClass[], ComparedClass[]]
  const equal = classes.filter(({ direction, xi }) => direction === 'none' && xi === 0)
  const listed = (some: readonly ComparedClass[]) => some.map(({ name }) => `'${name}'`).join(', ')
  return [
    ...(equal.length === 0
      ? []
      : [
          `no difference is seen${whose} for ${listed(equal)}. Equal recalls in a sample do not show that there is none: the ` +
            'interval says how large it may be',
        ]),
    ...(finite.length === 0
      ? []
      : [
          `too small to conclude${whose}: ${finite.map(missing).join('; ')}. With so many an arrow would be likely ` +
            '(power 0.8) if ξ is what it seems',
        ]),
    ...(never.length === 0
      ? []
      : [
          `more anomalies alone would not decide${whose} about ${listed(never)}. ξ seems smaller there than what ` +
            `${counted(nNormal, 'validation normal')} can tell. Use more validation normals`,
        ]),
  ]
}

function missing({ name, n, xi, enough }: ComparedClass): string {
  return `'${name}' has ${counted(n, 'sample')}, about ${enough?.toLocaleString('en')} would do for ξ = ${short(xi)}`
}
