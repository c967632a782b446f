import { type ErrorCode, ScoringBiasError } from './errors.js'

/** Checks one value, called by its name in the error. */
export interface Check {
  (name: string, value: unknown): void
  /** Whether the option has no default. */
  readonly isRequired?: boolean
  /** Whether the option is plain data in lists and records, of which all is copied. */
  readonly isPlain?: boolean
}

/** A check for every option of `T`: an option without one does not compile. */
export type OptionChecks<T> = { readonly [K in keyof T]-?: Check }

/** The check of an option that has no default: where it is left out, undefined is refused. */
export function required(check: Check): Check {
  if (check.isRequired) return check
  const requiring = (name: string, value: unknown) => {
    if (value === undefined) throw lacking(name, check)
    check(name, value)
  }
  return Object.assign(requiring, { isRequired: true })
}

/** The error for an option that has no default and is not given: its check says what it must be. */
function lacking(name: string, check: Check): ScoringBiasError {
  try {
    check(name, undefined)
  } catch (error) {
    if (!(error instanceof ScoringBiasError)) throw error
    return new ScoringBiasError(error.code, `${error.message}. It is required`, { cause: error })
  }
  return new ScoringBiasError('WRONG_TYPE', `${name} is required`)
}

/** The check of an option that is plain data in lists and records, such as the sizes of layers: a copy of all of it is kept. */
export function plain(check: Check): Check {
  return Object.assign((name: string, value: unknown) => check(name, value), { isPlain: true })
}

/** Options as given: those that are undefined are left out. */
export type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/**
 * Requires an object of known options, each of the right kind, those without a default among them, and returns a copy
 * of those that are given, of lists and of plain data too: what the caller changes while we work has no effect. They are the object's own:
 * what is spread or merged on its way keeps these alone, so that one that is inherited would count here and be dropped there.
 *
 * @param where what takes the options, as its caller names it
 *
 * Errors: `WRONG_TYPE` for what is no plain object and for an option that is inherited or hidden, `UNKNOWN_NAME` for an unknown option, with the known ones and one that is near, and
 * those of the checks.
 */
export function requireOptions<T extends object>(
  where: string,
  options: T | undefined,
  checks: OptionChecks<T>,
): Given<T> {
  if (options !== undefined) requireOwn(where, options, checks)
  const found: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value === undefined) continue
    if (!isKeyOf(checks, name)) throw unknownOption(where, name, Object.keys(checks))
    checks[name](name, value)
    found[name] = checks[name].isPlain ? plainCopy(value) : Array.isArray(value) ? value.slice() : value
  }
  for (const name in checks) {
    if (checks[name].isRequired && !Object.hasOwn(found, name)) checks[name](name, undefined)
  }
  return found as Given<T>
}

/** Requires an object whose options are all its own and enumerable: those of a Map, say, or of a prototype would be dropped unseen. */
function requireOwn<T extends object>(where: string, options: T, checks: OptionChecks<T>): void {
  const name = `the options of ${where}`
  record(name, options)
  // A namespace is what `import * as options` gives.
  if (!/^\[object (Object|Module)\]$/.test(Object.prototype.toString.call(options))) {
    throw wrongType(name, 'a plain object, as in { name: value }', options)
  }
  const seen: string[] = []
  for (const one in options) seen.push(one)
  for (const one of new Set([...seen, ...Object.keys(checks)])) {
    // What somebody has added to all objects is not meant here.
    if (!(one in options) || one in Object.prototype || isEnumerable.call(options, one)) continue
    if (!isKeyOf(checks, one)) throw unknownOption(where, one, Object.keys(checks))
    const how = Object.hasOwn(options, one) ? 'is not enumerable' : 'is inherited from the prototype of the object'
    throw new ScoringBiasError(
      'WRONG_TYPE',
      `the option ${one} of ${where} ${how}, got ${show(options)}. Give a plain object that has it itself, as in { ${one}: … }`,
    )
  }
}

const { propertyIsEnumerable: isEnumerable } = Object.prototype

/** Lists and records in plain data at most, which ends copies of what holds itself. */
const deepest = 4

/** Lists and records of plain data anew; anything else in them as it is. */
export function plainCopy<T>(value: T, depth?: number): T
export function plainCopy(value: unknown, depth = deepest): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return Array.from(value, (one) => plainCopy(one, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, plainCopy(own, depth - 1)]))
}

function isKeyOf<T extends object>(object: T, key: PropertyKey): key is keyof T & string {
  return Object.hasOwn(object, key)
}

/** The options of `options` that `checks` names, for a function that takes some of its caller's. */
export function pickOptions<T extends object>(options: T, checks: OptionChecks<Partial<T>>): T {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(checks, name))) as T
}

/** Checks nothing: for values that are checked where they are used. */
export const anything: Check = () => {}

/** An integer in [min, max]. */
export function integer(min: number, max?: number): Check {
  return (name, value) => requireInteger(name, value, min, max)
}

/** A number strictly between two others. */
export function between(low: number, high: number): Check {
  return (name, value) => requireBetween(name, value, low, high)
}

/** A finite number in [low, high], the upper bound possibly infinite. */
export function within(low: number, high: number): Check {
  return (name, value) => requireWithin(name, value, low, high)
}

/** A finite number in [low, high), the upper bound possibly infinite. */
export function halfOpen(low: number, high: number): Check {
  return (name, value) => {
    const number = requireFinite(name, value)
    if (number < low || number >= high)
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `${name} must lie in [${low}, ${high === Number.POSITIVE_INFINITY ? '∞' : high}), got ${number}`,
      )
  }
}

/** A finite number. */
export const finite: Check = requireFinite

/** One of a list of names; `kind` is what the error calls them. */
export function oneOf(kind: string, known: readonly string[]): Check {
  return (name, value) => {
    text(name, value)
    requireKnown(kind, value, known)
  }
}

/** true or false. */
export const flag: Check = (name, value) => {
  if (typeof value !== 'boolean') throw wrongType(name, 'true or false', value)
}

/** A text. */
export const text: Check = (name, value) => {
  if (typeof value !== 'string') throw wrongType(name, 'a string', value)
}

/** The path of a file. Errors: `WRONG_TYPE`, `BAD_FILE` for an empty one. */
export const filePath: Check = pathOf('a file')

/** The path of a folder. Errors: `WRONG_TYPE`, `BAD_FILE` for an empty one. */
export const folderPath: Check = pathOf('a folder')

function pathOf(what: string): Check {
  return (name, value) => {
    text(name, value)
    if (value === '') throw new ScoringBiasError('BAD_FILE', `${name} must be the path of ${what}, got ''`)
  }
}

/** A text, or false for none. */
export const textOrFalse: Check = (name, value) => {
  if (value !== false && typeof value !== 'string') throw wrongType(name, 'a string or false', value)
}

/** A function. */
export const callback: Check = (name, value) => {
  if (typeof value !== 'function') throw wrongType(name, 'a function', value)
}

/** An object that is no array. */
export const record: Check = (name, value) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw wrongType(name, 'an object', value)
}

/** An array whose elements all pass a check. */
export function list(check: Check): Check {
  return (name, value) => {
    if (!Array.isArray(value)) throw wrongType(name, 'an array', value)
    for (const [i, element] of value.entries()) check(`${name}[${i}]`, element)
  }
}

/** Numbers in an array or typed array; their values are checked where they are used. */
export const numbers: Check = (name, value) => {
  const isBig = value instanceof BigInt64Array || value instanceof BigUint64Array
  if (isBig || !ArrayBuffer.isView(value) || value instanceof DataView) list(requireNumber)(name, value)
}

/** An `AbortSignal`, of this realm or another. */
export const abortSignal: Check = (name, value) => {
  if (!isSignal(value)) throw wrongType(name, 'an AbortSignal', value)
}

/** Whether a value can be used as a signal, which only using it tells: before anything is begun that would go on. */
function isSignal(value: unknown): boolean {
  const signal = value as AbortSignal
  const listener = () => {}
  try {
    signal.addEventListener('abort', listener, { once: true })
    signal.removeEventListener('abort', listener)
    return typeof signal.aborted === 'boolean'
  } catch {
    return false
  }
}

/** Requires an integer in [min, max] and returns it. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireInteger(name: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = requireNumber(name, value)
  if (!Number.isInteger(number) || number < min || number > max) {
    // Only who goes beyond it needs to know how far numbers go by steps of 1.
    const isOpen = max === Number.MAX_SAFE_INTEGER && !(number > max)
    const most = max === Number.MAX_SAFE_INTEGER ? `${max} (2^53 − 1)` : max
    const range = isOpen ? `of at least ${min}` : `from ${min} to ${most}`
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} must be an integer ${range}, got ${number}`)
  }
  return number
}

/** Requires a finite number and returns it. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireFinite(name: string, value: unknown): number {
  const number = requireNumber(name, value)
  if (!Number.isFinite(number)) throw new ScoringBiasError('OUT_OF_RANGE', `${name} must be finite, got ${number}`)
  return number
}

/** Requires a finite number strictly between `low` and `high` and returns it. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireBetween(name: string, value: unknown, low: number, high: number): number {
  const number = requireNumber(name, value)
  if (!(number > low && number < high)) {
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} must lie strictly between ${low} and ${high}, got ${number}`)
  }
  return number
}

/** Requires a finite number in [low, high] and returns it. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireWithin(name: string, value: unknown, low: number, high: number): number {
  const number = requireFinite(name, value)
  if (number < low || number > high) {
    const range = high === Number.POSITIVE_INFINITY ? `be at least ${low}` : `lie in [${low}, ${high}]`
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} must ${range}, got ${number}`)
  }
  return number
}

/** Requires one of `known` and returns it; the error lists them and suggests one that is near. Errors: `WRONG_TYPE`, `code`. */
export function requireKnown<T extends string>(
  kind: string,
  value: unknown,
  known: readonly T[],
  code: ErrorCode = 'UNKNOWN_NAME',
): T {
  if (typeof value !== 'string') throw wrongType(`the ${kind}`, 'a string', value)
  const found = known.find((name) => name === value)
  if (found !== undefined) return found
  throw new ScoringBiasError(code, `unknown ${kind} ${show(value)}${hint(value, known)}; known: ${known.join(', ')}`)
}

/** An element that is there by construction: a wrong index is a fault of this package. Errors: `INTERNAL`. */
export function at<T>(values: ArrayLike<T>, i: number): T {
  const value = values[i]
  if (value === undefined) throw internal(`there is no element ${i} among ${values.length}`)
  return value
}

/** The value of a key that is there by construction. Errors: `INTERNAL`. */
export function entryOf<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw internal(`there is no entry '${String(key)}'`)
  return value
}

/** Requires what holds by construction. Errors: `INTERNAL`. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw internal(what)
}

function internal(what: string): ScoringBiasError {
  return new ScoringBiasError('INTERNAL', `fault of scoring-bias: ${what}; please report it`)
}

/**
 * The name one of whose words the value is, as `sad` of `deep-sad`; or that at the smallest edit distance, if that is 1, or at most a
 * third of the value's length; else one that contains it.
 */
export function nearest(value: string, known: readonly string[]): string | undefined {
  if (value.length > quotedLetters) return undefined
  const asked = value.toLowerCase()
  const ofWord = known.find((name) => wordsOf(name).includes(asked))
  if (ofWord !== undefined && asked.length >= 3) return ofWord
  const distances = known.map((name) => editDistance(asked, name.toLowerCase()))
  const least = distances.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  if (least <= Math.max(1, Math.floor(value.length / 3))) return known[distances.indexOf(least)]
  return asked.length < 3 ? undefined : known.find((name) => name.toLowerCase().includes(asked))
}

function wordsOf(name: string): string[] {
  return name.toLowerCase().split(/[^\p{L}\p{N}]+/u)
}

/**
 * Letters left out, put in, changed, or exchanged with their neighbour on the way from one text to another, none twice (Damerau's
 * distance in its restricted form), by three rows of the table.
 */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const exchange = isExchanged ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY
      current.push(Math.min(at(last, j) + 1, at(current, j - 1) + 1, substitution, exchange))
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function unknownOption(where: string, name: string, known: readonly string[]): ScoringBiasError {
  const what = `${where} has no option ${show(name)}${hint(name, known)}`
  return new ScoringBiasError('UNKNOWN_NAME', `${what}; it has ${known.toSorted().join(', ')}`)
}

function hint(value: string, known: readonly string[]): string {
  const guess = nearest(value, known)
  return guess === undefined ? '' : ` (did you mean '${guess}'?)`
}

export function requireNumber(name: string, value: unknown): number {
  if (typeof value !== 'number') throw wrongType(name, 'a number', value)
  return value
}

/** The error for a value of the wrong kind. */
export function wrongType(name: string, what: string, value: unknown): ScoringBiasError {
  return new ScoringBiasError('WRONG_TYPE', `${name} must be ${what}, got ${show(value)}`)
}

/** The letters of a text that a message quotes; of a longer one it has the beginning. */
const quotedLetters = 200

/** A value of any kind in a message. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > quotedLetters ? `'${value.slice(0, quotedLetters)}…' (${value.length} letters)` : `'${value}'`
  }
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) {
    const name: unknown = value.constructor?.name
    return typeof name === 'string' && name !== '' ? name : 'an object'
  }
  return String(value)
}
