import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
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

describe('a pipe without a writer is refused before it is opened:', { timeout: 60_000 }, () => {
  for (const args of [
    ['compare', pipe],
    ['compare', scores, pipe, '--key', 'baseline', '--score', 'candidate'],
    ['compare', pipe, scores, '--key', 'label'],
    ['compare', pipe, '--format', 'npz'],
    ['compare', pipe, '--format', 'parquet'],
    ['compare', pipe, '--detector', 'd', '--key', 'k'],
    ['summarise', pipe, '-o', path('a.summary')],
    ['plan', pipe, '--xi', '0.2'],
    ['study', pipe, '--no-report'],
    ['matrix', pipe],
    ['sweep', pipe],
    ['converge', pipe],
    ['train', pipe, '--detector', 'ae', '-o', path('a.onnx')],
    ['data', 'show', pipe],
    ['data', 'show', 'spectrum', '--data-dir', folder],
    ['score', pipe, scores],
    ['report', pipe, '--no-report'],
    ['merge', path('all.duckdb'), pipe],
    ['worker', 'redis://localhost:1', '--table', pipe],
  ]) {
    it(args.map((arg) => arg.replace(`${folder}/`, '')).join(' '), async () => {
      const { code, stdout, stderr } = await cli(...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, /^(reading: .*\n)?error: cannot read .*: it is not a file\n$/)
    })
  }

  it('from Node', async () => {
    await assert.rejects(readSummary(pipe), { code: 'BAD_FILE', message: /is no summary of scores/ })
    await assert.rejects(storedStudies(pipe), { code: 'BAD_FILE', message: /it is not a file/ })
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
