import { types } from 'node:util'
import { ScoringBiasError } from '../../errors.js'
import type { ScoreArray } from '../../native.js'

/**
 * A private copy of an array of scores, checked to be one.
 *
 * Native code works on the copy, so the caller may change, transfer or resize the original while the call is pending,
 * shared memory may change under us, and none of it has any effect on the result. A copy of 10⁶ float32 scores takes
 * about 1 ms, most of it for fresh memory; sorting them takes six.
 *
 * Errors: `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, and `EMPTY_SAMPLE` unless `mayBeEmpty`.
 */
export function copyScores(name: string, value: unknown, mayBeEmpty = false): ScoreArray {
  const copy = copyTyped(name, value)
  if (copy.length === 0 && !mayBeEmpty) {
    throw new ScoringBiasError('EMPTY_SAMPLE', `${name} is empty: at least one score is needed`)
  }
  return copy
}

function copyTyped(name: string, value: unknown): ScoreArray {
  requireScores(name, value)
  return copyOf(name, () => (types.isFloat32Array(value) ? new Float32Array(value) : new Float64Array(value)))
}

/** Requires an array of scores. Errors: `WRONG_TYPE`. */
export function requireScores(name: string, value: unknown): asserts value is ScoreArray {
  if (types.isFloat32Array(value) || types.isFloat64Array(value)) return
  const got = Array.isArray(value) ? 'an Array (wrap it: Float64Array.from(scores))' : kindOf(value)
  throw new ScoringBiasError('WRONG_TYPE', `${name} must be a Float32Array or Float64Array, got ${got}`)
}

/** A private copy of a mask, one byte a sample. Errors: `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`. */
export function copyMask(name: string, value: unknown): Uint8Array {
  if (types.isUint8Array(value)) return copyOf(name, () => new Uint8Array(value))
  throw new ScoringBiasError('WRONG_TYPE', `${name} must be a Uint8Array, got ${kindOf(value)}`)
}

/**
 * A private Float64Array of plain numbers: one number, an array of them, or a Float64Array.
 * Errors: `WRONG_TYPE` (with the index), `DETACHED`, `OUT_OF_MEMORY`.
 */
export function copyNumbers(name: string, value: unknown): Float64Array {
  if (typeof value === 'number') return Float64Array.of(value)
  if (types.isFloat64Array(value) || types.isFloat32Array(value)) return copyOf(name, () => new Float64Array(value))
  if (!Array.isArray(value)) {
    throw new ScoringBiasError('WRONG_TYPE', `${name} must be a number or an array of numbers, got ${kindOf(value)}`)
  }
  const stranger = value.findIndex((x) => typeof x !== 'number')
  if (stranger >= 0) {
    throw new ScoringBiasError('WRONG_TYPE', `${name}[${stranger}] must be a number, got ${kindOf(value[stranger])}`)
  }
  return copyOf(name, () => Float64Array.from(value))
}

/** Requires that an array has its buffer. Errors: `DETACHED`. */
export function requireAttached(name: string, value: Float32Array | Uint8Array): void {
  copyOf(name, () => value.subarray(0, 0))
}

/** What `copy` makes of the array called `name`. Errors: `DETACHED`, `OUT_OF_MEMORY`. */
export function copyOf<T>(name: string, copy: () => T): T {
  try {
    return copy()
  } catch (cause) {
    // Typed arrays refuse to be read with a TypeError when their buffer is gone or has shrunk below them.
    if (cause instanceof TypeError) {
      throw new ScoringBiasError('DETACHED', `${name} has lost its buffer, which was transferred or resized`, { cause })
    }
    throw new ScoringBiasError('OUT_OF_MEMORY', `there is no memory for a copy of ${name}`, { cause })
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  const name = value.constructor?.name ?? 'an object'
  return types.isProxy(value) ? `a Proxy of ${name}` : name
}
