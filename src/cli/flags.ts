import { InvalidArgumentError, Option } from 'commander'

/** An option that takes one of a few words. */
export function choice(flags: string, description: string, choices: readonly string[], fallback?: string): Option {
  const option = new Option(flags, description).choices(choices)
  return fallback === undefined ? option : option.default(fallback)
}

/** A number as an option gives it. */
export function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Not a number.')
  return value
}

/** A fraction as an option gives it: `0.05`, `5%` or `1/20`. */
export function fraction(text: string): number {
  const [, percent] = text.match(/^(.+)%$/s) ?? []
  if (percent !== undefined) return Number((number(percent) / 100).toPrecision(15))
  const [, above, below] = text.match(/^([^/]+)\/([^/]+)$/) ?? []
  if (above === undefined || below === undefined) return number(text)
  if (number(below) === 0) throw new InvalidArgumentError('It is divided by 0.')
  return number(above) / number(below)
}

/** The values of an option that may be given more than once. */
export function repeated(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value]
}

/** Numbers with commas between them; none in an empty text. */
export function numbers(text: string): number[] {
  return text.trim() === '' ? [] : text.split(',').map(number)
}

/** Fractions with commas between them; none in an empty text. */
export function fractions(text: string): number[] {
  return text.trim() === '' ? [] : text.split(',').map(fraction)
}

/** An option's name as a flag: `pretrainEpochs` is `pretrain-epochs`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
