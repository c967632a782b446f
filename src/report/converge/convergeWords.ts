import type { Convergence, ConvergenceCell, RateFit } from '../../converge/types.js'
import { datasetTitle, detectorTitle, enumerate, formatPercent, formatSignedTo } from '../format.js'

/** What was studied, and what the runs converge to, in a sentence. */
export function convergeHeadline(result: Convergence): string {
  const { detectors, truth, fpr, runs, test } = result
  const error = truth.standardError === 0 ? '' : ` ± ${truth.standardError.toFixed(4)}`
  const drawn = test === 'fresh' ? 'each on anomalies of its own' : 'all on one test set'
  return (
    `${detectorTitle(detectors.candidate)} against ${detectorTitle(detectors.baseline)} on ${datasetTitle(result)}: ` +
    `ξ = ${formatSignedTo(truth.xi, 4)}${error} at a false-positive rate of ${formatPercent(fpr)}; ` +
    `${runs.toLocaleString('en')} runs of each n and α, ${drawn}.`
  )
}

/** Which classes are normal and anomalous, and what was trained on them, in a sentence. */
export function convergeClasses({ normal, anomaly, mixture, training, truth, share }: Convergence): string {
  const count = (n: number): string => n.toLocaleString('en')
  // A law that is known exactly is a pool of samples, which runs are drawn from.
  const left = (n: number): string => (truth.standardError === 0 ? `, ${count(n)} to draw from` : '')
  const anomalies = mixture?.map(({ class: name, weight }) => `${formatPercent(weight)} ${name}`) ?? anomaly
  return (
    `Normal: ${enumerate(normal)} (${count(training.nNormal)} to train on${left(truth.nNormal)}); ` +
    `anomalies: ${enumerate(anomalies)} (${count(training.nAnomalous)} labelled${left(truth.nAnomalous)})` +
    `${share === 1 ? '' : `, of ${formatPercent(share)} of the data`}; network ${training.network}.`
  )
}

/** What n, n₁ and the columns of the table are. */
export function convergeLegend({ test, nTest = 0, thresholdRule: threshold, delta, detectors }: Convergence): string {
  const measured =
    test === 'fresh'
      ? 'measures ξ̂ on n₁ = αn/(1 − α) anomalies of its own, and the FPR on the whole law'
      : `measures ξ̂ on the n₁ = α·${nTest.toLocaleString('en')} anomalies and the FPR on the ${nTest.toLocaleString('en')} normals of the test set`
  const within = formatPercent(1 - delta)
  return (
    `A run sets both thresholds (${threshold}) on n normal samples and ${measured}. Mean and sd are over runs; in brackets, what ` +
    'theory expects: the sd of ξ̂ to first order, and mean and sd of the true FPR, Beta(c + 1, n − c). ' +
    `|ξ̂ − ξ|: ${within} of the runs err by less; ε: what Theorem 3 says ${within} err by at most (sharp, and as published). ` +
    `FPR: of ${detectorTitle(detectors.candidate)}.`
  )
}

/** `0.0187 [0.0188]`: what was observed and what was expected. */
export function formatBeside(observed: string, expected: string | undefined): string {
  return expected === undefined ? observed : `${observed} [${expected}]`
}

/** The cells of a row of the table, after α and n. */
export function cellTexts({ nAnomalous, xi, fprCandidate, error, expected, bounds }: ConvergenceCell): string[] {
  const epsilon = (version: string): string =>
    (bounds.find((bound) => bound.version === version)?.epsilon ?? Number.NaN).toFixed(2)
  return [
    nAnomalous.toLocaleString('en'),
    formatSignedTo(xi.mean, 3),
    formatBeside(xi.sd.toFixed(4), expected.xiSd.toFixed(4)),
    error.quantile.toFixed(3),
    epsilon('sharp'),
    epsilon('published'),
    formatBeside(fprCandidate.mean.toFixed(4), expected.trueFpr?.mean.toFixed(4)),
    formatBeside(fprCandidate.sd.toFixed(4), expected.trueFpr?.sd.toFixed(4)),
  ]
}

export const cellTitles = ['n₁', 'mean ξ̂', 'sd ξ̂', '|ξ̂ − ξ|', 'ε sharp', 'ε published', 'mean FPR', 'sd FPR'] as const

/** `−0.503 ± 0.005`; a dash where there is no fit. */
export function formatRate(rate: RateFit | undefined): string {
  return rate === undefined ? '–' : `${formatSignedTo(rate.slope, 3)} ± ${rate.standardError.toFixed(3)}`
}

/** How often the bounds failed, in a sentence. */
export function boundsOutcome({ cells, delta }: Convergence): string {
  const outcome = (['sharp', 'published'] as const).map((version) => {
    const worst = Math.max(...cells.map(({ bounds }) => bounds.find((one) => one.version === version)?.exceeded ?? 0))
    return `${version}: ${worst === 0 ? 'none does' : `${formatPercent(worst)} at most`}`
  })
  return `In a cell, ${formatPercent(delta)} of the runs may err by more than ε (${outcome.join(', ')}).`
}

export const ratesLegend =
  'Slope of log sd on log n over the sizes above ± its standard error; −1/2 where the error falls as 1/√n. The sd of the FPR itself falls ' +
  'a little faster between small sizes, as that of its Beta law does.'
