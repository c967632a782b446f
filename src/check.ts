import { type ErrorCode, ScoringBiasError } from './errors.js'

/** Requires an integer in [min, max] and returns it. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireInteger(name: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number')
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be a number, got ${show(value)}`)
  if (!Number.isInteger(value) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} must be an integer ${range}, got ${value}`)
  }
  return value
}

/** Requires a finite number and returns it. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireFinite(name: string, value: unknown): number {
  if (typeof value !== 'number')
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be a number, got ${show(value)}`)
  if (!Number.isFinite(value)) throw new ScoringBiasError('OUT_OF_RANGE', `${name} must be finite, got ${value}`)
  return value
}

/** Requires a finite number strictly between `low` and `high` and returns it. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireBetween(name: string, value: unknown, low: number, high: number): number {
  if (typeof value !== 'number')
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be a number, got ${show(value)}`)
  if (!(value > low && value < high)) {
    throw new ScoringBiasError('OUT_OF_RANGE', `${name} must lie strictly between ${low} and ${high}, got ${value}`)
  }
  return value
}

/** Requires one of `known` and returns it; the error lists them and suggests the nearest. */
export function requireKnown<T extends string>(
  kind: string,
  value: string,
  known: readonly T[],
  code: ErrorCode = 'UNKNOWN_NAME',
): T {
  const found = known.find((name) => name === value)
  if (found !== undefined) return found
  const guess = nearest(value, known)
  const hint = guess === undefined ? '' : ` (did you mean '${guess}'?)`
  throw new ScoringBiasError(code, `unknown ${kind} '${value}'${hint}; known: ${known.join(', ')}`)
}

/** The name at the smallest edit distance, if that is at most a third of the value's length. */
export function nearest(value: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(value.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(value.toLowerCase(), name.toLowerCase())
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'an object'
  return String(value)
}
