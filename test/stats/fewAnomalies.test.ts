import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasOverRange } from '../../src/stats/bias/relativeBiasOverRange.js'
import { relativeBiasOfSeeds } from '../../src/stats/runs/seedBias.js'
import { scorePair } from './samples.js'

const pair = scorePair(200, 60)
const classes = Array.from(pair.baseline.anomalous, (_, i) => (i < 4 ? 'rare' : i < 9 ? 'five' : 'many'))
const said =
  /one class has fewer than 5 anomalies: 'rare' \(4\)\. So few say nearly nothing of a recall, and the interval is wide/

test('a class of fewer than five anomalies is named, by whatever asks', async () => {
  const options = { classes, resamples: 199 } as const
  const { baseline, candidate } = pair
  const data = {
    ...{ source: 'test', detectors: ['a', 'b'], classes },
    validation: [baseline.normal, candidate.normal],
    anomalous: [baseline.anomalous, candidate.anomalous],
  }
  const all = [
    await relativeBias(pair, options),
    await relativeBiasOverRange(pair, { ...options, fprRange: [0.05, 0.2] }),
    await relativeBiasOfSeeds({ baseline: [baseline, candidate], candidate: [candidate, baseline] }, options),
    await compare(data, { resamples: 199 }),
  ]
  for (const { warnings } of all) assert.match(warnings.join('\n'), said)
})

test('classes of five and more are not, nor a single class', async () => {
  const { warnings } = await relativeBias(pair, {
    classes: classes.map((name) => (name === 'rare' ? 'five' : name)),
    resamples: 199,
  })
  assert.doesNotMatch(warnings.join('\n'), /fewer than 5/)
  const few = (scores: Float64Array) => scores.slice(0, 3)
  const one = await relativeBias(
    {
      baseline: { ...pair.baseline, anomalous: few(pair.baseline.anomalous) },
      candidate: { ...pair.candidate, anomalous: few(pair.candidate.anomalous) },
    },
    { classes: ['a', 'a', 'a'], resamples: 199 },
  )
  assert.doesNotMatch(one.warnings.join('\n'), /fewer than 5/)
})
