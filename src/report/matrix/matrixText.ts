import { invariant } from '../../check.js'
import { counted } from '../../counted.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { AnomalyMatrix, MatrixRow } from '../../study/anomalyMatrix.js'
import type { SettingResult } from '../../study/nearFar.js'
import { formatGiven, formatInterval, formatSigned, formatSignedMeanSd } from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { matrixSimilaritySentence } from '../study/similarityText.js'
import { comparedTitle, networkLines, preparedLines, stoppingLines, trainedWords } from '../study/studyWords.js'
import { textLines, textTable } from '../textTable.js'
import { arrows, capital, enumerate, originLines, warningLines } from '../words.js'

/** A matrix of ξ over labelled × tested class for people at a terminal. No colours. */
export function matrixText(matrix: AnomalyMatrix): string {
  requireAnswer('matrixText', matrix, 'anomalyMatrix')
  return textLines([
    `${comparedTitle(matrix)} (${matrix.network}): normal ${matrix.normal} (${trainedWords(matrix)}), ` +
      `${labelledCount(matrix)}, ${counted(matrix.runs, 'run')}`,
    ...networkLines(matrix.network, matrix.networkReason),
    ...preparedLines(matrix.data, matrix.nHeldOut),
    ...stoppingLines(
      matrix.detectors,
      matrix.trainingSettings,
      matrix.rows.map(({ bestEpochs }) => bestEpochs),
    ),
    cellTable(matrix),
    matrixReading(matrix),
    matrixAnswer(matrix),
    matrixSettings(matrix),
    matrixSimilaritySentence(matrix),
    ...warningLines(matrix.warnings),
    ...originLines(matrix),
  ])
}

function cellTable({ tested, rows }: AnomalyMatrix): string {
  const lines = rows.map(({ labelled, classes, overall, unlabelled, runs }) => [
    labelled,
    ...classes.map(({ xi, direction }) => `${formatSigned(xi)} ${arrows[direction]}`),
    formatSignedMeanSd(overall, runs),
    formatSignedMeanSd(unlabelled, runs),
  ])
  const head = ['labelled \\ tested', ...tested, 'mean ξ', 'others']
  return textTable(head, lines, { align: `l${'r'.repeat(tested.length + 2)}` })
}

/** Whether a single run counts in every row: it says nothing of the spread. */
export function oneRun(rows: AnomalyMatrix['rows']): boolean {
  return rows.every(({ runs }) => runs === 1)
}

/** What the numbers are, in four sentences. */
export function matrixReading({ detectors, fpr, level, normal, rows }: AnomalyMatrix): string {
  const nCells = counted(rows.length * rows.length, 'cell')
  return (
    `ξ = TPR ${detectorTitle(detectors.candidate)} − TPR ${detectorTitle(detectors.baseline)} at FPR ${formatGiven(fpr)}; ` +
    `↑ ↓ where its simultaneous ${formatGiven(level)} interval, which holds for all ${nCells} at once, excludes 0. ` +
    `Classes in order of distance to ${normal}. ` +
    `Mean ξ${oneRun(rows) ? '' : ' ± sd over runs'}: over all tested classes, and over the others, those not labelled.`
  )
}

/** Which labelled class helps most, and which least or not at all, as far as they can be told apart. */
export function matrixAnswer(matrix: AnomalyMatrix): string {
  const { rows, best, worst } = matrix
  const harmful = rows.filter(({ nDown }) => nDown > 0)
  const harm =
    harmful.length === 0
      ? 'No labelled class clearly costs recall on a class.'
      : `Clear losses: ${harmful
          .map(({ labelled, classes }) => {
            const down = classes.filter(({ direction }) => direction === 'down').map(({ name }) => name)
            return `labelling ${labelled} costs recall on ${enumerate(down)}`
          })
          .join('; ')}.`
  return `On average over all tested classes, ${extreme(best, 'largest', matrix)} ${capital(extreme(worst, 'smallest', matrix))} ${harm}`
}

/** ξ on classes that are not labelled, by whether labelled and tested class are near the normal one or far, in one sentence. */
export function matrixSettings({ settings, normal, level }: AnomalyMatrix): string {
  const told = settings.map((one) => `${settingTitle(one)} ${formatSigned(one.xi)} ${arrows[one.direction]}`)
  return (
    `Mean ξ on classes not labelled (near: at most the median distance of the classes to ${normal}; ↑ ↓ where the simultaneous ${formatGiven(level)} ` +
    `interval, which holds for these means at once, excludes 0): ${told.join('; ')}.`
  )
}

/** `known near, unseen far` */
export function settingTitle({ known, unseen }: Pick<SettingResult, 'known' | 'unseen'>): string {
  return `known ${known}, unseen ${unseen}`
}

/** The row of an extreme mean, and whether others could have it as well. */
function extreme(
  [name, ...others]: readonly string[],
  which: string,
  { rows, level, differences }: AnomalyMatrix,
): string {
  invariant(name !== undefined, 'a matrix has rows')
  const { overall, runs, nUp, nDown } = rowOf(name, rows)
  const mean = `the ${which} mean ξ is with ${name} labelled (${formatSignedMeanSd(overall, runs)}, ${nUp} ↑, ${nDown} ↓)`
  const interval = `simultaneous ${formatGiven(level)} interval`
  const [second] = others
  if (second === undefined) return `${mean}, clearly apart from the others.`
  if (oneRun(rows)) return `${mean}; one run does not tell it apart from the others.`
  const lead = differences.find(({ labelled, over }) => [labelled, over].every((one) => one === name || one === second))
  const reach =
    lead === undefined
      ? ''
      : ` (${lead.labelled} − ${lead.over}: ${formatSigned(lead.difference)}, ${interval} ${formatInterval(lead.simultaneous)})`
  const any = others.length > 1 && others.length === rows.length - 1
  return `${mean}; it cannot be told apart from ${any ? 'any other' : enumerate(others)}${reach}.`
}

function rowOf(name: string, rows: readonly MatrixRow[]): MatrixRow {
  const found = rows.find(({ labelled }) => labelled === name)
  invariant(found !== undefined, `the matrix has a row of ${name}`)
  return found
}

/** `120 labelled anomalies`, or `12 to 24` where classes have too few for more. */
export function labelledCount({ rows }: Pick<AnomalyMatrix, 'rows'>): string {
  const counts = rows.map(({ nAnomaly }) => nAnomaly)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return least === most
    ? counted(most, 'labelled anomaly', 'labelled anomalies')
    : `${least} to ${most} labelled anomalies`
}
