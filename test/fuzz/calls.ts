import assert from 'node:assert/strict'
import { inspect, isDeepStrictEqual, types } from 'node:util'
import fc from 'fast-check'
import { type ErrorCode, ScoringBiasError } from '../../src/errors.js'
import { printable } from '../../src/printable.js'
import { isPlain, type Mutant, mutants } from './hostile.js'

/** How one exported function is called. */
export interface CallSpec<A extends readonly unknown[], R> {
  /** Arguments that must be answered. */
  readonly args: fc.Arbitrary<A>
  /** What messages call the positional arguments. */
  readonly names: readonly string[]
  /** Codes with which valid arguments may be refused all the same, because the function decides it by the data. */
  readonly refusals?: readonly ErrorCode[]
  /** What a right answer owes its arguments. */
  readonly holds?: (answer: Awaited<R>, ...args: A) => void | Promise<void>
  /** Positional arguments that are results of this package and taken as they are: nothing strange goes in. */
  readonly trusted?: readonly number[]
  /** Whether two calls with equal arguments may differ, but for the time that they took. */
  readonly varies?: boolean
  /** How many times fewer calls than of a cheap function are worth their time. */
  readonly cost?: number
  /** Closes what an answer holds open. */
  readonly close?: (answer: Awaited<R>) => void | Promise<void>
}

type SpecOf<F> = F extends (...args: infer A) => infer R
  ? CallSpec<A, R>
  : F extends (...args: readonly (infer E)[]) => infer R
    ? CallSpec<readonly E[], R>
    : never

/** An entry for each export of a room: how to call it, or why nothing is to be called. */
export type RoomCalls<Room> = {
  readonly [Name in keyof Room]-?: string | SpecOf<Room[Name]>
}

/** One thing to be tried with many inputs. */
export interface Subject {
  readonly name: string
  readonly cost: number
  /** Runs it on so many inputs; rejects with fast-check's report of the least failing one. */
  run(parameters: fc.Parameters<unknown>): Promise<void>
}

/** Tries a property; what it fails with says why in its first lines, and then how to repeat it. */
export async function check<T>(property: fc.IAsyncProperty<T>, parameters: fc.Parameters<unknown>): Promise<void> {
  try {
    await fc.assert(property, parameters as fc.Parameters<T>)
  } catch (error) {
    const { cause, message } = error as Error
    const why = inspect(cause, { depth: 3, maxStringLength: 400 }).slice(0, 1500)
    throw new Error(`${why}\n${message}`.replaceAll(/x{99,}/g, 'xxx…').slice(0, 6000))
  }
}

type AnyCall = CallSpec<readonly unknown[], unknown>

/** Valid calls and spoilt ones of every function of a room. */
export function subjectsOf(room: string, exports: object, calls: object): { subjects: Subject[]; lacking: string[] } {
  const subjects: Subject[] = []
  const lacking: string[] = []
  for (const [name, value] of Object.entries(exports)) {
    const spec = (calls as Readonly<Record<string, string | AnyCall | undefined>>)[name]
    if (spec === undefined) lacking.push(`${room}.${name}`)
    if (typeof spec !== 'object') continue
    const called = `${room}.${name}`
    const fn = value as (...args: readonly unknown[]) => unknown
    const cost = spec.cost ?? 1
    const valid = fc.asyncProperty(spec.args, (args) => tryValid(called, fn, spec, args))
    const spoilt = fc.asyncProperty(mutants(spec.args, workCounts), (mutant) => trySpoilt(called, fn, spec, mutant))
    subjects.push({ name: called, cost, run: (parameters) => check(valid, parameters) })
    if (spec.names.length > 0) {
      subjects.push({ name: `${called} spoilt`, cost, run: (parameters) => check(spoilt, parameters) })
    }
  }
  return { subjects, lacking }
}

/** Keys that say how much is to be done: a legal huge value would be done, or take all memory, which is no fault. */
const workCounts = [
  ...['0', 'resamples', 'runs', 'nTest', 'sizes', 'epochs', 'pretrainEpochs', 'threads', 'workers', 'nTrain', 'n'],
  ...['firstReplicate', 'code', 'hidden', 'layers', 'sample', 'batchSize', 'perClass', 'batchRows'],
]

async function tryValid(
  name: string,
  fn: (...args: readonly unknown[]) => unknown,
  spec: AnyCall,
  args: readonly unknown[],
) {
  calls.valid++
  const before = snapshot(args)
  let answer: unknown
  try {
    answer = await fn(...args)
  } catch (error) {
    requireRefusal(name, error)
    assert.ok(spec.refusals?.includes(error.code), `${name} refuses valid arguments: ${error.code}: ${error.message}`)
    return
  }
  try {
    assert.ok(isDeepStrictEqual(snapshot(args), before), `${name} changed its arguments`)
    await spec.holds?.(answer, ...args)
    if (spec.varies !== true && spec.close === undefined) {
      assert.deepEqual(timeless(await fn(...args)), timeless(answer), `${name} answers the same question in two ways`)
    }
  } finally {
    await spec.close?.(answer)
  }
}

async function trySpoilt(name: string, fn: (...args: readonly unknown[]) => unknown, spec: AnyCall, mutant: Mutant) {
  const { args, path } = mutant
  if (spec.trusted?.includes(Number(path[0]))) return
  calls.spoilt++
  let answer: unknown
  try {
    answer = await fn(...args)
  } catch (error) {
    requireRefusal(name, error)
    requireNamed(name, spec.names, mutant, error.message)
    calls.refused++
    return
  }
  await spec.close?.(answer)
}

/** How many calls were made. */
export const calls = { valid: 0, spoilt: 0, refused: 0 }

const codes: ReadonlySet<string> = new Set<ErrorCode>([
  ...(['EMPTY_SAMPLE', 'LENGTH_MISMATCH', 'NOT_A_NUMBER', 'OUT_OF_RANGE', 'WRONG_TYPE', 'SHAPE_MISMATCH'] as const),
  ...([
    'NOT_DIFFERENTIABLE',
    'UNKNOWN_NAME',
    'UNKNOWN_CLASS',
    'BAD_FILE',
    'NO_SPACE',
    'NO_DATA',
    'NOT_INSTALLED',
    'NO_DEVICE',
  ] as const),
  ...([
    'LABEL_CONFLICT',
    'DIVERGED',
    'INCOMPLETE',
    'OTHER_MACHINE',
    'WORKER_FAILED',
    'OUT_OF_MEMORY',
    'DETACHED',
    'ABORTED',
  ] as const),
])

/** Traces of code in a message for people. */
const trace = /\n\s+at |Cannot read prop|is not a function|is not iterable|is not defined|\[object \w+\]|reading '/
const control = /\p{Cc}/u

/** Requires the one error class, a known code that blames no fault of ours, and words for people. */
export function requireRefusal(name: string, error: unknown): asserts error is ScoringBiasError {
  if (!(error instanceof ScoringBiasError))
    throw new Error(`${name} throws what is no ScoringBiasError`, { cause: error })
  const { code: own, message } = error
  assert.ok(codes.has(own), `${name} fails with ${own}: ${message}`)
  const cut = message.slice(0, 3000)
  assert.ok(message.length > 0 && message.length < 3000, `${name}: a message of ${message.length} characters: ${cut}`)
  assert.ok(!trace.test(message), `${name}: code in ${cut}`)

  assert.ok(!control.test(message.replaceAll('\n', '')), `${name}: control characters in ${JSON.stringify(cut)}`)
}

/**
 * Requires that a message names what was spoilt, the text that is in its place, or an argument or option beside it:
 * `thresholdRule` as "threshold rule" too.
 */
function requireNamed(name: string, names: readonly string[], { args, given, path }: Mutant, message: string) {
  const spoilt = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], args)
  const words = [...names, ...path.slice(1).map(String), ...keysOf(given), name.split(/[. ]/)[1] ?? '']
  const found = message.toLowerCase().replaceAll(' ', '')
  const isNamed = words.some((word) => found.includes(word.toLowerCase().replaceAll(' ', '')))
  assert.ok(
    isNamed || shows(message, spoilt),
    `${name} spoilt at ${path.map(String).join('.')} does not name it: ${message}`,
  )
}

/** Letters of a long text that any message which quotes it has. */
const quotedLetters = 60

/** Whether a message has a text as this package shows it: escaped, and the beginning of a long one; a short one in quotes or between blanks. */
function shows(message: string, text: unknown): boolean {
  if (typeof text !== 'string') return false
  const shown = printable(text)
  if (shown.length > 2) return message.includes(shown.slice(0, quotedLetters))
  return message.includes(`'${shown}'`) || (shown !== '' && message.split(/[\s:,;]+/).includes(shown))
}

function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf)
  return isPlain(value) ? Object.entries(value).flatMap(([key, own]) => [key, ...keysOf(own)]) : []
}

/** A copy of what can be copied; functions and tensors are compared as they are. */
function snapshot(value: unknown): unknown {
  if (types.isTypedArray(value)) return value.slice()
  if (Array.isArray(value)) return value.map(snapshot)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, snapshot(own)]))
}

/** An answer but for the times that it took. */
function timeless(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(timeless)
  if (!isPlain(answer)) return answer
  const kept = Object.entries(answer).filter(([key]) => !key.endsWith('Seconds'))
  return Object.fromEntries(kept.map(([key, value]) => [key, timeless(value)]))
}
