import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openTable } from '../../../src/data/tables/openTable.js'
import { readLabelledTable } from '../../../src/data/tables/readLabelledTable.js'
import { readTable, testFolder } from './files.js'

const { file, remove } = await testFolder()
after(remove)

const csv = 'label,score,name\n0,0.5,x\n1,-0.25,é\n'
const wanted = {
  columns: ['label', 'score', 'name'],
  numbers: [
    [0, 1],
    [0.5, -0.25],
  ],
  texts: [['x', 'é']],
  rows: 2,
}
const objects = [
  { label: 0, score: 0.5, name: 'x' },
  { label: 1, score: -0.25, name: 'é' },
]

describe('a table as other programs write it', () => {
  const utf16 = Buffer.from(`\ufeff${csv}`, 'utf16le')
  for (const [what, name, content] of [
    ['UTF-16', 'little.csv', utf16],
    ['UTF-16, the larger byte first', 'big.csv', Buffer.from(utf16).swap16()],
    ['UTF-16 of JSON', 'little.jsonl', Buffer.from(`\ufeff${JSON.stringify(objects)}`, 'utf16le')],
    ['carriage returns alone', 'old.csv', csv.replaceAll('\n', '\r')],
    ['no last line break', 'open.csv', csv.trimEnd()],
    ['a line that says how fields are parted', 'sep.csv', `sep=;\n${csv.replaceAll(',', ';')}`],
    ['a line that says so of commas', 'commas.csv', `sep=,\r\n${csv.replaceAll('\n', '\r\n')}`],
    ['bars', 'bars.csv', csv.replaceAll(',', '|')],
    ['blanks', 'blanks.txt', csv.replaceAll(',', ' ')],
    ['blanks that make columns', 'aligned.txt', ' label  score name\n     0    0.5    x  \n     1  -0.25    é'],
    ['decimal commas', 'excel.csv', csv.replaceAll(',', ';').replaceAll('.', ',')],
    ['quoted decimal commas', 'quoted.csv', 'label,score,name\n0,"0,5",x\n1,"-0,25",é\n'],
    ['semicolons and quotes, as of write.csv2 in R', 'csv2.csv', '"label";"score";"name"\n0;0,5;"x"\n1;-0,25;"é"\n'],
    ['semicolons and quotes in rows alone', 'rows.csv', 'label;score;name\n"0";"0,5";"x"\n"1";"-0,25";"é"\n'],
    ['semicolons, quotes and decimal points', 'points.csv', '"label";"score";"name"\n0;0.5;x\n1;-.25;é\n'],
    ['tabs and quotes', 'tabs.csv', '"label"\t"score"\t"name"\n"0"\t"0,5"\t"x"\n"1"\t"-0,25"\t"é"\n'],
    ['tabs and quotes in rows alone', 'tabbed.csv', 'label\tscore\tname\n"0"\t0.5\t"x"\n1\t-0.25\t"é"\n'],
    ['tabs and quotes, said by its name', 'quoted.tsv', '"label"\t"score"\t"name"\n"0"\t"0,5"\t"x"\n1\t-0.25\té\n'],
    ['bars and quotes', 'bars2.csv', '"label"|"score"|"name"\n"0"|"0.5"|"x"\n"1"|"-0.25"|"é"\n'],
    ['blanks and quotes', 'blanks2.csv', '"label" "score" "name"\n0 0.5 "x"\n1 -0.25 "é"\n'],
    [
      'a line that says how quoted fields are parted',
      'sep2.csv',
      'sep=;\n"label";"score";"name"\n"0";"0,5";x\n1;-0,25;é\n',
    ],
    ['a delimiter at the end of rows', 'trailing.csv', csv.replaceAll(/(\d.*)\n/g, '$1,\n')],
    ['an array of objects', 'array.json', JSON.stringify(objects)],
    ['an array of objects over many lines', 'pretty.json', `\n${JSON.stringify(objects, null, 2)}\n`],
    ['objects over many lines', 'objects.jsonl', objects.map((one) => JSON.stringify(one, null, 1)).join('')],
    [
      'escapes',
      'escapes.jsonl',
      '{"label":0,"sc\\u006fre":"0.5","name":"x"}\n{"name":"\\u00e9","score":-0.25,"label":"1"}',
    ],
    ['no ending, JSON', 'array', JSON.stringify(objects)],
  ] as const) {
    it(`is read with ${what}`, async () => {
      assert.deepEqual(await readTable(await file(name, content), ['label', 'score'], ['name']), wanted)
    })
  }

  it('is parted by what parts the first row too, whatever else stands in names', async () => {
    for (const [name, content, columns] of [
      ['names.csv', 'label;"a,b,c,d";e\n0;1;2\n', ['label', 'a,b,c,d', 'e']],
      ['names2.csv', '"a,b,c,d";"e"\n1;2\n', ['a,b,c,d', 'e']],
      ['names3.csv', 'label,"x;y;z"\n0,5\n', ['label', 'x;y;z']],
      ['names4.csv', '"x;y;z",label\n0,5\n', ['x;y;z', 'label']],
      ['names5.csv', '"a\tb"|"c;d"\n0|5\n', ['a\tb', 'c;d']],
      ['alone.csv', '"label";"a,b,c,d"\n', ['label', 'a,b,c,d']],
    ] as const) {
      const table = await openTable(await file(name, content))
      assert.deepEqual(table.columns, columns, name)
    }
  })

  it('keeps keys apart that differ in case, infinities of Python, missing keys and numbers as they are written', async () => {
    const path = await file(
      'case.jsonl',
      '{"Score":1,"score":-Infinity,"id":9007199254740993}\n{"score":2,"Score":3,"id":null}\n{"score":4,"Score":5}',
    )
    const { columns, numbers, texts } = await readTable(path, ['score', 'Score'], ['id'])
    assert.deepEqual(
      [columns, numbers, texts],
      [
        ['Score', 'score', 'id'],
        [
          [Number.NEGATIVE_INFINITY, 2, 4],
          [1, 3, 5],
        ],
        [['9007199254740993', '', '']],
      ],
    )
  })

  it('takes values within values for texts, and never looks into those that nobody asked for', async () => {
    const path = await file(
      'nested.jsonl',
      `{"a":1,"b":{"x":["}",{"y":"\\""}]},"c":${'['.repeat(900)}${']'.repeat(900)}}\n`,
    )
    const { numbers, texts } = await readTable(path, ['a'], ['b'])
    assert.deepEqual([numbers, texts], [[[1]], [['{"x":["}",{"y":"\\""}]}']]])
  })
})

describe('records that end anywhere in the chunks of a file', () => {
  // Some megabytes of lengths and quotes that repeat with no period of the chunks'.
  const rows = Array.from({ length: 40_000 }, (_, i) => ({
    number: Math.sin(i) * 10 ** ((i % 30) - 15),
    text: `${'é"\r\n,'.slice(0, i % 6)}${'abc\n'.repeat(i % 23)}${i}`,
  }))
  const texts = rows.map(({ text }) => text)
  const numbers = rows.map(({ number }) => number)

  it('are read whole from delimited text, and counted in lines', async () => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    const content = `number,text\r\n${rows.map(({ number, text }) => `${number},${quoted(text)}\r\n`).join('')}`
    for (const path of [await file('long.csv', content), await file('long.csv.gz', gzipSync(content))]) {
      const read = await readTable(path, ['number'], ['text'])
      assert.deepEqual([read.numbers[0], read.texts[0]], [numbers, texts])
      const table = await openTable(path)
      const line = content.slice(0, content.lastIndexOf(`${numbers[39_998]},`)).split(/\r\n|\r|\n/).length
      assert.match(await table.place(39_998), new RegExp(` line ${line}( |$)`))
    }
  })

  it('are read whole from JSON, and counted in lines', async () => {
    const content = rows.map((row) => `${JSON.stringify({ ...row, nested: { text: row.text } })}\n`).join('\n')
    const path = await file('long.jsonl', content)
    const read = await readTable(path, ['number'], ['text', 'nested'])
    assert.deepEqual([read.numbers[0], read.texts[0]], [numbers, texts])
    assert.deepEqual(read.texts[1]?.at(-1), JSON.stringify({ text: texts.at(-1) }))
    const table = await openTable(path)
    assert.equal(await table.place(39_998), `${path} line ${2 * 39_998 + 1}`)
  })
})

describe('what is refused in text', () => {
  const table = (cell: string) => `label,score\n0,1\n1,${cell}\n`
  for (const [what, name, content, message] of [
    ['digits with underscores', 'a.csv', table('1_000'), /line 3: column 'score' is '1_000', with '_' between digits/],
    ['a number beyond float64', 'a.csv', table('1e999'), /is '1e999', too large for float64\. Write 'inf'/],
    ['a hexadecimal number', 'a.csv', table('0x10'), /is '0x10', a hexadecimal number/],
    [
      'a comma of two meanings',
      'a.csv',
      table('"1,234"'),
      /is '1,234', with a comma that may be a decimal one or part/,
    ],
    ['marks between thousands', 'a.csv', table('"1,234.5"'), /is '1,234\.5', with marks between thousands/],
    ['a word for a missing value', 'a.csv', table('NA'), /is 'NA', a missing value\. Fill it in or leave the row out/],
    ['a missing value', 'a.csv', table(''), /is empty\. Fill it in or leave the row out/],
    ['digits of another script', 'a.csv', table('٣'), /is '٣', with characters that are not those of plain numbers/],
    ['a NUL', 'a.csv', 'label,score\0\n0,1\n', /line 1: has a NUL character/],
    [
      'a line of comment',
      'a.csv',
      '# run 7\nlabel,score\n0,1\n',
      /line 1 begins with '#'\. Take lines of comments out/,
    ],
    ['text after a quote', 'a.csv', table('"1"2'), /line 3: a field goes on after its closing quote/],
    [
      'text after a quote, of semicolons',
      'a.csv',
      'label;score\n0;"1"2\n',
      /line 2: a field goes on after its closing/,
    ],
    [
      'text after a quote in the first line',
      'a.csv',
      'label,"score"x\n0,1\n',
      /line 1: a field goes on after its closing/,
    ],
    ['a quote that is not closed', 'a.csv', '"label";"score\n0;1\n', /line 1: a quote is opened and not closed/],
    [
      'a quote that is not closed, of tabs',
      'a.csv',
      '"label"\t"score\n0\t1\n',
      /line 1: a quote is opened and not closed/,
    ],
    [
      'text after a quote in the first line alone',
      'a.csv',
      '"label"x\n0\n',
      /line 1: a field goes on after its closing/,
    ],
    [
      'text after a quote behind sep=',
      'a.csv',
      'sep=;\n"label";"score"x\n',
      /line 2: a field goes on after its closing/,
    ],
    ['a key twice', 'a.jsonl', '{"score":1,"label":0,"score":2}', /line 1: key 'score' appears twice in one object/],
    ['a row that is none', 'a.jsonl', '{"score":1}\n[2]\n', /line 2: '\[2\]' is no row\. A row is an object/],
    ['an array of numbers', 'a.json', '[1,2,3]', /line 1: '1,2,3\]' is no row/],
    [
      'a table by columns',
      'a.json',
      '{"score":{"0":1,"1":2}}',
      /is one object of whole columns or rows, .* orient='records'\)$/,
    ],
    [
      'an object that is cut short',
      'a.jsonl',
      '{"score":1}\n{"score":',
      /line 2: the object that begins here is not closed/,
    ],
    ['a string with a line break', 'a.jsonl', '{"score":"1\n"}', /line 1: a string is not closed/],
    ['an unknown escape', 'a.jsonl', '{"score":1,"\\q":2}', /line 1: a key is damaged/],
    ['a bare word', 'a.jsonl', '{"score":foo}', /this is no JSON: a value should stand where 'foo\}' stands/],
    [
      'brackets that do not match',
      'a.jsonl',
      '{"x":[1},"score":1}',
      /the other kind of bracket should stand where '\}/,
    ],
    ['a boolean', 'a.jsonl', '{"score":true}', /is 'true', a truth value\. Write 1/],
    [
      'deep nesting',
      'a.jsonl',
      `{"score":1,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      /line 1: values are nested deeper than 1000/,
    ],
    [
      'deep nesting that never ends',
      'a.json',
      `[{"x":${'{"a":'.repeat(200_000)}`,
      /line 1: values are nested deeper than 1000/,
    ],
    [
      'a long name',
      'a.csv',
      `score,${'x'.repeat(1001)}\n1,2\n`,
      /line 1: the name 'x{60}…' of a column has 1001 characters/,
    ],
    ['a long key', 'a.jsonl', `{"score":1,"${'x'.repeat(1001)}":2}`, /line 1: a key has more than 1000 characters/],
    ['a record without end', 'a.csv', `score,x\n1,"${'x\n'.repeat(2 ** 25)}`, /line 2: a record has more than 32 MB/],
  ] as const) {
    it(what, async () => {
      await assert.rejects(readTable(await file(name, content), ['score']), { code: 'BAD_FILE', message })
    })
  }

  it('is a text that is longer than asked for, with its place, before it is read', async () => {
    for (const [name, content] of [
      ['long.csv', `label,score\n0,1\n${'x'.repeat(1001)},2\n`],
      ['long.jsonl', `{"label":"0","score":1}\n{"label":"${'\\u00e9'.repeat(1001)}","score":1}\n`],
    ] as const) {
      await assert.rejects(readLabelledTable(await file(name, content)), {
        code: 'BAD_FILE',
        message: /line [23]: column 'label' has a text of more than 1000 characters/,
      })
    }
    const whole = await readLabelledTable(await file('fits.csv', `label,score\n${'é'.repeat(1000)},2\n`))
    assert.equal(whole.classes[0], 'é'.repeat(1000))
  })

  it('is packed text that was made to exhaust the memory', async () => {
    const zeros = Buffer.alloc(2 ** 26, '\n')
    for (const start of ['label,score\n0,1\n', 'x']) {
      const path = await file('bomb.csv.gz', gzipSync(Buffer.concat([Buffer.from(start), zeros])))
      await assert.rejects(readTable(path, ['score']), {
        code: 'BAD_FILE',
        message: /unpacks to more than 50 times its size/,
      })
    }
  })
})

it('what is no table is called by its name', async () => {
  for (const [start, message] of [
    [`PK\x03\x04${'\0'.repeat(26)}[Content_Types].xml`, /x\.csv is an Excel workbook\. Save it as CSV in UTF-8/],
    ['\xd0\xcf\x11\xe0\xa1\xb1', /is an old Excel workbook/],
    ['\x80\x04\x95abc', /is a Python pickle, which is not read because it may run code/],
    ['\x89HDF\r\n', /is an HDF5 file/],
    ['<!DOCTYPE html>', /is a web page or XML/],
    ['@RELATION iris\n', /is an ARFF file/],
    ['\x28\xb5\x2f\xfdabc', /is packed with zstd/],
    ['l\0a\0b\0e\0l\0', /is UTF-16 without its mark/],
  ] as const) {
    await assert.rejects(openTable(await file('x.csv', Buffer.from(start, 'latin1'))), { code: 'BAD_FILE', message })
  }
  const twice = await file('twice.csv.gz', gzipSync(gzipSync('a,b\n1,2\n')))
  await assert.rejects(openTable(twice), { message: /is packed with gzip twice/ })
})

describe('many columns', () => {
  const n = 60_000
  const names = Array.from({ length: n }, (_, i) => `f${i}`)

  it('of delimited text are features', async () => {
    const path = await file(
      'wide.csv',
      `label,${names.join()}\n${[0, 1].map((row) => `${row},${names.map((_, i) => i + row).join()}\n`).join('')}`,
    )
    const { features, featureNames, labels } = await readLabelledTable(path)
    assert.deepEqual([featureNames.length, [...labels]], [n, [0, 1]])
    assert.ok(features.every((x, i) => x === (i % n) + Math.floor(i / n)))
  })

  it('of JSON are its keys', async () => {
    const content = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, i])))
    const { numbers } = await readTable(await file('wide.jsonl', content), names)
    assert.ok(numbers.every(([x], i) => x === i))
  })
})

it('a path without a name is refused in words', async () => {
  await assert.rejects(openTable(''), { code: 'BAD_FILE', message: /^path must be the path of a file, got ''$/ })
})
