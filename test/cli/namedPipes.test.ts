import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readScores } from '../../src/compare/readScores.js'
import { readSummary } from '../../src/compare/summary/summaryFile.js'
import { spectrumClasses } from '../../src/data/sets/spectrum/spectrumSimulator.js'
import { storedStudies } from '../../src/study/store/duckdbStore.js'
import { cli } from './commandLine.js'
import { run } from './program.js'

const folder = mkdtempSync(join(tmpdir(), 'named-pipes-'))
after(() => rmSync(folder, { recursive: true }))
const path = (name: string) => join(folder, name)
const pipe = path('pipe')
const scores = path('scores.csv')
writeFileSync(
  scores,
  `label,baseline,candidate\n${Array.from({ length: 60 }, (_, i) => `${i % 2},${i},${(7 * i) % 61}\n`).join('')}`,
)
for (const name of ['pipe', ...spectrumClasses.map((one) => `${one}.npy`)]) execFileSync('mkfifo', [path(name)])

describe('a pipe in the place of what has to be a file is refused before it is opened:', { timeout: 60_000 }, () => {
  for (const args of [
    ['data', 'show', 'spectrum', '--data-dir', folder],
    ['score', pipe, scores],
    ['report', pipe, '--no-report'],
    ['merge', path('all.duckdb'), pipe],
  ]) {
    it(args.map((arg) => arg.replace(`${folder}/`, '')).join(' '), async () => {
      const { code, stdout, stderr } = await cli(...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(
        stderr,
        /^error: cannot read .*: it is a pipe, and what is read here has to be a file\. Write it to one, and name that\n$/,
      )
    })
  }

  it('from Node', async () => {
    await assert.rejects(readSummary(pipe), { code: 'BAD_FILE', message: /it is a pipe/ })
    await assert.rejects(storedStudies(pipe), { code: 'BAD_FILE', message: /it is a pipe/ })
  })
})

describe('scores and samples are read from a named pipe, once,', { timeout: 60_000 }, () => {
  /** A command, what is written into the pipe once it runs, and what both did. */
  const fed = async (text: string | Buffer, ...args: string[]) => {
    const [ended] = await Promise.all([cli(...args), writeFile(pipe, text)])
    return { ...ended, stderr: ended.stderr.replace(/^reading.*\n/gm, '') }
  }
  const text = readFileSync(scores)
  mkdirSync(path('plain'))
  const plain = path('plain/pipe')
  const samples = `label,x\n${Array.from({ length: 60 }, (_, i) => `${i % 2},${i}\n`).join('')}`

  for (const [args, of] of [
    [['compare', pipe, '--json', '--quiet'], text],
    [['compare', pipe, '--json', '--quiet', '--format', 'csv'], gzipSync(text)],
    [['compare', pipe, '--json', '--quiet', '--baseline', 'candidate', '--candidate', 'baseline'], text],
    [['plan', pipe, '--xi', '0.2', '--json'], text],
    [['data', 'show', pipe, '--json'], samples],
  ] as const) {
    it(args.map((arg) => arg.replace(`${folder}/`, '')).join(' '), async () => {
      writeFileSync(plain, of)
      const piped = await fed(of, ...args)
      const same = await cli(...args.map((arg) => (arg === pipe ? plain : arg)))
      assert.deepEqual([piped.code, piped.stderr], [0, ''])
      const told = (text: string) => text.replaceAll(plain, pipe).replace(/"elapsedSeconds": .*/, '')
      assert.equal(told(piped.stdout), told(same.stdout))
    })
  }

  it('and kept in a summary without what a file would have to say of itself', async () => {
    const summary = path('a.summary')
    assert.equal((await fed(text, 'summarise', pipe, '-o', summary)).code, 0)
    assert.deepEqual((await readSummary(summary)).sources, [{ name: pipe }])
    assert.match(
      (await fed(readFileSync(summary), 'compare', pipe)).stderr,
      /pipe is a summary of scores\. Name its file to compare/,
    )
  })

  it('of which several may be joined', async () => {
    const keyed = `id,label,score\n${Array.from({ length: 60 }, (_, i) => `s${i},${i % 2},${(7 * i) % 61}\n`).join('')}`
    writeFileSync(path('keyed.csv'), keyed)
    const { code, stderr } = await fed(keyed, 'compare', path('keyed.csv'), pipe, '--key', 'id', '--quiet')
    assert.deepEqual([code, stderr], [0, ''])
  })

  it('and waiting for a writer ends when it is interrupted', async () => {
    await assert.rejects(readScores(pipe, { signal: AbortSignal.timeout(50) }), { code: 'ABORTED' })
  })

  it('and one that is empty says so', async () => {
    assert.match((await fed('', 'compare', pipe)).stderr, /^error: .*pipe is empty\n$/)
  })
})

it('standard input is read as before, by its dash and, from a file, by its path', async () => {
  const text = execFileSync('cat', [scores])
  const piped = await run(['compare', '-'], folder, (child) => child.stdin?.end(text))
  assert.deepEqual([piped.code, piped.stderr.replace(/^reading.*\n/gm, '')], [0, ''])
  const program = join(import.meta.dirname, '../../dist/cli/main.js')
  const shell = `"${process.execPath}" "${program}" compare /dev/stdin < "${scores}"`
  assert.match(
    execFileSync('sh', ['-c', shell], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    /all anomalies/,
  )
})
