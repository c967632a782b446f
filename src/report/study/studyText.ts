import { formatCount } from '../../counted.js'
import { bestEpochsOf } from '../../study/core/bestEpochs.js'
import type { ClassResult, Direction, StudyResult } from '../../study/core/types.js'
import { formatColumnP, formatGiven, formatInterval, formatMeanSd, formatRate, formatSigned } from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { columnTable, textLines } from '../textTable.js'
import { arrows, enumerateSome, noDifference, originLines, warningLines } from '../words.js'
import { similaritySentence } from './similarityText.js'
import {
  comparedTitle,
  countedRuns,
  distanceWords,
  isOneRun,
  meansWords,
  networkLines,
  preparedLines,
  stoppingLines,
  titlesOf,
  trainedWords,
} from './studyWords.js'

/** A study's result for people at a terminal: a table, what its intervals cover, and where it comes from. No colours. */
export function studyText(result: StudyResult): string {
  requireAnswer('studyText', result, 'runStudy')
  const [baseline, candidate] = titlesOf(result.detectors)
  const { validation, training } = result
  return textLines([
    `${comparedTitle(result)} (${result.settings.network}): ` +
      `normal ${result.normal} (${trainedWords(training)}), ` +
      `labelled anomalies ${result.anomaly} (${formatCount(training.nAnomaly)}), ${countedRuns(result)}`,
    ...networkLines(result.settings.network, result.settings.networkReason),
    ...preparedLines(result.data ?? {}, training.nHeldOut),
    ...stoppingLines(result.detectors, result.settings, [bestEpochsOf(training)]),
    table(result),
    `ξ = TPR ${candidate} − TPR ${baseline} at FPR ${formatGiven(result.fpr)}; ${isOneRun(result) ? '' : '± is the sd over runs; '}` +
      simultaneousWords(result),
    `Distances are from ${result.anomaly}: ${distanceWords(result)} ${meansWords(result)}.`,
    result.intervalCovers,
    similaritySentence(result),
    `Thresholds from ${formatCount(validation.n)} samples of ${result.normal}${validation.nTrainedOn === 0 ? ' not trained on' : ''}; FPR there: ` +
      `${baseline} ${formatRate(validation.fprBaseline.mean, 4)}, ${candidate} ${formatRate(validation.fprCandidate.mean, 4)}.`,
    ...warningLines(result.warnings),
    ...originLines(result),
  ])
}

function table({ classes, detectors, level, training }: StudyResult): string {
  const nRuns = training.converged.length
  const [baseline, candidate] = titlesOf(detectors)
  return columnTable<ClassResult>(
    [
      ['anomalies', 'l', ({ name }) => name],
      ['n', 'r', ({ n }) => formatCount(n)],
      ['distance', 'r', ({ l2 }) => l2.toFixed(2)],
      [`TPR ${baseline}`, 'r', ({ tprBaseline }) => formatMeanSd(tprBaseline, nRuns)],
      [`TPR ${candidate}`, 'r', ({ tprCandidate }) => formatMeanSd(tprCandidate, nRuns)],
      ['ξ', 'r', ({ xi }) => formatSigned(xi)],
      [`${formatGiven(level)} interval`, 'r', ({ interval }) => formatInterval(interval)],
      ['simultaneous', 'r', ({ simultaneous }) => formatInterval(simultaneous)],
      ['adjusted p', 'r', ({ pAdjusted }) => formatColumnP(pAdjusted)],
      ['', 'c', ({ direction }) => arrows[direction]],
    ],
    classes,
  )
}

/** What the arrows hold for. */
function simultaneousWords({ classes, level }: StudyResult): string {
  if (classes.length === 1) return '↑ ↓ where the simultaneous interval excludes 0.'
  return `simultaneous intervals hold for all classes at once with ${formatGiven(level)}; ↑ ↓ where they exclude 0.`
}

/** Classes of one kind to name; the others are counted. */
const maxNamed = 10

/** The answer of a study in one or two sentences, with every class in one of them as far as there are not too many to read. */
export function headline(result: StudyResult): string {
  const [baseline, candidate] = titlesOf(result.detectors)
  const going = (direction: Direction): ClassResult[] => result.classes.filter((one) => one.direction === direction)
  const changes = [list('more', going('up')), list('less', going('down'))].filter((part) => part !== '')
  const unclear = going('none').map(({ name }) => name)
  const sentences = [
    changes.length > 0 &&
      `At a false-positive rate of ${formatGiven(result.fpr)}, ${candidate} detects ${changes.join(', and ')}${changes.length > 1 ? ',' : ''} than ${baseline} does.`,
    unclear.length > 0 &&
      noDifference(unclear, { most: maxNamed, interval: `simultaneous ${formatGiven(result.level)}` }),
  ]
  return sentences.filter((sentence) => sentence !== false).join(' ')
}

function list(what: string, classes: readonly ClassResult[]): string {
  if (classes.length === 0) return ''
  const texts = classes.map(({ name, xi }) => `${name} (ξ ${formatSigned(xi)})`)
  return `${what} ${enumerateSome(texts, maxNamed)}`
}
