import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normal } from '../../src/random/normal.js'
import { countsAt } from '../../src/stats/bias/warnings.js'
import { betaBinomialTails, exceedancePValue } from '../../src/stats/exceedances.js'
import { threshold } from '../../src/stats/ranks/threshold.js'

/** Binomial coefficients C(i, 0…i) for i up to 400, exact. */
const choose: bigint[][] = [[1n]]
for (let i = 1; i <= 400; i++) {
  const last = choose[i - 1] ?? []
  choose.push(Array.from({ length: i + 1 }, (_, k) => (last[k - 1] ?? 0n) + (last[k] ?? 0n)))
}
const c = (n: number, k: number): bigint => choose[n]?.[k] ?? 0n
const quotient = (a: bigint, b: bigint): number => Number((a * 10n ** 60n) / b) / 1e60

test('tails are those of counting all orders of two samples', () => {
  // K of N scores above the (j + 1)-th largest of n: C(k + j, j)·C(N − k + n − j − 1, N − k) of C(N + n, n) orders.
  for (const [n, nOther, j] of [
    [1, 5, 0],
    [20, 7, 1],
    [100, 200, 5],
    [100, 40, 99],
    [150, 250, 75],
  ] as const) {
    const weights = Array.from({ length: nOther + 1 }, (_, k) => c(k + j, j) * c(nOther - k + n - j - 1, nOther - k))
    const total = c(nOther + n, n)
    assert.equal(
      weights.reduce((sum, one) => sum + one, 0n),
      total,
    )
    for (let k = 0; k <= nOther; k++) {
      const sum = (from: number, to: number) => weights.slice(from, to).reduce((a, b) => a + b, 0n)
      const { atLeast, atMost } = betaBinomialTails(k, nOther, { a: j + 1, b: n - j })
      const expected = { atLeast: quotient(sum(k, nOther + 1), total), atMost: quotient(sum(0, k + 1), total) }
      // The quotient has 60 digits behind the point.
      for (const [one, other] of [
        [atLeast, expected.atLeast],
        [atMost, expected.atMost],
      ] as const) {
        assert.ok(Math.abs(one - other) < 1e-11 * other + 1e-59, `${n}, ${nOther}, ${j}, ${k}: ${one}, ${other}`)
      }
    }
  }
})

test('tails of large samples are finite, positive and complementary', () => {
  const { atLeast, atMost } = betaBinomialTails(5100, 100_000, { a: 51, b: 950 })
  assert.ok(Math.abs(atLeast + atMost - 1) < 1e-3 && atLeast > 0.4 && atLeast < 0.6)
  const far = betaBinomialTails(900_000, 1_000_000, { a: 51, b: 950 })
  assert.ok(far.atLeast > 0 && far.atLeast < 1e-300 && far.atMost === 1)
  // Of one normal the threshold is it: K is uniform on 0 … N.
  assert.ok(Math.abs(betaBinomialTails(3, 9, { a: 1, b: 1 }).atLeast - 0.7) < 1e-15)
})

/** How often the p-value of a second sample of the same law is at most x. */
async function falseAlarms(
  [n, nOther]: readonly [number, number],
  { round, rule, repeats }: { round: (x: number) => number; rule: 'inverse-cdf' | 'linear'; repeats: number },
): Promise<Record<'0.01' | '0.1' | '0.5', number>> {
  const found = { '0.01': 0, '0.1': 0, '0.5': 0 }
  for (let replicate = 0; replicate < repeats; replicate++) {
    const first = normal(n, { seed: 31, stream: 1, replicate }).map(round)
    const other = normal(nOther, { seed: 31, stream: 2, replicate }).map(round)
    const { threshold: tau } = await threshold(first, { fpr: 0.05, thresholdRule: rule })
    const [own, others] = [countsAt(first, tau), countsAt(other, tau)]
    const counts = { ...own, n, otherAbove: others.above, otherEqual: others.equal, nOther }
    const pValue = exceedancePValue(counts)
    for (const level of ['0.01', '0.1', '0.5'] as const) found[level] += pValue <= Number(level) ? 1 / repeats : 0
  }
  return found
}

test('a second sample of the same law is called another no more often than the p-value says', async () => {
  const repeats = 1500
  const fine = { round: (x: number) => x, rule: 'inverse-cdf', repeats } as const
  for (const sizes of [
    [100, 1000],
    [1000, 3000],
    [19, 50],
    [40, 10],
  ] as const) {
    for (const settings of [
      fine,
      { ...fine, rule: 'linear' as const },
      { ...fine, round: (x: number) => Math.round(2 * x) / 2 },
      { ...fine, round: (x: number) => Math.round(20 * x) / 20 },
    ]) {
      const found = await falseAlarms(sizes, settings)
      for (const [level, share] of Object.entries(found)) {
        const p = Number(level)
        const error = Math.sqrt((p * (1 - p)) / repeats)
        assert.ok(share <= p + 4 * error, `${sizes} ${settings.rule}: ${share} at ${level}`)
        // An order statistic without ties has the exact law, on a lattice that many scores make fine.
        if (settings === fine && sizes[1] >= 1000)
          assert.ok(share >= p - 4 * error - 0.02 * p, `${sizes}: ${share} at ${level}`)
      }
    }
  }
})

test('ties can only raise the p-value', () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 30 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer(),
      (first, other, tau, seed) => {
        if (!first.includes(tau)) return
        const counts = (values: readonly number[], at: number) => countsAt(Float64Array.from(values), at)
        const pValue = (a: readonly number[], b: readonly number[], at: number) => {
          const [own, others] = [counts(a, at), counts(b, at)]
          const { above, equal } = own
          const rest = { otherAbove: others.above, otherEqual: others.equal, nOther: b.length }
          return exceedancePValue({ above, equal, n: a.length, ...rest })
        }
        const tied = pValue(first, other, tau)
        // Break all ties by small distinct amounts: every order statistic that tied is then one of its own.
        const broken = [...first, ...other].map(
          (x, i) => x + (((i * 7919 + (Math.abs(seed) % 997)) % 101) + i / 1000) / 1000,
        )
        const [a, b] = [broken.slice(0, first.length), broken.slice(first.length)]
        for (const [i, x] of a.entries()) {
          if (first[i] === tau) assert.ok(tied >= pValue(a, b, x) - 1e-12, `${tied}, ${pValue(a, b, x)}`)
        }
      },
    ),
    { numRuns: 500 },
  ))
