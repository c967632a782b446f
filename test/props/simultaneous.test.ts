import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jointLevel, simultaneous, undecided } from '../../src/stats/bias/simultaneous.js'
import {
  alphaOf,
  bootstrapReading,
  intervalMethods,
  type Reading,
} from '../../src/stats/bootstrap/bootstrapInterval.js'
import { optionsOf } from '../stats/intervalOptions.js'

// What interval and p-value of any method owe each other. SCORING_BIAS_RUNS=100000 runs the properties on so many inputs.
const numRuns = Number(process.env.SCORING_BIAS_RUNS ?? 300)

/** K columns of B replicates, on a lattice: many ties, and some without any spread. */
const families = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 20 }))
  .chain(([k, b, n]) => {
    const difference = fc.integer({ min: -n, max: n }).map((x) => x / n)
    const spread = fc.array(difference, { minLength: b, maxLength: b }).map((x) => Float64Array.from(x))
    const high = spread.map((values) => values.map((x) => Math.abs(x)))
    const constant = difference.map((x) => new Float64Array(b).fill(x))
    const column = fc.oneof({ weight: 2, arbitrary: spread }, { weight: 2, arbitrary: high }, constant)
    return fc.array(column, { minLength: k, maxLength: k })
  })
const levels = fc.oneof(
  fc.double({ min: 0.001, max: 0.999, noNaN: true }),
  fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.99, 0.999),
)
const methods = fc.constantFrom(...intervalMethods)
const cases = fc.record({
  columns: families,
  method: methods,
  estimate: fc.integer({ min: -20, max: 20 }).map((x) => x / 20),
  acceleration: fc.constantFrom<number[]>(0, 0.1, -0.3),
  shares: fc.integer({ min: 1, max: 3 }),
})

function readingsOf({
  columns,
  method,
  estimate,
  acceleration,
}: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  return columns.map((column): Reading => {
    const { level: _, ...options } = optionsOf(method, 0.95, column.length, acceleration)
    return bootstrapReading(column, estimate, options)
  })
}

const excludes = ([low, high]: readonly [number, number]) => low > 0 || high < 0

test('an interval leaves 0 out exactly where the p-value is at most its alpha, and p > 0', () =>
  fc.assert(
    fc.property(cases, levels, (input, level) => {
      for (const { interval, pValue } of readingsOf(input)) {
        assert.ok(pValue > 0 && pValue <= 1)
        for (const alpha of [alphaOf(level), pValue, pValue * (1 - 1e-9), Math.min(0.9999, pValue * (1 + 1e-9))]) {
          if (alpha >= 1) continue
          assert.equal(excludes(interval(alpha)), pValue <= alpha, `${input.method}: p ${pValue}, ${interval(alpha)}`)
        }
      }
    }),
    { numRuns },
  ))

test('a higher level’s interval holds a lower one’s', () =>
  fc.assert(
    fc.property(cases, levels, levels, (input, a, b) => {
      for (const { interval } of readingsOf(input)) {
        const [wide, narrow] = [interval(1 - Math.max(a, b)), interval(1 - Math.min(a, b))]
        assert.ok(wide[0] <= narrow[0] && narrow[1] <= wide[1], `${input.method}: ${narrow} in ${wide}`)
        assert.ok(narrow[0] <= narrow[1])
      }
    }),
    { numRuns },
  ))

test('the simultaneous interval holds its pointwise one and inverts the adjusted p-value, at least the raw one', () =>
  fc.assert(
    fc.property(cases, levels, (input, level) => {
      const alpha = alphaOf(level)
      const { gamma, adjusted } = jointLevel(input.columns, alpha, input.shares)
      for (const { interval, pValue } of readingsOf(input)) {
        const [joint, alone] = [interval(gamma), interval(alpha)]
        assert.ok(joint[0] <= alone[0] && alone[1] <= joint[1], `${alone} in ${joint}`)
        const pAdjusted = adjusted(pValue)
        assert.ok(pAdjusted >= pValue && pAdjusted <= 1 && pValue > 0)
        assert.equal(excludes(joint), pAdjusted <= alpha, `${input.method}: ${pAdjusted} ${joint}`)
      }
    }),
    { numRuns },
  ))

test('a mirrored sample has the mirrored answer, by every method but studentized and bt2 of made-up data', () =>
  fc.assert(
    fc.property(cases, levels, (input, level) => {
      if (input.method === 'studentized' || input.method === 'bt2') return
      const mirrored = {
        ...input,
        columns: input.columns.map((column) => column.map((x) => -x)),
        estimate: -input.estimate,
        acceleration: -input.acceleration,
      }
      const others = readingsOf(mirrored)
      for (const [k, { interval, pValue }] of readingsOf(input).entries()) {
        const other = others[k]
        assert.ok(other !== undefined)
        const [there, back] = [interval(1 - level), other.interval(1 - level)]
        assert.ok(Math.abs(pValue - other.pValue) < 1e-12)
        for (const [one, two] of [
          [there[0], back[1]],
          [there[1], back[0]],
        ] as const) {
          assert.ok(one === -two || Math.abs(one + two) < 1e-12, `${input.method}: ${there} ${back}`)
        }
      }
      assert.equal(jointLevel(input.columns, 1 - level).gamma, jointLevel(mirrored.columns, 1 - level).gamma)
    }),
    { numRuns },
  ))

test('the order of the contrasts does not matter, and one more never lowers a p-value or an interval', () =>
  fc.assert(
    fc.property(families, levels, (columns, level) => {
      const contrasts = columns.map((replicates) => ({ replicates }))
      const joint = simultaneous(contrasts, level)
      assert.deepEqual(simultaneous(contrasts.toReversed(), level).toReversed(), joint)
      for (const [k, one] of simultaneous(contrasts.slice(1), level).entries()) {
        const more = joint[k + 1]
        assert.ok(more !== undefined && more.pAdjusted >= one.pAdjusted)
        assert.ok(more.interval[0] <= one.interval[0] && more.interval[1] >= one.interval[1])
      }
    }),
    { numRuns },
  ))

test('what is undecided holds 0 at every level, and its wider intervals', () =>
  fc.assert(
    fc.property(cases, levels, (input, level) => {
      for (const own of readingsOf(input)) {
        const { interval, pValue } = undecided(own)
        const [low, high] = interval(1 - level)
        assert.ok(pValue === 1 && low <= 0 && high >= 0)
        assert.ok(low <= own.interval(1 - level)[0] && high >= own.interval(1 - level)[1])
      }
    }),
    { numRuns },
  ))
