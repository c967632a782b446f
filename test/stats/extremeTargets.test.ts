import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { normal } from '../../src/random/normal.js'
import { normalCdf, normalQuantile } from '../../src/special.js'
import { idealBias } from '../../src/stats/bias/idealBias.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasAtTpr } from '../../src/stats/bias/relativeBiasAtTpr.js'
import { relativeBiasCurve } from '../../src/stats/bias/relativeBiasCurve.js'
import { thresholdAtTpr } from '../../src/stats/ranks/thresholdAtTpr.js'
import { emptySide, fewestOn } from '../../src/stats/ranks/thresholdRule.js'

/** Gaussian scores of 100 normals, and of 300 anomalies about `means`. */
function drawn(seed: number, means: readonly [number, number]) {
  const detector = (d: 0 | 1) => ({
    normal: normal(100, { seed, stream: 2 * d }),
    anomalous: normal(300, { seed, stream: 2 * d + 1, mean: means[d] }),
  })
  return { baseline: detector(0), candidate: detector(1) }
}

const targets = [5e-324, 1e-300, 1e-17, 3e-16, 1e-15, 0.001, 0.999, 1 - 1e-15, 1 - 2 ** -53]

test('every target in (0, 1) is answered by every function, without an arrow, and says why', async () => {
  const scores = drawn(1, [0, 4])
  const { baseline, candidate } = scores
  const data = {
    source: 'test',
    detectors: ['old', 'new'],
    validation: [baseline.normal, candidate.normal],
    anomalous: [baseline.anomalous, candidate.anomalous],
  }
  for (const x of targets) {
    for (const intervalMethod of ['confidence', 'percentile', 'bca'] as const) {
      const options = { resamples: 500, intervalMethod }
      const compared = await compare(data, { ...options, fpr: x, curve: [x, 0.5] })
      const answers = [
        await relativeBias(scores, { ...options, fpr: x }),
        await relativeBiasAtTpr(scores, { ...options, tpr: x }),
        await idealBias(scores, { fpr: x }),
        { ...compared, ...compared.candidates[0]?.overall },
        { ...compared.candidates[0]?.curve, ...compared.candidates[0]?.curve?.points[0] },
      ]
      for (const [i, { interval = assert.fail(), pValue, direction, warnings = [] }] of answers.entries()) {
        assert.deepEqual([pValue, direction], [1, 'none'], `${i} at ${x}`)
        assert.ok(interval[0] <= 0 && interval[1] >= 0)
        const one = warnings.filter((warning) =>
          /^(100 normal samples|300 anomalous samples) are too few to set a threshold for/.test(warning),
        )
        assert.equal(one.length, 1, `${i} at ${x}: ${warnings}`)
        assert.match(one[0] ?? '', /Use at least [\d,]+ |More than 1,000,000,000,000 would be needed/)
      }
    }
    const { tolerated } = await thresholdAtTpr(baseline.anomalous, { tpr: x })
    assert.equal(tolerated, x < 0.5 ? 299 : 0)
  }
})

test('the least number of samples is the least, on either side', () => {
  const plain = { rule: 'inverse-cdf', delta: 0.05 } as const
  for (const definition of [plain, { ...plain, rule: 'certified' } as const]) {
    for (const fpr of [0.5, 0.3, 0.05, 0.01, 1e-3, 1 / 3, 0.07]) {
      for (const [side, rate] of [
        ['flagged', fpr],
        ['passed', 1 - fpr],
      ] as const) {
        const least = fewestOn(side, rate, definition)
        assert.notEqual(emptySide(rate, least, definition), side)
        assert.ok(least === 1 || emptySide(rate, least - 1, definition) !== undefined, `${least} at ${rate}`)
      }
    }
  }
  // P(Bin(93, 0.05) ≤ 1) is the first below 0.05 (Tong, Feng and Li 2018).
  assert.equal(fewestOn('flagged', 0.05, { rule: 'certified', delta: 0.05 }), 93)
  assert.equal(fewestOn('flagged', 1e-13, plain), Number.POSITIVE_INFINITY)
})

test('a certified threshold that is the largest score says why it decides nothing', async () => {
  const scores = drawn(2, [0, 4])
  const { pValue, warnings } = await relativeBias(scores, { thresholdRule: 'certified', fpr: 0.04, resamples: 500 })
  assert.equal(pValue, 1)
  assert.match(
    warnings.join('\n'),
    /^100 normal samples are too few to set a threshold for fpr = 0.04 certified with delta = 0.05\. .* no false alarm/,
  )
  assert.match(warnings.join('\n'), /Use at least 117 normal samples/)
})

test('intervals near a target of 1 hold ξ, by every method', async () => {
  // Anomalies lie below the normals: recalls still vary where almost all normals are flagged.
  const fprs = [0.98, 0.99, 0.995, 0.999]
  const truth = (fpr: number) => normalCdf(normalQuantile(fpr) - 1) - normalCdf(normalQuantile(fpr) - 3)
  const repeats = 120
  for (const intervalMethod of ['confidence', 'percentile', 'bca', 'basic'] as const) {
    const held = fprs.map(() => 0)
    for (let seed = 0; seed < repeats; seed++) {
      const { points } = await relativeBiasCurve(drawn(100 + seed, [-3, -1]), {
        fprs,
        resamples: 499,
        intervalMethod,
        seed,
      })
      for (const [f, { fpr, interval, direction }] of points.entries()) {
        if (interval[0] <= truth(fpr) && truth(fpr) <= interval[1]) held[f] = (held[f] ?? 0) + 1 / repeats
        if (fpr > 0.99) assert.equal(direction, 'none')
      }
    }
    // By resampling alone 'percentile' holds 42 % at 0.999. A standard error is 2 points.
    const least = intervalMethod === 'confidence' ? [0.9, 0.9, 0.9, 0.9] : [0.6, 0.4, 0.9, 0.9]
    for (const [f, share] of held.entries())
      assert.ok(share >= (least[f] ?? 1), `${intervalMethod} at ${fprs[f]}: ${share}`)
  }
})

test('few samples on one side of a threshold are told of by every function that resamples', async () => {
  const scores = drawn(3, [0, 1])
  const short = { resamples: 500, intervalMethod: 'bca' } as const
  const of = async (answer: Promise<{ warnings: readonly string[] }>) =>
    (await answer).warnings.filter((warning) => warning.includes("intervals by the method 'bca' can be too short"))
  for (const [found, start] of [
    [
      await of(relativeBias(scores, { ...short, fpr: 0.03 })),
      /^the target fpr = [\d.]+ allows only 3 false alarms among the normal samples\./,
    ],
    [
      await of(relativeBias(scores, { ...short, fpr: 0.99 })),
      /^the target fpr = [\d.]+ leaves only 1 normal sample that is not flagged\./,
    ],
    [
      await of(relativeBiasAtTpr(scores, { ...short, tpr: 0.99 })),
      /^the target tpr = 0\.99 allows to miss only 3 anomalies\./,
    ],
    [
      await of(relativeBiasAtTpr(scores, { ...short, tpr: 0.01 })),
      /^the target tpr = 0\.01 asks to detect only 3 anomalies\./,
    ],
    [
      await of(relativeBiasCurve(scores, { ...short, fprs: [0.001, 0.05, 0.5, 0.95] })),
      /^2 of 4 targets leave few of 100 normal samples above or below the threshold\./,
    ],
  ] as const) {
    assert.equal(found.length, 1, `${start}`)
    assert.match(found[0] ?? '', start)
  }
  assert.deepEqual(await of(relativeBiasAtTpr(scores, { tpr: 0.99, resamples: 500 })), [])
})
