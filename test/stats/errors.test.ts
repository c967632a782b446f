import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ScoringBiasError } from '../../src/errors.js'
import type { ScoreArray } from '../../src/native.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import { bootstrapInterval } from '../../src/stats/bootstrap/bootstrapInterval.js'
import { argsort } from '../../src/stats/ranks/argsort.js'
import { ecdf } from '../../src/stats/ranks/ecdf.js'
import { quantiles } from '../../src/stats/ranks/quantiles.js'
import { rank } from '../../src/stats/ranks/rank.js'
import { rates } from '../../src/stats/ranks/rates.js'
import { sort } from '../../src/stats/ranks/sort.js'
import { threshold, thresholds } from '../../src/stats/ranks/threshold.js'
import { fewestCertified, toleratedAlarms } from '../../src/stats/ranks/thresholdRule.js'
import { detached, scorePair } from './samples.js'

const some = Float64Array.of(1, 2, 3)
const none = new Float64Array(0)
const { baseline, candidate } = scorePair(50, 20)
const studentized = { method: 'studentized', level: 0.9, standardError: 1, standardErrors: some, floor: 0.1 } as const
const bt2 = { method: 'bt2', level: 0.9, tprBaseline: some, nBaseline: 3, nCandidate: 3 } as const
const linear = { definition: 'linear' } as const

/** A value that the types forbid, as plain JavaScript would pass it. */
const untyped = (value: unknown) => value as never

async function refuses(call: () => unknown, code: string, message: RegExp): Promise<void> {
  await assert.rejects(
    async () => call(),
    (error) => {
      assert.ok(error instanceof ScoringBiasError, `${error}`)
      assert.equal(error.code, code)
      assert.match(error.message, message)
      return true
    },
  )
}

test('EMPTY_SAMPLE names the sample', async () => {
  await refuses(() => ecdf(none, some), 'EMPTY_SAMPLE', /sample is empty/)
  await refuses(() => quantiles(none, 0.5, linear), 'EMPTY_SAMPLE', /sample is empty/)
  await refuses(() => threshold(none, { fpr: 0.1 }), 'EMPTY_SAMPLE', /normal is empty/)
  await refuses(() => rates({ normal: some, anomalous: none }, 1), 'EMPTY_SAMPLE', /anomalous is empty/)
  await refuses(() => bootstrap([]), 'EMPTY_SAMPLE', /detectors is empty/)
  await refuses(() => bootstrap([{ normal: some, anomalous: [some, none] }]), 'EMPTY_SAMPLE', /anomalous\[1\] is empty/)
  const all = Uint8Array.of(1, 1, 1)
  const untested = { normal: some, anomalous: [some], excluded: [all] }
  await refuses(() => bootstrap([untested]), 'EMPTY_SAMPLE', /detectors\[0\]\.anomalous\[0\] has no samples to use/)
  await refuses(
    () => relativeBias({ baseline, candidate: { ...candidate, normal: none } }),
    'EMPTY_SAMPLE',
    /candidate\.normal is empty/,
  )
  for (const method of ['bca', 'normal'] as const) {
    await refuses(() => bootstrapInterval(none, 0, { method, level: 0.9 }), 'EMPTY_SAMPLE', /replicates is empty/)
  }
  await refuses(() => bootstrapInterval(none, 0, bt2), 'EMPTY_SAMPLE', /replicates is empty/)
})

test('LENGTH_MISMATCH names both arrays and their lengths', async () => {
  const shorter = { ...candidate, anomalous: candidate.anomalous.slice(1) }
  await refuses(
    () => relativeBias({ baseline, candidate: shorter }),
    'LENGTH_MISMATCH',
    /candidate\.anomalous has length 19, but baseline\.anomalous.*20/,
  )
  await refuses(
    () => relativeBias({ baseline, candidate }, { classes: ['a', 'b'] }),
    'LENGTH_MISMATCH',
    /classes has length 2, but baseline\.anomalous.*20/,
  )
  const detector = { normal: some, anomalous: [some] }
  await refuses(
    () => bootstrap([detector, { normal: some, anomalous: [] }]),
    'LENGTH_MISMATCH',
    /detectors\[1\]\.anomalous has length 0/,
  )
  await refuses(
    () => bootstrap([{ ...detector, excluded: [Uint8Array.of(0, 1)] }]),
    'LENGTH_MISMATCH',
    /excluded\[0\] has length 2/,
  )
  await refuses(() => bootstrap([detector], { contrast: [1, -1] }), 'LENGTH_MISMATCH', /contrast has length 2/)
  for (const weight of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (const outputs of [{}, { standardErrors: true }]) {
      await refuses(
        () => bootstrap([detector, detector], { contrast: [1, weight], engine: 'tree', outputs }),
        'OUT_OF_RANGE',
        new RegExp(`^contrast\\[1\\] must be finite, got ${weight}$`),
      )
    }
  }
  const pair = some.slice(1)
  await refuses(
    () => bootstrapInterval(some, 0, { ...studentized, standardErrors: pair }),
    'LENGTH_MISMATCH',
    /standardErrors has length 2, but replicates.*3/,
  )
  await refuses(
    () => bootstrapInterval(some, 0, { ...bt2, tprBaseline: pair }),
    'LENGTH_MISMATCH',
    /tprBaseline has length 2, but replicates.*3/,
  )
})

test('NOT_A_NUMBER gives array and index', async () => {
  const bad = Float32Array.of(1, 2, Number.NaN, Number.NaN)
  const infinite = Float64Array.of(0, 1, Number.NEGATIVE_INFINITY)
  const calls: [() => unknown, RegExp][] = [
    [() => sort(bad), /values\[2\] is NaN/],
    [() => argsort(bad), /values\[2\] is NaN/],
    [() => rank(bad), /values\[2\] is NaN/],
    [() => ecdf(bad, some), /sample\[2\] is NaN/],
    [() => ecdf(some, bad), /at\[2\] is NaN/],
    [() => quantiles(bad, 0.5, linear), /sample\[2\] is NaN/],
    [() => threshold(bad, { fpr: 0.1 }), /normal\[2\] is NaN/],
    [() => rates({ normal: some, anomalous: bad }, 1), /anomalous\[2\] is NaN/],
    [() => rates({ normal: some, anomalous: some }, [1, Number.NaN]), /thresholds\[1\] is NaN/],
    [() => bootstrap([{ normal: some, anomalous: [bad] }]), /detectors\[0\]\.anomalous\[0\]\[2\] is NaN/],
    [() => bootstrapInterval(Float64Array.of(0, Number.NaN), 0, { method: 'bca', level: 0.9 }), /replicates\[1\]/],
    [() => bootstrapInterval(infinite, 0, { method: 'basic', level: 0.9 }), /replicates\[2\] is -Infinity, not finite/],
    [() => bootstrapInterval(infinite, 0, { method: 'normal', level: 0.9 }), /replicates\[2\]/],
    [() => bootstrapInterval(some, Number.NaN, { method: 'bca', level: 0.9 }), /estimate must be finite, got NaN/],
    [() => bootstrapInterval(some, 0, { method: 'bca', level: 0.9, acceleration: 1 / 0 }), /acceleration must be fin/],
    [() => bootstrapInterval(some, 0, { ...studentized, standardErrors: infinite }), /standardErrors\[2\]/],
    [() => bootstrapInterval(some, 0, { ...studentized, standardError: Number.NaN }), /standardError must be finite/],
    [() => bootstrapInterval(some, 0, { ...bt2, tprBaseline: infinite }), /tprBaseline\[2\]/],
  ]
  for (const [call, message] of calls) await refuses(call, 'NOT_A_NUMBER', message)
  const anomalous = candidate.anomalous.slice()
  anomalous[13] = Number.NaN
  const classes = Array.from(anomalous, (_, i) => (i < 10 ? 'first' : 'second'))
  await refuses(
    () => relativeBias({ baseline, candidate: { ...candidate, anomalous } }, { classes }),
    'NOT_A_NUMBER',
    /candidate\.anomalous\[13\] is NaN/,
  )
})

test('OUT_OF_RANGE gives the value and the range', async () => {
  for (const fpr of [0, 1, -0.1, Number.NaN]) {
    await refuses(() => threshold(some, { fpr }), 'OUT_OF_RANGE', /fpr must lie strictly between 0 and 1/)
    await refuses(() => thresholds(some, { fprs: [0.1, fpr] }), 'OUT_OF_RANGE', /fprs\[1\]/)
    await refuses(() => bootstrap([{ normal: some, anomalous: [] }], { fprs: [fpr] }), 'OUT_OF_RANGE', /fprs\[0\]/)
    await refuses(() => relativeBias({ baseline, candidate }, { fpr }), 'OUT_OF_RANGE', /fpr/)
    await refuses(() => toleratedAlarms(fpr, 3), 'OUT_OF_RANGE', /fpr/)
    await refuses(() => fewestCertified(fpr, 0.1), 'OUT_OF_RANGE', /fpr/)
    await refuses(() => fewestCertified(0.1, fpr), 'OUT_OF_RANGE', /delta/)
  }
  await refuses(() => quantiles(some, [0.5, 1.5], linear), 'OUT_OF_RANGE', /probabilities\[1\].*1\.5/)
  const run = (options: object) => () => relativeBias({ baseline, candidate }, options)
  await refuses(run({ level: 1 }), 'OUT_OF_RANGE', /level/)
  await refuses(run({ resamples: 1 }), 'OUT_OF_RANGE', /resamples/)
  await refuses(run({ seed: -1 }), 'OUT_OF_RANGE', /seed/)
  await refuses(run({ seed: 0.5 }), 'OUT_OF_RANGE', /seed/)
  await refuses(run({ threads: 1025 }), 'OUT_OF_RANGE', /threads/)
  await refuses(
    run({ thresholdRule: 'certified' }),
    'OUT_OF_RANGE',
    /takes at least 59 normal scores\. baseline\.normal has 50\./,
  )
  const three = [baseline, candidate, baseline].map((pair) => ({ normal: pair.normal, anomalous: [pair.anomalous] }))
  await refuses(() => bootstrap(three, { engine: 'tree' }), 'OUT_OF_RANGE', /engine 'tree'/)
  const errors = { outputs: { standardErrors: true } }
  await refuses(() => bootstrap(three, { ...errors, contrast: [1, 1, 1] }), 'OUT_OF_RANGE', /engine 'tree'/)
  await refuses(() => bootstrap(three, errors), 'OUT_OF_RANGE', /contrast/)
  const interval = (options: typeof studentized | typeof bt2) => () => bootstrapInterval(some, 0, options)
  const negative = Float64Array.of(1, -2, 1)
  await refuses(interval(untyped({ ...studentized, floor: 0 })), 'OUT_OF_RANGE', /floor must lie strictly between 0/)
  await refuses(interval(untyped({ ...studentized, standardError: -1 })), 'OUT_OF_RANGE', /standardError must not be/)
  await refuses(interval({ ...studentized, standardErrors: negative }), 'OUT_OF_RANGE', /standardErrors\[1\].*-2/)
  await refuses(interval(untyped({ ...bt2, nBaseline: 0 })), 'OUT_OF_RANGE', /nBaseline/)
  await refuses(interval(untyped({ ...bt2, nCandidate: 2.5 })), 'OUT_OF_RANGE', /nCandidate/)
  const last = { resamples: 2, firstReplicate: 2 ** 32 - 1 }
  await refuses(() => bootstrap([{ normal: some, anomalous: [] }], last), 'OUT_OF_RANGE', /firstReplicate/)
})

test('UNKNOWN_NAME lists the known ones', async () => {
  await refuses(() => quantiles(some, 0.5, untyped({ definition: 'lineer' })), 'UNKNOWN_NAME', /did you mean 'linear'/)
  await refuses(
    () => threshold(some, untyped({ fpr: 0.1, thresholdRule: 'median' })),
    'UNKNOWN_NAME',
    /inverse-cdf, sup/,
  )
  await refuses(() => rank(some, untyped({ ties: 'mean' })), 'UNKNOWN_NAME', /average, min, max/)
  const run = (options: object) => () => relativeBias({ baseline, candidate }, untyped(options))
  await refuses(run({ intervalMethod: 'bcaa' }), 'UNKNOWN_NAME', /did you mean 'bca'/)
  await refuses(run({ design: 'pairs' }), 'UNKNOWN_NAME', /paired, independent/)
  await refuses(run({ engine: 'fast' }), 'UNKNOWN_NAME', /auto/)
})

test('UNKNOWN_CLASS names a class that only one detector scored', async () => {
  const classes = { baseline: Array(20).fill('a'), candidate: [...Array(19).fill('a'), 'b'] }
  await refuses(
    () => relativeBias({ baseline, candidate }, { design: 'independent', classes }),
    'UNKNOWN_CLASS',
    /candidate\.anomalous has samples of class 'b' and baseline\.anomalous none/,
  )
})

test('WRONG_TYPE says what was got and what is wanted', async () => {
  const calls: [() => unknown, RegExp][] = [
    [() => sort(untyped(null)), /values must be a Float32Array or Float64Array, got null/],
    [() => sort(untyped([3, 1])), /values must be a Float32Array or Float64Array, got an Array/],
    [() => sort(untyped(new Int32Array(3))), /got Int32Array/],
    [() => sort(untyped(undefined)), /got undefined/],
    [() => sort(some, untyped({ threads: '2' })), /threads must be a number/],
    [() => quantiles(some, untyped('0.5'), linear), /probabilities must be a number or an array of numbers/],
    [() => quantiles(some, untyped([0.5, '1']), linear), /probabilities\[1\] must be a number/],
    [() => rates(untyped(undefined), 1), /scores must be an object/],
    [() => bootstrap(untyped({})), /detectors must be an array/],
    [() => bootstrap(untyped([{ normal: some }])), /detectors\[0\] must be an object/],
    [() => bootstrap(untyped([{ normal: some, anomalous: [some], excluded: [[0, 0, 1]] }])), /must be a Uint8Array/],
    [() => relativeBias(untyped({ baseline })), /candidate must be an object/],
    [() => relativeBias(untyped(undefined)), /scores must be an object \{ baseline, candidate \}/],
    [() => relativeBias({ baseline, candidate }, { classes: untyped('abc') }), /classes must be one label/],
    [() => relativeBias({ baseline, candidate }, { design: 'independent', classes: ['a'] }), /baseline, candidate/],
    [() => bootstrapInterval(untyped([1, 2]), 1, { method: 'bca', level: 0.9 }), /must be a Float64Array/],
    [() => bootstrapInterval(some, untyped('1'), { method: 'bca', level: 0.9 }), /estimate must be a number/],
    [
      () => bootstrapInterval(some, 1, untyped({ ...studentized, standardErrors: undefined })),
      /standardErrors must be/,
    ],
    [() => bootstrapInterval(some, 1, untyped({ ...studentized, standardError: undefined })), /standardError must be/],
    [() => bootstrapInterval(some, 1, untyped({ ...studentized, floor: undefined })), /floor must be a number/],
    [() => bootstrapInterval(some, 1, untyped({ method: 'bt2', level: 0.9 })), /nBaseline must be a number/],
    [
      () => bootstrapInterval(some, 1, untyped({ ...bt2, tprBaseline: [1, 2, 3] })),
      /tprBaseline must be a Float64Array/,
    ],
  ]
  for (const [call, message] of calls) await refuses(call, 'WRONG_TYPE', message)
  const classes = Array(20).fill('a')
  classes[7] = undefined
  await refuses(() => relativeBias({ baseline, candidate }, { classes }), 'WRONG_TYPE', /classes\[7\]/)
})

test('DETACHED names an array whose buffer is gone, or has shrunk below it', async () => {
  await refuses(() => sort(detached()), 'DETACHED', /values has lost its buffer/)
  await refuses(() => ecdf(some, detached()), 'DETACHED', /at has lost/)
  await refuses(() => bootstrap([{ normal: detached(), anomalous: [] }]), 'DETACHED', /detectors\[0\]\.normal/)
  const mask = new Uint8Array(3)
  structuredClone(mask.buffer, { transfer: [mask.buffer] })
  await refuses(() => bootstrap([{ normal: some, anomalous: [some], excluded: [mask] }]), 'DETACHED', /excluded\[0\]/)
  // ResizableArrayBuffer is newer than the ES2023 types.
  const buffer = Reflect.construct(ArrayBuffer, [64, { maxByteLength: 64 }])
  const shrunk = new Float64Array(buffer, 32, 4)
  buffer.resize(16)
  await refuses(() => sort(shrunk), 'DETACHED', /values has lost its buffer, which was transferred or resized/)
})

test('OUT_OF_MEMORY says what there was no memory for', async () => {
  const huge = { resamples: 2 ** 31 - 1, fprs: Array.from({ length: 100 }, (_, i) => (i + 1) / 200) }
  await refuses(
    () => bootstrap([{ normal: some, anomalous: [some] }], huge),
    'OUT_OF_MEMORY',
    /replicates of thresholds/,
  )
})

test('ABORTED before the work and during it, with the signal’s reason', async () => {
  const reason = new Error('changed my mind')
  const fired = AbortSignal.abort(reason)
  const calls: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => sort(some, { signal }),
    (signal) => argsort(some, { signal }),
    (signal) => rank(some, { signal }),
    (signal) => ecdf(some, some, { signal }),
    (signal) => quantiles(some, 0.5, { ...linear, signal }),
    (signal) => threshold(some, { fpr: 0.1, signal }),
    (signal) => rates({ normal: some, anomalous: some }, 1, { signal }),
    (signal) => bootstrap([{ normal: some, anomalous: [some] }], { signal }),
    (signal) => relativeBias({ baseline, candidate }, { signal }),
  ]
  for (const call of calls) await assert.rejects(call(fired), { code: 'ABORTED', cause: reason })

  const controller = new AbortController()
  let done = 0
  const large: ScoreArray = new Float64Array(200_000).map((_, i) => (i * 7919) % 200_003)
  const pending = bootstrap([{ normal: large, anomalous: [large] }], {
    // More than would ever be done.
    resamples: 2 ** 31 - 1,
    outputs: { thresholds: false, tpr: false },
    signal: controller.signal,
    onProgress: (progress) => {
      done = progress.done
      controller.abort(reason)
    },
  })
  await assert.rejects(pending, { code: 'ABORTED', cause: reason })
  assert.ok(done > 0 && done < 2 ** 31 - 1, `${done} were done`)
})
