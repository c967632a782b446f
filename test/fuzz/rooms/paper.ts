import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as paper from '../../../src/rooms/paper.js'
import type { RoomCalls } from '../calls.js'

const constant = 'a constant'

/** Calls of every function of the room of the paper. Of what a file of types exports, only the types are exported. */
export const paperCalls: RoomCalls<Omit<typeof paper, 'headOf' | 'paperUse'>> = {
  allowedErrors: constant,
  printedRounding: constant,
  paperItems: constant,
  reproductionSizes: constant,
  paperItem: {
    names: ['item', 'table', 'figure'],
    args: fc.tuple(fc.constantFrom(...paper.paperItems.map(({ name }) => name))),
    holds: (item, name) => assert.equal(item.name, name),
  },
  printedTables: { names: [], args: fc.tuple(), cost: 5, holds: (tables) => assert.ok(tables.length > 0) },
  reproduce: {
    names: ['item', 'options', 'table', 'figure'],
    // The one item that trains nothing.
    args: fc.tuple(
      fc.constant('table2'),
      fc.record({ size: fc.constantFrom(...paper.reproductionSizes), seed: fc.nat() }, { requiredKeys: [] }),
    ),
    varies: true,
    holds: ({ kind }) => assert.equal(kind, 'detectors'),
  },
  reproduceAll: 'trains for minutes where no items are given; each item is made by reproduce, with its options',
}
