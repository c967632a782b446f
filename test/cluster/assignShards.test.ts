import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { assignShards } from '../../src/cluster/assignShards.js'

const unitsOf = fc.array(fc.record({ task: fc.string({ minLength: 1, maxLength: 4 }), cost: fc.nat(1000) }), {
  maxLength: 12,
})
const loadsOf = (
  units: readonly { task: string; cost: number }[],
  shards: ReadonlyMap<string, number>,
  count: number,
) => {
  const loads = Array<number>(count).fill(0)
  for (const [task, cost] of new Map(units.map((unit) => [unit.task, unit.cost]))) {
    const shard = (shards.get(task) ?? 0) - 1
    loads[shard] = (loads[shard] ?? Number.NaN) + cost
  }
  return loads
}

/** The least possible largest load, by trying every division. */
function best(costs: readonly number[], count: number, loads = Array<number>(count).fill(0)): number {
  const [cost, ...others] = costs
  if (cost === undefined) return Math.max(...loads)
  return Math.min(
    ...loads.map((_, shard) =>
      best(
        others,
        count,
        loads.map((load, i) => (i === shard ? load + cost : load)),
      ),
    ),
  )
}

describe('units and shards', () => {
  it('every task is in one shard, and the same one in whatever order units come', () => {
    fc.assert(
      fc.property(unitsOf, fc.integer({ min: 1, max: 6 }), (units, count) => {
        const own = [...new Map(units.map((unit) => [unit.task, unit])).values()]
        const shards = assignShards(own, count)
        assert.deepEqual(new Map([...shards].sort()), new Map([...assignShards(own.toReversed(), count)].sort()))
        assert.deepEqual(new Set(shards.keys()), new Set(own.map(({ task }) => task)))
        for (const shard of shards.values()) assert.ok(shard >= 1 && shard <= count && Number.isInteger(shard))
      }),
    )
  })

  it('no shard has more than 4/3 of the least possible, by trying all divisions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 3 }),
        (costs, count) => {
          const units = costs.map((cost, i) => ({ task: `${i}`, cost }))
          const largest = Math.max(...loadsOf(units, assignShards(units, count), count))
          assert.ok(largest <= (4 / 3) * best(costs, count) + 1e-9)
        },
      ),
      { numRuns: 50 },
    )
  })
})
