import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { type CurvePoint, relativeBiasCurve } from '../../src/stats/bias/relativeBiasCurve.js'
import { intervalMethods } from '../../src/stats/bootstrap/bootstrapInterval.js'
import { detached, normals, scorePair } from './samples.js'

const scores = scorePair(400, 120)

test('a point is what relativeBias says of its target, in the order of the targets', async () => {
  const fprs = [0.2, 0.05, 0.1]
  for (const design of ['paired', 'independent'] as const) {
    const options = { resamples: 500, seed: 2, engine: 'direct', intervalMethod: 'bca', design } as const
    const { points, nNormal, nAnomalous, engine, warnings } = await relativeBiasCurve(scores, { ...options, fprs })
    assert.deepEqual([nNormal, nAnomalous, engine, warnings], [400, 120, 'direct', []])
    assert.deepEqual(
      points.map(({ fpr }) => fpr),
      fprs,
    )
    for (const point of points) {
      const { xi, interval, pValue, baseline, candidate } = await relativeBias(scores, { ...options, fpr: point.fpr })
      assert.deepEqual(
        [point.xi, point.interval, point.pValue, point.tprBaseline, point.tprCandidate],
        [xi, interval, pValue, baseline.observedTpr, candidate.observedTpr],
      )
      assert.deepEqual([point.thresholdBaseline, point.thresholdCandidate], [baseline.threshold, candidate.threshold])
    }
  }
})

test('the band holds the interval of every target, and decides the direction as the adjusted p-values do', async () => {
  for (const intervalMethod of intervalMethods) {
    const { points } = await relativeBiasCurve(scores, { resamples: 999, fprs: [0.01, 0.05, 0.3, 0.6], intervalMethod })
    for (const { interval, pValue, simultaneous, direction, pAdjusted } of points) {
      assert.ok(simultaneous[0] <= interval[0] && simultaneous[1] >= interval[1])
      assert.equal(direction, simultaneous[0] > 0 ? 'up' : simultaneous[1] < 0 ? 'down' : 'none')
      assert.equal(direction !== 'none', pAdjusted <= 0.05)
      assert.ok(pAdjusted >= pValue && pValue > 0 && pAdjusted <= 1)
    }
  }
})

test('targets are read on the same draws of the confidence distribution, each with its own law', async () => {
  const fprs = [0.02, 0.05, 0.2]
  const { points, engine } = await relativeBiasCurve(scores, { resamples: 20_000, fprs })
  assert.equal(engine, 'confidence')
  for (const point of points) {
    const alone = await relativeBias(scores, { resamples: 20_000, fpr: point.fpr, seed: 1 })
    assert.equal(point.xi, alone.xi)
    for (const i of [0, 1] as const) {
      assert.ok(Math.abs(point.interval[i] - alone.interval[i]) < 0.15 * point.standardError, `${point.fpr}`)
    }
  }
})

test('by default a hundred targets up to a half', async () => {
  const { points, resamples, level } = await relativeBiasCurve(scores)
  assert.deepEqual([points.length, points[0]?.fpr, points[99]?.fpr], [100, 0.005, 0.5])
  assert.deepEqual([resamples, level], [5000, 0.95])
})

test('both engines give one curve within Monte Carlo error', async () => {
  const fprs = [0.05, 0.2]
  const [tree, direct] = await Promise.all(
    (['tree', 'direct'] as const).map((engine) =>
      relativeBiasCurve(scores, { fprs, engine, intervalMethod: 'percentile', resamples: 10_000 }),
    ),
  )
  assert.ok(tree !== undefined && direct !== undefined)
  assert.equal(tree.engine, 'tree')
  for (const [f, point] of tree.points.entries()) {
    const other: CurvePoint | undefined = direct.points[f]
    assert.ok(other !== undefined)
    assert.equal(point.xi, other.xi)
    assert.ok(Math.abs(point.standardError / other.standardError - 1) < 0.05)
    for (const i of [0, 1] as const) {
      assert.ok(Math.abs(point.interval[i] - other.interval[i]) < 0.3 * point.standardError)
      assert.ok(Math.abs(point.simultaneous[i] - other.simultaneous[i]) < 0.3 * point.standardError)
    }
  }
})

test('warnings name the targets concerned', async () => {
  const equal = { baseline: scores.baseline, candidate: scores.baseline }
  const options = { fprs: [0.001, 0.1], resamples: 20, intervalMethod: 'bca' } as const
  const { warnings, points } = await relativeBiasCurve(equal, options)
  assert.match(
    warnings[0] ?? '',
    /^400 normal samples are too few to set a threshold for 1 of 2 targets.*fpr = 0\.001.*at least 1,000 /,
  )
  assert.match(warnings[1] ?? '', /^20 resamples are too few for intervals of level 0\.95.*at least 39 resamples$/)
  assert.match(warnings[2] ?? '', /^fewer than 30 samples tell .* for fpr = 0\.001, fpr = 0\.1\. .*'bca' needs more/)
  assert.deepEqual([points[0]?.pValue, points[0]?.direction], [1, 'none'])
  const many = await relativeBiasCurve(scores, { fprs: [0.05, 0.1, 0.2, 0.3], resamples: 45 })
  assert.match(
    many.warnings.join(),
    /45 resamples are too few for 4 simultaneous intervals of level 0\.\d+.*at least 180/,
  )
})

test('errors', async () => {
  const refuses = (options: object, code: string, message: RegExp, changes: object = {}) =>
    assert.rejects(
      relativeBiasCurve({ ...scores, candidate: { ...scores.candidate, ...changes } }, { resamples: 10, ...options }),
      { code, message },
    )
  await refuses({ fprs: [] }, 'EMPTY_SAMPLE', /fprs/)
  await refuses({ fprs: [0.1, 1] }, 'OUT_OF_RANGE', /fprs\[1\]/)
  await refuses({ fprs: '0.1' }, 'WRONG_TYPE', /fprs/)
  await refuses({ level: 0 }, 'OUT_OF_RANGE', /level/)
  await refuses({ resamples: 1 }, 'OUT_OF_RANGE', /resamples/)
  await refuses({ thresholdRule: 'mean' }, 'UNKNOWN_NAME', /mean/)
  await refuses({ engine: 'wood' }, 'UNKNOWN_NAME', /wood/)
  await refuses({ design: 'pairs' }, 'UNKNOWN_NAME', /paired, independent/)
  await refuses({ seed: -1 }, 'OUT_OF_RANGE', /seed/)
  await refuses({ threads: 1025 }, 'OUT_OF_RANGE', /threads/)
  await refuses({ resamples: 2 ** 31 - 1 }, 'OUT_OF_MEMORY', /draws of TPRs/)
  await refuses({ signal: AbortSignal.abort() }, 'ABORTED', /aborted/)
  await refuses({}, 'EMPTY_SAMPLE', /candidate\.normal/, { normal: new Float64Array(0) })
  await refuses({}, 'DETACHED', /candidate\.normal has lost/, { normal: detached(400) })
  await refuses({}, 'LENGTH_MISMATCH', /candidate\.anomalous/, { anomalous: normals(7, 1) })
  await refuses({}, 'NOT_A_NUMBER', /candidate\.normal\[0\]/, { normal: normals(400, 1).fill(Number.NaN, 0, 1) })
})
