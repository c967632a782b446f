import { createRequire } from 'node:module'
import { types } from 'node:util'
import { requireInteger } from './check.js'
import { ScoringBiasError } from './errors.js'

/** What native/addon.cc exports. */
interface Addon {
  permutation(seed: number, stream: number, replicate: number, n: number): Uint32Array
  uniform(seed: number, stream: number, replicate: number, out: Float64Array, low: number, high: number): void
}

/** Streams from here on are the package's own; callers draw from those below, so that the two never share bits. */
export const reservedStreams = 2 ** 31

const addon = load()

function load(): Addon {
  // The same place seen from src/ and from dist/.
  const path = '../build/Release/scoring_bias.node'
  try {
    return createRequire(import.meta.url)(path) as Addon
  } catch (cause) {
    throw new ScoringBiasError(
      'BAD_FILE',
      `the native addon (${path}) did not load: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Build it with `npx cmake-js compile` in the package folder',
      { cause },
    )
  }
}

/**
 * Fills `out` with independent uniform variates between `low` and `high`.
 *
 * The variates are `low + (high − low) · u` with u = (k + ½)·2⁻⁵² from Philox4x32-10 (Salmon et al. 2011), a pure
 * function of (seed, stream, replicate): the same numbers give the same bits on every machine. u is never 0 or 1, but
 * rounding may return a bound when the interval holds few doubles. Synchronous; about 5 ns a variate.
 *
 * @param seed integer in [0, 2⁵³)
 * @param stream integer in [0, 2³¹); different streams are independent
 * @param replicate integer in [0, 2³²); different replicates are independent
 * @param out written from its first element to its last
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE` (also when the interval is empty or infinite).
 */
export function uniform(
  seed: number,
  stream: number,
  replicate: number,
  out: Float64Array,
  low: number,
  high: number,
): void {
  requireGeneratorState(seed, stream, replicate)
  if (!types.isFloat64Array(out) || types.isSharedArrayBuffer(out.buffer)) {
    throw new ScoringBiasError('WRONG_TYPE', 'out must be a Float64Array that is not backed by shared memory')
  }
  if (!(low < high) || !Number.isFinite(high - low)) {
    throw new ScoringBiasError('OUT_OF_RANGE', `low must be below high and both finite, got ${low} and ${high}`)
  }
  addon.uniform(seed, stream, replicate, out, low, high)
}

/**
 * A uniformly random permutation of 0, …, n − 1 (Fisher–Yates), a pure function of its arguments.
 *
 * Drawn by Philox4x32-10 from (seed, stream, replicate), see {@link uniform}. Synchronous; about 5 ns an element.
 *
 * @param n integer in [0, 2³²)
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`.
 */
export function permutation(seed: number, stream: number, replicate: number, n: number): Uint32Array {
  requireGeneratorState(seed, stream, replicate)
  requireInteger('n', n, 0, 2 ** 32 - 1)
  return addon.permutation(seed, stream, replicate, n)
}

function requireGeneratorState(seed: number, stream: number, replicate: number): void {
  requireInteger('seed', seed, 0)
  requireInteger('stream', stream, 0, reservedStreams - 1)
  requireInteger('replicate', replicate, 0, 2 ** 32 - 1)
}
