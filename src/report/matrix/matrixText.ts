import Table from 'cli-table3'
import type { AnomalyMatrix, MatrixRow } from '../../study/anomalyMatrix.js'
import { arrows, datasetTitle, detectorTitle, formatPercent, formatSigned } from '../format.js'
import { matrixSimilaritySentence } from '../study/similarityText.js'

/** A matrix of ξ over labelled × tested class for people at a terminal. No colours. */
export function matrixText(matrix: AnomalyMatrix): string {
  const { tested, rows } = matrix
  const table = new Table({
    head: ['labelled \\ tested', ...tested, 'mean ξ', 'others'],
    colAligns: ['left', ...tested.map(() => 'right' as const), 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { labelled, classes, overall, unlabelled } of rows) {
    table.push([
      labelled,
      ...classes.map(({ xi, direction }) => `${formatSigned(xi)} ${arrows[direction]}`),
      signedMeanSd(overall),
      signedMeanSd(unlabelled),
    ])
  }
  return [
    `${matrixTitle(matrix)} (${matrix.network}): normal ${matrix.normal} (${matrix.nNormal} to train on), ` +
      `${labelledCount(matrix)}, ${matrix.runs} ${matrix.runs === 1 ? 'run' : 'runs'}`,
    table.toString(),
    matrixReading(matrix),
    matrixAnswer(matrix),
    matrixSimilaritySentence(matrix),
    ...matrix.warnings.map((warning) => `Warning: ${warning}`),
    ...(matrix.attribution === '' ? [] : [`Data: ${matrix.attribution}.`]),
  ].join('\n')
}

/** `Deep SAD against Deep SVDD on statlog` */
export function matrixTitle(matrix: AnomalyMatrix): string {
  const { baseline, candidate } = matrix.detectors
  return `${detectorTitle(candidate)} against ${detectorTitle(baseline)} on ${datasetTitle(matrix)}`
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
  const row = (name: string) => rows.find(({ labelled }) => labelled === name)
  const words = (one: MatrixRow | undefined) =>
    one === undefined ? '' : `mean ξ ${signedMeanSd(one.overall)}, ${one.nUp} ↑, ${one.nDown} ↓`
  const ahead = lead === null ? '' : `; ahead of ${lead.over} by ${signedMeanSd(lead.difference)} over runs`
  const least = (row(worst)?.overall.mean ?? 0) < 0 ? 'hurts most' : 'helps least'
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

function signedMeanSd({ mean, sd }: { readonly mean: number; readonly sd: number }): string {
  return `${formatSigned(mean)} ± ${sd.toFixed(2)}`
}
