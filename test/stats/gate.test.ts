import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compare } from '../../src/compare/compare.js'
import { ScoringBiasError } from '../../src/errors.js'
import { normal } from '../../src/random/normal.js'
import { type Gate, gates, type Verdict, verdictOf } from '../../src/stats/bias/gate.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { jointLevel } from '../../src/stats/bias/simultaneous.js'
import { bootstrapReading } from '../../src/stats/bootstrap/bootstrapInterval.js'

const numRuns = Number(process.env.SCORING_BIAS_RUNS ?? 60)

const pairs = fc.record({
  seed: fc.nat(1000),
  nNormal: fc.constantFrom(15, 60, 200),
  n: fc.integer({ min: 6, max: 60 }),
  classes: fc.integer({ min: 1, max: 4 }),
  shift: fc.constantFrom(-1, -0.4, 0, 0.4, 1.5),
})
const asked = fc.record({
  margin: fc.constantFrom(0.01, 0.05, 0.2, 0.5),
  gate: fc.constantFrom(...gates),
  level: fc.constantFrom(0.8, 0.95),
  engine: fc.constantFrom('auto' as const, 'tree' as const, 'direct' as const),
  intervalMethod: fc.constantFrom('confidence' as const, 'percentile' as const, 'bca' as const),
})

function scoresOf({ seed, nNormal, n, classes, shift }: typeof pairs extends fc.Arbitrary<infer T> ? T : never) {
  const draw = (length: number, stream: number, mean = 0) => normal(length, { seed, stream, mean })
  return {
    pair: {
      baseline: { normal: draw(nNormal, 1), anomalous: draw(n, 2, 1.5) },
      candidate: { normal: draw(nNormal, 3), anomalous: draw(n, 4, 1.5 + shift) },
    },
    labels: Array.from({ length: n }, (_, i) => `k${i % classes}`),
  }
}

/** One where no class can miss below, so that its limits above and its simultaneous interval have one level, found twice. */
const missesAbove = [
  { seed: 0, nNormal: 15, n: 6, classes: 3, shift: -1 },
  { margin: 0.01, gate: 'non-inferiority', level: 0.8, engine: 'auto', intervalMethod: 'confidence' },
] as const

test('verdicts follow from limits, limits are inside the simultaneous interval, and the whole from the classes', () =>
  fc.assert(
    fc.asyncProperty(pairs, asked, async (given, options) => {
      const { pair, labels } = scoresOf(given)
      const settings = { ...options, fpr: 0.1, classes: labels, resamples: 199 }
      const found = await relativeBias(pair, settings)
      for (const one of [found, ...found.classes]) {
        const { gate = assert.fail(), simultaneous, xi } = one
        assert.equal(gate.verdict, verdictOf(gate))
        assert.equal(gate.kind, options.gate)
        if (given.nNormal < 10) continue
        const known = gate.limits[0] > -1 || gate.limits[1] < 1
        if (known) {
          assert.ok(
            simultaneous[0] <= gate.limits[0] && gate.limits[1] <= simultaneous[1],
            `${simultaneous}, ${gate.limits}`,
          )
        }
        if (gate.verdict !== 'undecided') assert.equal(gate.enough, undefined)
        else if (gate.enough !== Number.POSITIVE_INFINITY) assert.ok((gate.enough ?? 0) > 0)
        assert.ok(options.intervalMethod !== 'confidence' || (gate.limits[0] <= xi + 0.5 && xi - 0.5 <= gate.limits[1]))
      }
      const verdicts = found.classes.map(({ gate }) => gate?.verdict)
      const whole = verdicts.includes('fail') ? 'fail' : verdicts.includes('undecided') ? 'undecided' : 'pass'
      assert.equal(found.verdict, whole)
      const { verdict: _, gate: __, ...plain } = found
      const ungated = await relativeBias(pair, { ...settings, margin: undefined, gate: undefined })
      const strip = ({ gate: ___, ...rest }: (typeof found.classes)[number]) => rest
      assert.deepEqual({ ...plain, classes: plain.classes.map(strip) }, ungated, 'nothing else changes')
    }),
    { numRuns, examples: [[...missesAbove]] },
  ))

const limits = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
const margins = fc.double({ min: 0, max: 0.99, noNaN: true })

test('a verdict is monotone in the margin', () =>
  fc.assert(
    fc.property(limits, margins, margins, fc.constantFrom(...gates), (found, a, b, kind) => {
      const order: Readonly<Record<Verdict, number>> = { fail: 0, undecided: 1, pass: 2 }
      const rank = (margin: number) => order[verdictOf({ kind, margin, limits: found })]
      const [small, large] = [rank(Math.min(a, b)), rank(Math.max(a, b))]
      assert.ok(kind === 'superiority' ? large <= small : small <= large)
    }),
  ))

test('a limit that equals the margin, but for rounding, decides nothing', () => {
  const verdict = (kind: Gate, low: number, high: number) => verdictOf({ kind, margin: 0.05, limits: [low, high] })
  assert.equal(verdict('non-inferiority', 0.85 - 0.9, 0.1), 'undecided')
  assert.equal(verdict('non-inferiority', -0.1, 0.85 - 0.9), 'undecided')
  assert.equal(verdict('superiority', 0.95 - 0.9, 0.1), 'undecided')
  assert.equal(verdict('equivalence', -0.0499, 0.0499), 'pass')
  assert.equal(verdict('equivalence', 0.0501, 0.3), 'fail')
})

test('a family of one has the plain one-sided limit, and one-sided levels are those of all classes counted by hand', () => {
  const draws = (stream: number) => normal(499, { seed: 5, stream })
  const [one, two] = [draws(1), draws(2)]
  assert.equal(jointLevel([one], 0.05, 1, 'lower').gamma, 0.1)
  assert.equal(jointLevel([one], 0.05, 2, 'lower').gamma, 0.05)
  const plain = bootstrapReading(one, 0, { method: 'percentile' }).interval(0.1)[0]
  // The ⌊0.05·500⌋-th smallest.
  assert.equal(plain, one.toSorted()[24])
  for (const side of ['lower', 'upper'] as const) {
    const { gamma } = jointLevel([one, two], 0.05, 1, side)
    const limitOf = (column: Float64Array, level: number) =>
      bootstrapReading(column, 0, { method: 'percentile' }).interval(level)[side === 'lower' ? 0 : 1]
    const outside = (level: number) => {
      const [a, b] = [limitOf(one, level), limitOf(two, level)]
      return one.filter((x, i) => {
        const y = two[i] ?? assert.fail()
        return side === 'lower' ? x < a || y < b : x > a || y > b
      }).length
    }
    // A limit is the first value that stays; one rank further in, too many draws are outside.
    assert.ok(outside(gamma) + 1 <= 25, `${outside(gamma)} of 499 outside`)
    assert.ok(outside(gamma + 2 / 500) + 2 > 25, `${outside(gamma + 2 / 500)} of 499 outside one rank further`)
    assert.ok(gamma > jointLevel([one, two], 0.05).gamma)
  }
})

test('closed forms and draws agree', async () => {
  const { pair, labels } = scoresOf({ seed: 3, nNormal: 200, n: 150, classes: 3, shift: -0.4 })
  for (const intervalMethod of ['confidence', 'percentile'] as const) {
    const of = (engine: 'exact' | 'tree') =>
      relativeBias(pair, { classes: labels, engine, intervalMethod, fpr: 0.1, margin: 0.1, resamples: 40_000 })
    const [closed, drawn] = [await of('exact'), await of('tree')]
    for (const [k, { gate = assert.fail() }] of closed.classes.entries()) {
      const other = drawn.classes[k]?.gate ?? assert.fail()
      for (const side of [0, 1] as const)
        assert.ok(Math.abs(gate.limits[side] - other.limits[side]) < 0.02, `${gate.limits} and ${other.limits}`)
    }
  }
})

test('margins by class judge the classes named, and no others', async () => {
  const { pair, labels } = scoresOf({ seed: 1, nNormal: 200, n: 60, classes: 3, shift: 0 })
  const of = (margin: number | Record<string, number>) => relativeBias(pair, { classes: labels, fpr: 0.1, margin })
  const { classes, gate, verdict } = await of({ k1: 0.3 })
  assert.deepEqual(
    classes.map((one) => one.gate?.margin),
    [undefined, 0.3, undefined],
  )
  assert.equal(gate, undefined)
  assert.equal(verdict, classes[1]?.gate?.verdict)
  const all = await of(0.3)
  const [own, among] = [classes[1]?.gate ?? assert.fail(), all.classes[1]?.gate ?? assert.fail()]
  assert.ok(own.limits[0] > among.limits[0], 'alone it has a family of its own')
})

test('without a place for the threshold nothing is decided, and more of the class would not help', async () => {
  const { pair } = scoresOf({ seed: 1, nNormal: 15, n: 40, classes: 1, shift: 1.5 })
  const { gate = assert.fail(), verdict } = await relativeBias(pair, { fpr: 0.01, margin: 0.5 })
  assert.deepEqual([gate.limits, verdict, gate.enough], [[-1, 1], 'undecided', Number.POSITIVE_INFINITY])
})

test('several candidates: the whole fails where any does, and passes where all do', async () => {
  const { pair } = scoresOf({ seed: 2, nNormal: 200, n: 400, classes: 1, shift: -1 })
  const { baseline, candidate } = pair
  const of = (names: readonly string[], scores: readonly (typeof baseline)[], margin: number) =>
    compare(
      {
        source: 't',
        detectors: names,
        validation: scores.map((s) => s.normal),
        anomalous: scores.map((s) => s.anomalous),
      },
      { fpr: 0.1, margin },
    )
  const one = await of(['a', 'same', 'worse'], [baseline, baseline, candidate], 0.05)
  assert.deepEqual([one.candidates.map(({ verdict }) => verdict), one.verdict], [['pass', 'fail'], 'fail'])
  assert.equal((await of(['a', 'same', 'again'], [baseline, baseline, baseline], 0.05)).verdict, 'pass')
})

test('what cannot be asked is refused', async () => {
  const { pair, labels } = scoresOf({ seed: 1, nNormal: 60, n: 20, classes: 2, shift: 0 })
  const cases: readonly [object, string, RegExp][] = [
    [{ margin: [] }, 'WRONG_TYPE', /^margin must be a number, or an object of numbers by class, got Array$/],
    [{ margin: -0.01 }, 'OUT_OF_RANGE', /^margin must lie in \[0, 1\), got -0.01$/],
    [{ margin: 1 }, 'OUT_OF_RANGE', /margin/],
    [{ margin: Number.NaN }, 'OUT_OF_RANGE', /^margin must be finite, got NaN$/],
    [{ margin: '0.1' }, 'WRONG_TYPE', /^margin must be a number, or an object of numbers by class/],
    [{ margin: { k0: 2 } }, 'OUT_OF_RANGE', /^margin of 'k0'/],
    [{ margin: { k00: 0.1 } }, 'UNKNOWN_CLASS', /did you mean 'k0'/],
    [{ margin: {} }, 'OUT_OF_RANGE', /names no class/],
    [{ margin: { k0: 0.1 }, classes: undefined }, 'OUT_OF_RANGE', /have none/],
    [{ gate: 'equivalence' }, 'OUT_OF_RANGE', /needs a margin/],
    [{ gate: 'equivalence', margin: 0 }, 'OUT_OF_RANGE', /never be shown/],
    [{ gate: 'noninferiority', margin: 0.1 }, 'UNKNOWN_NAME', /did you mean 'non-inferiority'/],
    [{ margin: 0.1, level: 0.5 }, 'OUT_OF_RANGE', /level above 0.5/],
  ]
  for (const [options, code, message] of cases) {
    await assert.rejects(
      relativeBias(pair, { classes: labels, ...options }),
      (error) => error instanceof ScoringBiasError && error.code === code && message.test(error.message),
      JSON.stringify(options),
    )
  }
  assert.equal((await relativeBias(pair, { gate: 'superiority', fpr: 0.1 })).gate?.margin, 0)
})
