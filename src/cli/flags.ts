import { InvalidArgumentError, Option } from 'commander'
import { splitNames } from '../flagText.js'

/** An option that takes one of a few words. */
export function choice(flags: string, description: string, choices: readonly string[], fallback?: string): Option {
  const option = new Option(flags, description).choices(choices)
  return fallback === undefined ? option : option.default(fallback)
}

/** A number as an option gives it. */
export function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) {
    throw new InvalidArgumentError(['Not a number.', ...decimalHint(text)].join(' '))
  }
  return value
}

/**
 * What to write instead, where commas in numbers look like decimal commas, or like those between thousands: a sentence, or
 * none. Numbers stand at the ends of a text, or between what separates them: `a=0,7,b=0,3` has two.
 */
export function decimalHint(text: string): string[] {
  const [, whole, digits = ''] = text.match(/(?:^|[=/]|\.\.)\s*([+-]?\d*),(\d+)(?=\s*(?:%|,|\/|\.\.|$))/) ?? []
  if (whole === undefined) return []
  if (/^[+-]?[1-9]\d{0,2}(,\d{3})+$/.test(text.trim()))
    return [`Thousands have no comma, as in ${text.trim().replaceAll(',', '')}.`]
  return [`Decimals have a point, as in ${/\d/.test(whole) ? whole : `${whole}0`}.${digits}.`]
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

type Parser<T> = (text: string, earlier?: T) => T

const parsersThatAdd = new WeakSet<object>()

/** The parser of an option that may be given more than once: `add` puts what it is given to what it was given before. */
export function adding<T>(parse: (text: string) => T, add: (earlier: T, more: T) => T): Parser<T> {
  const parser: Parser<T> = (text, earlier) => (earlier === undefined ? parse(text) : add(earlier, parse(text)))
  parsersThatAdd.add(parser)
  return parser
}

/** Whether an option adds up what it is given, where it is given more than once. */
export function addsUp({ parseArg }: Option): boolean {
  return parseArg !== undefined && parsersThatAdd.has(parseArg)
}

/**
 * The parser of an option that takes a list, and may be given more than once: the lists one after another, as if they were one
 * with commas between them. They take the place of `fallback`, which Commander hands on as if it had been given.
 */
export function listOf<T>(parse: (text: string) => T[], fallback?: readonly T[]): Parser<T[]> {
  return adding(parse, (earlier, more) => (earlier === fallback ? more : [...earlier, ...more]))
}

/** The parser of an option that may be given more than once, and whose values stay as they are. */
export const repeated = listOf((text) => [text])

/** Names with commas between them. */
export const names = listOf(splitNames)

/** Numbers with commas between them; none in an empty text. */
export const numbers = listOf((text) => listed(text, number))

/** Fractions with commas between them; none in an empty text. */
export const fractions = listOf((text) => listed(text, fraction))

/** What stands between commas; nothing in an empty text. */
export function listed<T>(text: string, parse: (part: string) => T): T[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => parse(part))
}

/** An option's name as a flag: `pretrainEpochs` is `pretrain-epochs`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
