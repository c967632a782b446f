import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { runConfidenceDraws } from '../../src/stats/bootstrap/runConfidenceDraws.js'
import { meanSd } from '../../src/stats/meanSd.js'
import { normals } from './samples.js'

const options = { fpr: 0.05, resamples: 20_000, seed: 1 }
/** Scores of a detector around those of the samples. */
const detector = (stream: number, shift: number, nNormal = 200) => ({
  normal: normals(nNormal, 1).map((x, i) => 0.7 * x + 0.7 * (normals(nNormal, stream)[i] ?? Number.NaN)),
  anomalous: [normals(40, 2).map((x, i) => shift + 0.7 * x + 0.7 * (normals(40, stream + 1)[i] ?? Number.NaN))],
})
/** ξ in every draw, on average over runs. */
const xiOf = ({ tpr, nDetectors }: { tpr: Float64Array; nDetectors: number }) =>
  Float64Array.from({ length: tpr.length / nDetectors }, (_, b) => {
    const row = tpr.subarray(b * nDetectors, (b + 1) * nDetectors)
    return row.reduce((sum, x, d) => sum + (d < nDetectors / 2 ? -x : x), 0) / (nDetectors / 2)
  })

test('draws of one run have the law of those that compare takes', async () => {
  const [baseline, candidate] = [detector(10, 1), detector(20, 2)] as const
  const runs = await runConfidenceDraws([baseline, candidate], options)
  const whole = (one: typeof baseline) => ({ normal: one.normal, anomalous: one.anomalous[0] ?? assert.fail() })
  const { replicates, xi } = await relativeBias(
    { baseline: whole(baseline), candidate: whole(candidate) },
    { ...options, replicates: true },
  )
  const [ours, theirs] = [meanSd(xiOf(runs)), meanSd(replicates?.xi ?? [])]
  const [first = Number.NaN, second = Number.NaN] = runs.observed.observedTpr
  assert.equal(second - first, xi)
  // Five standard errors of either mean, and of either standard deviation; the copulas of the normals differ slightly.
  assert.ok(
    Math.abs(ours.mean - theirs.mean) < 5 * ours.sd * Math.sqrt(2 / 20_000) + 0.002,
    `${ours.mean} ${theirs.mean}`,
  )
  assert.ok(Math.abs(ours.sd / theirs.sd - 1) < 0.05, `${ours.sd} ${theirs.sd}`)
})

test('more runs on the same samples leave less open, down to what the samples themselves do', async () => {
  const all = [10, 30, 50, 70].map((stream) => detector(stream, 1))
  const candidates = [20, 40, 60, 80].map((stream) => detector(stream, 2))
  const sdOf = async (n: number) =>
    meanSd(xiOf(await runConfidenceDraws([...all.slice(0, n), ...candidates.slice(0, n)], options))).sd
  const [one, four] = [await sdOf(1), await sdOf(4)]
  assert.ok(four < 0.95 * one && four > 0.3 * one, `${one}, ${four}`)
})

test('errors name the detector, the set and the sample', async () => {
  const broken = { ...detector(10, 1), normal: normals(200, 1).fill(Number.NaN, 7, 8) }
  await assert.rejects(runConfidenceDraws([broken, detector(20, 2)], options), {
    code: 'NOT_A_NUMBER',
    message: /^detectors\[0\]\.normal\[7\]/,
  })
  await assert.rejects(runConfidenceDraws([detector(10, 1), detector(20, 2, 150)], options), {
    code: 'LENGTH_MISMATCH',
  })
  await assert.rejects(
    runConfidenceDraws([detector(10, 1), detector(20, 2)], { ...options, signal: AbortSignal.abort() }),
    {
      code: 'ABORTED',
    },
  )
})
