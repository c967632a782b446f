import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { reproduce } from '../../../src/paper/reproduce.js'
import { reproductionCsv } from '../../../src/report/paper/reproductionCsv.js'
import { reproductionGallery, reproductionMarkdown } from '../../../src/report/paper/reproductionGallery.js'
import { reproductionJson } from '../../../src/report/paper/reproductionJson.js'
import { reproductionReport } from '../../../src/report/paper/reproductionReport.js'
import { reproductionSvg } from '../../../src/report/paper/reproductionSvg.js'
import { reproductionText } from '../../../src/report/paper/reproductionText.js'
import { colours } from '../../../src/report/theme.js'
import { density, failure, recall } from './reproductionFixture.js'

/** Marks of a kind, each a path with these attributes. */
const paths = (svg: string, attributes: string) => svg.match(new RegExp(`<path[^>]*${attributes}[^>]*>`, 'g')) ?? []

describe('Figure 3', () => {
  let svg = ''
  before(async () => {
    svg = (await reproductionSvg(recall)) ?? ''
  })

  test('has a bar of each detector for each class of each panel', () => {
    // One of each colour more is the legend's.
    assert.equal(paths(svg, `fill="${colours.baseline}"`).length, 9)
    assert.equal(paths(svg, `fill="${colours.candidate}"`).length, 9)
  })

  test('marks every printed mean where the axis has it', () => {
    const marks = paths(
      svg,
      `fill="${colours.page}"[^>]*stroke="${colours.ink}"|stroke="${colours.ink}"[^>]*fill="${colours.page}"`,
    )
    const at = marks.map((mark) => Number(/transform="translate\(([\d.]+)/.exec(mark)?.[1]))
    // Panels are 270 wide, from 0 to 1.
    for (const mean of [0.09, 0.71, 0.92, 0.6]) {
      assert.equal(at.filter((x) => Math.abs(x - 270 * mean) < 1e-6).length, 4, String(mean))
    }
  })

  test('says which data are simulated', () => {
    assert.deepEqual(
      ['(a) fashion-mnist,', '(c) spectrum (simulated),'].map((text) => svg.includes(text)),
      [true, true],
    )
  })
})

describe('a figure of densities', () => {
  test('is drawn with both samples’ shares above the threshold', async () => {
    const svg = (await reproductionSvg(density)) ?? ''
    for (const text of [
      'Deep SVDD',
      'normal: 5 % above',
      '&lt;odd&gt; &amp; co: 9 % above',
      '&lt;odd&gt; &amp; co: 71 % above',
    ]) {
      assert.ok(svg.includes(text), text)
    }
    assert.equal(svg.match(/stroke-dasharray="4,3"/g)?.length, 2)
  })

  test('comes as data: curves that integrate to their samples’ sizes alike', () => {
    const json = reproductionJson(density)
    if (json.kind !== 'density') return assert.fail(json.kind)
    for (const { scale, scores, normal, anomalous } of json.panels) {
      assert.equal(scale, 'log')
      const area = (heights: readonly number[]) =>
        heights
          .slice(1)
          .reduce((sum, height, i) => sum + height * Math.log10((scores[i + 1] ?? 0) / (scores[i] ?? 1)), 0)
      // The axis leaves out a thousandth at either end, and what kernels spread beyond it.
      assert.ok(Math.abs(area(normal) / area(anomalous) - 1) < 0.02)
      assert.equal(Math.max(...normal, ...anomalous), 1)
    }
    const lines = reproductionCsv(density).trimEnd().split('\n')
    assert.equal(lines.length, 1 + 2 * 2 * (json.panels[0]?.scores.length ?? 0))
    assert.ok(lines[1]?.startsWith('figure1,deep-svdd,0.19,normal,'))
  })
})

describe('the gallery', () => {
  let page = ''
  let markdown = ''
  before(async () => {
    const entries = [
      { result: await reproduce('table2'), files: ['table2.html', 'table2.csv'] },
      { result: failure },
      { result: density, svg: (await reproductionSvg(density)) ?? '', files: ['figure1.svg', 'figure1.csv'] },
      { result: recall, svg: (await reproductionSvg(recall)) ?? '' },
    ]
    page = reproductionGallery(entries, { command: 'scoring-bias reproduce all -o here' })
    markdown = reproductionMarkdown(entries, { command: 'scoring-bias reproduce all -o here' })
  })

  test('has every item with its outcome, its figure or table, how much was done and what to know', () => {
    assert.equal(page.match(/<svg /g)?.length, 2)
    for (const text of [
      '3 tables and figures of Ye',
      'href="#figure3"',
      'id="figure3"',
      'every cell is as printed',
      'Deep SAD, Hypersphere Classifier (HSC)',
      '12 of 16 cells within 3 standard errors',
      '4 runs, 5 epochs after 3 of pretraining, 25 % of the samples in panels a, b, c and d; took 12.3 s.',
      'Panels a, b, c and d: of every panel.',
      'A note that readers need.',
      'Table 3 (a), Table 6 (b), Table 5 (c), Table 8 (d)',
      '<a href="table2.csv">table2.csv</a>',
      'scoring-bias reproduce all -o here',
      'nobody’s data',
    ]) {
      assert.ok(page.includes(text), text)
    }
  })

  test('in Markdown shows figures by their files, tables as text, and links every item', () => {
    for (const text of [
      'made by `scoring-bias reproduce all -o here`',
      '| [Table 2](#table2) | the six detectors by type | 6 detectors; every cell is as printed. |',
      '<a id="figure1"></a>\n\n## Figure 1: ',
      '](figure1.svg)\n',
      'Data: [figure1.csv](figure1.csv).',
      '```\nTable 2, the six detectors by type\n',
      '**Not repeated.** no files in <nowhere>',
      'A note that readers need.',
    ]) {
      assert.ok(markdown.includes(text), text)
    }
    assert.doesNotMatch(markdown, /NaN|undefined|null|Infinity/)
  })

  test('marks panels whose data stand in for measurements, not synthetic data, and tells why an item failed', () => {
    assert.match(page, /Figure 3: [^<]*<span class="tag">c and d simulated</)
    assert.match(page, /<h2>Figure 1: [^<]*<\/h2>/)
    assert.match(page, /Not repeated.<\/strong> no files in &lt;nowhere&gt;/)
  })

  test('is self-contained, with nothing undefined in it and every colour known to the dark form', () => {
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|@import|url\(|\ssrc=|xlink:href|NaN|undefined|null|Infinity/i)
    const used = new Set(page.match(/(?<=(?:fill|stroke)=")[^"]+/g))
    const known = new Set<string>([...Object.values(colours), 'none', 'transparent'])
    assert.deepEqual(
      [...used].filter((colour) => !known.has(colour)),
      [],
    )
  })
})

test('pages and texts of every kind say what they are of and what to know', async () => {
  for (const result of [await reproduce('table2'), density, recall]) {
    const [page, text] = [await reproductionReport(result, { command: 'again' }), reproductionText(result)]
    assert.doesNotMatch(page, /<script|NaN|undefined|null|Infinity/)
    assert.ok(page.includes('again') && page.includes(result.title.split(',')[0] ?? ''))
    assert.ok(text.includes(result.title) && !/NaN|undefined/.test(text))
    if (result.kind !== 'detectors') assert.ok(text.includes('Note: a note that readers need.'))
  }
  assert.match(reproductionText(failure), /^Table 3, .*not repeated\. no files in <nowhere>$/)
})
