import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareTargets } from '../../src/compare/compareTargets.js'
import { normals } from '../stats/samples.js'

/** Candidates that find all that the baseline misses on the first class, and nothing else that is new. */
function scores(nCandidates: number, nClasses: number, ofEach: number) {
  const detectors = Array.from({ length: nCandidates + 1 }, (_, d) => d)
  const classes = Array.from({ length: ofEach * nClasses }, (_, i) => `kind ${i % nClasses}`)
  const common = normals(classes.length, 2, 1)
  return {
    source: 'test',
    detectors: detectors.map((d) => `detector ${d}`),
    validation: detectors.map((d) => normals(200, 10 + d)),
    anomalous: detectors.map((d) => common.map((x, i) => (i % nClasses > 0 ? x : d === 0 ? -9 : 9))),
    classes,
  }
}

// Of several targets everything is drawn.
const fprs = [0.05, 0.1]

test('twelve candidates on fifteen classes at two targets have as many draws as their arrows need', async () => {
  const { targets } = await compareTargets(scores(12, 15, 20), { fprs })
  const [{ resamples, candidates, warnings } = assert.fail()] = targets
  // (2·360 + 1)/0.05
  assert.equal(resamples, 14_420)
  assert.ok(candidates.every(({ classes }) => classes[0]?.direction === 'up'))
  assert.ok(candidates.every(({ classes }) => classes.every(({ simultaneous: [low, high] }) => high - low < 2)))
  assert.ok(!warnings.some((warning) => warning.includes('resamples')))
})

test('draws that are asked for are taken', async () => {
  const { targets } = await compareTargets(scores(2, 2, 40), { fprs, resamples: 300 })
  assert.ok(targets.every(({ resamples }) => resamples === 300))
})

test('small families, and those that would take too many, have 10,000 draws', async () => {
  const few = await compareTargets(scores(2, 2, 40), { fprs })
  assert.ok(few.targets.every(({ resamples }) => resamples === 10_000))
  const many = await compareTargets(scores(1, 300, 2), { fprs })
  assert.ok(many.targets.every(({ resamples }) => resamples === 10_000))
  const warnings = many.targets.flatMap((one) => one.warnings)
  assert.ok(warnings.some((warning) => warning.includes('Use at least 24,020 resamples')))
})
