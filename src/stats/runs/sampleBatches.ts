import { at } from '../../check.js'
import { permutation } from '../../random/permutation.js'
import type { NumberedGroups } from '../bias/groupLabels.js'

/** Batches of a set at most, and how many samples there must be for each: of fewer samples every one is its own. */
const mostBatches = 5000
const leastPerBatch = 2
/** Batches of all classes together, and of a class at least. */
const mostOfClasses = 20_000
const leastOfClass = 1000

/** Philox stream of the permutations; used for nothing else. */
const stream = 0x53454542

/**
 * Independent samples as groups: each on its own, or, of many, in random batches that weigh alike. The law of batches is that of
 * samples, at a cost that does not grow with these: random batches of independent samples are independent and have the same
 * variance between them. That of G batches is estimated with a relative standard error of √(2/G), so lengths of intervals vary
 * by √(1/(2G)) with the seed, 1 % for 5,000.
 *
 * @param rows [set][place]: which anomalies are in it: all, then each class
 */
export function sampleBatches(
  nNormal: number,
  rows: readonly ArrayLike<number>[],
  seed: number,
): Pick<NumberedGroups, 'normal' | 'anomalous' | 'count'> {
  const [all, ...classes] = rows
  const parts = classes.length === 0 && all !== undefined ? [all] : classes
  const most = Math.max(leastOfClass, Math.min(mostBatches, Math.floor(mostOfClasses / parts.length)))
  const nAnomalous = at(rows, 0).length
  if (nNormal <= leastPerBatch * mostBatches && parts.every(({ length }) => length <= leastPerBatch * most)) {
    return {
      normal: Uint32Array.from({ length: nNormal }, (_, i) => i),
      anomalous: Uint32Array.from({ length: nAnomalous }, (_, i) => nNormal + i),
      count: nNormal + nAnomalous,
    }
  }
  const normal = batchOf(nNormal, mostBatches, { seed, stream, replicate: 0 })
  let count = normal.count
  const anomalous = new Uint32Array(nAnomalous)
  for (const [k, members] of parts.entries()) {
    const own = batchOf(members.length, most, { seed, stream, replicate: k + 1 })
    for (let i = 0; i < members.length; i++) anomalous[at(members, i)] = count + at(own.batches, i)
    count += own.count
  }
  return { normal: normal.batches, anomalous, count }
}

/** The batch of each of n samples. */
function batchOf(n: number, most: number, place: Parameters<typeof permutation>[1]) {
  if (n <= leastPerBatch * most) return { batches: Uint32Array.from({ length: n }, (_, i) => i), count: n }
  return { batches: Uint32Array.from(permutation(n, place), (i) => i % most), count: most }
}
