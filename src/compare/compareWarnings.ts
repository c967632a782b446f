import { at } from '../check.js'
import { counted } from '../counted.js'
import type { CandidateAnswers, SetAnswer } from '../stats/bias/families.js'
import {
  detectorWarnings,
  familyWarnings,
  fewAnomaliesWarnings,
  replacedWarnings,
  resamplesWarnings,
  short,
  thresholdWarnings,
  tiesWarnings,
  type WarnedDetector,
} from '../stats/bias/warnings.js'
import { emptySide, nativeDefinition } from '../stats/ranks/thresholdRule.js'
import type { CandidateComparison, ComparedClass, ComparedDetector, Comparison } from './types.js'
import { type Reversed, reversedWarnings } from './worseThanChance.js'

/** What warnings look at besides. */
export interface WarnedAnswers {
  /** Of each candidate. */
  readonly answers: readonly CandidateAnswers[]
  /** Whatever the simultaneous intervals of the classes hold for at once. */
  readonly family: readonly SetAnswer[]
  /** Detectors that rank worse than chance. */
  readonly reversed: readonly Reversed[]
}

type Compared = Omit<Comparison, 'warnings' | 'elapsedSeconds'>

/**
 * What a reader of a comparison should know before relying on it, in sentences; empty when there is nothing.
 *
 */
export function compareWarnings(compared: Compared, { answers, family, reversed }: WarnedAnswers): string[] {
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
    ...reversedWarnings(reversed),
    ...thresholdWarnings(compared, detectors),
    ...detectors.flatMap((detector) =>
      // Of those, more is said already than that they flag too few anomalies.
      (reversed.some(({ name }) => name === detector.name) ? tiesWarnings : detectorWarnings)(detector, fpr),
    ),
    ...unlikeNormals(compared, detectors),
    ...fewAnomaliesWarnings(at(candidates, 0).classes),
    ...resamplesWarnings(compared),
    ...familyWarnings(family, compared),
    ...candidates.flatMap((one, i) => {
      const whose = candidates.length === 1 ? '' : ` '${baseline.name}' and '${one.candidate.name}'`
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
      `'${name}' flags ${flagged} of ${counted(n, 'normal test sample')}, a fraction of ${short(rate)}. The target is ${fpr}. The ` +
        `normal test samples are unlike the ${counted(nNormal, 'normal validation sample')} that set the threshold (p ${p}). Set the ` +
        'threshold on normal samples like those that you will test',
    ]
  })
}

function inconclusive({ classes }: CandidateComparison, whose: string, compared: Compared): string[] {
  const { fpr, nNormal, thresholdRule, delta } = compared
  if (emptySide(fpr, nNormal, nativeDefinition(thresholdRule, delta)) !== undefined) return []
  // With too few resamples, more samples would not help: that has its own warning.
  const coarse = resamplesWarnings(compared).length > 0
  const open = coarse ? [] : classes.filter(({ direction, xi }) => direction === 'none' && xi !== 0)
  const [finite, never] = [true, false].map((wanted) =>
    open.filter(({ enough }) => Number.isFinite(enough) === wanted),
  ) as [ComparedClass[], ComparedClass[]]
  const equal = classes.filter(({ direction, xi }) => direction === 'none' && xi === 0)
  const listed = (some: readonly ComparedClass[]) => some.map(({ name }) => `'${name}'`).join(', ')
  return [
    ...(equal.length === 0
      ? []
      : [
          `the detectors${whose} have equal recall on ${listed(equal)}. That does not prove that there is no difference. See the ` +
            'interval for how large it may be',
        ]),
    ...(finite.length === 0
      ? []
      : [
          `${counted(finite.length, 'class has', 'classes have')} too few samples to show whether the detectors${whose} differ: ` +
            `${finite.map(missing).join(', ')}. If the true ξ is the one estimated, so many would give an arrow in about 80 % of cases. ` +
            `Label more of them${compared.nGroups === undefined ? '' : ', in more groups'}`,
        ]),
    ...(never.length === 0
      ? []
      : [
          `more anomalies alone would not show whether the detectors${whose} differ on ${listed(never)}. ξ seems too small there ` +
            `for thresholds set on only ${counted(nNormal, 'normal sample')}. Use more normal samples to set the thresholds`,
        ]),
  ]
}

function missing({ name, n, xi, enough }: ComparedClass): string {
  return `'${name}' has ${n.toLocaleString('en')} of about ${enough?.toLocaleString('en')} (ξ = ${short(xi)})`
}
