import { at } from '../../check.js'

/** 10⁰ … 10²², the powers of ten that float64 has exactly. */
const powers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`))

/** How a number is written: a decimal point or, where it cannot part thousands, a decimal comma. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+|\d*,\d+)(e[+-]?\d+)?$/i
const infinite = /^([+-]?)inf(inity)?$/i

/** What is longer is no number. */
const longestNumber = 1000

/** One comma with three digits after it and at most three before it: 1,234 is a thousand to some, one to others. */
export const ambiguousComma = /^[+-]?[1-9]\d{0,2},\d{3}$/

/**
 * The float64 next to a decimal number, rounded once; NaN for any other text. Blanks around it are no part of it. What is
 * too large for float64 is no number, `inf` and `infinity` are.
 */
export function numberOf(text: string): number {
  if (text.length > longestNumber) return Number.NaN
  const trimmed = text.replace(/^[ \t]+|[ \t]+$/g, '')
  const infinity = infinite.exec(trimmed)
  if (infinity !== null) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (!decimal.test(trimmed) || ambiguousComma.test(trimmed)) return Number.NaN
  const number = Number(trimmed.replace(',', '.'))
  return Number.isFinite(number) ? number : Number.NaN
}

/** A whole number, as integers and decimals without a fraction are written. */
const whole = /^([+-]?\d+)(?:[.,]0*)?$/

/** Whether a whole number can be another one in float64. */
export function isLarge(number: number): boolean {
  return number > Number.MAX_SAFE_INTEGER || number < -Number.MAX_SAFE_INTEGER
}

/**
 * Whether a text is a whole number of which `numberOf` gives another. Decimals are rounded as they always are, and so is
 * what has an exponent. What a float64 is written as at its shortest, which programs fill up with zeros, stands for that.
 */
export function isRoundedText(text: string, number: number): boolean {
  const digits = text.trim()
  return isRoundedDecimal(digits, number) && significant(digits) !== shortest(number)
}

/** The same of integers and decimals, which no float64 was written as. */
export function isRoundedDecimal(text: string, number: number): boolean {
  if (!isLarge(number)) return false
  const [, digits] = whole.exec(text) ?? []
  return digits !== undefined && isRounded(BigInt(digits), number)
}

/** Whether float64 has another number in place of a whole one. */
export function isRounded(exact: bigint, number: number): boolean {
  return isLarge(number) && Number.isFinite(number) && BigInt(number) !== exact
}

function significant(written: string): string {
  return written
    .replace(/[.,].*/, '')
    .replace(/^[+-]?0*/, '')
    .replace(/0+$/, '')
}

/** The fewest significant digits that are read as a number. */
function shortest(number: number): string {
  return significant(number.toExponential().replace('.', '').replace(/e.*/, ''))
}

/**
 * `numberOf` the ASCII bytes from one place to another, in a third of the time. Up to 15 digits times or by a power of
 * ten that float64 has are exact (Clinger 1990); up to 19 are computed with twice the precision (Dekker 1971) and taken
 * where its error cannot change the rounding. All else is left to `numberOf`.
 */
export function numberInBytes(bytes: Buffer, from: number, to: number): number {
  if (to - from > longestNumber) return Number.NaN
  let i = from
  const negative = bytes[i] === 0x2d
  if (negative) i++
  let high = 0
  let low = 0
  let significant = 0
  let digits = 0
  let point = -1
  for (; i < to; i++) {
    const byte = bytes[i]
    if (byte === undefined) break
    if (byte >= 0x30 && byte <= 0x39) {
      digits++
      if (significant < 15) high = high * 10 + (byte - 0x30)
      else low = low * 10 + (byte - 0x30)
      if (high > 0) significant++
    } else if (byte === 0x2e && point < 0) point = digits
    else break
  }
  if (i < to || digits === 0 || significant > 19) return numberOf(bytes.toString('latin1', from, to))
  const decimals = point < 0 ? 0 : digits - point
  const number =
    decimals > 22
      ? Number.NaN
      : significant <= 15
        ? high / at(powers, decimals)
        : long(high, low, significant, decimals)
  if (Number.isNaN(number)) return numberOf(bytes.toString('latin1', from, to))
  return negative ? -number : number
}

/** (high·10^(significant − 15) + low)/10^decimals; NaN where that is too near the middle between two float64. */
function long(high: number, low: number, significant: number, decimals: number): number {
  const shift = at(powers, significant - 15)
  const product = high * shift
  const sum = product + low
  const part = sum - product
  const rest = productError(high, shift, product) + (product - (sum - part)) + (low - part)
  const divisor = at(powers, decimals)
  const quotient = sum / divisor
  const back = quotient * divisor
  const correction = (sum - back - productError(quotient, divisor, back) + rest) / divisor
  const margin = Math.abs(correction) * 1e-13 + quotient * 1e-30
  const number = quotient + correction
  return quotient + (correction - margin) === quotient + (correction + margin) ? number : Number.NaN
}

/** a·b − product, exactly, where product is a·b rounded. */
function productError(a: number, b: number, product: number): number {
  // Each factor as the upper 26 bits of its significand and the rest; arrays of them would be allocated for every number.
  const aScaled = a * 134_217_729
  const bScaled = b * 134_217_729
  const aHigh = aScaled - (aScaled - a)
  const bHigh = bScaled - (bScaled - b)
  const aLow = a - aHigh
  const bLow = b - bHigh
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
}
