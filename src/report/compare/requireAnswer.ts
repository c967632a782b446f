import { wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'

/** The answers of comparisons, by the function that gives each. */
export type AnswerKind = 'compare' | 'compareTargets' | 'compareRange' | 'compareSeeds'

/** What shows an answer, by its kind: the beginning of the names of its functions. */
const shownBy = { compare: 'compare', compareTargets: 'compare', compareRange: 'range', compareSeeds: 'seed' } as const

/**
 * Requires an answer of one of some kinds: they are alike, and what shows one of them finds nothing in another.
 *
 * @param where the function that was given it, such as `compareJson`
 *
 * Errors: `WRONG_TYPE`, with the function that takes what was given.
 */
export function requireAnswer(where: string, value: unknown, kinds: readonly AnswerKind[]): void {
  const found = kindOf(value)
  if (found !== undefined && kinds.includes(found)) return
  const wanted = `what ${kinds.join(' or ')} gives`
  if (found === undefined) throw wrongType(`the comparison of ${where}`, wanted, value)
  throw new ScoringBiasError(
    'WRONG_TYPE',
    `the comparison of ${where} must be ${wanted}, got what ${found} gives. ${wayOut(where, found)}`,
  )
}

function wayOut(where: string, found: AnswerKind): string {
  const own = where.replace(/^(compare|range|seed)/, shownBy[found])
  return `Use ${own}`
}

function kindOf(value: unknown): AnswerKind | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const has = (key: string, isIt: (found: unknown) => boolean) => isIt(Reflect.get(value, key))
  const isRecord = (found: unknown) => typeof found === 'object' && found !== null
  if (has('targets', Array.isArray)) {
    const targets: unknown[] = Reflect.get(value, 'targets')
    return targets.length > 0 && targets.every((one) => kindOf(one) === 'compare') ? 'compareTargets' : undefined
  }
  if (!has('baseline', isRecord) || !has('warnings', Array.isArray)) return undefined
  if (has('candidate', isRecord) && has('classes', Array.isArray)) return 'compareSeeds'
  if (!has('candidates', Array.isArray)) return undefined
  return has('fprRange', Array.isArray) ? 'compareRange' : 'compare'
}
