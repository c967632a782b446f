import { at } from '../check.js'

/** What decides which shard a unit belongs to. */
interface Weighed {
  readonly task: string
  readonly cost: number
}

/**
 * Which shard, from 1, each unit belongs to, by its task: the costliest first, each to the shard with the least work so far (the
 * longest processing time first; no shard has more than 4/3 of the least possible, Graham 1969), ties by task and by number.
 * Every process finds the same, in whatever order its units come, and a task that comes twice is one.
 */
export function assignShards(units: readonly Weighed[], count: number): ReadonlyMap<string, number> {
  const costs = new Map(units.map(({ task, cost }) => [task, cost]))
  const ordered = [...costs].sort(([a, costA], [b, costB]) => costB - costA || (a < b ? -1 : 1))
  const loads = new Float64Array(count)
  const shards = new Map<string, number>()
  for (const [task, cost] of ordered) {
    const least = loads.indexOf(Math.min(...loads))
    loads[least] = at(loads, least) + cost
    shards.set(task, least + 1)
  }
  return shards
}
