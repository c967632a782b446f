import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { link, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { runStudy } from '../../src/study/runStudy.js'
import { DuckdbStore } from '../../src/study/store/duckdbStore.js'
import { checkOutputs, writeFileAtomic } from '../../src/writeFile.js'
import { program } from '../sources.js'
import { cli } from './commandLine.js'

const root = await mkdtemp(join(tmpdir(), 'outputs-'))
after(() => rm(root, { recursive: true }))
const scores = `label,baseline,candidate\n${Array.from({ length: 40 }, (_, i) => `${i % 2},${i},${40 - i}\n`).join('')}`

let folder: string
let input: string
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  input = join(folder, 'in.csv')
  await writeFile(input, scores)
})
const path = (name: string) => join(folder, name)

it('an output that is called - is refused before any work: it would be a file of that name', async () => {
  for (const args of [
    ['train', input, '--detector', 'ae', '-o', '-'],
    ['compare', input, '--report', '-', '--quiet'],
  ]) {
    const said = await cli(...args)
    assert.equal(said.code, 2)
    assert.match(
      said.stderr,
      /^error: --(output|report) is -, which would be a file of that name\. For that, give \.\/-\n$/,
    )
  }
})

describe('an output that is an input is refused', () => {
  it('whatever links and spellings lead there', async () => {
    await symlink(input, path('link.csv'))
    await symlink('link.csv', path('link of link.csv'))
    await link(input, path('hard.csv'))
    await symlink(folder, path('here'))
    const others = ['link.csv', 'link of link.csv', 'hard.csv', 'here/in.csv'].map(path)
    for (const report of [
      input,
      relative(process.cwd(), input),
      `${folder}/../${basename(folder)}/./in.csv`,
      ...others,
    ]) {
      const said = await cli('compare', input, '--report', report, '--quiet')
      const same = report === input ? '' : `, which is the same file as ${input}`
      assert.deepEqual(said, {
        code: 2,
        stdout: '',
        stderr: `error: --report would replace a file in use: ${report}${same}. Name another file\n`,
      })
    }
    assert.equal(await readFile(input, 'utf8'), scores)
  })

  it('by every command', async () => {
    const store = path('study.duckdb')
    await (await DuckdbStore.open(store)).close()
    const data = path('data')
    await mkdir(data)
    for (const name of ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'])
      await writeFile(join(data, `${name}-ubyte`), 'x')
    const image = join(data, 't10k-images-idx3-ubyte')
    for (const args of [
      ['plan', input, '--precision', '0.1', '--report', input],
      ['compare', path('other.csv'), input, '--key', 'id', '--report', input],
      ['study', input, '--report', input],
      ['study', input, '--no-report', '--keep-scores', input],
      ['study', input, '--no-report', '--store', input],
      ['matrix', input, '--report', input],
      ['matrix', input, '--store', input],
      ['converge', input, '--report', input],
      ['train', input, '--detector', 'hsc', '-o', input],
      ['score', path('model.onnx'), input, '-o', input],
      ['score', input, path('rows.csv'), '-o', input],
      ['data', 'show', input, '--svg', input],
      ['report', store, '--report', store],
      ['report', store, '--report', `${folder}/./study.duckdb`],
      ['study', 'fashion-mnist', '--data-dir', data, '--report', image],
      ['reproduce', 'table7', '--data-dir', data, '--csv', image],
    ]) {
      const { code, stdout, stderr } = await cli(...args)
      assert.deepEqual([code, stdout], [2, ''], args.join(' '))
      assert.match(stderr, /^error: --[a-z-]+ would replace a file in use: .* Name another file\n$/, args.join(' '))
    }
    assert.equal(await readFile(input, 'utf8'), scores)
    assert.equal(await readFile(image, 'utf8'), 'x')
  })

  it('by runStudy, too', async () => {
    const dataset = await readLabelledTable(input)
    await assert.rejects(runStudy({ dataset, keepScores: `${folder}/./in.csv` }), {
      code: 'BAD_FILE',
      message: /^keepScores would replace a file in use: /,
    })
    const store = path('a.duckdb')
    for (const keepScores of [store, `${store}.wal`]) {
      await assert.rejects(runStudy({ dataset, store, keepScores }), {
        code: 'BAD_FILE',
        message: /are both written to/,
      })
    }
    await assert.rejects(runStudy({ dataset: { ...dataset, path: 7 as never } }), { code: 'WRONG_TYPE' })
    assert.deepEqual(await readdir(folder), ['in.csv'])
  })

  it('where standard input, output or messages come from or go to it', {
    skip: process.platform === 'win32' && 'the shell is another one',
  }, async () => {
    const shell = (line: string) =>
      spawnSync('sh', ['-c', line, 'sh', process.execPath, ...program], { cwd: folder, encoding: 'utf8' })
    const read = shell('"$@" compare - --report in.csv < in.csv')
    assert.deepEqual([read.status, read.stdout], [2, ''])
    assert.match(
      read.stderr,
      /^error: --report would replace a file in use: in\.csv, .* as \/dev\/stdin\. Name another file/,
    )
    assert.equal(await readFile(input, 'utf8'), scores)
    for (const [into, stream] of [
      ['>', 'stdout'],
      ['2>', 'stderr'],
    ]) {
      const said = shell(`"$@" compare in.csv --report page.html ${into} page.html`)
      assert.equal(said.status, 2)
      const told = stream === 'stdout' ? said.stderr : await readFile(path('page.html'), 'utf8')
      assert.match(told, new RegExp(`use: page\\.html, which is the same file as /dev/${stream}\\.`))
    }
  })
})

describe('two outputs onto one file are refused', () => {
  it('by commands', async () => {
    await symlink('later.html', path('dangling.html'))
    for (const [args, message] of [
      [
        ['reproduce', 'table4', '--report', path('a.html'), '--csv', path('a.html')],
        /--report and --csv are both written to/,
      ],
      [['reproduce', 'table4', '--report', path('a.html'), '--csv', path('A.HTML')], /--report and --csv are both/],
      [
        ['reproduce', 'table4', '--report', path('dangling.html'), '--csv', path('later.html')],
        /--report and --csv are both/,
      ],
      [['reproduce', 'table4', '-o', folder, '--csv', path('table4.csv')], /--csv and --output's table4\.csv are both/],
      [
        ['reproduce', 'table4', 'table5', '-o', folder, '--store', path('table5.json')],
        /--store and --output's table5\.json/,
      ],
      [
        ['study', 'statlog', '--store', path('s.duckdb'), '--report', path('s.duckdb')],
        /--report and --store are both/,
      ],
      [['study', 'statlog', '--keep-scores', path('x'), '--report', path('x')], /--keep-scores and --report are both/],
      [['matrix', 'statlog', '--store', path('s'), '--report', path('s.wal')], /--report and --store's log are both/],
    ] as const) {
      const { code, stdout, stderr } = await cli(...args)
      assert.deepEqual([code, stdout], [2, ''], args.join(' '))
      assert.match(stderr, message)
    }
    assert.deepEqual((await readdir(folder)).sort(), ['dangling.html', 'in.csv'])
  })

  it('but not two of one name in two folders', async () => {
    await mkdir(path('other'))
    await checkOutputs({ first: path('a'), second: path('other/a') }, [input, path('not there')])
  })
})

describe('a link', () => {
  it('stays, and the file that it leads to is written, there or not', async () => {
    await mkdir(path('pages'))
    await symlink('pages/report.html', path('link.html'))
    for (let i = 0; i < 2; i++) {
      const { code, stderr } = await cli('compare', input, '--resamples', '200', '--report', path('link.html'))
      assert.equal(code, 0, stderr)
      assert.ok((await lstat(path('link.html'))).isSymbolicLink())
      assert.match(await readFile(path('pages/report.html'), 'utf8'), /^<!doctype html>/)
      assert.deepEqual(await readdir(path('pages')), ['report.html'])
    }
  })

  it('that goes in a circle is refused', async () => {
    await symlink('b', path('a'))
    await symlink('a', path('b'))
    const message = /cannot write .*: its links go in a circle/
    await assert.rejects(checkOutputs({ output: path('a') }), { code: 'BAD_FILE', message })
    await assert.rejects(writeFileAtomic(path('a'), 'text'), { code: 'BAD_FILE', message })
  })
})
