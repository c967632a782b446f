import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { compareTargets } from '../../src/compare/compareTargets.js'
import type { ScoreData } from '../../src/compare/types.js'
import { normals } from '../stats/samples.js'

/** 600 normals and 180 anomalies of three classes in so many groups, whose samples are alike. */
function grouped(nGroups: number): ScoreData {
  const of = (n: number, seed: number, shift: (i: number) => number) => {
    const [own, ofGroups] = [normals(n, seed), normals(nGroups, seed + 50)]
    return own.map((x, i) => x + 0.6 * (ofGroups[i % nGroups] ?? 0) + shift(i))
  }
  const names = (n: number) => Array.from({ length: n }, (_, i) => `p${i % nGroups}`)
  return {
    source: 'made',
    detectors: ['old', 'new'],
    validation: [of(600, 1, () => 0), of(600, 2, () => 0)],
    anomalous: [of(180, 3, () => 1.5), of(180, 4, (i) => 1.2 + 0.6 * (i % 3))],
    classes: Array.from({ length: 180 }, (_, i) => `k${i % 3}`),
    groups: { normal: names(600), anomalous: names(180) },
  }
}
const sets = ({ candidates: [one] }: Awaited<ReturnType<typeof compare>>) => [...(one?.classes ?? []), one?.overall]

test('groups at several targets: each target as by itself, what holds at once for all of them', async () => {
  const data = grouped(30)
  const fprs = [0.05, 0.1]
  const { targets } = await compareTargets(data, { fprs, resamples: 2000, margin: 0.1 })
  for (const [f, fpr] of fprs.entries()) {
    const [joint, alone] = [targets[f], await compare(data, { fpr, resamples: 2000, margin: 0.1 })]
    assert.ok(joint !== undefined)
    assert.deepEqual(joint.nGroups, alone.nGroups)
    assert.deepEqual([joint.baseline, joint.candidates[0]?.candidate], [alone.baseline, alone.candidates[0]?.candidate])
    for (const [k, one] of sets(alone).entries()) {
      const own: typeof one | undefined = sets(joint)[k]
      assert.ok(own !== undefined && one !== undefined)
      assert.deepEqual([own.xi, own.interval, own.pValue], [one.xi, one.interval, one.pValue])
      assert.ok(own.simultaneous[0] <= one.simultaneous[0] && own.simultaneous[1] >= one.simultaneous[1])
      assert.ok(own.pAdjusted >= one.pAdjusted)
    }
  }
})

test('a target that says the same again costs nothing: its draws are those of the first', async () => {
  const data = grouped(30)
  const { targets } = await compareTargets(data, { fprs: [0.0501, 0.0501 + 1e-9], resamples: 2000 })
  const alone = await compare(data, { fpr: 0.0501, resamples: 2000 })
  for (const one of targets) {
    const classes = one.candidates[0]?.classes.map(({ interval, simultaneous }) => [interval, simultaneous])
    assert.deepEqual(
      classes,
      alone.candidates[0]?.classes.map(({ interval, simultaneous }) => [interval, simultaneous]),
    )
  }
})

test('samples on their own, each a group, are answered nearly as without groups', async () => {
  const { groups: _, ...plain } = grouped(600)
  const own = {
    normal: Array.from({ length: 600 }, (_, i) => `n${i}`),
    anomalous: Array.from({ length: 180 }, (_, i) => `a${i}`),
  }
  const asked = { fprs: [0.05, 0.1], resamples: 5000, mix: { k0: 0.2, k2: 0.8 } }
  const [one, other] = [await compareTargets({ ...plain, groups: own }, asked), await compareTargets(plain, asked)]
  for (const [f, target] of one.targets.entries()) {
    const without = other.targets[f]
    assert.ok(without !== undefined)
    const ends = (of: typeof target) =>
      [...sets(of), of.candidates[0]?.mix].flatMap((set) => [...(set?.interval ?? []), ...(set?.simultaneous ?? [])])
    const there = ends(without)
    for (const [i, end] of ends(target).entries())
      assert.ok(Math.abs(end - Number(there[i])) < 0.05, `${end} ${there[i]}`)
  }
})

test('a mix of groups is the sum of its classes, draw by draw', async () => {
  const data = grouped(30)
  const asked = { fprs: [0.05, 0.1], resamples: 2000 }
  const whole = await compareTargets(data, { ...asked, mix: { k1: 1 } })
  const mixed = await compareTargets(data, { ...asked, mix: { k0: 0.3, k2: 0.7 } })
  for (const [f, target] of whole.targets.entries()) {
    const [candidate] = target.candidates
    const [k0, k1, k2] = candidate?.classes ?? []
    const mix = mixed.targets[f]?.candidates[0]?.mix
    assert.ok(k0 && k1 && k2 && candidate?.mix && mix)
    assert.deepEqual([candidate.mix.xi, candidate.mix.interval], [k1.xi, k1.interval])
    assert.ok(Math.abs(mix.xi - 0.3 * k0.xi - 0.7 * k2.xi) < 1e-12)
    const width = ({ interval: [low, high] }: { readonly interval: readonly [number, number] }) => high - low
    assert.ok(width(mix) < 0.3 * width(k0) + 0.7 * width(k2) + 1e-9)
    assert.equal(candidate.mix.resamples, 2000)
  }
})

test('of 200 tables of equal detectors over two targets at most one in twenty has an arrow, but for chance', async () => {
  let wrong = 0
  for (let i = 0; i < 200; i++) {
    const scores = (n: number, stream: number, shift: number) => {
      const [own, ofGroups] = [normals(n, 1000 + 10 * i + stream), normals(30, 9000 + 10 * i + stream)]
      return own.map((x, j) => x + (ofGroups[j % 30] ?? 0) + shift)
    }
    const names = (n: number) => Array.from({ length: n }, (_, j) => `p${j % 30}`)
    const { targets } = await compareTargets(
      {
        source: 'made',
        detectors: ['old', 'new'],
        validation: [scores(300, 1, 0), scores(300, 2, 0)],
        anomalous: [scores(90, 3, 2), scores(90, 4, 2)],
        classes: Array.from({ length: 90 }, (_, j) => `k${Math.floor(j / 30)}`),
        groups: { normal: names(300), anomalous: names(90) },
      },
      { fprs: [0.05, 0.1], resamples: 999, seed: i },
    )
    const classes = targets.flatMap(({ candidates }) => candidates.flatMap((one) => one.classes))
    wrong += Number(classes.some(({ direction }) => direction !== 'none'))
  }
  // More has a probability of 0.4 % where it is one in twenty.
  assert.ok(wrong <= 19, `${wrong} of 200`)
})
