import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { program } from '../sources.js'
import { stepsDone } from './commandLine.js'

const folder = mkdtempSync(join(tmpdir(), 'scoring-bias-'))
after(() => rmSync(folder, { recursive: true }))
const quick = ['--runs', '2', '--epochs', '2', '--pretrain-epochs', '1', '--resamples', '200', '--device', 'cpu']

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program as a user would; `onStderr` sees what it has said so far. */
function scoringBias(
  args: readonly string[],
  onStderr?: (said: string, kill: (signal: 'SIGINT' | 'SIGTERM') => void) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...program, ...args], { cwd: folder })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => {
      stdout += text
    })
    child.stderr.on('data', (text) => {
      stderr += text
      onStderr?.(stderr, (signal) => child.kill(signal))
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

describe('scoring-bias study', () => {
  it('prints a table and writes a report that stands alone', async () => {
    const { code, stdout, stderr } = await scoringBias(['study', 'statlog', ...quick])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /│ damp grey soil +│ +506 │ +0\.00 │/)
    assert.match(stdout, /Report written to report\.html/)
    assert.match(stderr, /training Deep SVDD and Deep SAD/)
    const page = readFileSync(join(folder, 'report.html'), 'utf8')
    assert.match(page, /<svg/)
    assert.doesNotMatch(page, /<script|<link|src="http/)
  })

  it('prints one JSON object with --json, and nothing else with --quiet', async () => {
    const { code, stdout, stderr } = await scoringBias([
      'study',
      'statlog',
      ...quick,
      '--json',
      '--quiet',
      '--no-report',
    ])
    assert.equal(code, 0)
    assert.equal(stderr, '')
    const result = JSON.parse(stdout)
    assert.equal(result.dataset, 'statlog')
    assert.equal(result.runs, 2)
    assert.equal(result.fpr, 0.05)
    assert.equal(result.classes.length, 5)
    for (const key of ['name', 'n', 'l2', 'tprBaseline', 'tprCandidate', 'xi', 'interval'])
      assert.ok(key in result.classes[0], key)
    assert.ok(!('scores' in result))
  })

  for (const [args, message] of [
    [['study', 'satlog'], /unknown data set 'satlog'/],
    [['study', 'statlog', '--normal', 'blue'], /unknown normal class 'blue'/],
    [['study', 'statlog', '--normal', 'grey soil,grey soil'], /normal class 'grey soil' is named twice/],
    [['study', 'statlog', '--candidate', 'sad'], /unknown detector 'sad'/],
    [['study', 'statlog', '--runs', '0'], /runs must be an integer from 1/],
    [['study', 'statlog', '--fpr', '2'], /fpr must lie strictly between 0 and 1/],
    [['study', 'statlog', '--epochs', 'many'], /Not a number/],
    [['study', 'statlog', '--report', 'no/such/folder/report.html'], /no\/such\/folder/],
    [['study', 'statlog', '--device', 'tpu'], /auto, cpu, cuda, webgpu/],
    [['stduy'], /study/],
  ] as const) {
    it(`refuses ${args.join(' ')} with exit code 2, one message and no training`, async () => {
      const { code, stdout, stderr } = await scoringBias(args)
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /training|\n {4}at /)
    })
  }

  it('trains a detector and scores a file with it', async () => {
    const trained = await scoringBias(['train', 'statlog', '--detector', 'hsc', '--epochs', '1', '--quiet'])
    assert.equal(trained.code, 0, trained.stderr)
    assert.match(trained.stdout, /HSC .*\nFeatures .*\n.*\nThreshold .* 15 of 302 normal samples/)
    const names = Array.from({ length: 36 }, (_, j) => `x${j + 1}`).join()
    writeFileSync(join(folder, 'rows.csv'), `${names}\n${Array(36).fill(90).join()}\n`)
    const scored = await scoringBias(['score', 'detector.onnx', 'rows.csv', '--quiet'])
    assert.deepEqual([scored.code, scored.stderr], [0, ''])
    assert.match(scored.stdout, /^row,score,flagged\n1,[\d.]+(e-\d+)?,[01]\n$/)
    for (const name of ['detector.onnx', 'rows.csv']) rmSync(join(folder, name))
  })

  it('stops at Ctrl-C and leaves no file behind', async () => {
    const before = readdirSync(folder)
    let waiting = false
    const { code, stdout, stderr } = await scoringBias(
      ['study', 'statlog', '--epochs', '5000', '--report', 'late.html', '--progress', 'json'],
      (said, kill) => {
        if (waiting || !stepsDone.test(said)) return
        waiting = true
        kill('SIGINT')
      },
    )
    assert.equal(code, 130, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, /Interrupted; nothing was written/)
    assert.deepEqual(readdirSync(folder), before)
  })
})
