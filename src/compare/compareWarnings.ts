import { at } from '../check.js'
import { counted, formatAbout, formatCount } from '../counted.js'
import { formatSigned } from '../signed.js'
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
      const replaced = replacedWarnings(places, compared.intervalMethod, whose)
      return candidates.length < manyCandidates ? [...replaced, ...inconclusive(one, whose, compared)] : replaced
    }),
    ...(candidates.length < manyCandidates ? [] : inconclusiveOfMany(compared)),
  ]
}

/** From so many on, what is open is counted by candidate: nobody reads a sentence for each of them and every class. */
export const manyCandidates = 4

/** Probability with which any detector is said to flag test normals unlike validation normals though they have one law. */
const unlikeLevel = 0.01

function unlikeNormals({ fpr, nNormal }: Compared, detectors: readonly ComparedDetector[]): string[] {
  return detectors.flatMap(({ name, testFpr, testPValue }) => {
    if (testFpr === undefined || testPValue === undefined || testPValue > unlikeLevel / detectors.length) return []
    const { n, rate } = testFpr
    const flagged = formatCount(Math.round(rate * n))
    const p = testPValue < 1e-300 ? '< 1e-300' : `≤ ${short(testPValue)}`
    return [
      `'${name}' flags ${flagged} of ${counted(n, 'normal test sample')}, a fraction of ${short(rate)}. The target is ${fpr}. The ` +
        `normal test samples are unlike the ${counted(nNormal, 'normal validation sample')} that set the threshold (p ${p}). Set the ` +
        'threshold on normal samples like those that you will test',
    ]
  })
}

/** A class that so many anomalies would decide. */
type Decidable = ComparedClass & { readonly enough: number }

function isDecidable(one: ComparedClass): one is Decidable {
  return Number.isFinite(one.enough)
}

/** Classes without an arrow: of equal recalls, those that more samples would decide, and those that these alone would not. */
function openClasses({ classes }: CandidateComparison, compared: Compared) {
  const { fpr, nNormal, thresholdRule, delta } = compared
  const none = { equal: [], finite: [], never: [] }
  if (emptySide(fpr, nNormal, nativeDefinition(thresholdRule, delta)) !== undefined) return none
  const undecided = classes.filter(({ direction }) => direction === 'none')
  // With too few resamples, more samples would not help: that has its own warning.
  const coarse = resamplesWarnings(compared).length > 0
  const open = coarse ? [] : undecided.filter(({ xi }) => xi !== 0)
  return {
    equal: undecided.filter(({ xi }) => xi === 0),
    finite: open.filter(isDecidable),
    never: open.filter((one) => !isDecidable(one)),
  }
}

function inconclusive(one: CandidateComparison, whose: string, compared: Compared): string[] {
  const { nNormal } = compared
  const { equal, finite, never } = openClasses(one, compared)
  const listed = (some: readonly ComparedClass[]) => some.map(({ name }) => `'${name}'`).join(', ')
  return [
    ...(equal.length === 0 ? [] : [`the detectors${whose} have equal recall on ${listed(equal)}. ${noProof}`]),
    ...(finite.length === 0
      ? []
      : [
          `${counted(finite.length, 'class has', 'classes have')} too few samples to show whether the detectors${whose} differ: ` +
            `${finite.map(missing).join(', ')}. If the true ξ is the one estimated, so many would give an arrow in about 80 % of cases. ` +
            labelMore(compared),
        ]),
    ...(never.length === 0
      ? []
      : [
          `more anomalies alone would not show whether the detectors${whose} differ on ${listed(never)}. ${smallXi(nNormal)}`,
        ]),
  ]
}

/** The same of many candidates in one sentence each. */
function inconclusiveOfMany(compared: Compared): string[] {
  const { baseline, candidates, nNormal } = compared
  const open = candidates.map((one) => ({ name: one.candidate.name, ...openClasses(one, compared) }))
  const byCandidate = (kind: 'equal' | 'finite' | 'never') =>
    open
      .filter((one) => one[kind].length > 0)
      .map((one) => `'${one.name}' on ${counted(one[kind].length, 'class', 'classes')}`)
      .join(', ')
  const [equal, finite, never] = [byCandidate('equal'), byCandidate('finite'), byCandidate('never')]
  return [
    ...(equal === '' ? [] : [`these candidates have the recall of '${baseline.name}': ${equal}. ${noProof}`]),
    ...(finite === ''
      ? []
      : [
          `there are too few samples to show whether these candidates differ from '${baseline.name}': ${finite}. How many would be ` +
            `enough in about 80 % of cases, if the true ξ is the one estimated, stands in the report and in the JSON. ${labelMore(compared)}`,
        ]),
    ...(never === ''
      ? []
      : [
          `more anomalies alone would not show whether these candidates differ from '${baseline.name}': ${never}. ${smallXi(nNormal)}`,
        ]),
  ]
}

const noProof = 'That does not prove that there is no difference. See the interval for how large it may be'

function labelMore({ nGroups }: Compared): string {
  return `Label more of them${nGroups === undefined ? '' : ', in more groups'}`
}

function smallXi(nNormal: number): string {
  return `ξ seems too small there for thresholds set on only ${counted(nNormal, 'normal sample')}. Use more normal samples to set the thresholds`
}

function missing({ name, n, xi, enough }: Decidable): string {
  return `'${name}' has ${formatCount(n)} of about ${formatAbout(enough)} (ξ ${formatSigned(xi, 3)})`
}
