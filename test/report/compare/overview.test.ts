import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { compare } from '../../../src/compare/compare.js'
import type { Comparison, ScoreData } from '../../../src/compare/types.js'
import { shortNames } from '../../../src/report/charts/shortNames.js'
import { compareReport } from '../../../src/report/compare/compareReport.js'
import { mergedWarnings, overviewHeadline } from '../../../src/report/compare/overview.js'
import { commonOrder } from '../../../src/report/compare/sortedClasses.js'
import { formatSigned } from '../../../src/report/format.js'
import { arrows } from '../../../src/report/words.js'
import { normals } from '../../stats/samples.js'

/** Twelve candidates that gain on the first kind, lose on the second or neither, by turns. */
function manyScores(): ScoreData {
  const detectors = Array.from({ length: 13 }, (_, d) => d)
  const [validation, anomalous] = [normals(500, 1), normals(600, 2, 2)]
  return {
    source: 'memory',
    detectors: detectors.map((d) => `autoencoder with a long common beginning ${d}`),
    validation: detectors.map((d) => validation.map((x, i) => x + 0.1 * Math.sin(d * i))),
    anomalous: detectors.map((d) =>
      anomalous.map((x, i) => x + (d === 0 || i % 3 !== d % 3 ? 0 : d % 3 === 1 ? 1.5 : -1.5)),
    ),
    classes: Array.from(anomalous, (_, i) => `fault of the machine with a long name, number ${i % 3}`),
  }
}

describe('the report of many candidates', () => {
  const data = manyScores()
  let comparison: Comparison
  let page = ''
  before(async () => {
    comparison = await compare(data)
    page = await compareReport(comparison, data)
  })

  it('begins with one sentence for all, that counts them by their arrows', () => {
    const headline = overviewHeadline(comparison)
    assert.equal(page.match(/class="lede"/g)?.length, 1)
    const counts = { up: 0, down: 0, both: 0, none: 0 }
    for (const { classes } of comparison.candidates) {
      const [up, down] = (['up', 'down'] as const).map((way) => classes.some(({ direction }) => direction === way))
      counts[up && down ? 'both' : up ? 'up' : down ? 'down' : 'none']++
    }
    assert.ok(counts.up > 1 && counts.down > 1, JSON.stringify(counts))
    assert.match(
      headline,
      /^Of 12 candidates at a false-positive rate of 5 %, compared with autoencoder with a long common beginning 0, /,
    )
    assert.ok(headline.includes(`${counts.up} detect more of some class (`), headline)
    assert.ok(headline.includes(`${counts.down} detect less of some class (`), headline)
  })

  it('counts those that show none on any class, which all anomalies together may show', () => {
    const flat = comparison.candidates.map((one) => ({
      ...one,
      classes: one.classes.map((own) => ({ ...own, direction: 'none' as const })),
      overall: { ...one.overall, direction: 'up' as const },
    }))
    assert.match(overviewHeadline({ ...comparison, candidates: flat }), /, all 12 show no difference on any class\.$/)
    const whole = flat.map((one) => ({ ...one, classes: [], overall: { ...one.overall, direction: 'none' as const } }))
    assert.match(overviewHeadline({ ...comparison, candidates: whole }), /, all 12 show no difference\.$/)
  })

  it('shows every ξ and arrow in one picture, before the tables', () => {
    const map = page.slice(0, page.indexOf('<h2>')).match(/<div class="scroll heat".*?<\/table>/s)?.[0] ?? ''
    const order = commonOrder(comparison)
    const rows = Array.from(map.matchAll(/<tr><th scope="row">([^<]*)<\/th>(.*?)<\/tr>/gs), ([, name, cells = '']) => ({
      name,
      cells: Array.from(cells.matchAll(/<td[^>]*>(.*?)<\/td>/gs), ([, text = '']) => text.replace(/<[^>]*>/g, '')),
    }))
    assert.deepEqual(
      rows.map(({ name }) => name),
      [...order, 'all anomalies'],
    )
    for (const { name, cells } of rows) {
      const expected = comparison.candidates.map(({ classes, overall }) => {
        const { xi, direction } = classes.find((one) => one.name === name) ?? overall
        return `${formatSigned(xi)}${direction === 'none' ? '' : ` ${arrows[direction]}${direction}`}`
      })
      assert.deepEqual(cells, expected, name)
    }
    // Long names of candidates are told apart, and are there in full.
    const heads = Array.from(map.matchAll(/<th scope="col"><span title="([^"]*)">([^<]*)</g), ([, full, short]) => [
      full,
      short,
    ])
    assert.deepEqual(
      heads.map(([full]) => full),
      data.detectors.slice(1),
    )
    assert.equal(new Set(heads.map(([, short]) => short)).size, 12)
  })

  it('has its warnings after the tables, those that say the same once', async () => {
    const several = {
      ...comparison,
      warnings: data.detectors
        .slice(1)
        .map((name) => `the scores of '${name}' hold 3 ties`)
        .concat('few normals'),
    }
    assert.deepEqual(mergedWarnings(several), [
      `the scores of '${data.detectors[1]}' hold 3 ties. The same of ${data.detectors
        .slice(2, 12)
        .map((name) => `'${name}'`)
        .join(', ')} and '${data.detectors[12]}'`,
      'few normals',
    ])
    const told = await compareReport(several, data)
    assert.equal(told.match(/class="warning"/g)?.length, 2)
    const first = told.indexOf('Table of recall and ξ of autoencoder')
    assert.ok(first > 0 && told.indexOf('class="warning"') > told.indexOf('</table>', first))
    assert.ok(told.indexOf('<a href="#warnings">2 warnings</a>') < first)
  })
})

describe('short names', () => {
  it('stay different whichever part of them differs', () => {
    const parts = ['same beginning of the name ', ' and the same end of the name']
    for (const names of [
      [`${parts[0]}a`, `${parts[0]}b`],
      [`a${parts[1]}`, `b${parts[1]}`],
      [`${parts[0]}a${parts[1]}`, `${parts[0]}b${parts[1]}`],
    ]) {
      const short = shortNames(names, 18).names
      assert.equal(new Set(short).size, 2, short.join())
      for (const name of short) assert.ok(name.length <= 18 && name.includes('…'), name)
    }
  })

  it('leave short ones as they are, and give the whole of long ones as a title, escaped', () => {
    const full = ['short', `<${'x'.repeat(30)}&`]
    const { names, titled } = shortNames(full, 11)
    assert.deepEqual(names, ['short', '<xxxx…xxxx&'])
    assert.equal(
      titled('<text>short</text><text>&lt;xxxx…xxxx&amp;</text>'),
      `<text>short</text><text><title>&lt;${'x'.repeat(30)}&amp;</title>&lt;xxxx…xxxx&amp;</text>`,
    )
  })
})
