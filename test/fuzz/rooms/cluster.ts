import assert from 'node:assert/strict'
import fc from 'fast-check'
import type * as cluster from '../../../src/rooms/cluster.js'
import type { RoomCalls } from '../calls.js'
import { folder } from '../tables.js'

/** Calls of every function of the room of many machines. */
export const clusterCalls: RoomCalls<typeof cluster> = {
  shardOf: {
    names: ['text', 'environment', 'shard'],
    args: fc
      .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 49 }))
      .map(([index, more]): [string, cluster.Environment] => [`${index}/${index + more}`, {}]),
    holds: ({ index, count }, text) => assert.equal(`${index}/${count}`, text),
  },
  mergeStores: {
    names: ['target', 'paths', 'options', 'store'],
    args: fc.tuple(fc.constant(`${folder}/merged.duckdb`), fc.constant([`${folder}/none.duckdb`])),
    refusals: ['BAD_FILE'],
    cost: 5,
  },
  trainShard: 'trains into a store; test/cluster/room.test.ts calls it, spoilt too',
  trainByQueue: 'needs a server; test/queue/room.test.ts calls it, spoilt too',
  workOnQueue: 'needs a server, and ends by its signal; test/queue/room.test.ts calls it, spoilt too',
}
