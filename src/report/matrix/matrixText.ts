import { invariant } from '../../check.js'
import { detectorTitle } from '../../detectors/detectors.js'
import type { AnomalyMatrix, MatrixRow } from '../../study/anomalyMatrix.js'
import { formatCounted, formatPercent, formatSigned, formatSignedPlusMinus } from '../format.js'
import { matrixSimilaritySentence } from '../study/similarityText.js'
import { textLines, textTable } from '../textTable.js'
import { arrows, comparedTitle, dataLines } from '../words.js'

/** A matrix of ξ over labelled × tested class for people at a terminal. No colours. */
export function matrixText(matrix: AnomalyMatrix): string {
  return textLines([
    `${comparedTitle(matrix)} (${matrix.network}): normal ${matrix.normal} (${matrix.nNormal} to train on), ` +
      `${labelledCount(matrix)}, ${formatCounted(matrix.runs, 'run')}`,
    cellTable(matrix),
    matrixReading(matrix),
    matrixAnswer(matrix),
    matrixSimilaritySentence(matrix),
    ...matrix.warnings.map((warning) => `Warning: ${warning}`),
    ...dataLines(matrix),
  ])
}

function cellTable({ tested, rows }: AnomalyMatrix): string {
  const lines = rows.map(({ labelled, classes, overall, unlabelled }) => [
    labelled,
    ...classes.map(({ xi, direction }) => `${formatSigned(xi)} ${arrows[direction]}`),
    formatSignedPlusMinus(overall.mean, overall.sd),
    formatSignedPlusMinus(unlabelled.mean, unlabelled.sd),
  ])
  const head = ['labelled \\ tested', ...tested, 'mean ξ', 'others']
  return textTable(head, lines, { align: `l${'r'.repeat(tested.length + 2)}` })
}

/** What the numbers are, in two sentences. */
export function matrixReading({ detectors, fpr, level, normal }: AnomalyMatrix): string {
  return (
    `ξ = TPR ${detectorTitle(detectors.candidate)} − TPR ${detectorTitle(detectors.baseline)} at FPR ${formatPercent(fpr)}; ` +
    `↑ ↓ where its ${formatPercent(level)} interval excludes 0, cell by cell. Classes in order of distance to ${normal}; ` +
    'mean ξ ± sd over runs, over all tested classes and over those not labelled.'
  )
}

/** Which labelled class helps most, and which least or not at all. */
export function matrixAnswer({ rows, best, worst, lead }: AnomalyMatrix): string {
  const row = (name: string): MatrixRow => {
    const found = rows.find(({ labelled }) => labelled === name)
    invariant(found !== undefined, `the matrix has a row of ${name}`)
    return found
  }
  const words = ({ overall, nUp, nDown }: MatrixRow) =>
    `mean ξ ${formatSignedPlusMinus(overall.mean, overall.sd)}, ${nUp} ↑, ${nDown} ↓`
  const ahead =
    lead === null
      ? ''
      : `; ahead of ${lead.over} by ${formatSignedPlusMinus(lead.difference.mean, lead.difference.sd)} over runs`
  const least = row(worst).overall.mean < 0 ? 'hurts most' : 'helps least'
  const harmful = rows.filter(({ nDown }) => nDown > 0)
  const harm =
    harmful.length === 0
      ? 'No labelled class costs recall on another clearly.'
      : `Clear losses: ${harmful
          .map(({ labelled, classes }) => {
            const down = classes.filter(({ direction }) => direction === 'down').map(({ name }) => name)
            return `labelling ${labelled} costs recall on ${down.join(', ')}`
          })
          .join('; ')}.`
  return (
    `On average over all tested classes, labelling ${best} helps most (${words(row(best))}${ahead}) and ${worst} ${least} ` +
    `(${words(row(worst))}). ${harm}`
  )
}

/** `120 labelled anomalies`, or `12 to 24` where classes have too few for more. */
export function labelledCount({ rows }: Pick<AnomalyMatrix, 'rows'>): string {
  const counts = rows.map(({ nAnomaly }) => nAnomaly)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return `${least === most ? least : `${least} to ${most}`} labelled anomalies`
}
