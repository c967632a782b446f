import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { along, type LiveNumber, textOf, unpack } from '../../../src/report/compare/livePage.js'
import { embeddable, liveScript, packLive } from '../../../src/report/compare/livePanel.js'
import { operatingPoints, targetGrid } from '../../../src/report/compare/operatingPoints.js'
import { formatGiven, formatPercent, formatSigned, formatThreshold } from '../../../src/report/format.js'
import { relativeBias } from '../../../src/stats/bias/relativeBias.js'
import { toleratedAlarms } from '../../../src/stats/ranks/thresholdRule.js'
import { comparisonOf, syntheticScores } from './comparisonFixture.js'

/** What the page is given: JSON, read back. */
function throughPage<T>(value: T): T {
  return JSON.parse(embeddable(value))
}

describe('the numbers behind the slider', () => {
  for (const [thresholdRule, fpr, nNormal] of [
    ['inverse-cdf', 0.05, 300],
    ['inverse-cdf', 0.3, 37],
    ['supremum', 0.07, 100],
    ['linear', 0.05, 211],
    ['certified', 0.05, 400],
  ] as const) {
    it(`are those of relativeBias at every target: ${thresholdRule} at ${fpr} of ${nNormal}`, async () => {
      const scores = syntheticScores(nNormal, 20)
      // Rounded, so that scores tie; a zero without sign.
      const rounded = (sets: typeof scores.validation) => sets.map((set) => set.map((x) => Math.round(x * 20) / 20 + 0))
      const data = { ...scores, validation: rounded(scores.validation), anomalous: rounded(scores.anomalous) }
      const comparison = await comparisonOf(data, { fpr, thresholdRule })
      const points = await operatingPoints(comparison, data, { nCandidates: 1, curveFprs: [0.1, 0.2] })
      const live = unpack(throughPage(packLive(points)))
      assert.equal(live.fprs[live.iTarget], fpr)
      const order = points.sets.slice(1).map(({ name }) => name)
      const classesOf = ({ classes }: Awaited<ReturnType<typeof relativeBias>>) =>
        order.map((name) => classes.find((one) => one.name === name) ?? assert.fail(name))
      const [baseline, candidate] = [0, 1].map((d) => ({
        normal: data.validation[d] ?? new Float64Array(),
        anomalous: data.anomalous[d] ?? new Float64Array(),
      }))
      assert.ok(baseline && candidate)
      for (let i = 0; i < live.fprs.length; i += 7) {
        const options = { fpr: live.fprs[i], thresholdRule, classes: data.classes, resamples: 2 }
        const answer = await relativeBias({ baseline, candidate }, options)
        for (const [d, reading] of [answer.baseline, answer.candidate].entries()) {
          const own = live.detectors[d]
          assert.ok(own)
          assert.equal(own.thresholds[i], reading.threshold)
          assert.equal((own.falseAlarms[i] ?? 0) / live.nNormal, reading.observedFpr)
          const tprs = own.detected.map((counts, set) => (counts[i] ?? 0) / (live.n[set] ?? 0))
          const perClass = classesOf(answer).map((one) => (d === 0 ? one.tprBaseline : one.tprCandidate))
          assert.deepEqual(tprs, [reading.observedTpr, ...perClass])
        }
        for (const [set, xi] of [answer.xi, ...classesOf(answer).map((one) => one.xi)].entries()) {
          assert.equal(textOf(live, i, { kind: 'xi', detector: 1, set }), formatSigned(xi, 3))
        }
      }
    })
  }

  it('tolerate m of n false alarms free of binary rounding', async () => {
    const fprs = targetGrid(0.07, { definition: 'inverse-cdf', delta: 0.05, nNormal: 100, stepsToTarget: 100 })
    assert.equal(fprs.length, 400)
    fprs.forEach((fpr, i) => {
      assert.equal(toleratedAlarms(fpr, 100), Math.floor((7 * (i + 1)) / 100), `${fpr}`)
    })
  })

  it('cover targets that are short decimals, with the own one among them', () => {
    const options = { definition: 'inverse-cdf', delta: 0.05, nNormal: 100, stepsToTarget: 100 } as const
    assert.deepEqual(targetGrid(0.05, options).slice(0, 4), [0.0005, 0.001, 0.0015, 0.002])
    assert.deepEqual(targetGrid(1e-7, options).slice(0, 3), [1e-9, 2e-9, 3e-9])
    assert.equal(targetGrid(0.5, options).at(-1), 0.995)
    assert.equal(targetGrid(1 / 3, options)[99], 1 / 3)
    assert.deepEqual(targetGrid(0.2, { ...options, stepsToTarget: 5 }).slice(3, 7), [0.16, 0.2, 0.24, 0.28])
  })

  it('leave out what the normals cannot certify', () => {
    const options = { definition: 'certified', delta: 0.05, nNormal: 59, stepsToTarget: 100 } as const
    assert.equal(targetGrid(0.05, options)[0], 0.05)
  })
})

describe('the texts of the page', () => {
  it('are those of the rest of the report', () => {
    for (const fpr of [0.05, 0.0005, 0.1, 0.123, 0.29]) assert.equal(formatGiven(fpr), formatPercent(fpr))
    assert.equal(formatGiven(1e-7), '0.00001 %')
    assert.deepEqual(
      [0.6604, -0.2, 0, -0.0004].map((xi) => formatSigned(xi, 3)),
      ['+0.660', '−0.200', '0.000', '0.000'],
    )
    const thresholds = [0.999932, 123456094, -1.2346e-8, Math.fround(0.1), 1 / 3, 1 / 0, -1 / 0]
    assert.deepEqual(thresholds.map(formatThreshold).map(Number), thresholds)
    assert.deepEqual(thresholds.slice(0, 3).map(formatThreshold), ['0.999932', '123456094', '-1.2346e-8'])
  })

  it('are the same in the page, whose script holds the formats that it imports here', async () => {
    const script = liveScript()
    assert.doesNotMatch(script, /^import/m)
    assert.match(script, /^const formatGiven = /m)
    const page = await import(`data:text/javascript,${encodeURIComponent(script)}`)
    const detectors = [
      { thresholds: [-1.5e-9, Number.POSITIVE_INFINITY], falseAlarms: [1, 2], detected: [[0, 3]] },
      { thresholds: [0.25, 12345.678], falseAlarms: [0, 2], detected: [[1, 1]] },
    ]
    const points = { fprs: [0.1, 0.2], iTarget: 0, nNormal: 7, n: [3], detectors }
    const texts = (['threshold', 'fpr', 'tpr', 'xi'] as const).flatMap((kind) =>
      [0, 1].map((i): [number, LiveNumber] => [i, { kind, detector: 1, set: 0 }]),
    )
    const inNode = texts.map(([i, what]) => textOf(points, i, what))
    assert.deepEqual(inNode, ['0.25', '12345.678', '0.0000', '0.2857', '0.333', '0.333', '+0.333', '−0.667'])
    assert.deepEqual(
      texts.map(([i, what]) => page.textOf(points, i, what)),
      inNode,
    )
  })

  it('are places along an axis, which ends hold', () => {
    const linear = { scale: 'linear', low: -1, high: 3 } as const
    assert.deepEqual(
      [-5, -1, 0, 3, 9, 1 / 0, -1 / 0].map((x) => along(linear, x)),
      [0, 0, 0.25, 1, 1, 1, 0],
    )
    assert.ok(Math.abs(along({ scale: 'log', low: 0.01, high: 100 }, 1) - 0.5) < 1e-12)
  })
})

it('embedded JSON cannot end its element', () => {
  assert.doesNotMatch(embeddable({ name: '</script><!--' }), /</)
  assert.deepEqual(throughPage({ name: '</script>' }), { name: '</script>' })
})
