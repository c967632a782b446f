import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { frozen } from '../../src/frozen.js'
import { dataStatus, datasetInfo, datasetNames, loadDataset, publishedUse, tableDataset } from '../../src/rooms/data.js'
import { loadDetector, train } from '../../src/rooms/train.js'

const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  exports: Record<string, string | { default: string }>
}
/** The modules of the package, by their paths in it. */
const modules = Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : [target.default]))

/** Places of a value where something in it can be changed. */
function changeable(value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([key, own]) => changeable(own, `${place}.${key}`))
  return Object.isFrozen(value) ? inside : [place, ...inside]
}

describe('what callers change has no effect on', () => {
  for (const file of modules) {
    it(`the constants of ${file}`, async () => {
      const room: object = await import(`../../${file}`)
      assert.deepEqual(
        Object.entries(room).flatMap(([name, value]) => changeable(value, name)),
        [],
      )
    })
  }

  it('what data sets are', async () => {
    for (const name of datasetNames) {
      const before = JSON.stringify([datasetInfo(name), publishedUse(name), dataStatus(name)])
      for (const given of [datasetInfo(name), dataStatus(name)]) {
        ;(given.classes as string[]).reverse()
        ;(given.counts as number[]).reverse()
        ;(given.sample as number[]).fill(1)
        Object.assign(given.defaults, { normal: 'another' })
      }
      ;(publishedUse(name)?.convergence.normal as string[] | undefined)?.reverse()
      assert.equal(JSON.stringify([datasetInfo(name), publishedUse(name), dataStatus(name)]), before)
    }
  })

  it('data sets that are loaded later', async () => {
    for (const name of ['statlog', 'spectrum']) {
      const load = () => loadDataset(name, { share: 0.001 })
      const wanted = await load()
      const spoilt = await load()
      ;(spoilt.classes as string[]).reverse()
      ;(spoilt.sample as number[]).fill(1)
      assert.deepEqual(await load(), wanted)
    }
  })

  it('a table that a data set is made of', () => {
    const table = {
      ...{ name: 't', attribution: '', featureNames: ['a', 'b'], sample: [2], classes: ['normal', 'bad'] },
      ...{ features: Float32Array.of(1, 2, 3, 5, 8, 13), labels: Uint8Array.of(0, 0, 1) },
    }
    const dataset = tableDataset(table)
    ;(dataset.classes as string[]).reverse()
    ;(dataset.sample as number[]).fill(1)
    assert.deepEqual([table.classes, table.sample], [['normal', 'bad'], [2]])
  })

  it('a detector that is loaded', async () => {
    const { model } = await train({
      data: 'statlog',
      share: 0.05,
      detector: 'ae',
      settings: { epochs: 1 },
      device: 'cpu',
    })
    const detector = await loadDetector(model, { device: 'cpu' })
    try {
      const { metadata } = detector
      assert.deepEqual(changeable(metadata, 'metadata'), [])
      assert.throws(() => metadata.features.sort(), TypeError)
      assert.throws(() => Object.assign(metadata, { threshold: 0 }), TypeError)
      assert.throws(() => Object.assign(detector, { metadata: { ...metadata, threshold: 0 } }), TypeError)
    } finally {
      await detector.close()
    }
  })
})

it('freezing goes into lists and records, and leaves functions and typed arrays', () => {
  const value = frozen({ list: [{ deep: [1] }], bytes: Uint8Array.of(1), run: () => 1 })
  assert.deepEqual(changeable({ ...value, bytes: 0 }, 'value'), ['value'])
  value.bytes[0] = 2
  assert.equal(value.bytes[0], 2)
})
