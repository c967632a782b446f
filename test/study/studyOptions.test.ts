import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkStudyOptions, studyDefaults } from '../../src/study/studyOptions.js'
import type { StudyOptions } from '../../src/study/types.js'

const detectors = ['deep-svdd', 'deep-sad']
const check = (options: Partial<StudyOptions>) => checkStudyOptions({ dataset: 'statlog', ...options }, detectors)

test('options that are absent or undefined take their defaults', () => {
  assert.deepEqual(check({}), { dataset: 'statlog', ...studyDefaults })
  const undefinedRuns: object = { runs: undefined }
  assert.equal(check(undefinedRuns).runs, 5)
})

test('given options are kept', () => {
  const given = { runs: 2, fpr: 0.1, level: 0.9, resamples: 500, epochs: 3, pretrainEpochs: 0, seed: 7, workers: 1 }
  assert.deepEqual(check(given), { dataset: 'statlog', ...studyDefaults, ...given })
})

test('numbers out of range are refused, naming option, range and value', () => {
  const cases: [Partial<StudyOptions>, RegExp][] = [
    [{ runs: 0 }, /^runs must be an integer from 1 to 10000, got 0$/],
    [{ runs: 1.5 }, /^runs .* got 1.5$/],
    [{ fpr: 0 }, /^fpr must lie strictly between 0 and 1, got 0$/],
    [{ fpr: 1 }, /^fpr /],
    [{ fpr: Number.NaN }, /^fpr .* got NaN$/],
    [{ level: 95 }, /^level /],
    [{ resamples: 99 }, /^resamples /],
    [{ epochs: 0 }, /^epochs /],
    [{ epochs: 1e6 }, /^epochs /],
    [{ pretrainEpochs: -1 }, /^pretrainEpochs /],
    [{ workers: 0 }, /^workers /],
    [{ seed: -1 }, /^seed must be an integer of at least 0, got -1$/],
  ]
  for (const [options, message] of cases) assert.throws(() => check(options), { code: 'OUT_OF_RANGE', message })
})

test('unknown names are refused and the known ones listed', () => {
  assert.throws(() => check({ baseline: 'deep-svd' }), {
    code: 'UNKNOWN_NAME',
    message: "unknown detector 'deep-svd' (did you mean 'deep-svdd'?); known: deep-svdd, deep-sad",
  })
  assert.throws(() => check({ candidate: 'forest' }), { code: 'UNKNOWN_NAME' })
  const untyped: object = { decoder: 'relu', device: 'cpu' }
  assert.throws(() => check(untyped), { code: 'UNKNOWN_NAME', message: /decoder 'relu'/ })
})

test('a value of the wrong kind is refused', () => {
  const untyped: object = { runs: '5' }
  assert.throws(() => check(untyped), { code: 'WRONG_TYPE', message: "runs must be a number, got '5'" })
})
