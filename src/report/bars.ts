import { at } from '../check.js'

/** Numbers as bars between a low and a high one; what is no number is a blank. */
export function bars(profile: readonly number[], low: number, high: number): string {
  const bar = (value: number) => at('▁▂▃▄▅▆▇█', Math.min(7, Math.floor((8 * (value - low)) / (high - low || 1))))
  return profile.map((value) => (Number.isNaN(value) ? ' ' : bar(value))).join('')
}
