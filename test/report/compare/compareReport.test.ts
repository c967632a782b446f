import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { compare } from '../../../src/compare/compare.js'
import type { Comparison, ScoreData } from '../../../src/compare/types.js'
import { normal } from '../../../src/random/normal.js'
import { compareReport } from '../../../src/report/compare/compareReport.js'
import { columnWords } from '../../../src/report/compare/compareTables.js'
import { compareHeadline } from '../../../src/report/compare/compareText.js'
import { escapeHtml } from '../../../src/report/html.js'
import { colours } from '../../../src/report/theme.js'
import { arrows } from '../../../src/report/words.js'
import { comparisonOf, syntheticScores } from './comparisonFixture.js'

describe('the report of a comparison', () => {
  const data = syntheticScores()
  let comparison: Comparison
  let page = ''
  before(async () => {
    comparison = await comparisonOf(data, { curve: true, warnings: ['ties hold 12 samples'] })
    page = await compareReport(comparison, data, { command: 'scoring-bias compare scores.csv --seed 1' })
  })

  it('gives the answer in words, and warnings', () => {
    const [candidate] = comparison.candidates
    assert.ok(candidate)
    const headline = compareHeadline(comparison, candidate)
    assert.match(
      headline,
      /^At a false-positive rate of 5 %, retrained detects more of bearing wear \(ξ \+0\.\d{3}\), and less of loose bolt/,
    )
    assert.match(headline, /No difference is shown on imbalance: the simultaneous 95 % interval includes 0\.$/)
    const classes = candidate.classes.filter(({ direction }) => direction === 'up')
    assert.match(
      compareHeadline(comparison, { ...candidate, classes }),
      /detects more of bearing wear \(ξ \+0\.\d{3}\) than isolation forest does\.$/,
    )
    for (const text of [headline, 'ties hold 12 samples']) assert.ok(page.includes(escapeHtml(text)), text)
  })

  it('holds every number of every class in a table', () => {
    const rows = Array.from(page.matchAll(/<tr>\s*<th scope="row">([^<]*)<\/th>(.*?)<\/tr>/gs), ([, name, rest]) => ({
      name,
      text: (rest ?? '').replace(/<[^>]*>/g, ' ').replaceAll('−', '-'),
    }))
    const [candidate] = comparison.candidates
    assert.ok(candidate)
    for (const one of [...candidate.classes, candidate.overall]) {
      const row = rows.find(({ name }) => name === one.name)
      assert.ok(row, one.name)
      const numbers = (row.text.match(/[-+]?\d[\d.,]*/g) ?? []).map((text) => Number(text.replace(/,$/, '')))
      const rates = [one.tprBaseline, one.tprCandidate].flatMap(({ rate, interval }) => [rate, ...interval])
      // Arrow and ξ come first: a narrow screen shows the beginning of a table.
      assert.match(row.text, new RegExp(`^\\s+${arrows[one.direction]}\\s`))
      const answer = [one.xi, ...one.interval, ...(one === candidate.overall ? [] : one.simultaneous)]
      for (const [found, expected] of [
        [numbers, answer],
        [numbers.slice(answer.length + 1), [one.n]],
        [numbers.slice(-rates.length), rates],
      ] as const) {
        expected.forEach((value, i) => {
          assert.ok(
            Math.abs((found[i] ?? Number.NaN) - value) <= 0.0005 + 1e-12,
            `${one.name}: ${found[i]}, not ${value}`,
          )
        })
      }
    }
  })

  it('says how it was computed, and what every column holds', () => {
    for (const text of [
      'scores.csv',
      'scoring-bias compare scores.csv --seed 1',
      '500 draws',
      'seed 1',
      process.versions.node,
      'inverse-cdf: the smallest score',
      '400 targets, each computed exactly from all 800 normal samples',
      'Clopper–Pearson',
      'power 0.8',
    ]) {
      assert.ok(page.includes(text), text)
    }
  })

  it('says of a threshold what holds of its rule and targets', async () => {
    const words = (changes: Partial<Comparison>) =>
      columnWords({ ...comparison, ...changes }).text.match(/<dt>threshold τ<\/dt><dd>(.*?)<\/dd>/s)?.[1] ?? ''
    assert.match(words({}), /so that at most 5 % of them lie above it;/)
    assert.match(
      words({ fprs: [0.01, 0.05] }),
      /, one for each target, so that at most the target \(1 % and 5 %\) of them/,
    )
    assert.match(words({ thresholdRule: 'linear' }), /about 5 % of them lie above it, which may be a little more;/)
    const certified = await compare(data, { thresholdRule: 'certified', delta: 0.05, resamples: 200 })
    assert.match(words(certified), /true false-positive rate is at most 5 % with a probability of 95 %;/)
    assert.match(await compareReport(certified, data), /at most at the target, with a probability of 95 %</)
  })

  it('has a name for every column', () => {
    assert.doesNotMatch(page, /<th[^>]*><\/th>/)
  })

  it('draws what stands side by side at one scale', () => {
    const pairs = Array.from(page.matchAll(/<div class="pair">(.*?)\n<\/div>/gs), ([, pair = '']) =>
      Array.from(
        pair.matchAll(/<svg [^>]*width="(\d+)" style="--width:(\d+)px"[^>]*viewBox="0 0 (\d+) /g),
        ([, ...widths]) => widths,
      ),
    )
    assert.ok(pairs.length > 1)
    for (const pair of pairs) assert.equal(new Set(pair.flat()).size, 1, JSON.stringify(pair))
  })

  it('loads nothing, and lets no script run but its own', () => {
    assert.doesNotMatch(page, /<link|<img|<iframe|@import|url\(|\ssrc=|xlink:href/i)
    assert.equal(page.match(/<script/g)?.length, 2)
    assert.match(page, /default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[A-Za-z0-9+/]{43}='/)
  })

  it('has charts with nothing undefined in them, in colours that dark mode knows', () => {
    assert.equal(page.match(/class="chart" role="img" aria-label="[^"]{20,}"/g)?.length, 6)
    const charts = page.replace(/<script type="module">.*?<\/script>/s, '')
    assert.doesNotMatch(charts, /NaN|undefined|null|Infinity/)
    const used = new Set(page.match(/(?<=(?:fill|stroke)=")[^"]+/g))
    const known = new Set<string>([...Object.values(colours), 'none', 'transparent'])
    assert.deepEqual(
      [...used].filter((colour) => !known.has(colour)),
      [],
    )
  })

  it('is the same for an equal comparison', async () => {
    const again = await compareReport(comparison, data, { command: 'scoring-bias compare scores.csv --seed 1' })
    assert.equal(again, page)
  })

  it('escapes names, sources, warnings and commands, in its data too', async () => {
    const attack = `</script><script>alert(1)</script><!--"'&\u2028`
    const hostile = {
      ...data,
      source: attack,
      detectors: data.detectors.map((name) => name + attack),
      classes: (data.classes ?? []).map((name) => name + attack),
    }
    const made = await comparisonOf(hostile, { warnings: [attack] })
    const page = await compareReport(made, hostile, { command: attack })
    assert.equal(page.match(/<script/g)?.length, 2)
    assert.equal(page.match(/<\/script/g)?.length, 2)
    assert.ok(!page.includes('<!--') && page.includes('&lt;/script&gt;'))
  })

  it('is made without classes, with infinite, tied and constant scores', async () => {
    const infinite = (values: ArrayLike<number>) =>
      Float64Array.from(values, (x) => (x > 1.5 ? Number.POSITIVE_INFINITY : x < -1 ? Number.NEGATIVE_INFINITY : x))
    const [validation, anomalous] = [normal(200, { stream: 1 }), normal(60, { stream: 2, mean: 1 })]
    for (const change of [infinite, (x: Float64Array) => x.map(Math.round), (x: Float64Array) => x.map(() => 0)]) {
      const scores: ScoreData = {
        source: 'memory',
        detectors: ['a', 'b'],
        validation: [validation, change(validation)],
        anomalous: [anomalous, change(anomalous)],
      }
      const page = await compareReport(await comparisonOf(scores), scores)
      assert.ok(page.includes('all anomalies'))
      assert.doesNotMatch(page.replace(/<script.*?<\/script>/gs, ''), /NaN|undefined|null|Infinity/)
    }
  })

  it('charts eight of many candidates, tabulates all, and stays small', async () => {
    const [validation, anomalous] = [normal(20_000, { stream: 1 }), normal(20_000, { stream: 2, mean: 1 })]
    const d = Array.from({ length: 13 }, (_, i) => i)
    const scores: ScoreData = {
      source: 'memory',
      detectors: d.map((i) => `detector ${i}`),
      validation: d.map((i) => validation.map((x, s) => x * Math.sin(s + i))),
      anomalous: d.map((i) => anomalous.map((x, s) => x * Math.sin(s + i))),
      classes: Array.from(anomalous, (_, i) => `class ${i % 60}`),
    }
    const page = await compareReport(await comparisonOf(scores), scores)
    assert.ok(page.includes('charts and slider show the first 8 of 12 candidates'))
    assert.ok(
      page.includes('Table of recall and ξ of detector 12') &&
        page.includes('ξ of detector 8 for') &&
        !page.includes('ξ of detector 9 for'),
    )
    assert.ok(page.length < 5e6, `${page.length} characters`)
  })

  it('refuses other scores than those compared', async () => {
    const shifted = data.validation.map((scores) => scores.map((score) => score + 1))
    await assert.rejects(compareReport(comparison, { ...data, validation: shifted }), {
      code: 'LENGTH_MISMATCH',
      message: /^data are not the scores that were compared: the threshold of 'isolation forest' was/,
    })
    for (const [less, message] of [
      [{ anomalous: data.anomalous.slice(0, 1) }, /^data\.anomalous has length 1, but data\.detectors, which/],
      [{ classes: data.classes?.slice(1) }, /^data must have normal and anomalous scores of/],
    ] as const) {
      await assert.rejects(compareReport(comparison, { ...data, ...less }), { code: 'LENGTH_MISMATCH', message })
    }
    await assert.rejects(compareReport(comparison, { ...data, detectors: ['isolation forest', 'other'] }), {
      code: 'UNKNOWN_NAME',
      message: /'retrained'/,
    })
  })
})
