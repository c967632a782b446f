import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as data from '../../src/rooms/data.js'
import { train } from '../../src/rooms/train.js'

const n = 40
const table: data.LabelledTable = {
  name: 'table',
  attribution: '',
  featureNames: ['x'],
  features: Float32Array.from({ length: n }, (_, i) => Math.sin(i)),
  classes: ['normal', 'odd'],
  labels: Uint8Array.from({ length: n }, (_, i) => i % 2),
}
const split = { normal: 'normal', anomaly: 'odd', seed: 0 }
const tableWith = (changed: object): data.LabelledTable => ({ ...table, ...changed })

describe('a table without features is refused by their names', () => {
  const refusal = {
    code: 'EMPTY_SAMPLE',
    message: 'table has no features: featureNames is empty. Name at least one',
  }
  const empty = tableWith({ featureNames: [], features: new Float32Array(0) })
  it('as a data set', () => assert.throws(() => data.tableDataset(empty), refusal))
  it('for training', () => assert.rejects(train({ data: empty, normal: 'normal', detector: 'deep-svdd' }), refusal))
})

it('a table without samples is refused', () => {
  const empty = tableWith({ features: new Float32Array(0), labels: new Uint8Array(0) })
  const message = 'table has no samples: labels is empty. Give at least one'
  assert.throws(() => data.tableDataset(empty), { code: 'EMPTY_SAMPLE', message })
})

describe('no text is made of what is no string', () => {
  for (const stranger of [Object.create(null), Symbol('stranger'), 3, null]) {
    const kind = typeof stranger
    const refuses = (make: () => unknown, message: RegExp) =>
      assert.throws(make, { code: 'WRONG_TYPE', message }, message.source)
    it(`the name of a table (${kind})`, () => {
      const named = tableWith({ name: stranger })
      // A split of it is refused by the name, too, where it would be refused for its classes.
      refuses(() => data.heldOutSplit({ ...named, labels: new Uint8Array(n) }, split), /name must be a string/)
      refuses(() => data.unionName(named, ['normal', 'odd']), /name must be a string/)
      refuses(() => data.mergeClasses(named, ['normal', 'odd']), /name must be a string/)
      refuses(() => data.tableDataset(named), /name must be a string/)
    })
    it(`whose it is (${kind})`, () => {
      refuses(() => data.tableDataset(tableWith({ attribution: stranger })), /attribution must be a string/)
    })
    it(`columns and categories (${kind})`, () => {
      const oneHot = (column: unknown, categories: unknown) => () =>
        data.tableDataset(tableWith({ oneHot: [{ column, categories }] }))
      refuses(oneHot(stranger, ['a']), /oneHot\[0\]\.column must be a string/)
      refuses(oneHot('x', stranger), /oneHot\[0\]\.categories must be an array/)
      refuses(oneHot('x', [stranger]), /oneHot\[0\]\.categories\[0\] must be a string/)
    })
  }
})
