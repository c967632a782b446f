import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { type Ended, run } from './program.js'

const root = mkdtempSync(join(tmpdir(), 'kills-'))
after(() => rmSync(root, { recursive: true }))
const nKills = Number(process.env.SCORING_BIAS_KILLS ?? 1)
const training = ['--epochs', '6', '--pretrain-epochs', '2', '--device', 'cpu']
const store = ['--store', 'store.duckdb']
const json = ['--progress', 'json']

/** Calls back with what the program has trained, of what it found left to train. */
function onTraining(child: ChildProcess, seen: (share: number, restored: number) => void): void {
  let [text, first] = ['', undefined as number | undefined]
  child.stderr?.on('data', (more) => {
    text += more
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines.filter((one) => one.startsWith('{'))) {
      const { phase, done, total } = JSON.parse(line)
      if (!/training/.test(phase)) continue
      first ??= done
      seen(total === first ? 1 : (done - (first ?? 0)) / (total - (first ?? 0)), first ?? 0)
    }
  })
}

/** Files of a folder by name: their bytes but for how long it took and how the program was called. */
function results(folder: string, files: readonly string[]): Record<string, string> {
  const untimed = (text: string) => text.replace(/"elapsedSeconds": [\d.e-]+/g, '').replace(/"seconds": [\d.e-]+/g, '')
  return Object.fromEntries(files.map((file) => [file, untimed(readFileSync(join(folder, file), 'latin1'))]))
}

const commands = {
  matrix: [['matrix', 'statlog', '--runs', '4', '--resamples', '200', '--report', 'map.svg', ...training], ['map.svg']],
  'reproduce -o': [
    ['reproduce', 'table4', '--runs', '3', '-o', 'out', ...training],
    ['out/table4.csv', 'out/table4.json'],
  ],
  'study --keep-scores': [
    [
      'study',
      'statlog',
      '--runs',
      '8',
      '--resamples',
      '200',
      '--no-report',
      '--keep-scores',
      'all.parquet',
      ...training,
    ],
    ['all.parquet'],
  ],
} as const

describe('killed at random moments after units were stored, and resumed, the same bytes come of', () => {
  for (const [name, [args, files]] of Object.entries(commands)) {
    it(name, async (t) => {
      const [whole, killed] = [join(root, `${name} whole`), join(root, `${name} killed`)]
      for (const folder of [whole, killed]) mkdirSync(folder)
      const undisturbed = await run([...args, ...store, ...json], whole)
      assert.equal(undisturbed.code, 0, undisturbed.stderr)

      const found: number[] = []
      // Until one has found something to lose.
      for (let i = 0; i < nKills || (found.at(-1) === 0 && i < 10 * nKills); i++) {
        // The last share is past the training: amid what is computed and written from it.
        const share = i % 2 === 0 ? 0.4 + 0.6 * Math.random() : 1
        const wait = share === 1 ? Math.floor(8 * Math.random()) : 0
        const ended = await run([...args, ...store, ...json], killed, (child) => {
          onTraining(child, (trained, restored) => {
            if (found.length === i) found.push(restored)
            if (trained < share) return
            if (wait === 0) child.kill('SIGKILL')
            // Moments that no event tells of; whichever it is, the rest must hold.
            else setTimeout(() => child.kill('SIGKILL'), 60 * wait)
          })
        })
        t.diagnostic(`${ended.signal ?? ended.code} at ${share}, having found ${found.at(-1)} steps done`)
        assert.ok(ended.signal === 'SIGKILL' || ended.code === 0, ended.stderr)
      }
      const nRuns = found.length
      const resumed = await run([...args, ...store, ...json], killed, (child) =>
        onTraining(child, (_, restored) => {
          if (found.length === nRuns) found.push(restored)
        }),
      )
      assert.equal(resumed.code, 0, resumed.stderr)
      assert.ok((found.at(-1) ?? 0) > 0, `no kill left a unit behind: ${found}`)
      // What was done stayed done.
      assert.deepEqual(
        found,
        found.toSorted((a, b) => a - b),
      )
      assert.deepEqual(results(killed, files), results(whole, files))
    })
  }
})

it('reproduce -o on a full disk goes on where there is room, to the same bytes', {
  skip: process.platform === 'win32' && 'a limit on the size of files is set by the shell',
}, async () => {
  const folder = join(root, 'full disk')
  mkdirSync(folder)
  const [args, files] = commands['reproduce -o']
  const runs = args.map((arg) => (arg === '3' ? '12' : arg))
  const stopped = await run([...runs, ...store, ...json], folder, undefined, 1600)
  assert.equal(stopped.code, 1, stopped.stderr)
  assert.match(
    stopped.stderr,
    /error: cannot write store\.duckdb: no space left\. Units that were done before are safe in it/,
  )
  assert.deepEqual(readdirSync(join(folder, 'out')), [])
  let restored = 0
  const resumed = await run([...runs, ...store, ...json], folder, (child) =>
    onTraining(child, (_, first) => {
      restored = first
    }),
  )
  assert.equal(resumed.code, 0, resumed.stderr)
  assert.ok(restored > 0)
  const whole = join(root, 'full disk whole')
  mkdirSync(whole)
  assert.equal((await run([...runs, ...json], whole)).code, 0)
  assert.deepEqual(results(folder, files), results(whole, files))
})

describe('a signal at a random moment leaves whole files or none, and the exit code tells', () => {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGPIPE: 0 } as const
  const signals = Object.keys(codes) as (keyof typeof codes)[]
  const quick = ['--epochs', '1', '--pretrain-epochs', '0', '--device', 'cpu']
  const stopped = {
    train: ['train', 'statlog', '--detector', 'hsc', ...quick, '-o', 'out/hsc.onnx'],
    models: ['models', '--network', 'mlp', '--export', 'out'],
    plan: ['plan', '--precision', '0.1', '--report', 'out/plan.svg'],
    data: ['data', 'show', 'statlog', '--svg', 'out/statlog.svg'],
  } as const
  const sizes = (folder: string) =>
    new Map(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => [name, statSync(join(parentPath, name)).size]),
    )

  for (const [name, args] of Object.entries(stopped)) {
    it(name, async (t) => {
      const folder = join(root, `${name} signals`)
      const out = join(folder, 'out')
      const fresh = () => {
        rmSync(folder, { recursive: true, force: true })
        mkdirSync(out, { recursive: true })
      }
      fresh()
      const began = performance.now()
      assert.equal((await run(args, folder)).code, 0)
      const lasts = performance.now() - began
      const whole = sizes(out)
      for (let i = 0; i < Math.ceil(nKills / 2); i++) {
        fresh()
        const signal = signals[Math.floor(signals.length * Math.random())] ?? assert.fail()
        const delay = lasts * Math.random()
        const ended: Ended = await run(args, folder, (child) => setTimeout(() => child.kill(signal), delay))
        t.diagnostic(`${signal} after ${delay.toFixed(0)} of ${lasts.toFixed(0)} ms: ${ended.signal ?? ended.code}`)
        // Before the program has begun, and where it does not stop soon, the signal itself ends it.
        const ends = signal === 'SIGPIPE' ? [0, 'SIGPIPE'] : [0, codes[signal], signal]
        assert.ok(ends.includes(ended.signal ?? ended.code ?? -1), `${ended.code} ${ended.signal} ${ended.stderr}`)
        assert.doesNotMatch(ended.stderr, /error/)
        const left = sizes(out)
        for (const [file, size] of left) {
          // Words of a page tell how long it took.
          assert.ok(whole.has(file), `${file} after ${signal}`)
          assert.ok(Math.abs(size - (whole.get(file) ?? 0)) < 40, `${file} has ${size} bytes of ${whole.get(file)}`)
        }
        if (ended.code === 0) assert.deepEqual([...left.keys()].sort(), [...whole.keys()].sort())
      }
    })
  }
})
