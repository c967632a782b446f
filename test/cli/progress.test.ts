import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProcessOutput } from '../../src/cli/processOutput.js'
import { ProgressSink } from '../../src/cli/progress.js'

/** A stream that collects what is written and a clock that is set by hand. */
function setUp(stream: { isTTY?: boolean; columns?: number }) {
  const written: string[] = []
  const clock = { ms: 0 }
  const line = new ProgressSink({ ...stream, write: (text) => written.push(text) }, 'text', () => clock.ms)
  return { written, clock, line }
}

test('a log gets a plain line at once and then one every five seconds', () => {
  const { written, clock, line } = setUp({})
  for (; clock.ms <= 11_000; clock.ms += 100) line.update({ phase: 'training deep-sad', done: clock.ms, total: 20_000 })
  line.finish()
  assert.deepEqual(written, [
    'training deep-sad: 0 of 20,000 (0 %), 0 s\n',
    'training deep-sad: 5,000 of 20,000 (25 %), 5 s, 15 s left\n',
    'training deep-sad: 10,000 of 20,000 (50 %), 10 s, 10 s left\n',
  ])
})

test('a terminal gets one line that updates itself ten times a second and is taken away', () => {
  const { written, clock, line } = setUp({ isTTY: true, columns: 20 })
  for (; clock.ms < 250; clock.ms += 10) line.update({ phase: 'training', done: clock.ms, total: 1000 })
  line.finish()
  assert.deepEqual(written, [
    '\r\x1b[2Ktraining: 0 of 1,00',
    '\r\x1b[2Ktraining: 100 of 1,',
    '\r\x1b[2Ktraining: 200 of 1,',
    '\r\x1b[2K',
  ])
})

test('nothing shown, nothing taken away', () => {
  const { written, line } = setUp({ isTTY: true })
  line.finish()
  assert.deepEqual(written, [])
})

test('a phase without units is at 0 %', () => {
  const { written, line } = setUp({})
  line.update({ phase: 'loading', done: 0, total: 0 })
  assert.deepEqual(written, ['loading: 0 of 0 (0 %), 0 s\n'])
})

test('a total that is not known is not shown', () => {
  const { written, line } = setUp({})
  line.update({ phase: 'scoring', done: 4096, total: Number.POSITIVE_INFINITY })
  assert.deepEqual(written, ['scoring: 4,096, 0 s\n'])
})

test('what was done before a phase began does not shorten the time left', () => {
  const { written, clock, line } = setUp({})
  for (const [ms, phase, done, total] of [
    [0, 'training', 600, 1000],
    [100_000, 'training', 700, 1000],
    [200_000, 'training', 701, 1000],
    [300_000, 'resampling', 0, 100],
    [400_000, 'resampling', 1, 100],
  ] as const) {
    clock.ms = ms
    line.update({ phase, done, total })
  }
  assert.deepEqual(written, [
    'training: 600 of 1,000 (60 %), 0 s\n',
    'training: 700 of 1,000 (70 %), 100 s, 5 min left\n',
    'training: 701 of 1,000 (70 %), 200 s, 10 min left\n',
    'resampling: 0 of 100 (0 %), 300 s\n',
    'resampling: 1 of 100 (1 %), 400 s, 2 h 45 min left\n',
  ])
})

test('lines of JSON come ten times a second at most, and the end of a phase always', () => {
  const written: string[] = []
  const clock = { ms: 0 }
  const lines = new ProgressSink({ write: (text) => written.push(text) }, 'json', () => clock.ms)
  for (; clock.ms <= 250; clock.ms += 10) lines.update({ phase: 'training', done: clock.ms, total: 250 })
  lines.update({ phase: 'scoring', done: 7, total: Number.POSITIVE_INFINITY })
  clock.ms = 1000
  lines.update({ phase: 'scoring', done: 7, total: Number.POSITIVE_INFINITY })
  lines.finish()
  const line = (phase: string, done: number, total: number | null, ms: number, secondsLeft: number | null) =>
    `${JSON.stringify({ phase, done, total, elapsedSeconds: ms / 1000, secondsLeft })}\n`
  assert.deepEqual(written, [
    line('training', 0, 250, 0, null),
    line('training', 100, 250, 100, 0.15),
    line('training', 200, 250, 200, 0.05),
    line('training', 250, 250, 250, 0),
    line('scoring', 7, null, 1000, null),
  ])
})

test('a dumb terminal gets lines as a log does, and nothing that acts on it', () => {
  const written: string[] = []
  const stream = { isTTY: true, columns: 80, on: () => stream, write: (text: string) => written.push(text) }
  const { TERM } = process.env
  for (const [term, wanted] of [
    ['dumb', ['reading: 5, 0 s\n']],
    ['xterm', ['\r\x1b[2Kreading: 5, 0 s', '\r\x1b[2K']],
  ] as const) {
    written.length = 0
    process.env.TERM = term
    try {
      const progress = new ProgressSink(new ProcessOutput(stream as unknown as NodeJS.WriteStream))
      progress.update({ phase: 'reading', done: 5, total: Number.POSITIVE_INFINITY })
      progress.finish()
    } finally {
      if (TERM === undefined) delete process.env.TERM
      else process.env.TERM = TERM
    }
    assert.deepEqual(written, wanted)
  }
})
