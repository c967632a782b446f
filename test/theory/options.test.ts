import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ScoringBiasError } from '../../src/errors.js'
import * as theory from '../../src/rooms/theory.js'

const rates = { fpr: 0.05, tprBaseline: 0.4, tprCandidate: 0.6 }
const law = { mean: 0, sd: 1 }
const gaussian = { normal: law, anomalous: law }
const scores = () => ({ normal: Float64Array.from({ length: 40 }, (_, i) => i), anomalous: Float64Array.of(5, 39, 50) })
const pairs = () => ({ baseline: scores(), candidate: scores() })
const theorem = { alpha: 0.2, n: 1000, delta: 0.1 }

/** Every function that takes options: a call that is right, with what is to be changed of its options. */
const calls: Record<string, (changes: object) => unknown> = {
  biasVariance: (changes) => theory.biasVariance({ ...rates, ...changes }),
  precision: (changes) => theory.precision({ ...rates, nNormal: 1000, nAnomalous: 100, ...changes }),
  power: (changes) => {
    const { fpr, tprBaseline } = rates
    return theory.power({ fpr, tprBaseline, nNormal: 1000, nAnomalous: 100, xi: 0.1, ...changes })
  },
  planSamples: (changes) => theory.planSamples({ ...rates, precision: 0.1, ...changes }),
  rocSlope: (changes) => theory.rocSlope(scores(), changes),
  pilotRates: (changes) => theory.pilotRates(pairs(), changes),
  certifiedBias: (changes) => theory.certifiedBias(pairs(), changes),
}
const theorems: Record<theory.TheoremVersion, (changes: object) => unknown> = {
  published: (changes) => theory.sampleComplexity({ version: 'published', ratios: [1, 2], ...theorem, ...changes }),
  corrected: (changes) => theory.sampleComplexity({ version: 'corrected', slopes: [1, 2], ...theorem, ...changes }),
  sharp: (changes) => theory.sampleComplexity({ version: 'sharp', slopes: [1, 2], fpr: 0.1, ...theorem, ...changes }),
  exact: (changes) =>
    theory.sampleComplexity({ version: 'exact', slopes: [1, 2], tprs: [0, 1], fpr: 0.1, ...theorem, ...changes }),
}

/** What a call throws or rejects with. */
async function errorOf(call: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await call()
  } catch (error) {
    if (error instanceof ScoringBiasError) return error
    throw error
  }
  return { code: 'none', message: 'nothing was refused' }
}

async function refuses(call: () => unknown, code: string, message: RegExp): Promise<void> {
  const error = await errorOf(call)
  assert.equal(error.code, code, error.message)
  assert.match(error.message, message)
}

test('options that a function does not have are refused, with the nearest one that it has', async () => {
  for (const [name, call] of Object.entries({ ...calls, ...theorems })) {
    await call({})
    const theorem = name in theorems
    const message = theorem
      ? /sampleComplexity has no option 'delt' \(did you mean 'delta'/
      : new RegExp(`${name} has no option 'fprr' \\(did you mean 'fpr'`)
    await refuses(() => call({ [theorem ? 'delt' : 'fprr']: 0.1 }), 'UNKNOWN_NAME', message)
  }
  await refuses(() => calls.power?.({ tprCandidate: 0.5 }), 'UNKNOWN_NAME', /power has no option 'tprCandidate'/)
  await refuses(() => theorems.published({ slopes: [1, 2] }), 'UNKNOWN_NAME', /'slopes'/)
})

test('values of the wrong kind are refused by name', async () => {
  for (const call of Object.values({ ...calls, ...theorems })) {
    const option = Object.values(theorems).includes(call) ? 'alpha' : 'fpr'
    for (const value of ['0.1', 1n, Symbol('x'), null, {}, () => 1])
      await refuses(() => call({ [option]: value }), 'WRONG_TYPE', new RegExp(`${option} must be a number, got`))
  }
  for (const name of ['rocSlope', 'pilotRates', 'certifiedBias']) {
    await refuses(() => calls[name]?.({ signal: 'stop' }), 'WRONG_TYPE', /signal must be an AbortSignal, got 'stop'/)
    await refuses(() => calls[name]?.({ threads: 1025 }), 'OUT_OF_RANGE', /threads must be an integer/)
  }
  await refuses(() => calls.planSamples?.({ pilot: 'scores.csv' }), 'WRONG_TYPE', /pilot must be an object/)
  await refuses(() => calls.power?.({ direction: 1 }), 'WRONG_TYPE', /direction must be a string/)
  await refuses(() => calls.power?.({ direction: 'upp' }), 'UNKNOWN_NAME', /did you mean 'up'/)
  await refuses(() => theorems.corrected({ split: 'evn' }), 'UNKNOWN_NAME', /did you mean 'even'/)
  await refuses(() => theorems.exact({ tprs: [0, 2] }), 'OUT_OF_RANGE', /tprs\[1\] must lie in \[0, 1\], got 2/)
})

test('what has no default is asked for', async () => {
  for (const name of ['fpr', 'tprBaseline', 'tprCandidate'])
    await refuses(
      () => calls.biasVariance?.({ [name]: undefined }),
      'WRONG_TYPE',
      new RegExp(`${name} must be a number`),
    )
  await refuses(() => theorems.sharp({ slopes: undefined }), 'WRONG_TYPE', /slopes must be two numbers/)
})

test('what is no options, no scores or no law is refused', async () => {
  const untyped =
    (name: string) =>
    (...given: unknown[]): unknown =>
      Reflect.apply(Reflect.get(theory, name), undefined, given)
  const options = /options of \w+ must be an object/
  for (const value of [null, 3, 'fpr', []]) {
    for (const name of ['biasVariance', 'planSamples', 'power', 'precision', 'sampleComplexity'] as const)
      await refuses(() => untyped(name)(value), 'WRONG_TYPE', options)
    for (const name of ['certifiedBias', 'pilotRates', 'rocSlope'] as const)
      await refuses(() => untyped(name)(name === 'rocSlope' ? scores() : pairs(), value), 'WRONG_TYPE', options)
    for (const name of ['certifiedBias', 'pilotRates', 'rocSlope', 'gaussianBias', 'biasOfLaws'] as const) {
      const parameter = /gauss|Laws/.test(name) ? 0.1 : {}
      await refuses(() => untyped(name)(value, parameter), 'WRONG_TYPE', /(detectors|scores) must be an object/)
      if (name === 'rocSlope') continue
      await refuses(
        () => untyped(name)({ baseline: {}, candidate: value }, parameter),
        'WRONG_TYPE',
        /candidate must be/,
      )
    }
  }
  const candidate = { normal: law, anomalous: null }
  await refuses(
    () => untyped('gaussianBias')({ baseline: gaussian, candidate }, 0.1),
    'WRONG_TYPE',
    /candidate\.anomalous/,
  )
  const laws = { normalQuantile: (p: number) => p, anomalousCdf: (s: number) => s }
  const both = (changes: object) => ({ baseline: laws, candidate: { ...laws, ...changes } })
  await refuses(
    () => untyped('biasOfLaws')(both({ normalQuantile: 3 }), 0.1),
    'WRONG_TYPE',
    /candidate\.normalQuantile/,
  )
  await refuses(
    () => untyped('biasOfLaws')(both({ anomalousCdf: () => 1n }), 0.1),
    'WRONG_TYPE',
    /anomalousCdf returns/,
  )
})
