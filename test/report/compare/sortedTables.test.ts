import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { compare } from '../../../src/compare/compare.js'
import { compareSeeds } from '../../../src/compare/compareSeeds.js'
import { compareTargets } from '../../../src/compare/compareTargets.js'
import type { ScoreData } from '../../../src/compare/types.js'
import { barAxis } from '../../../src/report/charts/intervalBar.js'
import { compareReport } from '../../../src/report/compare/compareReport.js'
import { curveTargets } from '../../../src/report/compare/curveTargets.js'
import { overviewHeadline, targetWarnings } from '../../../src/report/compare/overview.js'
import { seedReport } from '../../../src/report/compare/seedReport.js'
import { sortedClasses } from '../../../src/report/compare/sortedClasses.js'
import { formatInterval, formatSigned } from '../../../src/report/format.js'
import { normals } from '../../stats/samples.js'

/** Detectors that gain and lose on five kinds, in no order. */
function scoresOf(nDetectors: number): ScoreData {
  const anomalous = normals(500, 2, 2)
  const all = Array.from({ length: nDetectors }, (_, d) => d)
  return {
    source: 'memory',
    detectors: all.map((d) => `detector ${d}`),
    validation: all.map((d) => normals(400, 10 + d)),
    anomalous: all.map((d) => anomalous.map((x, i) => x + 1.5 * Math.sin(2 * (i % 5) * d))),
    classes: Array.from(anomalous, (_, i) => `kind ${i % 5}`),
  }
}

/** Tables of candidates: names of the rows, their texts and their bars. */
function tablesOf(page: string) {
  return Array.from(
    page.matchAll(/aria-label="Table of recall and ξ of ([^"]*)">(.*?)<\/table>/gs),
    ([, name, table = '']) => ({
      name,
      ends: Array.from(table.matchAll(/<text[^>]*>([−+][\d.]+)</g), ([, text = '']) => Number(text.replace('−', '-'))),
      rows: Array.from(
        table.matchAll(/<tr>\s*<th scope="row">([^<]*)<\/th>(.*?)<\/tr>/gs),
        ([, row = '', rest = '']) => ({
          row,
          text: rest.replace(/<[^>]*>/g, ' '),
          bar: rest.match(/<td class="bar">.*?<\/td>/s)?.[0] ?? '',
        }),
      ),
    }),
  )
}

describe('tables of a comparison', () => {
  const data = scoresOf(3)
  const mix = { 'kind 0': 0.25, 'kind 3': 0.75 }
  let comparison: Awaited<ReturnType<typeof compare>>
  let page = ''
  before(async () => {
    comparison = await compare(data, { resamples: 300, margin: 0.1, mix, prevalence: 0.01, perDay: 5000 })
    page = await compareReport(comparison, data)
  })

  it('have the classes by their ξ, the largest first, then all anomalies and the mix', () => {
    const tables = tablesOf(page)
    assert.equal(tables.length, 2)
    for (const [k, { rows }] of tables.entries()) {
      const { classes } = comparison.candidates[k] ?? assert.fail()
      const sorted = [...classes].sort((a, b) => b.xi - a.xi).map(({ name }) => name)
      assert.notDeepEqual(
        sorted,
        classes.map(({ name }) => name),
      )
      assert.deepEqual(
        rows.map(({ row }) => row),
        [...sorted, 'all anomalies', 'mix of 25 % kind 0 and 75 % kind 3'],
      )
    }
  })

  it('draw in each row the intervals that it has in numbers, on one axis in all tables, with the margin', () => {
    const sets = comparison.candidates.flatMap(({ classes, overall, mix }) => [
      ...classes,
      overall,
      ...(mix ? [mix] : []),
    ])
    const { low, high } = barAxis(sets)
    for (const [k, { rows, ends }] of tablesOf(page).entries()) {
      const candidate = comparison.candidates[k] ?? assert.fail()
      assert.deepEqual([ends.at(0), ends.at(-1)], [low, high])
      for (const { row, text, bar } of rows) {
        const one =
          candidate.classes.find(({ name }) => name === row) ??
          (row === 'all anomalies' ? candidate.overall : candidate.mix)
        assert.ok(one)
        for (const number of [formatSigned(one.xi, 3), formatInterval(one.interval, 3)])
          assert.ok(text.includes(number), number)
        const x = (value: number) => 8 + (116 * (value - low)) / (high - low)
        const [, from, to] = bar.match(/class="own" d="M([\d.]+) 9H([\d.]+)"/) ?? []
        const drawn = [from, to, bar.match(/cx="([\d.]+)"/)?.[1], bar.match(/class="zero" d="M([\d.]+) /)?.[1]].map(
          Number,
        )
        for (const [i, value] of [...one.interval, one.xi, 0].entries())
          assert.ok(Math.abs((drawn[i] ?? Number.NaN) - x(value)) <= 0.051, `${row}: ${drawn[i]}`)
        assert.equal(bar.includes('class="clear"'), one.direction !== 'none')
        const margin = bar.match(/class="margin" d="M([\d.]+) /)?.[1]
        if (row.startsWith('mix')) assert.equal(margin, undefined)
        else assert.ok(Math.abs(Number(margin) - x(-0.1)) <= 0.051)
        assert.match(bar, /<svg aria-hidden="true"/)
      }
    }
  })

  it('are beside precision and alerts a day', () => {
    const { detectors } = comparison.alerts ?? assert.fail()
    const table = page.match(/aria-label="Table of precision and alerts".*?<\/table>/s)?.[0] ?? ''
    for (const { name, precision, alertsPerDay } of detectors) {
      for (const text of [name, precision.rate.toFixed(4), String(Math.round(alertsPerDay?.rate ?? Number.NaN))])
        assert.ok(table.includes(text), text)
    }
  })

  it('put the laws of classes in the same order as the classes', async () => {
    const found = await compare(data, { resamples: 200, laws: true })
    for (const [k, { classes, law }] of sortedClasses(found).candidates.entries()) {
      const { classes: before, law: unsorted } = found.candidates[k] ?? assert.fail()
      for (const [i, one] of classes.entries())
        assert.equal(law?.sets[i], unsorted?.sets[before.findIndex(({ name }) => name === one.name)])
      assert.equal(law?.sets.at(-1), unsorted?.sets.at(-1))
    }
  })

  it('say of how many groups each class is', async () => {
    const groups = {
      normal: Array.from({ length: 400 }, (_, i) => `g${i % 40}`),
      anomalous: Array.from({ length: 500 }, (_, i) => `g${i % 25}`),
    }
    const grouped = { ...scoresOf(2), groups }
    const page = await compareReport(await compare(grouped, { resamples: 200 }), grouped)
    const [{ rows } = assert.fail()] = tablesOf(page)
    assert.ok(rows.every(({ text }) => text.includes(' groups')))
    assert.match(page, /Samples come in 40 groups: 40 with normal samples, 25 with anomalies\./)
    // ξ over targets is drawn, too, without bands.
    assert.match(page, /xi_line_marks/)
    assert.ok(!/class="[^"]*xi_bands?_marks/.test(page))
  })
})

describe('the page of several targets', () => {
  it('has a table for each, all of them in the drawing of ξ, and the verdict at all first', async () => {
    const data = scoresOf(2)
    const found = await compareTargets(data, { fprs: [0.01, 0.05, 0.2], margin: 0.1, resamples: 300 })
    const page = await compareReport(found, data)
    assert.deepEqual(page.match(/(?<=class="lede )\w+/g)?.[0], found.verdict)
    assert.ok(page.includes(`<strong>Verdict at all targets: ${found.verdict}.</strong>`))
    assert.equal(tablesOf(page).length, 3)
    for (const [t, { candidates }] of found.targets.entries()) {
      const { rows } = tablesOf(page)[t] ?? assert.fail()
      for (const { name, xi } of candidates[0]?.classes ?? []) {
        const { text } = rows.find(({ row }) => row === name) ?? assert.fail()
        assert.ok(text.includes(formatSigned(xi, 3)))
      }
    }
    for (const text of ['1 %', '5 %', '20 %']) assert.ok(page.includes(`At a target of ${text}</h3>`), text)
    assert.equal(page.match(/class="mark-line role-mark xi_own_marks"/g)?.length, 3)
    // Targets that differ tenfold stand apart.
    const axis = curveTargets(found.targets)
    assert.deepEqual([axis.scale, axis.low, axis.high], ['log', 0.0025, 0.8])
    assert.ok([0.01, 0.05, 0.2].every((fpr) => axis.fprs.includes(fpr)))
  })

  it('says of a warning at which targets it holds, where not at all', async () => {
    const data = scoresOf(2)
    const { targets } = await compareTargets(data, { fprs: [0.05, 0.2], resamples: 100 })
    const [first, second] = targets.map((one, t) => ({ ...one, warnings: ['both', ...(t === 0 ? ['few'] : [])] }))
    assert.ok(first && second)
    assert.deepEqual(targetWarnings([first, second]), ['both', 'at a target of 5 %: few'])
  })
})

it('the headline of many candidates states the verdict and on how many of them', async () => {
  const data = scoresOf(6)
  const comparison = await compare(data, { resamples: 200, margin: 0.05 })
  const counts = { fail: 0, undecided: 0, pass: 0 }
  for (const { verdict } of comparison.candidates) counts[verdict ?? assert.fail()]++
  const headline = overviewHeadline(comparison)
  assert.ok(headline.startsWith(`Verdict on all candidates: ${comparison.verdict}; `), headline)
  const failing = counts.fail === 5 ? 'all 5 fail' : `${counts.fail} ${counts.fail === 1 ? 'fails' : 'fail'} (`
  assert.ok(counts.fail > 0 && headline.includes(failing), headline)
  assert.match(
    await compareReport(comparison, data),
    new RegExp(`<p class="lede ${comparison.verdict}">Verdict on all candidates`),
  )
})

it('the page of trainings has the classes by ξ, intervals in each row and a dot for each training', async () => {
  const data = scoresOf(5)
  const trainings = { baseline: 'a*', candidate: 'b*', nBaseline: 2 }
  const comparison = await compareSeeds({ ...data, trainings }, { resamples: 200 })
  const page = await seedReport(comparison)
  const [{ rows } = assert.fail()] = tablesOf(page)
  const sorted = [...comparison.classes].sort((a, b) => b.xi - a.xi).map(({ name }) => name)
  assert.deepEqual(
    rows.map(({ row }) => row),
    [...sorted, 'all anomalies'],
  )
  assert.ok(rows.every(({ bar }) => bar.includes('class="own"')))
  // Five classes, two trainings of one detector and three of the other.
  const dots = page.match(/mark-symbol role-mark layer_2_marks.*?<\/g>/s)?.[0].match(/<path/g)?.length
  assert.equal(dots, 25)
})
