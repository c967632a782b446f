import { types } from 'node:util'
import { integer, type OptionChecks, requireInteger } from '../check.js'
import { ScoringBiasError } from '../errors.js'

/**
 * Which random numbers to draw: a stream of Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011). Every function of this module is a pure function of it and of its other arguments; the
 * same numbers give the same bits on every machine, in any order and on any thread. Streams that differ in any of the
 * three are independent. Longer output continues shorter output of the same stream, except for {@link permutation}.
 *
 * Every function takes as `out` how many to draw, or the array to fill from its first element to its last, and returns the
 * array filled. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`, `OUT_OF_MEMORY`, `DETACHED`.
 */
export interface RandomStream {
  /** Integer in [0, 2⁵³). Default 0. */
  readonly seed?: number | undefined
  /** Integer in [0, 2³¹). Default 0. The package's own draws use those from 2³¹ on. */
  readonly stream?: number | undefined
  /** Integer in [0, 2³²). Default 0. */
  readonly replicate?: number | undefined
}

export const streamChecks: OptionChecks<RandomStream> = {
  seed: integer(0),
  stream: integer(0, 2 ** 31 - 1),
  replicate: integer(0, 2 ** 32 - 1),
}

/** The three numbers of a stream, as native code takes them. */
export function streamOf({ seed = 0, stream = 0, replicate = 0 }: RandomStream): [number, number, number] {
  return [seed, stream, replicate]
}

/** The array to fill with real numbers: the caller's, or a new one of the length given. */
export function realsToFill(out: number | Float64Array): Float64Array {
  if (typeof out === 'number') return make(out, (length) => new Float64Array(length))
  if (types.isFloat64Array(out)) return requireWritable(out)
  throw new ScoringBiasError('WRONG_TYPE', 'out must be a number of variates or a Float64Array')
}

/** The array to fill with counts: the caller's, or a new one of the length given times `width`. */
export function countsToFill(out: number | Uint32Array, width = 1): Uint32Array {
  if (typeof out === 'number') return make(out, (length) => new Uint32Array(length * width))
  if (types.isUint32Array(out)) return requireWritable(out)
  throw new ScoringBiasError('WRONG_TYPE', 'out must be a number of variates or a Uint32Array')
}

function make<T>(length: number, create: (length: number) => T): T {
  requireInteger('out', length, 0, 2 ** 32 - 1)
  try {
    return create(length)
  } catch (cause) {
    throw new ScoringBiasError('OUT_OF_MEMORY', `there is no memory for ${length} variates`, { cause })
  }
}

function requireWritable<T extends Float64Array | Uint32Array>(out: T): T {
  if (types.isSharedArrayBuffer(out.buffer)) {
    throw new ScoringBiasError('WRONG_TYPE', 'out must not be backed by shared memory: fill an array of your own')
  }
  if (out.length > 0) return out
  try {
    new Uint8Array(out.buffer)
    return out
  } catch (cause) {
    throw new ScoringBiasError('DETACHED', 'out has lost its buffer, which was transferred', { cause })
  }
}
