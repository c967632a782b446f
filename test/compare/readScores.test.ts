import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, describe, it, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { compare } from '../../src/compare/compare.js'
import { type JoinScoresOptions, joinScores } from '../../src/compare/joinScores.js'
import type { ReadScoresOptions } from '../../src/compare/readingOptions.js'
import { readScores } from '../../src/compare/readScores.js'
import type { ScoreRow } from '../../src/scores/scoreRows.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { leftBehind } from '../temporaries.js'

const folder = await mkdtemp(join(tmpdir(), 'read-scores-'))
after(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** The same ten samples in every format. */
const rows = Array.from({ length: 10 }, (_, i) => ({
  label: i % 2,
  class: i % 2 === 0 ? '' : i < 5 ? 'crack' : 'dent',
  baseline: i / 4,
  candidate: 3 - i / 8,
}))
const wanted = {
  detectors: ['baseline', 'candidate'],
  validation: [0, 1].map((d) => Float64Array.of(0, 2, 4, 6, 8).map((i) => (d === 0 ? i / 4 : 3 - i / 8))),
  test: undefined,
  anomalous: [0, 1].map((d) => Float64Array.of(1, 3, 5, 7, 9).map((i) => (d === 0 ? i / 4 : 3 - i / 8))),
  classes: ['crack', 'crack', 'dent', 'dent', 'dent'],
  notes: [],
}
const csv = `label,class,baseline,candidate\n${rows.map((row) => `${Object.values(row).join()}\n`).join('')}`
const jsonl = rows.map((row) => `${JSON.stringify(row)}\n`).join('')

describe('one file', async () => {
  const parquet = join(folder, 'scores.parquet')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const path = await file('for-parquet.csv', csv)
  await connection.run(
    `COPY (SELECT label = 1 AS label, class, baseline::FLOAT AS baseline, candidate::DECIMAL(9, 4) AS candidate
     FROM read_csv('${path}')) TO '${parquet}' (FORMAT parquet)`,
  )
  for (const [name, content] of [
    ['scores.csv', csv],
    ['scores.tsv', csv.replaceAll(',', '\t')],
    ['scores.jsonl', jsonl],
    ['scores.csv.gz', gzipSync(csv)],
    ['scores.jsonl.gz', gzipSync(jsonl)],
    ['members.csv.gz', Buffer.concat([gzipSync(csv.slice(0, 50)), gzipSync(csv.slice(50))])],
    ['sniffed', csv],
    ['sniffed-json', jsonl],
    ['sniffed-gz', gzipSync(jsonl)],
    ['scores.parquet', undefined],
  ] as const) {
    it(`reads ${name}, from its name or first bytes, and from standard input`, async () => {
      const path = content === undefined ? join(folder, name) : await file(name, content)
      assert.deepEqual(await readScores(path), { source: path, ...wanted })
      const stdin = Readable.from([await readFile(path)])
      assert.deepEqual(await readScores('-', { stdin }), { source: 'standard input', ...wanted })
    })
  }

  it('reads NPZ', async () => {
    const files: Record<string, string> = JSON.parse(
      await readFile(new URL('../oracle/numpy_files.json', import.meta.url), 'utf8'),
    )
    const bytes = Buffer.from(files['packed.npz'] ?? '', 'base64')
    for (const path of [await file('packed.npz', bytes), '-']) {
      const { detectors, validation, anomalous, classes } = await readScores(path, {
        normal: 'ok',
        baseline: 'x1',
        candidates: ['x2'],
        stdin: Readable.from([bytes]),
      })
      assert.deepEqual(detectors, ['x1', 'x2'])
      assert.deepEqual(validation, [Float64Array.of(0, 4), Float64Array.of(1, 5)])
      assert.deepEqual([anomalous[1], classes], [Float64Array.of(3), ['äé']])
    }
  })

  it('takes a format that is given', async () => {
    const path = await file('given.csv', csv.replaceAll(',', '\t'))
    assert.deepEqual(await readScores(path, { format: 'tsv' }), { source: path, ...wanted })
    await assert.rejects(readScores(path, { format: 'xls' as never }), { code: 'UNKNOWN_NAME' })
  })

  it('takes names in the label, other columns, several candidates or all', async () => {
    const content = 'kind,a,b,c,id\nfine,1,2,3,x\ncrack,4,5,inf,y\n01,7,8,9,z\n1.0,0,0,-inf,w\n'
    const path = await file('named.csv', content)
    const options = { label: 'kind', normal: 'fine', baseline: 'b', ignore: ['id'] }
    const { detectors, validation, anomalous, classes } = await readScores(path, { ...options, candidates: 'all' })
    assert.deepEqual(detectors, ['b', 'a', 'c'])
    assert.deepEqual(validation, [Float64Array.of(2), Float64Array.of(1), Float64Array.of(3)])
    assert.deepEqual(anomalous[2], Float64Array.of(Infinity, 9, -Infinity))
    assert.deepEqual(classes, ['crack', '01', '1'])
    const chosen = await readScores(path, { ...options, candidates: ['c'] })
    assert.deepEqual(chosen.detectors, ['b', 'c'])
  })

  it('takes class names for texts: two that differ are two classes', async () => {
    const names = [
      '9007199254740993',
      '9007199254740992',
      '12E4',
      '120E3',
      '0x10',
      '16',
      '1.10',
      '1.1',
      '007',
      '7',
      '2.0',
      '2',
    ]
    const rows = names.map((name) => `1,1,2,${name}`).join('\n')
    const { classes } = await readScores(await file('texts.csv', `label,baseline,candidate,class\n0,1,2,\n${rows}\n`))
    assert.deepEqual(classes, [...names.slice(0, -2), '2', '2'])
    await assert.rejects(readScores(await file('constructor.csv', 'label,baseline,candidate\nconstructor,1,2\n')), {
      code: 'BAD_FILE',
      message: /the label is 'constructor'\. It must be 0 \(normal\) or 1/,
    })
  })

  it('goes by the split: validation sets thresholds, test is evaluated', async () => {
    const content =
      'label,baseline,candidate,split\n0,1,2,validation\n0,3,4,test\n1,5,6,test\n1,7,8,validation\n0,9,10,validation\n'
    const { validation, test, anomalous, notes } = await readScores(await file('split.csv', content))
    assert.deepEqual(validation, [Float64Array.of(1, 9), Float64Array.of(2, 10)])
    assert.deepEqual(test, [Float64Array.of(3), Float64Array.of(4)])
    assert.deepEqual(anomalous, [Float64Array.of(5), Float64Array.of(6)])
    assert.deepEqual(notes, [
      "1 of 2 anomalous samples is of the split 'validation' and not evaluated. To evaluate them, put them into the split 'test'",
    ])
  })

  const head = 'label,baseline,candidate\n'
  for (const [what, content, options, code, message] of [
    [
      'a missing column',
      'label,base_line,candidate\n0,1,2\n',
      {},
      'UNKNOWN_NAME',
      /no column 'baseline'.*mean 'base_line'\?/,
    ],
    ['a word among scores', `${head}0,1,2\n1,x,2\n`, {}, 'BAD_FILE', /line 3: column 'baseline' is 'x', not a number/],
    ['NaN', `${head}0,1,2\n1,1,nan\n`, {}, 'NOT_A_NUMBER', /line 3: column 'candidate' is 'NaN'/],
    ['a missing score', `${head}0,1,\n`, {}, 'BAD_FILE', /line 2: column 'candidate' is empty/],
    ['a short row', `${head}0,1,2\n1,1\n`, {}, 'BAD_FILE', /line 3: has 2 fields, the first line has 3/],
    ['an empty file', '', {}, 'BAD_FILE', /bad\.csv is empty/],
    ['a header alone', head, {}, 'EMPTY_SAMPLE', /bad\.csv has no rows/],
    ['normals alone', `${head}0,1,2\n0,1,2\n`, {}, 'EMPTY_SAMPLE', /there is no anomalous sample among 2 samples/],
    ['anomalies alone', `${head}1,1,2\n`, {}, 'EMPTY_SAMPLE', /there is no normal sample among 1 sample\./],
    [
      'names as labels',
      `${head}0,1,2\nok,1,2\n`,
      {},
      'BAD_FILE',
      /line 3: the label is 'ok'\. It must be 0 .* If 'ok' is normal, say --normal ok$/,
    ],
    ['a label that is missing', `${head}0,1,2\n,1,2\n`, {}, 'BAD_FILE', /line 3: the label is empty/],
    [
      'an unknown normal class',
      `${head}ok,1,2\nbad,1,2\n`,
      { normal: 'okk' },
      'UNKNOWN_CLASS',
      /'okk' \(did you mean 'ok'\?\)/,
    ],
    [
      'a class that is missing',
      'label,class,baseline,candidate\n0,,1,2\n1,,1,2\n',
      {},
      'BAD_FILE',
      /line 3: the class is empty/,
    ],
    [
      'no validation normals',
      'label,split,baseline,candidate\n0,test,1,2\n1,test,1,2\n',
      {},
      'EMPTY_SAMPLE',
      /no normal sample is of the split 'validation'/,
    ],
    [
      'no anomalies to evaluate',
      'label,split,baseline,candidate\n0,validation,1,2\n1,validation,1,2\n',
      {},
      'EMPTY_SAMPLE',
      /no anomalous sample is of the split 'test'/,
    ],
    [
      'another split',
      'label,split,baseline,candidate\n0,fold1,1,2\n',
      {},
      'BAD_FILE',
      /line 2: the split is 'fold1'\. It must be 'validation'.*--no-split/,
    ],
    [
      'identifiers as classes',
      `label,class,baseline,candidate\n${Array.from({ length: 1100 }, (_, i) => `1,n${i},1,2\n`).join('')}`,
      {},
      'BAD_FILE',
      /line 1002: this is class number 1001/,
    ],
    [
      'a column in two roles',
      `${head}0,1,2\n`,
      { candidates: ['baseline'] },
      'OUT_OF_RANGE',
      /'baseline' is asked for twice\. Name a column of its own for/,
    ],
    ['no candidate', 'label,baseline\n0,1\n', { candidates: 'all' }, 'EMPTY_SAMPLE', /no column left for a candidate/],
  ] as [string, string, ReadScoresOptions, string, RegExp][]) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(readScores(await file('bad.csv', content), options), { code, message })
    })
  }

  it('names lines of the unpacked text, and refuses gzip that is cut short or damaged anywhere', async () => {
    const path = await file('line.csv.gz', gzipSync(`${head}0,1,2\n1,1,x\n`))
    await assert.rejects(readScores(path), {
      message: /line\.csv\.gz line 3 of the unpacked text: column 'candidate' is 'x'/,
    })
    const long = gzipSync(head + Array.from({ length: 20_000 }, (_, i) => `${i % 2},${Math.sin(i)},${i}\n`).join(''))
    const flipped = Buffer.from(long)
    flipped[long.length - 6] = (flipped[long.length - 6] ?? 0) ^ 1
    const objects = gzipSync(jsonl.repeat(2000))
    for (const [name, bytes] of [
      ['cut.csv.gz', long.subarray(0, long.length / 2)],
      ['cut.csv.gz', long.subarray(0, -4)],
      ['cut.csv.gz', flipped],
      ['cut.jsonl.gz', objects.subarray(0, -4)],
    ] as const) {
      await assert.rejects(readScores(await file(name, bytes)), {
        code: 'BAD_FILE',
        message: /cut\.\w+\.gz is gzip that is cut short or damaged/,
      })
    }
  })

  it('refuses Parquet columns that hold no numbers, and what is no Parquet', async () => {
    for (const [type, value, message] of [
      ['list', '[1, 2]', /row 1: column 'baseline' is '\[1, 2\]', which holds values within a value/],
      ['date', "DATE '2020-02-01'", /row 1: column 'baseline' is '2020-02-01', not a number/],
      ['text', "'one'", /row 1: column 'baseline' is 'one', not a number/],
    ] as const) {
      const path = join(folder, `${type}.parquet`)
      await connection.run(
        `COPY (SELECT 0 AS label, ${value} AS baseline, 1 AS candidate) TO '${path}' (FORMAT parquet)`,
      )
      await assert.rejects(readScores(path), { code: 'BAD_FILE', message })
    }
    const whole = await readFile(parquet)
    await assert.rejects(readScores(await file('cut.parquet', whole.subarray(0, -9))), { code: 'BAD_FILE' })
    await assert.rejects(readScores(await file('text.parquet', csv)), { code: 'BAD_FILE', message: /text\.parquet/ })
  })

  it('stops on abort and leaves no temporary file', async () => {
    const controller = new AbortController()
    const endless = new Readable({
      read() {
        this.push('0,1,2\n')
        controller.abort('enough')
      },
    })
    const left = await leftBehind(async () => {
      await assert.rejects(readScores('-', { stdin: endless, signal: controller.signal }), { code: 'ABORTED' })
    })
    assert.equal(endless.destroyed, true)
    assert.deepEqual(left, [])
  })
})

describe('files joined by a key', () => {
  const first = 'id,label,class,score\na,0,,1\nb,1,dent,2\nc,0,,3\nd,1,crack,4\n'
  const second = 'score,id\n40,d\n10,a\n30,c\n20,b\n'

  async function join2(contents: readonly string[], options: Partial<JoinScoresOptions> = {}) {
    const paths = await Promise.all(contents.map((content, i) => file(`${['one', 'two', 'three'][i]}.csv`, content)))
    return joinScores(paths, { key: 'id', ...options })
  }

  it('in whatever order they have them', async () => {
    const { detectors, validation, anomalous, classes } = await join2([first, second, second.replaceAll('0,', '5,')])
    assert.deepEqual(detectors, ['one', 'two', 'three'])
    assert.deepEqual(validation, [Float64Array.of(1, 3), Float64Array.of(10, 30), Float64Array.of(15, 35)])
    assert.deepEqual(anomalous[1], Float64Array.of(20, 40))
    assert.deepEqual(classes, ['dent', 'crack'])
    const named = await join2([first, second], { names: ['old', 'new'], score: 'score' })
    assert.deepEqual(named.detectors, ['old', 'new'])
  })

  it('with a split whose unused samples still need a partner', async () => {
    const split = 'id,label,split,score\na,0,validation,1\nb,1,validation,2\nc,0,test,3\nd,1,test,4\n'
    const { validation, test, anomalous, notes } = await join2([split, second])
    assert.deepEqual(
      [validation[1], test?.[1], anomalous[1]],
      [10, 30, 40].map((x) => Float64Array.of(x)),
    )
    assert.equal(notes?.length, 1)
    await assert.rejects(join2([split, second.replace('20,b\n', '')]), {
      message: /one\.csv line 3: key 'b' is not in .*two/,
    })
  })

  for (const [what, contents, options, code, message] of [
    [
      'a key twice in the first',
      [`${first}a,0,,5\n`, second],
      {},
      'BAD_FILE',
      /one\.csv line 6: key 'a' appears a second time, after .*one\.csv line 2$/,
    ],
    [
      'a key twice in the second',
      [first, `${second}1,d\n`],
      {},
      'BAD_FILE',
      /two\.csv line 6: key 'd' appears a second time, after .*two\.csv line 2$/,
    ],
    [
      'a key that the second lacks',
      [first, second.replace('30,c\n', '')],
      {},
      'BAD_FILE',
      /one\.csv line 4: key 'c' is not in .*two\.csv/,
    ],
    [
      'a key that the first lacks',
      [first, `${second}1,e\n`],
      {},
      'BAD_FILE',
      /two\.csv line 6: key 'e' is not in .*one\.csv/,
    ],
    ['an empty key', [first, `${second}1,\n`], {}, 'BAD_FILE', /two\.csv line 6: column 'id' is empty/],
    [
      'a missing key column',
      [first, second],
      { key: 'idd' },
      'UNKNOWN_NAME',
      /one\.csv has no column 'idd'.*mean 'id'\?/,
    ],
    [
      'a missing score column',
      [first, 'id,scores\na,1\n'],
      {},
      'UNKNOWN_NAME',
      /two\.csv has no column 'score'.*mean 'scores'\?/,
    ],
    ['one file', [first], {}, 'EMPTY_SAMPLE', /two files at least, got 1/],
    ['names for others', [first, second], { names: ['a'] }, 'LENGTH_MISMATCH', /^names has length 1/],
  ] as [string, string[], Partial<JoinScoresOptions>, string, RegExp][]) {
    it(`refuse ${what}`, async () => {
      await assert.rejects(join2(contents, options), { code, message })
    })
  }

  const whole = 'id,label,class,split,site,score\na,0,,val,p,1\nb,1,dent,test,p,2\nc,0,,train,q,3\nd,1,crack,test,q,4\n'
  const group = { group: 'site' }
  const site =
    'If they are different samples, give each a key of its own. Else correct one of them, or leave the column out of'

  for (const [what, change, message] of [
    [
      'label',
      ['b,1', 'b,0'],
      /two\.csv line 3: key 'b' has '0' in column 'label', and '1' at .*one\.csv line 3\. Files/,
    ],
    [
      'label of a sample that is not used',
      ['c,0', 'c,1'],
      /two\.csv line 4: key 'c' has '1' in column 'label', and '0' at/,
    ],
    ['label that is missing', ['b,1', 'b,'], /key 'b' has '' in column 'label', and '1' at/],
    ['class', ['dent', 'crack'], /two\.csv line 3: key 'b' has 'crack' in column 'class', and 'dent' at .*line 3/],
    ['class that is missing', ['dent', ''], /key 'b' has '' in column 'class', and 'dent' at/],
    ['split', ['test,q', 'val,q'], /two\.csv line 5: key 'd' has 'val' in column 'split', and 'test' at .*line 5/],
    ['split that is none', ['train', 'fold1'], /key 'c' has 'fold1' in column 'split', and 'train' at/],
    ['group', ['test,q', 'test,p'], /two\.csv line 5: key 'd' has 'p' in column 'site', and 'q' at .*line 5/],
  ] as const) {
    it(`refuse another ${what} in a second and a third file`, async () => {
      const other = whole.replace(change[0], change[1])
      await assert.rejects(join2([whole, other], group), { code: 'BAD_FILE', message })
      await assert.rejects(join2([whole, second, other.replaceAll('\n', '\r\n')], group), {
        code: 'BAD_FILE',
        message: new RegExp(`three.*${site} .*three\\.csv$`),
      })
    })
  }

  it('agree where they say the same in other words, in any order, or do not say it', async () => {
    const wanted = await join2([whole, second], group)
    const { source: _, ...own } = wanted
    for (const other of [
      'score,id,label,class,split,site\n40,d,True,crack, TEST,q\n10,a,false,none,valid,p\n30,c,0.0,normal,training,q\n20,b,1.0,dent,Test,p\n',
      'score,id,label\n40,d,1\n10,a,0\n30,c,0\n20,b,1\n',
      // Columns of other names say nothing.
      'score,id,y\n40,d,0\n10,a,1\n30,c,1\n20,b,0\n',
    ]) {
      const { source: __, ...joined } = await join2([whole, other], { ...group, names: own.detectors })
      assert.deepEqual(joined, own)
    }
    // A split that is none is not asked for, nor a group that nobody named.
    const folds = whole.replaceAll(/val|test|train/g, 'fold1')
    const others = folds.replaceAll('fold1,q', 'fold2,p')
    assert.equal((await join2([folds, others], { split: false })).detectors.length, 2)
  })

  it('have labels that are names as these are read', async () => {
    const named = 'id,y,score\na,ok,1\nb,dent,2\nc,1.0,3\n'
    const options = { label: 'y', normal: 'ok' }
    const { classes } = await join2([named, named.replace('1.0', '1')], options)
    assert.deepEqual(classes, ['dent', '1'])
    for (const [from, to] of [
      ['dent', 'crack'],
      ['dent', 'ok'],
      ['ok', 'dent'],
    ] as const) {
      await assert.rejects(join2([named, named.replace(from, to)], options), {
        code: 'BAD_FILE',
        message: new RegExp(`two\\.csv line \\d: key '.' has '${to}' in column 'y', and '${from}' at .*one\\.csv line`),
      })
    }
  })
})

describe('rows as they come', () => {
  const plain = { resamples: 100, fpr: 0.3 }

  it('give what the file gives, from iterables, generators and streams', async () => {
    async function* generated(): AsyncGenerator<ScoreRow> {
      yield* rows
    }
    for (const source of [rows, generated(), Readable.from(rows)]) {
      assert.deepEqual(await readScores(source), { source: 'rows', ...wanted })
    }
    const path = await file('scores.csv', csv)
    const { elapsedSeconds: _, source: __, ...ofRows } = await compare(Readable.from(rows), plain)
    const { elapsedSeconds: ___, source: ____, ...ofFile } = await compare(await readScores(path), plain)
    assert.deepEqual(ofRows, ofFile)
  })

  it('go to relativeBias as well', async () => {
    const { elapsedSeconds: _, ...compared } = await compare(rows, plain)
    const bias = await relativeBias(Readable.from(rows), plain)
    assert.equal(bias.xi, compared.candidates[0]?.overall.xi)
    assert.deepEqual(bias.interval, compared.candidates[0]?.overall.interval)
    assert.deepEqual(
      bias.classes.map(({ simultaneous }) => simultaneous),
      compared.candidates[0]?.classes.map(({ simultaneous }) => simultaneous),
    )
  })

  it('with detectors and classes by name, and a split', async () => {
    const named = [
      { label: 'ok', split: 'validation', old: 1, new: 2, other: 3 },
      { label: 'dent', split: 'test', old: 4, new: 5, other: Number.POSITIVE_INFINITY },
      { label: 'ok', split: 'test', old: 7, new: 8, other: 9 },
    ]
    const { candidates, source } = await compare(named, {
      resamples: 10,
      rows: { baseline: 'old', candidates: ['new', 'other'], normal: 'ok', source: 'queue' },
    })
    assert.deepEqual(
      candidates.map(({ candidate, classes }) => [candidate.name, candidate.testFpr?.n, classes[0]?.name]),
      [
        ['new', 1, 'dent'],
        ['other', 1, 'dent'],
      ],
    )
    assert.equal(source, 'queue')
  })

  for (const [what, bad, code, message] of [
    [
      'no number',
      { label: 1, baseline: '1', candidate: 2 },
      'WRONG_TYPE',
      /^scores row 2: score 'baseline' is '1', not a number/,
    ],
    ['no score', { label: 1, baseline: 1 }, 'WRONG_TYPE', /^scores row 2: score 'candidate' is missing/],
    [
      'NaN',
      { label: 1, baseline: 1, candidate: Number.NaN },
      'NOT_A_NUMBER',
      /^scores row 2: score 'candidate' is NaN/,
    ],
    [
      'another label',
      { label: 2, baseline: 1, candidate: 2 },
      'BAD_FILE',
      /^scores row 2: the label is '2'\. It must be 0/,
    ],
    ['no object', 'row', 'WRONG_TYPE', /^scores row 2: must be an object/],
  ] as const) {
    it(`refuse ${what}, and destroy the stream`, async () => {
      const stream = Readable.from([{ label: 0, baseline: 1, candidate: 2 }, bad, ...rows])
      await assert.rejects(compare(stream), { code, message })
      assert.equal(stream.destroyed, true)
    })
  }

  it('are refused when there are none', async () => {
    await assert.rejects(compare([]), { code: 'EMPTY_SAMPLE', message: /^scores has no rows/ })
    await assert.rejects(compare(7 as never), { code: 'WRONG_TYPE' })
  })

  const normal = { label: 0, baseline: 1, candidate: 2 }
  const anomaly = { label: 1, baseline: 3, candidate: 4 }

  it('have the classes of their anomalies, from whichever row they begin', async () => {
    const { classes } = await readScores([
      normal,
      { ...anomaly, class: 'dent' },
      normal,
      { ...anomaly, class: 'crack' },
    ])
    assert.deepEqual(classes, ['dent', 'crack'])
    const bias = await relativeBias([normal, { ...anomaly, class: 'dent' }], plain)
    assert.deepEqual(
      bias.classes.map(({ name }) => name),
      ['dent'],
    )
  })

  for (const [what, given, message] of [
    [
      'a split that the first row has not',
      [normal, anomaly, { ...normal, split: 'train' }],
      /^(scores|source) row 3: there is a 'split', and row 1 has none\. Give every row a split, or none$/,
    ],
    [
      'a class that an anomalous row before has not',
      [normal, anomaly, { ...anomaly, class: 'dent' }],
      /^(scores|source) row 3: there is a 'class', and row 2, which is anomalous, has none\. Give every anomalous row a class/,
    ],
    [
      'a class that ends',
      [normal, { ...anomaly, class: 'dent' }, anomaly],
      /^(scores|source) row 3: the class is empty\. .* The row has no 'class'$/,
    ],
    [
      'a split that ends',
      [{ ...normal, split: 'validation' }, anomaly],
      /^(scores|source) row 2: the split is empty\. .* The row has no 'split'$/,
    ],
  ] as const) {
    it(`refuse ${what}, with the row`, async () => {
      for (const asked of [readScores(given), compare(given, plain), relativeBias(given, plain)]) {
        await assert.rejects(asked, { code: 'BAD_FILE', message })
      }
    })
  }

  const named = [
    { y: 0, kind: '', part: 'validation', baseline: 1, candidate: 2, split: 'fold1' },
    { y: 1, kind: 'dent', part: 'test', baseline: 3, candidate: 4, split: 'fold2' },
  ]

  it('take the names of label, class and split, and no split by its usual name', async () => {
    const names = { label: 'y', class: 'kind', split: 'part' }
    const { classes, ofSplits } = await readScores(named, names)
    assert.deepEqual([classes, ofSplits?.nAnomalous], [['dent'], 1])
    const { candidates } = await compare(named, { ...plain, rows: { ...names, split: false } })
    assert.deepEqual(
      candidates[0]?.classes.map(({ name }) => name),
      ['dent'],
    )
    await assert.rejects(readScores(named, { ...names, class: 'sort' }), {
      code: 'BAD_FILE',
      message: /^source row 2: the class is empty\. .* The row has no 'sort'$/,
    })
    await assert.rejects(readScores(named), {
      message: /^source row 1: the label is empty\. .* The row has no 'label'$/,
    })
    await assert.rejects(readScores(named, { ...names, class: 'y' }), { code: 'OUT_OF_RANGE' })
  })

  it('say how to do without a split where they are read, which then works', async () => {
    const folds = named.map(({ y, baseline, candidate, split }) => ({ label: y, baseline, candidate, split }))
    await assert.rejects(readScores(folds), { message: /say so by split: false$/ })
    await assert.rejects(compare(folds, plain), { message: /say so by rows\.split: false$/ })
    await assert.rejects(relativeBias(folds, plain), {
      message: /say so by rows without it, or by the option split of /,
    })
    assert.equal((await readScores(folds, { split: false })).anomalous[0]?.[0], 3)
    assert.equal((await compare(folds, { ...plain, rows: { split: false } })).nNormal, 1)
  })

  for (const options of [
    { group: 'patient' },
    { detector: 'model' },
    { format: 'csv' },
    { ignore: ['part'] },
    { stdin: Readable.from([]) },
    { candidates: 'all' },
    { trainings: { baseline: ['a'], candidate: ['b'] } },
  ] as const satisfies readonly ReadScoresOptions[]) {
    it(`refuse ${Object.keys(options)[0]}, which is for files`, async () => {
      await assert.rejects(readScores(rows, options), {
        code: 'OUT_OF_RANGE',
        message: /is for files\. For rows, name /,
      })
    })
  }

  it('hand on the error of their source', async () => {
    async function* broken(): AsyncGenerator<ScoreRow> {
      yield* rows
      throw new Error('connection lost')
    }
    await assert.rejects(compare(broken()), { message: 'connection lost' })
  })

  it('stop on abort while they are waited for: the stream is destroyed, no listener stays', async () => {
    const controller = new AbortController()
    const { signal } = controller
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--
      remove(...args)
    }
    const silent = new Readable({ objectMode: true, read() {} })
    silent.push(rows[0])
    const pending = compare(silent, { signal })
    setTimeout(() => controller.abort('enough'), 20)
    await assert.rejects(pending, { code: 'ABORTED', cause: 'enough' })
    assert.deepEqual([silent.destroyed, listeners], [true, 0])
    await assert.rejects(compare(rows, { signal }), { code: 'ABORTED' })
  })

  it('leave the event loop to others, report progress, and many go at once', async () => {
    let turns = 0
    let done = false
    const turn = () => {
      turns++
      if (!done) setImmediate(turn)
    }
    setImmediate(turn)
    const many = (k: number) =>
      Array.from({ length: 30_000 }, (_, i) => ({ label: i % 2, baseline: Math.sin(i), candidate: Math.cos(i * k) }))
    const seen: number[] = []
    const answers = await Promise.all(
      [1, 2, 3].map((k) =>
        compare(many(k), {
          resamples: 200,
          onProgress: ({ phase, done }) => phase === 'reading' && k === 1 && seen.push(done),
        }),
      ),
    )
    done = true
    assert.ok(turns >= Math.floor(30_000 / 4096), `${turns} turns of the event loop`)
    assert.deepEqual([seen[0], seen.at(-1)], [4096, 30_000])
    for (const [i, { warnings: _, elapsedSeconds: __, ...together }] of answers.entries()) {
      const { warnings: ___, elapsedSeconds: ____, ...alone } = await compare(many(i + 1), { resamples: 200 })
      assert.deepEqual(together, alone)
    }
  })
})

test('a long stream of rows keeps two scores a sample', async () => {
  function* endless(n: number): Generator<ScoreRow> {
    for (let i = 0; i < n; i++) yield { label: i % 10 === 0 ? 1 : 0, baseline: Math.sin(i), candidate: Math.cos(i) }
  }
  const n = 300_000
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  await readScores(Readable.from(endless(n)), {
    onProgress: () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    },
  })
  // Two float64 a sample in stores that grow by doubling, where the old and the new one are there together.
  assert.ok(most < 6 * 16 * n, `${most} bytes`)
})
