import { nearest } from '../check.js'
import { listed } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'

/** The trainings of two detectors, by names or patterns of names, in which `*` is any text. */
export interface TrainingPatterns {
  readonly baseline: readonly string[]
  readonly candidate: readonly string[]
}

/** Which of the detectors of scores are trainings of one: the first `nBaseline` of the baseline, the others of the candidate. */
export interface TrainingsOf {
  readonly baseline: string
  readonly candidate: string
  readonly nBaseline: number
}

/** Where patterns are matched. */
interface Known {
  /** What messages call it. */
  readonly source: string
  /** `column` or `detector`. */
  readonly kind: string
  readonly names: readonly string[]
}

/**
 * The names that patterns of both sides match, in the order of the source. A name that is a pattern's very text is that
 * name. Errors: `UNKNOWN_NAME` for a pattern that matches none, with the nearest; `OUT_OF_RANGE` for a name on both sides.
 */
export function matchedTrainings({ baseline, candidate }: TrainingPatterns, known: Known): TrainingPatterns {
  const sides = {
    baseline: matches(baseline, '--baseline', known),
    candidate: matches(candidate, '--candidate', known),
  }
  const both = sides.baseline.filter((name) => sides.candidate.includes(name))
  if (both.length > 0) {
    const [kind, is] = both.length === 1 ? [known.kind, 'is'] : [`${known.kind}s`, 'are']
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${kind} ${listed(both)} ${is} meant by both --baseline ${quotedAll(baseline)} and --candidate ${quotedAll(candidate)}. A training is ` +
        'of one detector. Narrow one of the patterns',
    )
  }
  return sides
}

/**
 * The column that a baseline means whose names, with commas between them, are the name of one column, and whose candidates are columns:
 * nothing is then trained several times. Undefined where there is none.
 */
export function baselineColumn(
  { baseline, candidate }: TrainingPatterns,
  columns: readonly string[],
): string | undefined {
  const isAll = candidate.length === 1 && candidate[0] === 'all'
  if (!isAll && candidate.some((name) => !columns.includes(name))) return undefined
  const trimmed = (name: string) =>
    name
      .split(',')
      .map((part) => part.trim())
      .join()
  return columns.find((column) => trimmed(column) === baseline.join())
}

/** What a side is called in answers. */
export function sideName(patterns: readonly string[]): string {
  return patterns.join(', ')
}

function matches(patterns: readonly string[], flag: string, { source, kind, names }: Known): string[] {
  const found = new Set<string>()
  for (const pattern of patterns) {
    const own = names.includes(pattern) ? [pattern] : names.filter(matcher(pattern))
    if (own.length === 0) {
      const alike = nearestNames(pattern, names)
      const hint = alike.length === 0 ? '' : ` (did you mean ${listed(alike)}?)`
      const what = pattern.includes('*') ? `no ${kind} that matches '${pattern}'` : `no ${kind} '${pattern}'`
      const way =
        pattern === 'all'
          ? `Several trainings are those of one candidate. Name its ${kind}s with ${flag}`
          : `Say which are trainings of the ${flag.slice(2)} with ${flag}`
      throw new ScoringBiasError(
        'UNKNOWN_NAME',
        `${source} has ${what}${hint}. Its ${kind}s are ${listed(names)}. ${way}`,
      )
    }
    for (const name of own) found.add(name)
  }
  return names.filter((name) => found.has(name))
}

/** The names nearest to a pattern, whatever the numbers at their ends. */
function nearestNames(pattern: string, names: readonly string[]): readonly string[] {
  const stem = (name: string) => name.replace(/\d+$/, '')
  const guess = nearest(stem(pattern.replaceAll('*', '')), names.map(stem))
  return guess === undefined ? [] : names.filter((name) => stem(name) === guess)
}

/** In linear time: each part between two `*` is taken where it first occurs. */
function matcher(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return () => false
  return (name) => {
    if (!name.startsWith(first)) return false
    let place = first.length
    for (const part of rest) {
      const found = name.indexOf(part, place)
      if (found < 0) return false
      place = found + part.length
    }
    return name.length - last.length >= place && name.endsWith(last)
  }
}

function quotedAll(patterns: readonly string[]): string {
  return patterns.map((pattern) => `'${pattern}'`).join(',')
}
