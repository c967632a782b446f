import { list, wrongType } from '../check.js'
import { ScoringBiasError } from '../errors.js'

/** What shows an answer, and how it is known. */
interface Answer {
  /** What a reader calls it. */
  readonly noun: string
  /** The functions that show it, by the beginning and the ends of their names: `compareText`. */
  readonly shown: readonly [prefix: string, ...endings: string[]]
  readonly is: (has: Has) => boolean
}

/** Whether the value has a field that is an array, an object or a text. */
type Has = (what: 'array' | 'object' | 'text', ...fields: readonly string[]) => boolean

const comparison = ['Text', 'Report', 'Json', 'Csv'] as const
const candidates = (has: Has) => has('array', 'candidates', 'warnings') && has('object', 'baseline')
const trained = (has: Has) => has('object', 'detectors') && has('array', 'warnings')

/** The answers that are shown, by the function that gives each. */
const answers = {
  compare: {
    noun: 'comparison',
    shown: ['compare', ...comparison],
    is: (has) => candidates(has) && !has('array', 'fprRange'),
  },
  compareTargets: {
    noun: 'comparison',
    shown: ['compare', ...comparison],
    is: (has) => has('array', 'targets'),
  },
  compareRange: {
    noun: 'comparison',
    shown: ['range', ...comparison],
    is: (has) => candidates(has) && has('array', 'fprRange'),
  },
  compareSeeds: {
    noun: 'comparison',
    shown: ['seed', ...comparison],
    is: (has) => has('object', 'baseline', 'candidate') && has('array', 'classes', 'warnings'),
  },
  runStudy: {
    noun: 'result',
    shown: ['study', 'Text', 'Report', 'Json'],
    is: (has) => trained(has) && has('array', 'classes') && has('object', 'similarity', 'training'),
  },
  anomalyMatrix: {
    noun: 'matrix',
    shown: ['matrix', 'Text', 'Report', 'Svg'],
    is: (has) => trained(has) && has('array', 'tested', 'rows', 'differences'),
  },
  labelSweep: {
    noun: 'sweep',
    shown: ['sweep', 'Text', 'Report', 'Svg'],
    is: (has) => trained(has) && has('array', 'tested', 'cells', 'turns'),
  },
  converge: {
    noun: 'result',
    shown: ['converge', 'Text', 'Report', 'Svg'],
    is: (has) => trained(has) && has('array', 'cells', 'rates') && has('object', 'truth'),
  },
  planSamples: {
    noun: 'plan',
    shown: ['plan', 'Text', 'Report', 'Svg'],
    is: (has) => has('object', 'goal', 'samples', 'expected') && has('array', 'tradeoff', 'theorem'),
  },
  reproduce: {
    noun: 'result',
    shown: ['reproduction', 'Text', 'Report', 'Json', 'Csv', 'Svg'],
    is: (has) => has('text', 'item', 'kind', 'title'),
  },
} as const satisfies Readonly<Record<string, Answer>>

/** The function that gives an answer. */
export type AnswerKind = keyof typeof answers

const kinds = Object.keys(answers) as AnswerKind[]

/**
 * Requires an answer of one of some kinds: they are alike, and what shows one of them finds nothing in another.
 *
 * @param where the function that was given it, such as `compareJson`
 *
 * Errors: `WRONG_TYPE`, with the function that takes what was given.
 */
export function requireAnswer(where: string, value: unknown, ...wanted: readonly [AnswerKind, ...AnswerKind[]]): void {
  if (wanted.some((kind) => isAnswer(kind, value))) return
  const name = `the ${answers[wanted[0]].noun} of ${where}`
  const what = `what ${wanted.join(' or ')} gives`
  const found = kinds.find((kind) => isAnswer(kind, value))
  if (found === undefined) throw wrongType(name, what, value)
  const [prefix, ...endings]: Answer['shown'] = answers[found].shown
  const ending = endings.find((one) => where.endsWith(one)) ?? 'Report'
  throw new ScoringBiasError('WRONG_TYPE', `${name} must be ${what}, got what ${found} gives. Use ${prefix}${ending}`)
}

/** Requires entries of a gallery, each with a result of `reproduce`. Errors: `WRONG_TYPE`. */
export function requireEntries(where: string, entries: unknown): void {
  list((name, entry) => {
    if (typeof entry !== 'object' || entry === null) throw wrongType(name, "an object with a 'result'", entry)
    requireAnswer(`${name} in ${where}`, Reflect.get(entry, 'result'), 'reproduce')
  })('entries', entries)
}

function isAnswer(kind: AnswerKind, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const field = (name: string): unknown => Reflect.get(value, name)
  const has: Has = (what, ...names) => names.every((name) => isOf(what, field(name)))
  const { is }: Answer = answers[kind]
  if (!is(has)) return false
  const targets = field('targets')
  // Several targets are as many comparisons.
  return kind !== 'compareTargets' || (Array.isArray(targets) && targets.length > 0 && targets.every(isComparison))
}

function isComparison(value: unknown): boolean {
  return isAnswer('compare', value)
}

function isOf(what: Parameters<Has>[0], value: unknown): boolean {
  if (what === 'array') return Array.isArray(value)
  return what === 'text' ? typeof value === 'string' : typeof value === 'object' && value !== null
}
