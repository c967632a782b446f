import { InvalidArgumentError, Option } from 'commander'
import type { Anomalies } from '../data/splits/anomalyMixture.js'

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

/** A class, or a mixture such as `shirt=0.9,sneaker=0.1`: whatever has an equals sign is one. */
export function anomalies(text: string): Anomalies {
  if (!text.includes('=')) return text
  return text.split(',').map((part) => {
    const at = part.lastIndexOf('=')
    if (at < 0) throw new InvalidArgumentError(`'${part}' has no weight.`)
    const [name, weight] = [part.slice(0, at).trim(), part.slice(at + 1)]
    if (weight.trim() === '' || Number.isNaN(Number(weight))) {
      throw new InvalidArgumentError(`The weight of '${name}' is '${weight}', not a number.`)
    }
    return { class: name, weight: Number(weight) }
  })
}

/** Names with commas between them. */
export function names(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

/** The values of an option that may be given more than once. */
export function repeated(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value]
}

/** Numbers with commas between them; none in an empty text. */
export function numbers(text: string): number[] {
  return text.trim() === '' ? [] : text.split(',').map(number)
}

/** An argument as a POSIX shell would have to be given it. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}
