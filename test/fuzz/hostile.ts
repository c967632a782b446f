import { inspect } from 'node:util'
import fc from 'fast-check'

/** A place in a call's arguments: the argument's number, then keys and indices. */
export type Path = readonly PropertyKey[]

/** Arguments of which one place was changed. */
export interface Mutant {
  readonly args: readonly unknown[]
  /** As they were. */
  readonly given: readonly unknown[]
  readonly path: Path
}

/** Values that no argument should trip over; what is a legal value somewhere is not elsewhere. */
const plain: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    false,
    '',
    'constructor',
    '__proto__',
    'toString',
    '\u001b[31m\u0000\n',
    '√',
    '1e999',
    '1_000',
  ],
  ...[Number.NaN, -0, 0, -1, 0.5, 1, 1.5, 1e-17, 5e-324, 1e-300, 1 - 2 ** -53, 3, -1e308, 10n, Symbol('stranger')],
]
const strangers: readonly (() => unknown)[] = [
  ...plain.map((value) => () => value),
  () => 'x'.repeat(20_000),
  () => ({}),
  () => [],
  () => [null],
  () => [[], {}],
  () => [Number.NaN],
  () => new Array(3),
  () => () => 0,
  () => new Date(Number.NaN),
  () => new Map([['a', 1]]),
  () => Object.create(null),
  () => Promise.resolve(1),
  () => new Float64Array(0),
  () => Float64Array.of(Number.NaN),
  () => Float64Array.of(Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY),
  () => new Int32Array(3),
  () => new BigInt64Array(2),
  () => new DataView(new ArrayBuffer(16)),
  () => new Float64Array(new SharedArrayBuffer(24)),
  () => {
    const values = Float64Array.of(1, 2)
    structuredClone(values, { transfer: [values.buffer] })
    return values
  },
]

/** Numbers past any limit; what they count would never be done where they are legal. */
const huge = [2 ** 31, 2 ** 32 + 1, 2 ** 53, 1e21, 1.7e308, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(
  (value) => () => value,
)

/** Arguments with one place changed: an option unknown, left out or replaced. `counts` are keys of work to be done. */
export function mutants(args: fc.Arbitrary<readonly unknown[]>, counts: readonly string[]): fc.Arbitrary<Mutant> {
  const change = fc.record({ place: fc.nat(), what: fc.nat(99), value: fc.nat() })
  return fc.tuple(args, change).map(([given, { place, what, value }]) => {
    const paths = given.flatMap((argument, i) => pathsIn(argument, [i]))
    const path = paths[place % paths.length] ?? []
    const own = valueAt(given, path)
    if (what < 8 && isPlain(own)) {
      const strange = [...path, 'strange']
      return reported({ args: replaced(given, strange, 1), given, path: strange })
    }
    const counted = path.some((key) => counts.includes(String(key)))
    const choices = counted ? strangers : [...strangers, ...huge]
    const made = choices[value % choices.length]?.()
    return reported({ args: replaced(given, path, made), given, path })
  })
}

/** A mutant that a report can show: fast-check's own text of an array whose memory is gone throws, and hides what was found. */
function reported(mutant: Mutant): Mutant {
  const shown = () => {
    try {
      return fc.stringify({ ...mutant })
    } catch {
      return inspect(mutant, { depth: 6, showProxy: true })
    }
  }
  return Object.defineProperty({ ...mutant }, fc.toStringMethod, { value: shown })
}

/** An object literal. A tensor is one too, but a leaf to its caller, and holds itself. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || 'node' in value) return false
  return [Object.prototype, null].includes(Object.getPrototypeOf(value))
}

/** The places of a value to a depth of four; of lists the first three elements and the last. */
function pathsIn(value: unknown, path: Path): Path[] {
  if (path.length > 4) return [path]
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
  if (isList) {
    const list: ArrayLike<unknown> = Array.isArray(value) ? value : (value as Float64Array)
    const few = [...new Set([0, 1, 2, list.length - 1])].filter((i) => i >= 0 && i < list.length)
    return [path, ...few.flatMap((i) => pathsIn(list[i], [...path, i]))]
  }
  if (!isPlain(value)) return [path]
  return [path, ...Object.entries(value).flatMap(([key, own]) => pathsIn(own, [...path, key]))]
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((own, key) => Reflect.get(Object(own), key), value)
}

/** A copy of what leads to the place; where an element of a typed array cannot hold the value, NaN takes its place. */
function replaced<T>(value: T, path: Path, made: unknown): T {
  const [key, ...rest] = path
  if (key === undefined) return made as T
  if (ArrayBuffer.isView(value)) {
    const copy = (value as unknown as Float64Array).slice()
    const isReal = copy instanceof Float32Array || copy instanceof Float64Array
    copy[Number(key)] = isReal && typeof made !== 'number' ? Number.NaN : Number(typeof made === 'number' ? made : 255)
    return copy as T
  }
  const copy = Array.isArray(value) ? [...value] : { ...value }
  Reflect.set(Object(copy), key, replaced(Reflect.get(Object(value), key), rest, made))
  return copy as T
}
