import { invariant } from '../../check.js'
import type { Convergence, ConvergenceCell, ObservedBound } from '../../converge/types.js'
import { formatCount } from '../../counted.js'
import { detectorTitle } from '../../detectors/detectors.js'
import { complement } from '../../elementary.js'
import { formatGiven, formatPercent, formatRate, formatSigned, formatSignedPlusMinus } from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { comparedTitle, preparedLines, titlesOf, trainedWords } from '../study/studyWords.js'
import { textLines, textTable } from '../textTable.js'
import { enumerate, originLines, warningLines } from '../words.js'

/** A convergence study for people at a terminal: the table of cells, the rates, and what they mean. No colours. */
export function convergeText(result: Convergence): string {
  requireAnswer('convergeText', result, 'converge')
  return textLines([
    convergeHeadline(result),
    convergeClasses(result),
    ...preparedLines(result, result.training.nHeldOut),
    textTable(cellTitles, cellRows(result), { align: 'rrrrrrrrrr' }),
    convergeLegend(result),
    boundsOutcome(result),
    '',
    textTable(rateTitles('rate of ξ̂', 'of FPR', result), rateRows(result), { align: 'rrrr' }),
    ratesLegend,
    ...warningLines(result.warnings),
    ...originLines(result),
  ])
}

/** What was studied, and what the runs converge to, in a sentence. */
export function convergeHeadline(result: Convergence): string {
  const { truth, fpr, runs, test } = result
  const error = truth.standardError === 0 ? '' : ` ± ${truth.standardError.toFixed(4)}`
  const drawn = test === 'fresh' ? 'each on anomalies of its own' : 'all on one test set'
  return (
    `${comparedTitle(result)}: ` +
    `ξ = ${formatSigned(truth.xi, 4)}${error} at a false-positive rate of ${formatGiven(fpr)}; ` +
    `${formatCount(runs)} runs of each n and α, ${drawn}.`
  )
}

/** Which classes are normal and anomalous, and what was trained on them, in a sentence. */
export function convergeClasses({ normal, anomaly, mixture, training, truth, share }: Convergence): string {
  // A law that is known exactly is a pool of samples, which runs are drawn from.
  const left = (n: number): string => (truth.standardError === 0 ? `, ${formatCount(n)} to draw from` : '')
  const anomalies = mixture?.map(({ class: name, weight }) => `${formatGiven(weight)} ${name}`) ?? anomaly
  return (
    `Normal: ${enumerate(normal)} (${trainedWords(training)}${left(truth.nNormal)}); ` +
    `anomalies: ${enumerate(anomalies)} (${formatCount(training.nAnomalous)} labelled${left(truth.nAnomalous)})` +
    `${share === 1 ? '' : `, of ${formatGiven(share)} of the data`}; network ${training.network}.`
  )
}

/** What n, n₁ and the columns of the table are. */
export function convergeLegend({ test, nTest, thresholdRule, delta, detectors }: Convergence): string {
  invariant((test === 'fixed') === (nTest !== undefined), 'a fixed test set has a size, and no other')
  const measured =
    nTest === undefined
      ? 'measures ξ̂ on n₁ = αn/(1 − α) anomalies of its own, and the FPR on the whole law'
      : `measures ξ̂ on the n₁ = α·${formatCount(nTest)} anomalies and the FPR on the ${formatCount(nTest)} normals of the test set`
  const within = formatGiven(complement(delta))
  return (
    `A run sets both thresholds (${thresholdRule}) on n normal samples and ${measured}. Mean and sd are over runs; in brackets, what ` +
    'theory expects: the sd of ξ̂ to first order, and mean and sd of the true FPR, Beta(c + 1, n − c). ' +
    `|ξ̂ − ξ|: ${within} of the runs err by less; ε: what Theorem 3 says ${within} err by at most (sharp, and as published). ` +
    `FPR: of ${detectorTitle(detectors.candidate)}.`
  )
}

/** The columns of the table of cells. */
export const cellTitles = [
  'α',
  'n',
  'n₁',
  'mean ξ̂',
  'sd ξ̂',
  '|ξ̂ − ξ|',
  'ε sharp',
  'ε published',
  'mean FPR',
  'sd FPR',
] as const

/** A row for each cell, under {@link cellTitles}. */
export function cellRows({ cells }: Convergence): [string, ...string[]][] {
  return cells.map((cell) => {
    const { alpha, n, nAnomalous, xi, fprCandidate, error, expected } = cell
    return [
      String(alpha),
      formatCount(n),
      formatCount(nAnomalous),
      formatSigned(xi.mean, 3),
      beside(xi.sd, expected.xiSd),
      error.quantile.toFixed(3),
      boundOf(cell, 'sharp').epsilon.toFixed(2),
      boundOf(cell, 'published').epsilon.toFixed(2),
      beside(fprCandidate.mean, expected.trueFpr?.mean),
      beside(fprCandidate.sd, expected.trueFpr?.sd),
    ]
  })
}

/** `0.0187 [0.0188]`: what was observed and what was expected. */
function beside(observed: number, expected: number | undefined): string {
  return expected === undefined ? formatRate(observed, 4) : `${formatRate(observed, 4)} [${formatRate(expected, 4)}]`
}

function boundOf({ bounds }: ConvergenceCell, version: ObservedBound['version']): ObservedBound {
  const found = bounds.find((bound) => bound.version === version)
  invariant(found !== undefined, `a cell has the ${version} bound`)
  return found
}

/** The columns of the table of rates. */
export function rateTitles(xi: string, fpr: string, { detectors }: Convergence): string[] {
  return ['α', xi, ...titlesOf(detectors).map((title) => `${fpr} ${title}`)]
}

/** A row for each α, under {@link rateTitles}: `−0.503 ± 0.005`, a dash where there is no fit. */
export function rateRows({ rates }: Convergence): [string, ...string[]][] {
  return rates.map(({ alpha, xi, fprBaseline, fprCandidate }) => [
    String(alpha),
    ...[xi, fprBaseline, fprCandidate].map((fit) =>
      fit ? formatSignedPlusMinus(fit.slope, fit.standardError, 3) : '–',
    ),
  ])
}

/** How often the bounds failed, in a sentence. */
export function boundsOutcome({ cells, delta }: Convergence): string {
  const outcome = (['sharp', 'published'] as const).map((version) => {
    const worst = Math.max(...cells.map((cell) => boundOf(cell, version).exceeded))
    return `${version}: ${worst === 0 ? 'none does' : `${formatPercent(worst)} at most`}`
  })
  return `In a cell, ${formatGiven(delta)} of the runs may err by more than ε (${outcome.join(', ')}).`
}

export const ratesLegend =
  'Slope of log sd on log n over the sizes above ± its standard error; −1/2 where the error falls as 1/√n. The sd of the FPR itself falls ' +
  'a little faster between small sizes, as that of its Beta law does.'
