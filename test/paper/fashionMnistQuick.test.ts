import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { checkReproduceOptions, settingsOf, workAsked } from '../../src/paper/reproduceOptions.js'
import type { StudyResult } from '../../src/study/core/types.js'
import { runStudy } from '../../src/study/runStudy.js'
import { folder, skip } from '../data/fashionMnistHere.js'

/** A store of `reproduce table3 --quick`, which trains the same. */
const store = process.env.TABLE3_STORE

// Minutes of two cores without a store, so that `npm test` leaves it out unless its path is given.
describe("Table 3's pair of detectors with --quick, on the real data", { skip }, () => {
  let result: StudyResult
  before(async () => {
    assert.ok(folder !== undefined, 'Fashion-MNIST was promised and not found')
    const work = workAsked(checkReproduceOptions({ size: 'quick' }), 'fashion-mnist')
    result = await runStudy({
      dataset: 'fashion-mnist',
      runs: work.runs,
      share: work.share,
      settings: settingsOf(work),
      device: 'cpu',
      resamples: 1000,
      ...(store !== undefined && { store }),
    })
  })

  // Those that the paper is about; of dress, bag, sandal and sneaker a few epochs decide nothing.
  for (const [name, direction] of [
    ['shirt', 'up'],
    ['pullover', 'up'],
    ['coat', 'up'],
    ['trouser', 'down'],
    ['boot', 'down'],
  ] as const) {
    test(`Deep SAD's ξ on ${name} has the printed sign, and what the samples leave open excludes 0`, () => {
      const { xi, interval } = result.classes.find((one) => one.name === name) ?? assert.fail(name)
      const [low, high] = interval
      assert.ok(direction === 'up' ? low > 0 : high < 0, `ξ = ${xi} in [${low}, ${high}]`)
    })
  }

  test('classes come in the printed order, by distance to shirts', () => {
    const names = result.classes.map(({ name }) => name)
    const printed = ['shirt', 'pullover', 'coat', 'dress', 'bag', 'trouser', 'boot', 'sandal', 'sneaker']
    assert.deepEqual(names, printed)
  })
})
