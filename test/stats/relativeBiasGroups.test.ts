import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normal } from '../../src/random/normal.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { designEffect } from '../../src/stats/bias/setBias.js'

const n0 = 400
const n1 = 150
const z = (n: number, stream: number) => normal(n, { seed: 31, stream })
/** Both detectors read the same samples; groups of ten have much in common. */
function detector(stream: number, shift: number) {
  const scores = (n: number, base: number, mean: number) => {
    const [common, own, effects] = [z(n, base), z(n, base + stream), z(40, base + 100 * stream)]
    return common.map((x, i) => mean + 0.6 * x + 0.4 * (own[i] ?? 0) + 0.7 * (effects[i % 40] ?? 0))
  }
  return { normal: scores(n0, 1, 0), anomalous: scores(n1, 2, shift) }
}
const scores = { baseline: detector(3, 1), candidate: detector(4, 1.6) }
const classes = Array.from({ length: n1 }, (_, i) => (i % 3 === 0 ? 'crack' : 'dent'))
const labels = (n: number, nGroups: number) => Array.from({ length: n }, (_, i) => `patient ${i % nGroups}`)
const groups = { normal: labels(n0, 40), anomalous: labels(n1, 40) }

test('groups of one sample each answer as samples do', async () => {
  const each = {
    normal: Uint32Array.from({ length: n0 }, (_, i) => i),
    anomalous: Uint32Array.from({ length: n1 }, (_, i) => n0 + i),
  }
  const options = { classes, resamples: 20_000, seed: 5 }
  const plain = await relativeBias(scores, options)
  const grouped = await relativeBias(scores, { ...options, groups: each })
  assert.equal(grouped.xi, plain.xi)
  assert.deepEqual(grouped.baseline, plain.baseline)
  assert.deepEqual(grouped.nGroups, { all: n0 + n1, normal: n0, anomalous: n1 })
  // Ends of 20,000 draws: a Monte Carlo standard error of about 0.001, and the law of pairs in closed form, which parts the
  // threshold's gap a little otherwise.
  for (const [one, other] of [
    [grouped, plain] as const,
    ...grouped.classes.map((own, k) => [own, plain.classes[k]] as const),
  ]) {
    for (const i of [0, 1] as const) {
      const [a, b] = [one.interval[i], other?.interval[i] ?? Number.NaN]
      assert.ok(Math.abs(a - b) < 0.015, `${one.interval} by groups, ${other?.interval} by samples`)
    }
  }
})

test('whole groups are what was drawn: intervals of samples that are alike are wider, and all else is the same', async () => {
  const plain = await relativeBias(scores, { classes })
  const grouped = await relativeBias(scores, { classes, groups })
  const length = ([low, high]: readonly [number, number]) => high - low
  assert.equal(grouped.xi, plain.xi)
  assert.ok(length(grouped.interval) > 1.15 * length(plain.interval), `${grouped.interval} ${plain.interval}`)
  assert.deepEqual(grouped.nGroups, { all: 40, normal: 40, anomalous: 40 })
  assert.deepEqual(
    grouped.classes.map(({ name, nGroups }) => [name, nGroups]),
    [
      ['crack', 40],
      ['dent', 40],
    ],
  )
  assert.equal(grouped.engine, 'confidence')
  assert.deepEqual(grouped.warnings, plain.warnings)
  for (const { interval, simultaneous, pValue, pAdjusted } of grouped.classes) {
    assert.ok(simultaneous[0] <= interval[0] && simultaneous[1] >= interval[1] && pAdjusted >= pValue)
  }
  assert.ok(!('nGroups' in plain) && plain.classes.every((own) => !('nGroups' in own)))
})

test('names of groups do not matter, nor the order of samples', async () => {
  const { interval } = await relativeBias(scores, { groups, seed: 2 })
  const numbers = {
    normal: groups.normal.map((name) => Number(name.slice(8))),
    anomalous: groups.anomalous.map((name) => Number(name.slice(8))),
  }
  assert.deepEqual((await relativeBias(scores, { groups: numbers, seed: 2 })).interval, interval)
  const turned = <T>(all: ArrayLike<T>) => Array.from(all).reverse()
  const pair = (one: typeof scores.baseline) => ({
    normal: Float64Array.from(turned(one.normal)),
    anomalous: Float64Array.from(turned(one.anomalous)),
  })
  const reversed = await relativeBias(
    { baseline: pair(scores.baseline), candidate: pair(scores.candidate) },
    { groups: { normal: turned(groups.normal), anomalous: turned(groups.anomalous) }, seed: 2 },
  )
  for (const i of [0, 1] as const) assert.ok(Math.abs(reversed.interval[i] - interval[i]) < 0.02)
})

test('a copied data set says no more where copies are of one group', async () => {
  // Each sample five times, all copies of its group: the interval is that of the samples, not √5 times shorter.
  const five = <T>(all: ArrayLike<T>): T[] => Array.from(all).flatMap((x) => [x, x, x, x, x])
  const pair = (one: typeof scores.baseline) => ({
    normal: Float64Array.from(five(one.normal)),
    anomalous: Float64Array.from(five(one.anomalous)),
  })
  const copies = { baseline: pair(scores.baseline), candidate: pair(scores.candidate) }
  const ids = {
    normal: five(Array.from({ length: n0 }, (_, i) => i)),
    anomalous: five(Array.from({ length: n1 }, (_, i) => n0 + i)),
  }
  const [plain, grouped] = [await relativeBias(scores), await relativeBias(copies, { groups: ids })]
  for (const i of [0, 1] as const) {
    assert.ok(Math.abs(grouped.interval[i] - plain.interval[i]) < 0.025, `${grouped.interval} ${plain.interval}`)
  }
})

test('few groups are said, by kind', async () => {
  const twelve = { normal: labels(n0, 30), anomalous: labels(n1, 12) }
  const { warnings } = await relativeBias(scores, { classes, groups: twelve })
  assert.match(
    warnings.join('\n'),
    /^of 30 groups, 12 have anomalies, 4 have anomalies of class 'crack', 8 have anomalies of class 'dent'\. With fewer than 20 groups, intervals are wide and rough\. Use at least 20 groups of each kind$/,
  )
})

test('what groups have no answer for is refused, with the way out', async () => {
  const refuses = (options: object, code: string, message: RegExp) =>
    assert.rejects(relativeBias(scores, { groups, ...options }), { code, message })
  await refuses(
    { intervalMethod: 'bca' },
    'OUT_OF_RANGE',
    /no interval method 'bca'\. Use the interval method 'confidence', or leave groups out/,
  )
  await refuses({ engine: 'exact' }, 'OUT_OF_RANGE', /no engine 'exact'\. Use the engine 'auto'/)
  await refuses({ replicates: true }, 'OUT_OF_RANGE', /no replicates\. Leave replicates out/)
  await refuses({ design: 'independent' }, 'OUT_OF_RANGE', /no design 'independent'/)
  await refuses({ thresholdRule: 'certified' }, 'OUT_OF_RANGE', /no threshold rule 'certified'/)
  await refuses({ groups: 'patient' }, 'WRONG_TYPE', /groups/)
  await refuses({ groups: { normal: groups.normal } }, 'WRONG_TYPE', /groups\.anomalous/)
  await refuses({ groups: { ...groups, normal: ['a'] } }, 'LENGTH_MISMATCH', /groups\.normal/)
  await refuses(
    { groups: { ...groups, normal: groups.normal.with(3, '') } },
    'EMPTY_SAMPLE',
    /groups\.normal\[3\] is empty/,
  )
  const one = { normal: labels(n0, 1), anomalous: labels(n1, 1) }
  await refuses({ groups: one }, 'OUT_OF_RANGE', /all samples are of one group, 'patient 0'/)
})

test('the design effect is that of the definition', () => {
  // d = 1, 1, 0, −1, 0, 0 in groups a a b b c c: ξ = 1/6, d_g = 2, −1, 0; (2 − 1/3)² + (−1 − 1/3)² + (1/3)² over 3 − 1/6.
  const effect = designEffect([1, 1, 0, -1, 0, 0], Uint32Array.of(0, 0, 1, 1, 2, 2), 3)
  assert.ok(Math.abs(effect - ((5 / 3) ** 2 + (4 / 3) ** 2 + (1 / 3) ** 2) / (3 - 1 / 6)) < 1e-12)
  assert.equal(designEffect([1, -1], Uint32Array.of(0, 1), 2), 1)
})
