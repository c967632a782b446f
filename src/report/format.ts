// How numbers are written. A page’s script holds those that it imports as they stand: they call nothing that it does not import too.
import { formatCount } from '../counted.js'
import { formatSigned } from '../signed.js'

export { formatSigned }

/** `[+0.59, +0.71]`, `[+0.0002, +0.71]`: an end beside 0 is not written as 0, so that it shows on which side it lies. */
export function formatInterval([low, high]: readonly [number, number], decimals = 2): string {
  const end = (value: number) => {
    const isNearly = Math.abs(value) >= 1e-6 && Number(Math.abs(value).toFixed(decimals)) === 0
    return formatSigned(value, isNearly ? Math.ceil(-Math.log10(Math.abs(value))) : decimals)
  }
  return `[${end(low)}, ${end(high)}]`
}

/** `[0.040, 0.064]`: of what has no sign, such as a rate. */
export function formatUnsignedInterval([low, high]: readonly [number, number], decimals: number): string {
  return `[${formatRate(low, decimals)}, ${formatRate(high, decimals)}]`
}

/** `+0.20`, `−0.095`, `+0.0001`: a difference with the decimals that it was given with, two at least; one that was computed with three. */
export function formatGivenXi(xi: number): string {
  const decimals = [2, 3, 4, 5, 6].find((digits) => Math.abs(Number(xi.toFixed(digits)) - xi) < 1e-12)
  return formatSigned(xi, decimals ?? Math.max(3, Math.ceil(-Math.log10(Math.abs(xi)))))
}

/** `0.0512 ± 0.0030` */
export function formatPlusMinus(value: number, error: number, decimals: number): string {
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`
}

/** `−0.503 ± 0.005` */
export function formatSignedPlusMinus(value: number, error: number, decimals = 2): string {
  return `${formatSigned(value, decimals)} ± ${error.toFixed(decimals)}`
}

/** `0.15 ± 0.03`, of a single run `0.15`: it says nothing of the spread. */
export function formatMeanSd({ mean, sd }: { readonly mean: number; readonly sd: number }, runs?: number): string {
  return runs === 1 ? mean.toFixed(2) : formatPlusMinus(mean, sd, 2)
}

/** `+0.15 ± 0.03`, of a single run `+0.15`. */
export function formatSignedMeanSd({ mean, sd }: { readonly mean: number; readonly sd: number }, runs: number): string {
  return runs === 1 ? formatSigned(mean) : formatSignedPlusMinus(mean, sd)
}

/** `+1.3`, or `∞` where neither side varies: a difference in standard errors. */
export function formatErrors(errors: number): string {
  if (errors === 0) return '0'
  return `${errors < 0 ? '−' : '+'}${Number.isFinite(errors) ? Math.abs(errors).toFixed(1) : '∞'}`
}

/** `0.031`, `< 0.001`: two significant digits. */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : formatDigits(p, 2)
}

/** `0.0312`, `<0.0001`: as {@link formatP}, in a column of numbers of one width. */
export function formatColumnP(p: number): string {
  return p < 1e-4 ? '<0.0001' : p.toFixed(4)
}

/** `97.5 %`, `0.1 %`, `< 0.001 %`: a measured share with the digits it needs, at most three decimals. It is 0 or 100 only where the share is. */
export function formatPercent(share: number): string {
  const percent = Number((share * 100).toFixed(3))
  if (percent === 0 && share > 0) return '< 0.001 %'
  return percent === 100 && share < 1 ? '> 99.999 %' : `${percent} %`
}

/** `5 %`, `0.25 %`, `0.00001 %`, `99.99999 %`: a target, a level or another rate as it was given, however near 0 or 1. */
export function formatGiven(rate: number): string {
  // The point moves in the digits themselves: a product would make some up.
  const [digits = '', exponent = '0'] = String(rate).split('e')
  const percent = Number(`${digits}e${Number(exponent) + 2}`)
  const short = Number(percent.toPrecision(10))
  // What was computed, such as 1/3, has more digits than anybody gives.
  return `${digits.length > 16 && short !== 100 ? short : percent} %`
}

/** `71 %`, `< 1 %`: it is 0 or 100 only where the share is. */
export function formatWholePercent(share: number): string {
  const percent = (100 * share).toFixed(0)
  if (percent === '0' && share > 0) return '< 1 %'
  return percent === '100' && share < 1 ? '> 99 %' : `${percent} %`
}

/** `0.0512`, `0.00003`, `0.99998`: a measured rate beside 0 or 1 has the decimals that tell it from them. */
export function formatRate(rate: number, decimals: number): string {
  const digits = rate.toFixed(decimals)
  const beside = Math.min(rate, 1 - rate)
  // What is nearer is the noise of a computation.
  return beside > 1e-9 && Number(digits) % 1 === 0 ? rate.toFixed(Math.ceil(-Math.log10(beside))) : digits
}

/** `71.3 %`, `> 99.9 %`: it is 0 or 100 only where the share is. */
export function formatShare(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`
  return share < 0.001 ? '< 0.1 %' : share > 0.999 ? '> 99.9 %' : `${(share * 100).toFixed(1)} %`
}

/** `80 %`, `more than 99.9 %` */
export function formatPower(power: number): string {
  if (power > 0 && power < 0.001) return 'less than 0.1 %'
  return power > 0.999 ? 'more than 99.9 %' : formatPercent(Number(power.toFixed(3)))
}

/** `500`, `5K`, `1.5K`; numbers that this would round are written out. */
export function formatShortCount(n: number): string {
  return n >= 1000 && n % 100 === 0 ? `${n / 1000}K` : formatCount(n)
}

/**
 * `123456094`, `-1.5e-9`, `Infinity`: a threshold in the shortest form that reads back as the same number, in a program too. Whoever
 * flags scores by a rounded one flags others.
 */
export function formatThreshold(threshold: number): string {
  return String(threshold)
}

/** `0.1235`, `1.235e-8`: so many significant digits, without zeros at the end. */
export function formatDigits(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)))
}

/** The bare number that was asked for, without digits of float arithmetic: `0.0000005` becomes `5e-7`. */
export function formatSetting(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value)
}

/** `12.3 s` */
export function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`
}

/** `4.2 s`, `40 s`, `3 min`, `2.1 h` */
export function formatDuration(seconds: number): string {
  if (seconds < 99.5) return seconds < 9.5 ? formatSeconds(seconds) : `${seconds.toFixed(0)} s`
  return seconds < 5970 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
