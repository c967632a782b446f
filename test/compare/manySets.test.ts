import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { compareTargets } from '../../src/compare/compareTargets.js'
import { longScores } from '../report/longNames.js'
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

test('of four candidates and more what is open is said once, and counted by candidate', async () => {
  const open = ({ warnings }: { readonly warnings: readonly string[] }) =>
    warnings.filter((warning) => /more of them|more anomalies alone|no proof|does not prove/.test(warning))
  const data = longScores(5, 6)
  const { candidates, ...many } = await compare(data)
  const undecided = candidates.map(({ candidate, classes }) => {
    const some = classes.filter(({ direction, xi }) => direction === 'none' && xi !== 0)
    const enough = some.filter((one) => Number.isFinite(one.enough)).length
    return { name: candidate.name, enough, never: some.length - enough }
  })
  const [few = assert.fail(), never = assert.fail(), ...others] = open(many)
  assert.deepEqual(others, [])
  for (const one of undecided) {
    for (const [n, warning] of [
      [one.enough, few],
      [one.never, never],
    ] as const) {
      const said = `'${one.name}' on ${n} ${n === 1 ? 'class' : 'classes'}`
      assert.equal(warning.includes(`'${one.name}'`), n > 0, warning)
      if (n > 0) assert.ok(warning.includes(said), `${said}: ${warning}`)
    }
  }
  const three = longScores(4, 6)
  assert.ok(open(await compare(three)).length > 2)
})
