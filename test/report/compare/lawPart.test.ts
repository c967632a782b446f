import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { at } from '../../../src/check.js'
import { compare } from '../../../src/compare/compare.js'
import type { Comparison, ScoreData } from '../../../src/compare/types.js'
import { compareJson } from '../../../src/report/compare/compareJson.js'
import { compareReport } from '../../../src/report/compare/compareReport.js'
import { formatSigned } from '../../../src/report/format.js'
import { colours } from '../../../src/report/theme.js'
import { intervalMethods } from '../../../src/stats/bootstrap/bootstrapInterval.js'
import { syntheticScores } from './comparisonFixture.js'

const foldOf = (page: string) => page.match(/<details>.*?<\/details>/s)?.[0] ?? ''

describe('the fold with what intervals are read off', () => {
  const data = syntheticScores(400, 60)
  let comparison: Comparison
  let fold = ''
  before(async () => {
    comparison = await compare(data, { laws: true, intervalMethod: 'percentile' })
    fold = foldOf(await compareReport(comparison, data))
  })

  it('has two pictures with their descriptions, in colours that dark mode knows', () => {
    assert.match(fold, /<summary>What the intervals of retrained are read off<\/summary>/)
    assert.equal(fold.match(/role="img" aria-label="[^"]+"/g)?.length, 2)
    assert.equal(fold.match(/<svg /g)?.length, 2)
    assert.doesNotMatch(fold, /NaN|undefined|null|Infinity/)
    const known = new Set<string>([...Object.values(colours), 'none', 'transparent'])
    for (const [colour] of fold.matchAll(/(?<=(?:fill|stroke)=")[^"]+/g)) assert.ok(known.has(colour), colour)
  })

  it('has every number of the pictures in words', () => {
    const { classes, overall, law } = at(comparison.candidates, 0)
    assert.ok(law !== undefined)
    const rows = Array.from(fold.matchAll(/<tr>\s*<th scope="row">([^<]*)<\/th>(.*?)<\/tr>/gs))
    const sets = [...classes, overall]
    assert.deepEqual(
      rows.map(([, name]) => name),
      sets.map(({ name }) => name),
    )
    rows.forEach(([, , cells = ''], i) => {
      const { mean, sd } = at(law.sets, i)
      for (const text of [formatSigned(at(sets, i).xi, 3), formatSigned(mean, 3), sd.toFixed(3)]) {
        assert.ok(cells.includes(`<td>${text}</td>`), text)
      }
    })
    assert.ok(fold.includes(`Their correlation is ${formatSigned(law.fprs.correlation ?? Number.NaN)}`))
    assert.ok(fold.includes('2,000 draws of the bootstrap (seed 0)'))
  })

  it('draws the estimate and the interval of each row where its axis has them', () => {
    const rectangles = Array.from(
      fold.matchAll(/<path d="M(-?[\d.]+),[-\d.]+h([\d.]+)[^"]*" fill="#f3cdb1"/g),
      ([, x, w]) => [Number(x), Number(x) + Number(w)],
    )
    const estimates = Array.from(
      fold.matchAll(/<line transform="translate\((-?[\d.]+),[-\d.]+\)"[^>]* stroke="#1a1e24" stroke-width="2"/g),
      ([, x]) => Number(x),
    )
    const { classes, overall } = at(comparison.candidates, 0)
    const sets = [...classes, overall]
    assert.deepEqual([rectangles.length, estimates.length], [sets.length, sets.length])
    // A line through two ends of the first row gives the axis.
    const [one] = sets
    assert.ok(one !== undefined)
    const [from = 0, to = 0] = at(rectangles, 0)
    const scale = (to - from) / (one.interval[1] - one.interval[0])
    const place = (x: number) => from + (x - one.interval[0]) * scale
    sets.forEach(({ xi, interval }, i) => {
      const drawn = [...at(rectangles, i), at(estimates, i)]
      for (const [j, x] of [...interval, xi].entries()) {
        assert.ok(Math.abs(at(drawn, j) - place(x)) < 0.01, `row ${i}: ${drawn[j]}, not ${place(x)}`)
      }
    })
  })

  it('is the same again, and not there where nobody asked', async () => {
    const again = await compare(data, { laws: true, intervalMethod: 'percentile' })
    assert.equal(foldOf(await compareReport(again, data)), fold)
    const without = await compare(data, { intervalMethod: 'percentile' })
    assert.equal(foldOf(await compareReport(without, data)), '')
    // Pictures change no number, and are no part of the JSON.
    const plain = (one: Comparison) => ({ ...compareJson(one), elapsedSeconds: 0 })
    assert.deepEqual(plain(comparison), plain(without))
  })

  it('is refused for samples in groups, whose thresholds are drawn otherwise', async () => {
    const groups = {
      normal: Array.from({ length: 400 }, (_, i) => i % 40),
      anomalous: Array.from({ length: 180 }, (_, i) => i % 30),
    }
    await assert.rejects(compare({ ...data, groups }, { laws: true }), {
      code: 'OUT_OF_RANGE',
      message: /^laws of samples/,
    })
  })

  it('escapes names', async () => {
    const attack = `</details><script>alert(1)</script>"'&`
    const hostile = {
      ...data,
      detectors: data.detectors.map((name) => name + attack),
      classes: (data.classes ?? []).map((name) => name + attack),
    }
    const page = await compareReport(await compare(hostile, { laws: true }), hostile)
    assert.equal(page.match(/<script/g)?.length, 2)
    // The law, and small drawings of scores and of ROC curves.
    assert.equal(page.match(/<\/details>/g)?.length, 3)
  })

  it('is drawn for every interval method, engine and the fewest samples', async () => {
    const few: ScoreData = {
      source: 'memory',
      detectors: ['a', 'b', 'c'],
      validation: [Float64Array.of(1, 2, 3), Float64Array.of(3, 2, 1), Float64Array.of(1, 1, 1)],
      anomalous: [Float64Array.of(3), Float64Array.of(5), Float64Array.of(1)],
    }
    for (const intervalMethod of intervalMethods) {
      for (const scores of [few, { ...few, classes: ['only'] }]) {
        const made = await compare(scores, { laws: true, intervalMethod, resamples: 100, fpr: 0.4 })
        for (const { law } of made.candidates) {
          assert.equal(law?.sets.length, 1)
          for (const { probabilities } of law.sets) {
            assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-7, intervalMethod)
          }
        }
        const page = await compareReport(made, scores)
        assert.equal(page.match(/<details>/g)?.length, 2)
        assert.doesNotMatch(page.replace(/<script.*?<\/script>/gs, ''), /NaN|undefined|null|Infinity/)
      }
    }
  })
})
