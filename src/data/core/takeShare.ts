import { at, type Check, requireFinite } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { permutation } from '../../random/permutation.js'

/** Philox stream of the draw; used for nothing else. */
const stream = 0x53484152

/** Requires a share in (0, 1] and returns it. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireShare(share: unknown): number {
  const value = requireFinite('share', share)
  if (!(value > 0 && value <= 1)) throw new ScoringBiasError('OUT_OF_RANGE', `share must lie in (0, 1], got ${value}`)
  return value
}

export const shareCheck: Check = (_, share) => {
  requireShare(share)
}

/** How many of n samples a share is: rounded, at least one of any. */
export function shareOf(n: number, share: number): number {
  return n === 0 ? 0 : Math.max(1, Math.round(share * n))
}

/**
 * The rows of a share of every group, drawn without replacement, in increasing order.
 *
 * @param groups the group of each row, such as its label
 */
export function takeShare(groups: Uint8Array, share: number, seed: number): Uint32Array {
  if (share === 1) return Uint32Array.from(groups.keys())
  const rowsOf = new Map<number, number[]>()
  groups.forEach((group, row) => {
    const rows = rowsOf.get(group)
    if (rows === undefined) rowsOf.set(group, [row])
    else rows.push(row)
  })
  const taken = [...rowsOf].flatMap(([group, rows]) => {
    const order = permutation(rows.length, { seed, stream, replicate: group })
    return Array.from(order.subarray(0, shareOf(rows.length, share)), (place) => at(rows, place))
  })
  return Uint32Array.from(taken).sort()
}
