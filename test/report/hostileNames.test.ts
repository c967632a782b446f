import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, describe, it } from 'node:test'
import type { TopLevelSpec } from 'vega-lite'
import { ProcessOutput } from '../../src/cli/processOutput.js'
import { compare } from '../../src/compare/compare.js'
import { readScores } from '../../src/compare/readScores.js'
import { tableDataset } from '../../src/data/tableDataset.js'
import { ScoringBiasError } from '../../src/errors.js'
import { printable } from '../../src/printable.js'
import { vegaLiteral } from '../../src/report/charts/marks.js'
import { renderSvg } from '../../src/report/charts/renderSvg.js'
import { compareCsv } from '../../src/report/compare/compareCsv.js'
import { compareReport } from '../../src/report/compare/compareReport.js'
import { compareText } from '../../src/report/compare/compareText.js'
import { csvField, csvText } from '../../src/report/csvField.js'
import { dataShowText } from '../../src/report/data/dataText.js'
import { escapeHtml } from '../../src/report/html.js'
import { matrixReport } from '../../src/report/matrix/matrixReport.js'
import { matrixText } from '../../src/report/matrix/matrixText.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { studyText } from '../../src/report/study/studyText.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { describeDataset } from '../../src/study/describeDataset.js'
import { runStudy } from '../../src/study/runStudy.js'
import { study } from './study/studyFixture.js'

const inherited = Object.getOwnPropertyNames(Object.prototype)
/** Names that mean something to who draws them. */
const names = [
  ...inherited,
  ...[
    'a.b',
    'a[0]',
    "a['b']",
    'datum',
    'event',
    'width',
    'length',
    'null',
    'NaN',
    'a\\',
    '"',
    "'",
    '</script>',
    '#',
    '\ufdd0',
  ],
]
const shown = (name: string) => escapeHtml(name)
/** Control characters and marks of direction: nothing of ours writes one but line ends. */
const acting = /(?!\n)[\p{Cc}\p{Bidi_Control}]/u

describe('a chart shows any name', () => {
  const values = (name: string) => [
    { at: 0, name, x: 1, detector: name },
    { at: 1, name: 'other', x: 2, detector: 'other' },
  ]
  const x = { field: 'x', type: 'quantitative' } as const
  const size = { width: 300, height: 100 }
  const charts: Readonly<Record<string, (name: string) => TopLevelSpec>> = {
    'in labels by an expression': (name) => ({
      ...{ ...size, data: { values: values(name) }, mark: 'bar' },
      encoding: {
        x,
        y: { field: 'at', type: 'nominal', axis: { labelExpr: `${vegaLiteral([name, 'other'])}[datum.value]` } },
      },
    }),
    'in labels of its own': (name) => ({
      ...{
        ...size,
        data: { values: values(name) },
        mark: 'bar',
        encoding: { x, y: { field: 'name', type: 'nominal', sort: null } },
      },
    }),
    'in a legend': (name) => ({
      ...{ ...size, data: { values: values(name) }, mark: 'bar' },
      encoding: {
        ...{ x, y: { field: 'at', type: 'nominal' } },
        color: {
          field: 'detector',
          sort: [name, 'other'],
          scale: { domain: [name, 'other'], range: ['#010203', '#040506'] },
        },
      },
    }),
    'in a title': (name) => ({
      ...size,
      title: { text: name },
      data: { values: values(name) },
      mark: 'bar',
      encoding: { x },
    }),
    'in the title of an axis': (name) => ({
      ...{ ...size, data: { values: values(name) }, mark: 'bar', encoding: { x: { ...x, axis: { title: name } } } },
    }),
    'as a text': (name) => ({
      ...{ ...size, data: { values: values(name) }, mark: 'text', encoding: { x, text: { field: 'name' } } },
    }),
    'as a text of the mark': (name) => ({
      ...{ ...size, data: { values: values(name) }, mark: { type: 'text', text: name }, encoding: { x } },
    }),
  }
  for (const [where, chart] of Object.entries(charts)) {
    it(where, async () => {
      for (const name of names) {
        const svg = await renderSvg(chart(name))
        assert.ok(
          svg.includes(`>${name === '"' || name === "'" || name === "a['b']" ? name : shown(name)}<`),
          `${name} in ${svg}`,
        )
        if (where === 'in a legend') assert.ok(svg.includes('#010203') && svg.includes('#040506'), name)
        assert.doesNotMatch(svg, /\ufdd0/)
      }
    })
  }

  it('without what acts on who reads it', async () => {
    const svg = await renderSvg(charts['in a title']?.('a\x1b[31m\u202eb') ?? assert.fail())
    assert.match(svg, />a\\u001b\[31m\\u202eb</)
  })
})

const hostile = [
  'a\x1b]0;title\x07',
  'b\x1b[2J\u009b31m',
  'c\u202egnp',
  '=HYPERLINK("http://x")',
  'new\rline',
  ...inherited,
]

describe('a comparison of classes and detectors with any names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-names-'))
  after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'scores.csv')
  const row = (label: number, name: string, i: number) => `${label},"${name.replaceAll('"', '""')}",${i % 13},${i % 7}`
  const rows = Array.from({ length: 60 }, (_, i) => row(0, '', i))
  for (const name of hostile) for (let i = 0; i < 5; i++) rows.push(row(1, name, i + 5))
  for (const [baseline, candidate] of [
    ['constructor', 'toString'],
    ['__proto__', '\x1b[31mred'],
  ] as const) {
    it(`such as ${printable(baseline)} and ${printable(candidate)}`, async () => {
      await writeFile(path, `label,class,${baseline},${candidate}\n${rows.join('\n')}\n`)
      const data = await readScores(path, { baseline, candidates: [candidate] })
      const comparison = await compare(data, { resamples: 200, curve: true })
      const page = await compareReport(comparison, data)
      for (const name of [...hostile, baseline, candidate]) assert.ok(page.includes(`>${shown(name)}<`), name)
      const [text, csv] = [compareText(comparison), compareCsv(comparison)]
      for (const output of [page, text, csv]) assert.doesNotMatch(output, acting)
      assert.ok(text.includes('a\\u001b]0;title\\u0007'))
      assert.ok(csv.includes(`,"'=HYPERLINK(""http://x"")",5,`))
    })
  }
})

describe('a study and a matrix of classes with any names', () => {
  const classes = ['constructor', 'toString', 'valueOf', '__proto__']
  const nEach = 20
  const dataset = {
    ...{ name: 'hasOwnProperty', attribution: '', featureNames: ['constructor', 'a.b'], classes },
    labels: Uint8Array.from({ length: classes.length * nEach }, (_, i) => Math.floor(i / nEach)),
    features: Float32Array.from({ length: 2 * classes.length * nEach }, (_, i) => Math.sin(i) + i / 100),
  }
  const quick = { dataset, normal: 'constructor', runs: 2, resamples: 100, device: 'cpu' } as const
  const settings = { epochs: 1, pretrainEpochs: 1 }

  it('give their pages and texts', async () => {
    const study = await runStudy({ ...quick, settings, anomaly: '__proto__' })
    const matrix = await anomalyMatrix({ ...quick, settings })
    const pages = [await studyReport(study), await matrixReport(matrix)]
    const [texts, described] = [
      [studyText(study), matrixText(matrix)],
      dataShowText(describeDataset(tableDataset(dataset, { normal: 'constructor' }))),
    ]
    for (const name of classes.slice(1)) {
      for (const page of pages) assert.ok(page.includes(`>${name}<`), name)
      for (const text of [...texts, described]) assert.match(text, new RegExp(`│ ${name} `))
    }
  })

  it('let nothing act on a terminal', () => {
    const page = { ...study, normal: 'a\x1b[31m' }
    assert.doesNotMatch(
      studyText({ ...page, classes: study.classes.map((one) => ({ ...one, name: `${one.name}\x1b` })) }),
      acting,
    )
  })
})

describe('CSV', () => {
  it('has nothing that a spreadsheet computes, and numbers as they are', () => {
    for (const formula of ['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\t=1', '＝1', '-x', '+x'])
      assert.equal(csvField(formula), `'${formula}`)
    assert.equal(csvField('=a,"b"'), `"'=a,""b"""`)
    for (const plain of ['-1', '+1.5e-3', '-.5', '-inf', '-Infinity', '+NaN', '-', 'a=1', '', ' =1', 'normal'])
      assert.equal(csvField(plain), plain)
    assert.equal(
      csvText([[-1, Number.NEGATIVE_INFINITY, 'a\nb', 'c\r\nd', 'e\rf']]),
      '-1,-Infinity,"a\nb","c\nd",e\\u000df',
    )
  })
})

describe('what acts on a terminal', () => {
  it('does so in no message of an error', () => {
    const { message } = new ScoringBiasError('BAD_FILE', 'no column \x1b[31m\u202e\n\t\ud800\u2028')
    assert.equal(message, 'no column \\u001b[31m\\u202e\\u000a\\u0009\\ud800\\u2028')
  })

  it('stays what it was in JSON', () => {
    const value = { 'a\x9b\u202e': ['\x7f', '\ufffe', '\u{1fffe}', 'ξ 🙂 \u200d'] }
    const text = printable(JSON.stringify(value))
    assert.doesNotMatch(text, acting)
    assert.deepEqual(JSON.parse(text), value)
  })

  it('reaches neither standard output nor standard error, but to take a line of progress away', () => {
    const written: string[] = []
    const stream = new Writable({ write: (chunk, _, next) => next(void written.push(String(chunk))) })
    const output = new ProcessOutput(stream as NodeJS.WriteStream)
    output.write('a\x1b[31m\n')
    output.write('\r\x1b[2Kb\x1b[2K')
    assert.deepEqual(written, ['a\\u001b[31m\n', '\r\x1b[2Kb\\u001b[2K'])
  })
})
