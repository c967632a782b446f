import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normal } from '../../src/random/normal.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasAtTpr } from '../../src/stats/bias/relativeBiasAtTpr.js'

/** Scores of detectors that guess: anomalies have the law of normals. */
function guesses(seed: number, n: number, nAnomalous: number) {
  const detector = (d: number) => ({
    normal: normal(n, { seed, stream: 2 * d }),
    anomalous: normal(nAnomalous, { seed, stream: 2 * d + 1 }),
  })
  return { baseline: detector(0), candidate: detector(1) }
}

const worse = (warnings: readonly string[]) =>
  warnings.filter((warning) => warning.includes('That is worse than chance')).length

test('detectors that guess are called worse than chance in one of a hundred cases at most', async () => {
  const repeats = 250
  for (const [n, nAnomalous] of [
    [100, 1],
    [100, 50],
    [200, 400],
  ] as const) {
    let [byFpr, byTpr] = [0, 0]
    for (let seed = 0; seed < repeats; seed++) {
      const scores = guesses(seed, n, nAnomalous)
      byFpr += worse((await relativeBias(scores, { resamples: 2, fpr: 0.2 })).warnings)
      byTpr += worse((await relativeBiasAtTpr(scores, { resamples: 2, tpr: 0.8 })).warnings)
    }
    // Two detectors in each case; four standard errors beside.
    const most = 2 * repeats * (0.01 + 4 * Math.sqrt(0.0099 / (2 * repeats)))
    assert.ok(byFpr <= most && byTpr <= most, `${n} and ${nAnomalous}: ${byFpr}, ${byTpr} of ${2 * repeats}`)
  }
})

test('one missed anomaly is no proof, and a reversed detector is named', async () => {
  const few = guesses(1, 100, 1)
  few.baseline.anomalous.fill(-3)
  const { warnings } = await relativeBias(few, { resamples: 100 })
  assert.match(
    warnings.join('\n'),
    /^'baseline' flags a smaller fraction of the anomalies \(0\) than .*\. That may be chance\./,
  )
  const many = guesses(1, 100, 300)
  many.candidate.anomalous = normal(300, { seed: 9, mean: -3 })
  assert.match(
    (await relativeBias(many, { resamples: 100 })).warnings.join('\n'),
    /^'candidate' flags .* That is worse than chance/m,
  )
  assert.match(
    (await relativeBiasAtTpr(many, { resamples: 100 })).warnings.join('\n'),
    /^'candidate' flags .* That is worse than chance/m,
  )
})
