import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detector } from '../../src/detectors/detectors.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { checkStudy, type StudyOptions, studyChecks, studyDefaults } from '../../src/study/studyOptions.js'

const check = (options: Partial<StudyOptions>) =>
  checkStudy('runStudy', { dataset: 'statlog', ...options }, studyChecks)
const pair = { baseline: detector('deep-svdd'), candidate: detector('deep-sad') }

test('options that are absent or undefined take their defaults', () => {
  const defaults = { dataset: 'statlog', ...studyDefaults, ...pair, settings: publishedSettings }
  assert.deepEqual(check({}), defaults)
  assert.deepEqual(check({ runs: undefined, settings: { epochs: undefined } as object }), defaults)
})

test('given options are kept, settings beside the published ones', () => {
  const given = { runs: 2, fpr: 0.1, level: 0.9, resamples: 500, seed: 7, workers: 1 }
  const settings = { epochs: 3, pretrainEpochs: 0 }
  const expected = {
    dataset: 'statlog',
    ...studyDefaults,
    ...given,
    ...pair,
    settings: { ...publishedSettings, ...settings },
  }
  assert.deepEqual(check({ ...given, settings }), expected)
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
    [{ settings: { epochs: 0 } }, /^epochs /],
    [{ settings: { epochs: 1e6 } }, /^epochs /],
    [{ settings: { pretrainEpochs: -1 } }, /^pretrainEpochs /],
    [{ workers: 0 }, /^workers /],
    [{ share: 0 }, /^share /],
    [{ seed: -1 }, /^seed must be an integer of at least 0, got -1$/],
    [
      { baseline: 'hsc', candidate: detector('hsc') },
      /^baseline and candidate must be different detectors, both are 'hsc'$/,
    ],
  ]
  for (const [options, message] of cases) assert.throws(() => check(options), { code: 'OUT_OF_RANGE', message })
})

test('unknown names and options are refused, the known ones listed and the nearest suggested', () => {
  const cases: [object, RegExp][] = [
    [
      { baseline: 'deep-svd' },
      /^unknown detector 'deep-svd' \(did you mean 'deep-svdd'\?\); known: deep-svdd, deep-sad,/,
    ],
    [{ candidate: 'sad' }, /^unknown detector 'sad' \(did you mean 'deep-sad'\?\)/],
    [{ candidate: 'forest' }, /^unknown detector 'forest'; known/],
    [{ decoder: 'relu' }, /decoder 'relu'/],
    [{ network: 'lstn' }, /^unknown network 'lstn' \(did you mean 'lstm'\?\)/],
    [{ dataset: 'satlog' }, /^unknown data set 'satlog' \(did you mean 'statlog'\?\)/],
    [{ anomalies: 'red soil' }, /^runStudy has no option 'anomalies' \(did you mean 'anomaly'\?\)/],
    [{ epochs: 3 }, /^runStudy has no option 'epochs'/],
  ]
  for (const [options, message] of cases) assert.throws(() => check(options), { code: 'UNKNOWN_NAME', message })
})

test('a value of the wrong kind is refused', () => {
  const cases: [object, RegExp][] = [
    [{ runs: '5' }, /^runs must be a number, got '5'$/],
    [{ seed: 5n }, /^seed must be a number, got 5n$/],
    [{ fpr: Symbol('fpr') }, /^fpr must be a number, got Symbol\(fpr\)$/],
    [{ dataset: undefined }, /^dataset must be the name of a data set, or a table, got undefined\. It is required$/],
    [{ dataset: null }, /^dataset must be the name of a data set, or a table, got null$/],
    [{ normal: 5 }, /^normal must be the name of a class or a list of names/],
    [{ normal: ['red soil', 5] }, /^normal.* must be/],
    [{ anomaly: [5] }, /^anomaly\[0\] must be an object, got 5$/],
    [{ baseline: 5 }, /^the detector must be a name, or what defineDetector returns, got 5$/],
    [{ baseline: { ...detector('hsc') } }, /^the detector must be a name, or what defineDetector returns, got Object$/],
    [{ network: 5 }, /^network must be an object, got 5$/],
    [{ standardise: 'yes' }, /^standardise must be true or false, got 'yes'$/],
    [{ signal: {} }, /^signal must be an AbortSignal, got Object$/],
    [{ onProgress: 'loud' }, /^onProgress must be a function, got 'loud'$/],
    [{ store: 5 }, /^store must be an object, got 5$/],
    [{ store: {} }, /^store\.plan must be a function, got undefined$/],
    [{ trainer: {} }, /^trainer\.device must be a function, got undefined$/],
    [{ settings: 5 }, /^settings must be an object, got 5$/],
  ]
  for (const [options, message] of cases) assert.throws(() => check(options), { code: 'WRONG_TYPE', message })
  for (const options of [null, 'statlog', []] as never[]) {
    assert.throws(() => checkStudy('runStudy', options, studyChecks), {
      code: 'WRONG_TYPE',
      message: /^the options of runStudy/,
    })
  }
})

test('a trainer has its own device and workers', () => {
  const trainer = { workers: 1, device: async () => 'cpu' as const, train: async () => assert.fail() }
  assert.equal(check({ trainer }).trainer, trainer)
  for (const own of [{ device: 'cpu' }, { workers: 2 }] as const)
    assert.throws(() => check({ trainer, ...own }), { code: 'OUT_OF_RANGE', message: /leave them out$/ })
})
