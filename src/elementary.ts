import { addon } from './native.js'

// Elementary functions that have the same bits on every machine: statistics use these alone. `Math.log` and its like, and `**`
// with an exponent other than 2, differ in the last bit from one processor to the next. `Math.sqrt` and `Math.hypot` do not.

/** eˣ, within 1.1 ulp for |x| ≤ 700 and 2 beyond. */
export const exp = (x: number): number => addon.exp(x)

/** eˣ − 1 without the cancellation, within 1.1 ulp. */
export const expm1 = (x: number): number => addon.expm1(x)

/** The natural logarithm, within 1.1 ulp: −∞ at 0, NaN below. */
export const log = (x: number): number => addon.log(x)

/** log(1 + x) without the cancellation, within 1.1 ulp: −∞ at −1, NaN below. */
export const log1p = (x: number): number => addon.log1p(x)

/** xʸ for x ≥ 0 and y > 0, within |y·log x| + 2 ulp. */
export const pow = (x: number, y: number): number => exp(y * log(x))

/** 1 − p without the digits that the subtraction makes up: 0.05, not 0.050000000000000044, of 0.95. */
export const complement = (p: number): number => Number((1 - p).toPrecision(12))
