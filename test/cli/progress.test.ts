import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProgressLine } from '../../src/cli/progress.js'

/** A stream that collects what is written and a clock that is set by hand. */
function setUp(stream: { isTTY?: boolean; columns?: number }) {
  const written: string[] = []
  const clock = { ms: 0 }
  const line = new ProgressLine({ ...stream, write: (text) => written.push(text) }, () => clock.ms)
  return { written, clock, line }
}

test('a log gets a plain line at once and then one every five seconds', () => {
  const { written, clock, line } = setUp({})
  for (; clock.ms <= 11_000; clock.ms += 100) line.update({ phase: 'training deep-sad', done: clock.ms, total: 20_000 })
  line.finish()
  assert.deepEqual(written, [
    'training deep-sad: 0 of 20000 (0 %), 0 s\n',
    'training deep-sad: 5000 of 20000 (25 %), 5 s, about 15 s left\n',
    'training deep-sad: 10000 of 20000 (50 %), 10 s, about 10 s left\n',
  ])
})

test('a terminal gets one line that updates itself ten times a second and is taken away', () => {
  const { written, clock, line } = setUp({ isTTY: true, columns: 20 })
  for (; clock.ms < 250; clock.ms += 10) line.update({ phase: 'training', done: clock.ms, total: 1000 })
  line.finish()
  assert.deepEqual(written, [
    '\r\x1b[2Ktraining: 0 of 1000',
    '\r\x1b[2Ktraining: 100 of 10',
    '\r\x1b[2Ktraining: 200 of 10',
    '\r\x1b[2K',
  ])
})

test('the time left is that of the phase, and not told of a total that is not known', () => {
  const { written, clock, line } = setUp({})
  line.update({ phase: 'training', done: 0, total: 100 })
  clock.ms = 10_000
  line.update({ phase: 'scoring', done: 50, total: 100 })
  clock.ms = 15_000
  line.update({ phase: 'scoring', done: 60, total: 100 })
  clock.ms = 20_000
  line.update({ phase: 'scoring', done: 70, total: Number.POSITIVE_INFINITY })
  assert.deepEqual(written, [
    'training: 0 of 100 (0 %), 0 s\n',
    'scoring: 50 of 100 (50 %), 10 s\n',
    'scoring: 60 of 100 (60 %), 15 s, about 20 s left\n',
    'scoring: 70, 20 s\n',
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
  assert.deepEqual(written, ['scoring: 4096, 0 s\n'])
})
