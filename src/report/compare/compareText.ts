import { at } from '../../check.js'
import {
  type CandidateComparison,
  type ComparedClass,
  type ComparedDetector,
  type Comparison,
  type Rate,
  shownSets,
  type TargetsComparison,
} from '../../compare/types.js'
import { counted, formatCount } from '../../counted.js'
import type { Direction } from '../../stats/bias/direction.js'
import {
  formatColumnP,
  formatGiven,
  formatInterval,
  formatRate,
  formatSigned,
  formatThreshold,
  formatUnsignedInterval,
} from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { columnTable, textLines, textTable } from '../textTable.js'
import { arrows, enumerateSome, noDifference, warningLines } from '../words.js'
import { familyOfAll, familyOfClasses } from './families.js'
import { groupWords } from './groupWords.js'
import { alertsLines, mixClaims, mixSentences } from './useText.js'
import { verdictColumns, verdictLines, verdictSentences } from './verdictText.js'

/**
 * A comparison for people at a terminal: a table for each candidate, thresholds, how it was computed, and warnings. Comparisons at
 * several targets (`compareTargets`) come one after the other.
 */
export function compareText(comparison: Comparison | TargetsComparison): string {
  requireAnswer('compareText', comparison, 'compare', 'compareTargets')
  if (!('targets' in comparison)) return textOf(comparison)
  const { targets, verdict } = comparison
  const [only] = targets
  if (only !== undefined && targets.length === 1) return textOf(only)
  return [
    ...targets.map((one) => `At FPR ${formatGiven(one.fpr)}:\n${textOf(one)}`),
    ...(verdict === undefined ? [] : [`Verdict at all targets: ${verdict}.`]),
  ].join('\n\n')
}

function textOf(comparison: Comparison): string {
  const { source, fpr, baseline, candidates, nNormal, nAnomalous, warnings } = comparison
  return textLines([
    ...candidates.flatMap((one) => [
      `${one.candidate.name} against ${baseline.name} on ${source}: ${counted(nAnomalous, 'anomalous sample')}, thresholds ` +
        `from ${counted(nNormal, 'normal sample')}`,
      table(one, comparison),
    ]),
    `ξ = TPR ${candidates.length === 1 ? at(candidates, 0).candidate.name : 'candidate'} − TPR ${baseline.name} at FPR ` +
      `${formatGiven(fpr)}; ${family(comparison)}`,
    ...candidates.flatMap(mixSentences),
    ...verdictLines(comparison),
    detectorTable([baseline, ...candidates.map(({ candidate }) => candidate)], comparison),
    ...alertsLines(comparison),
    ...certified(comparison),
    ...groupWords(comparison),
    howComputed(comparison),
    ...warningLines(warnings),
  ])
}

function table(compared: CandidateComparison, { baseline, level, verdict }: Comparison): string {
  const { candidate, classes, overall } = compared
  // All anomalies stand apart from the classes' family.
  const apart = (one: ComparedClass) =>
    one === overall && classes.length > 0 ? { ...one, name: `(${one.name})` } : one
  return columnTable<ComparedClass>(
    [
      ['anomalies', 'l', ({ name }) => name],
      ['n', 'r', ({ n }) => formatCount(n)],
      [`TPR ${baseline.name}`, 'r', ({ tprBaseline }) => formatRate(tprBaseline.rate, 3)],
      [`TPR ${candidate.name}`, 'r', ({ tprCandidate }) => formatRate(tprCandidate.rate, 3)],
      ['ξ', 'r', ({ xi }) => formatSigned(xi, 3)],
      [`${formatGiven(level)} interval`, 'r', ({ interval }) => formatInterval(interval, 3)],
      ['simultaneous', 'r', (one) => formatInterval(one.simultaneous, 3)],
      ['adjusted p', 'r', ({ pAdjusted }) => formatColumnP(pAdjusted)],
      ['', 'c', ({ direction }) => arrows[direction]],
      ...(verdict === undefined ? [] : verdictColumns),
    ],
    shownSets(compared).map(apart),
  )
}

function detectorTable(detectors: readonly ComparedDetector[], { level, nGroups }: Comparison): string {
  const tested = detectors.some(({ testFpr }) => testFpr !== undefined)
  const head = ['detector', 'threshold', 'FPR validation', ...(tested ? ['FPR test'] : [])]
  const rows = detectors.map(({ name, threshold, validationFpr, testFpr }) => [
    name,
    formatThreshold(threshold),
    rateText(validationFpr),
    ...(testFpr ? [rateText(testFpr)] : []),
  ])
  const table = textTable(head, rows, { align: 'lrrr' })
  return `${table}\nA sample is flagged when its score is above the threshold; FPR with exact ${formatGiven(level)} intervals${nGroups === undefined ? '' : ', which take samples for independent'}.`
}

/** What the arrows hold for. */
function family(comparison: Comparison): string {
  const { level, multiplicity } = comparison
  const whom = familyOfClasses(comparison)
  if (whom === '') return '↑ ↓ where the interval excludes 0.'
  const how = multiplicity === 'bonferroni' ? ' (Bonferroni over candidates)' : ''
  return `simultaneous intervals hold for all ${whom} at once${how} with ${formatGiven(level)}; ↑ ↓ where they exclude 0.`
}

function certified({ thresholdRule, delta, fpr }: Comparison): string[] {
  if (thresholdRule !== 'certified' || delta === undefined) return []
  return [
    `Thresholds are certified: each detector's true FPR exceeds ${formatGiven(fpr)} with probability ` +
      `${formatGiven(delta)} at most.`,
  ]
}

function howComputed(comparison: Comparison): string {
  const { thresholdRule, intervalMethod } = comparison
  return `Intervals: ${intervalMethod}, ${drawsText(comparison)}; thresholds: ${thresholdRule}.`
}

/** `10,000 resamples by the tree engine, seed 0` */
export function drawsText({ resamples, engine, seed }: Pick<Comparison, 'resamples' | 'engine' | 'seed'>): string {
  const computed = 'computed, no resampling'
  if (resamples === undefined) return computed
  const count = formatCount(resamples)
  if (engine === 'exact') return `${computed}; ${count} draws, seed ${seed}, where few samples decide`
  return `${count} ${engine === 'confidence' ? 'draws' : `resamples by the ${engine} engine`}, seed ${seed}`
}

/** `0.0510 [0.0401, 0.0642]` */
function rateText({ rate, interval }: Rate): string {
  return `${formatRate(rate, 4)} ${formatUnsignedInterval(interval, 4)}`
}

/** Classes of one kind to name; the others are counted. */
const maxNamed = 6

interface Named {
  readonly name: string
}
type ToldClass = Pick<ComparedClass, 'name' | 'xi' | 'direction' | 'gate'>

/** What was asked: at one target, or `where` else. */
type HeadlineQuestion = Pick<Comparison, 'level'> & { readonly baseline: Named } & (
    | Pick<Comparison, 'fpr'>
    | { readonly where: string }
  ) & { readonly candidates?: readonly { readonly classes: readonly unknown[] }[]; readonly fprs?: Comparison['fprs'] }

/** The answer for one candidate in one to three sentences: where it detects more, where less, where no difference is shown. */
export function compareHeadline(
  { baseline, level, candidates = [], fprs, ...asked }: HeadlineQuestion,
  candidate: Pick<CandidateComparison, 'verdict' | 'mix'> & {
    readonly candidate: Named
    readonly classes: readonly ToldClass[]
    readonly overall: ToldClass
  },
): string {
  const whole = candidate.classes.length === 0
  const sets = whole ? [candidate.overall] : candidate.classes
  const going = (direction: Direction) => sets.filter((one) => one.direction === direction)
  const changes = (['up', 'down'] as const).flatMap((direction) => {
    const some = going(direction)
    if (some.length === 0) return []
    return [
      `${direction === 'up' ? 'more' : 'less'} of ${enumerateSome(
        some.map(({ name, xi }) => `${name} (ξ ${formatSigned(xi, 3)})`),
        maxNamed,
      )}`,
    ]
  })
  const undecided = going('none').map(({ name }) => name)
  const isAlone = whole && familyOfAll({ candidates, fprs }) === ''
  const interval = `${isAlone ? '' : 'simultaneous '}${formatGiven(level)}`
  const between = candidates.length > 1 ? `${baseline.name} and ${candidate.candidate.name}` : undefined
  const where = 'where' in asked ? asked.where : `At a false-positive rate of ${formatGiven(asked.fpr)}`
  const sentences = [
    changes.length > 0 &&
      `${where}, ${candidate.candidate.name} detects ${changes.join(', and ')}${changes.length > 1 ? ',' : ''} than ${baseline.name} does.`,
    undecided.length > 0 && noDifference(undecided, { most: maxNamed, interval, between }),
  ]
  const found = sentences.filter((sentence) => sentence !== false)
  return [...verdictSentences(candidate), ...found, ...mixClaims(candidate).map((claim) => `${claim}.`)].join(' ')
}
