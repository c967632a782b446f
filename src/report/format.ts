import type { Direction, MeanSd, StudyResult } from '../study/types.js'

export { detectorTitle } from '../detectors/detectors.js'

/** `0.15 ± 0.03`, of a single run `0.15`: it says nothing of the spread. */
export function formatMeanSd({ mean, sd }: MeanSd, runs?: number): string {
  return runs === 1 ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${sd.toFixed(2)}`
}

/** `+0.66`, `−0.20`, `0.00`: with a sign wherever the rounded number has one, and a true minus. */
export function formatSigned(value: number): string {
  return formatSignedTo(value, 2)
}

/** As {@link formatSigned}, with any number of decimals. */
export function formatSignedTo(value: number, decimals: number): string {
  const digits = Math.abs(value).toFixed(decimals)
  if (Number(digits) === 0) return digits
  return `${value < 0 ? '−' : '+'}${digits}`
}

/** `[+0.59, +0.71]` */
export function formatInterval([low, high]: readonly [number, number]): string {
  return `[${formatSigned(low)}, ${formatSigned(high)}]`
}

/** `95 %`, `97.5 %`, `0.1 %`: a fraction as a percentage with the digits it needs, at most three decimals. */
export function formatPercent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(3))} %`
}

/** The bare number that was asked for, without digits of float arithmetic: `0.0000005` becomes `5e-7`. */
export function formatSetting(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value)
}

export const arrows: Readonly<Record<Direction, string>> = { up: '↑', down: '↓', none: '·' }

/** `statlog`, `spectrum (simulated)`: never the one without the other. */
export function datasetTitle({ dataset, simulated }: Pick<StudyResult, 'dataset' | 'simulated'>): string {
  return simulated ? `${dataset} (simulated)` : dataset
}

/** How distances between classes are measured. */
export function distanceWords({ distance }: Pick<StudyResult, 'distance'>): string {
  return distance === 'euclidean' ? 'Euclidean distances' : 'mean squared differences'
}

/** `5 runs`, or `4 of 5 runs` where one diverged. */
export function countedRuns({ runs, training }: StudyResult): string {
  const counted = training.converged.length
  return `${counted === runs ? '' : `${counted} of `}${runs.toLocaleString('en')} ${runs === 1 ? 'run' : 'runs'}`
}

/** `a`, `a and b`, `a, b and c` */
export function enumerate(items: readonly string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`
}
