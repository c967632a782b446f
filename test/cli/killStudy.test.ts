import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { program } from '../sources.js'

const folder = mkdtempSync(join(tmpdir(), 'kill-study-'))
after(() => rmSync(folder, { recursive: true }))

const command = ['study', 'statlog', '--runs', '14', '--epochs', '6', '--pretrain-epochs', '3', '--resamples', '200']
const flags = ['--device', 'cpu', '--json', '--no-report', '--progress', 'json']
const nKills = Number(process.env.SCORING_BIAS_KILLS ?? 4)

interface Ended {
  readonly killed: boolean
  readonly stdout: string
  /** Steps of training that the first line of progress has as done already; undefined where there was none. */
  readonly restored: number | undefined
  readonly total: number
}

/** What kills a process: a share of the training that it finds left, or the n-th event of a file in its folder. */
interface Kill {
  readonly share: number
  readonly fileEvent?: number
}

/** Runs a study. */
function study(args: string[], kill?: Kill): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...program, ...command, ...flags, ...args], { cwd: folder })
    let stdout = ''
    let stderr = ''
    let nLines = 0
    let nEvents = 0
    let first: { done: number; total: number } | undefined
    const watcher = watch(folder, () => {
      if (++nEvents === kill?.fileEvent) child.kill('SIGKILL')
    })
    child.stdout.on('data', (text) => {
      stdout += text
    })
    child.stderr.on('data', (text) => {
      stderr += text
      const lines = stderr.split('\n').slice(0, -1)
      for (const line of lines.slice(nLines)) {
        const progress = JSON.parse(line)
        if (!progress.phase.startsWith('training')) continue
        first ??= progress
        const { done = 0, total = 0 } = first ?? {}
        if (kill !== undefined && progress.done >= done + kill.share * (total - done)) child.kill('SIGKILL')
      }
      nLines = lines.length
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      watcher.close()
      if (signal !== 'SIGKILL' && code !== 0) reject(new Error(`exit code ${code}: ${stderr}`))
      else resolve({ killed: signal === 'SIGKILL', stdout, restored: first?.done, total: first?.total ?? 0 })
    })
  })
}

const untimed = (json: string) => json.replace(/"elapsedSeconds": [\d.e-]+/, '"elapsedSeconds": 0')

test('a study that is killed at random moments and resumed prints what one left alone prints', async (t) => {
  const alone = await study([])
  assert.match(alone.stdout, /"runs": 14/)

  // The first dies while it makes the store, then one amid writing and one amid training in turn.
  const restored: number[] = []
  for (let i = 0; i < nKills || (restored.at(-1) === 0 && i < 10 * nKills); i++) {
    const share = 0.7 * Math.random()
    const fileEvent = i === 0 ? 1 : 1 + Math.floor(8 * Math.random())
    const kill = i % 2 === 0 ? { share: 0.7, fileEvent } : { share }
    const ended = await study(['--store', 'killed.duckdb'], kill)
    t.diagnostic(`killed at ${JSON.stringify(kill)}, having found ${ended.restored} of ${ended.total} steps done`)
    assert.ok(ended.killed)
    if (ended.restored !== undefined) restored.push(ended.restored)
  }
  const last = await study(['--store', 'killed.duckdb', '--workers', '3'])
  restored.push(last.restored ?? 0)
  assert.equal(untimed(last.stdout), untimed(alone.stdout).replace(/"workers": \d+/, '"workers": 3'))
  // What was done stayed done: nothing is ever trained again.
  assert.deepEqual(
    restored,
    [...restored].sort((a, b) => a - b),
  )
  assert.ok(last.restored !== undefined && last.restored > 0, 'no kill left a unit behind')

  const again = await study(['--store', 'killed.duckdb', '--workers', '3'])
  assert.equal(again.restored, again.total)
  assert.equal(untimed(again.stdout), untimed(last.stdout))
  // A file that was being made when its process was killed keeps its temporary name.
  const left = readdirSync(folder).filter((name) => !/^\.killed\.duckdb\..*\.tmp(\.wal)?$/.test(name))
  assert.deepEqual(left, ['killed.duckdb'])
})
