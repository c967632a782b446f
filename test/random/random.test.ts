import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import * as random from '../../src/rooms/random.js'

const addon = createRequire(import.meta.url)('../../build/Release/scoring_bias.node')

/** A value that the types forbid, as plain JavaScript would pass it. */
const untyped = (value: unknown) => value as never

type Stream = random.RandomStream
const samplers: Record<string, (out: number, stream: Stream) => Float64Array | Uint32Array> = {
  uniform: (out, stream) => random.uniform(out, { low: -2, high: 5, ...stream }),
  normal: (out, stream) => random.normal(out, { mean: 3, sd: 2, ...stream }),
  beta: (out, stream) => random.beta(out, { a: 2, b: 3.5, ...stream }),
  binomial: (out, stream) => random.binomial(out, { n: 1000, p: 0.3, ...stream }),
  multinomial: (out, stream) => random.multinomial(out, { n: 1000, weights: [1, 2, 3], ...stream }),
  hypergeometric: (out, stream) => random.hypergeometric(out, { nGood: 500, nBad: 700, nDraws: 300, ...stream }),
  permutation: (out, stream) => random.permutation(out, stream),
}

describe('every sampler', () => {
  for (const [name, sampler] of Object.entries(samplers)) {
    it(`${name} is a pure function of seed, stream and replicate`, () => {
      const first = sampler(50, { seed: 1, stream: 2, replicate: 3 })
      assert.deepEqual(sampler(50, { seed: 1, stream: 2, replicate: 3 }), first)
      assert.notDeepEqual(sampler(50, { seed: 2, stream: 2, replicate: 3 }), first)
      assert.notDeepEqual(sampler(50, { seed: 1, stream: 3, replicate: 3 }), first)
      assert.notDeepEqual(sampler(50, { seed: 1, stream: 2, replicate: 4 }), first)
      assert.notDeepEqual(sampler(50, { seed: 1 + 2 ** 40, stream: 2, replicate: 3 }), first)
      assert.deepEqual(sampler(50, {}), sampler(50, { seed: 0, stream: 0, replicate: 0 }))
      assert.equal(sampler(0, {}).length, 0)
    })

    it(`${name} refuses streams out of range by name`, () => {
      const code = 'OUT_OF_RANGE'
      assert.throws(() => sampler(3, { seed: -1 }), { code, message: /seed must be an integer of at least 0, got -1/ })
      assert.throws(() => sampler(3, { stream: 2 ** 31 }), { code, message: /stream .* got 2147483648/ })
      assert.throws(() => sampler(3, { replicate: 0.5 }), { code, message: /replicate .* got 0.5/ })
      assert.throws(() => sampler(3, untyped({ seed: '1' })), { code: 'WRONG_TYPE', message: /seed .* got '1'/ })
      assert.throws(() => sampler(-1, {}), { code, message: /out must be an integer .* got -1/ })
      assert.throws(() => sampler(1.5, {}), { code, message: /out/ })
      assert.throws(() => sampler(untyped(null), {}), { code: 'WRONG_TYPE', message: /out must be a number of/ })
      assert.throws(() => sampler(untyped([0, 0]), {}), { code: 'WRONG_TYPE' })
      assert.throws(() => sampler(untyped(new Float32Array(2)), {}), { code: 'WRONG_TYPE' })
    })

    it(`${name} refuses options that it does not have, and what is no options`, () => {
      const typo = {
        code: 'UNKNOWN_NAME',
        message: new RegExp(`${name} has no option 'sead' \\(did you mean 'seed'`),
      }
      assert.throws(() => sampler(3, untyped({ sead: 1 })), typo)
      const alone: (out: number, options: unknown) => unknown = untyped(Reflect.get(random, name))
      for (const options of [null, 5, 'seed', []]) {
        assert.throws(() => alone(3, options), { code: 'WRONG_TYPE', message: /options of .* must be an object/ })
      }
    })

    it(`${name} fills the caller’s array and returns it`, () => {
      const expected = sampler(6, { seed: 4 })
      const out = expected.slice().fill(0)
      assert.equal(sampler(untyped(out), { seed: 4 }), out)
      assert.deepEqual(out, expected)
      const part = new (out.constructor as Float64ArrayConstructor)(out.length + 2).subarray(1, out.length + 1)
      sampler(untyped(part), { seed: 4 })
      assert.deepEqual(Array.from(part), Array.from(expected))
      assert.deepEqual(Array.from(new (out.constructor as Float64ArrayConstructor)(part.buffer)).at(-1), 0)
    })

    it(`${name} refuses shared memory and a lost buffer`, () => {
      const make = sampler(2, {}).constructor as Float64ArrayConstructor
      const shared = new make(new SharedArrayBuffer(48))
      assert.throws(() => sampler(untyped(shared), {}), { code: 'WRONG_TYPE', message: /shared memory/ })
      const lost = new make(6)
      structuredClone(lost.buffer, { transfer: [lost.buffer] })
      assert.throws(() => sampler(untyped(lost), {}), { code: 'DETACHED', message: /out has lost its buffer/ })
    })

    if (name === 'permutation') continue
    it(`${name}: a longer draw continues a shorter one`, () => {
      const long = sampler(100, { seed: 9 })
      const short = sampler(37, { seed: 9 })
      assert.deepEqual(long.subarray(0, short.length), short)
    })
  }
})

// Words 0 and 1 of Philox4x32-10 for counter 0 and key 0, as Random123 publishes them.
it('uniform is the published Philox stream, scaled', () => {
  const word = (0xe169c58dn << 32n) | 0x6627e8d5n
  const u = (Number(word >> 12n) + 0.5) * 2 ** -52
  assert.equal(random.uniform(1)[0], u)
  assert.equal(random.uniform(1, { low: -1, high: 3 })[0], -1 + 4 * u)
})

it('uniform fills the whole array, between its bounds', () => {
  const out = random.uniform(1000, { seed: 3, low: -2, high: 5 })
  assert.ok(out.every((x) => x > -2 && x < 5))
  assert.equal(new Set(out).size, 1000)
})

it('normal is sd times the standard normal of the same stream, plus the mean', () => {
  const standard = random.normal(100, { seed: 2 })
  const scaled = random.normal(100, { seed: 2, mean: 5, sd: 0.25 })
  assert.deepEqual(
    scaled,
    standard.map((x) => 5 + 0.25 * x),
  )
  assert.deepEqual(random.normal(2, { sd: 0, mean: 7 }), Float64Array.of(7, 7))
})

it('multinomial gives rows of counts with sum n, none in a cell of weight 0', () => {
  const counts = random.multinomial(200, { n: 1_000_000, weights: [1, 0, 1e-9, 3] })
  assert.equal(counts.length, 800)
  const column = (k: number) => Array.from({ length: 200 }, (_, i) => counts[4 * i + k] ?? Number.NaN)
  column(0).forEach((count, i) => {
    assert.equal(count + (column(1)[i] ?? 0) + (column(2)[i] ?? 0) + (column(3)[i] ?? 0), 1_000_000)
  })
  assert.ok(column(1).every((count) => count === 0))
  const mean = column(0).reduce((sum, count) => sum + count, 0) / 200
  assert.ok(Math.abs(mean - 250_000) < 5 * Math.sqrt((1e6 * 0.25 * 0.75) / 200), `${mean}`)
  assert.deepEqual(
    random.multinomial(4, { n: 9, weights: Float64Array.of(1, 3) }),
    random.multinomial(4, { n: 9, weights: [1, 3] }),
  )
})

it('permutation holds every index once', () => {
  const order = random.permutation(500, { seed: 1, stream: 2, replicate: 3 })
  assert.deepEqual(
    Array.from(order).sort((a, b) => a - b),
    Array.from({ length: 500 }, (_, i) => i),
  )
})

it('certain outcomes are certain', () => {
  assert.deepEqual(random.binomial(2, { n: 2 ** 31 - 1, p: 1 }), Uint32Array.of(2 ** 31 - 1, 2 ** 31 - 1))
  assert.deepEqual(random.binomial(2, { n: 7, p: 0 }), Uint32Array.of(0, 0))
  assert.deepEqual(random.binomial(1, { n: 0, p: 0.5 }), Uint32Array.of(0))
  assert.deepEqual(random.hypergeometric(1, { nGood: 5, nBad: 3, nDraws: 8 }), Uint32Array.of(5))
  assert.deepEqual(random.hypergeometric(1, { nGood: 0, nBad: 0, nDraws: 0 }), Uint32Array.of(0))
  assert.deepEqual(random.multinomial(1, { n: 3, weights: [0, 2] }), Uint32Array.of(0, 3))
})

type Row = [law: string, parameters: number[], edges: number[], probabilities: number[]]
const oracle: Row[] = JSON.parse(readFileSync(new URL('../oracle/variates.json', import.meta.url), 'utf8'))

function drawsOf(law: string, [x = 0, y = 0, z = 0]: number[], out: number, stream: number) {
  if (law === 'normal') return random.normal(out, { seed: 6, stream })
  if (law === 'beta') return random.beta(out, { a: x, b: y, seed: 6, stream })
  if (law === 'binomial') return random.binomial(out, { n: x, p: y, seed: 6, stream })
  return random.hypergeometric(out, { nGood: x, nBad: y, nDraws: z, seed: 6, stream })
}

/** Pearson's chi-square in standard deviations above its mean, neighbouring cells pooled until each expects ten. */
function excess(draws: ArrayLike<number>, edges: number[], probabilities: number[]): number {
  const observed = probabilities.map(() => 0)
  for (const x of Array.from(draws)) {
    const cell = edges.findIndex((edge) => x <= edge)
    const place = cell < 0 ? edges.length : cell
    observed[place] = (observed[place] ?? 0) + 1
  }
  let [statistic, cells, seen, expected, left] = [0, 0, 0, 0, draws.length]
  for (const [i, p] of probabilities.entries()) {
    seen += observed[i] ?? 0
    expected += p * draws.length
    if ((expected < 10 || left - expected < 10) && i + 1 < probabilities.length) continue
    if (expected > 0) statistic += (seen - expected) ** 2 / expected
    left -= expected
    cells += 1
    seen = 0
    expected = 0
  }
  return cells < 2 ? 0 : (statistic - (cells - 1)) / Math.sqrt(2 * (cells - 1))
}

it('draws follow scipy’s laws, their parameters in the documented order', () => {
  assert.ok(oracle.length > 80)
  for (const [stream, [law, parameters, edges, probabilities]] of oracle.entries()) {
    const sd = excess(drawsOf(law, parameters, 5000, stream), edges, probabilities)
    assert.ok(sd < 7, `${law} ${parameters}: ${sd} standard deviations`)
  }
})

it('parameters out of range are refused by name and value', () => {
  const cases: [() => unknown, string, RegExp][] = [
    [() => random.uniform(1, { low: 1, high: 1 }), 'OUT_OF_RANGE', /low must be below high and both finite, got 1/],
    [() => random.uniform(1, { high: Number.POSITIVE_INFINITY }), 'OUT_OF_RANGE', /high must be finite/],
    [() => random.uniform(1, { low: -1e308, high: 1e308 }), 'OUT_OF_RANGE', /low must be below/],
    [() => random.uniform(1, untyped({ low: '0' })), 'WRONG_TYPE', /low must be a number, got '0'/],
    [() => random.normal(1, { sd: -1 }), 'OUT_OF_RANGE', /sd must be at least 0, got -1/],
    [() => random.normal(1, { mean: Number.NaN }), 'OUT_OF_RANGE', /mean must be finite, got NaN/],
    [() => random.beta(1, { a: 0.5, b: 2 }), 'OUT_OF_RANGE', /a must lie in \[1, 9007199254740992\], got 0.5/],
    [() => random.beta(1, { a: 1, b: Number.POSITIVE_INFINITY }), 'OUT_OF_RANGE', /b must be finite/],
    [() => random.beta(1, untyped({ a: 1 })), 'WRONG_TYPE', /b must be a number, got undefined/],
    [() => random.binomial(1, { n: 2 ** 31, p: 0.5 }), 'OUT_OF_RANGE', /n must be an integer from 0 to 2147483647/],
    [() => random.binomial(1, { n: 10, p: 1.5 }), 'OUT_OF_RANGE', /p must lie in \[0, 1\], got 1.5/],
    [() => random.binomial(1, { n: 10, p: Number.NaN }), 'OUT_OF_RANGE', /p must be finite/],
    [() => random.multinomial(1, { n: 1, weights: [] }), 'EMPTY_SAMPLE', /weights is empty/],
    [
      () => random.multinomial(1, { n: 1, weights: [1, -1] }),
      'OUT_OF_RANGE',
      /weights\[1\] must be at least 0, got -1/,
    ],
    [() => random.multinomial(1, { n: 1, weights: [0, 0] }), 'OUT_OF_RANGE', /sum of weights .* got 0/],
    [() => random.multinomial(1, { n: 1, weights: [1e308, 1e308] }), 'OUT_OF_RANGE', /sum of weights .* got Infinity/],
    [() => random.multinomial(1, untyped({ n: 1, weights: ['1'] })), 'WRONG_TYPE', /weights\[0\] must be a number/],
    [() => random.multinomial(1, untyped({ n: 1, weights: 3 })), 'WRONG_TYPE', /weights must be an array/],
    [() => random.multinomial(new Uint32Array(4), { n: 1, weights: [1, 1, 1] }), 'LENGTH_MISMATCH', /length 4/],
    [
      () => random.multinomial(2 ** 32 - 1, { n: 1, weights: new Float64Array(2 ** 22).fill(1) }),
      'OUT_OF_MEMORY',
      /no mem/,
    ],
    [() => random.hypergeometric(1, { nGood: 2 ** 30, nBad: 2 ** 30, nDraws: 1 }), 'OUT_OF_RANGE', /nBad/],
    [() => random.hypergeometric(1, { nGood: 2, nBad: 3, nDraws: 6 }), 'OUT_OF_RANGE', /nDraws .* from 0 to 5, got 6/],
    [() => random.permutation(2 ** 32), 'OUT_OF_RANGE', /out/],
  ]
  for (const [call, code, message] of cases) assert.throws(call, { code, message })
})

it('a call that goes past TypeScript throws and does not hang or crash', () => {
  const reals = new Float64Array(2)
  const counts = new Uint32Array(2)
  for (const name of Object.keys(samplers)) assert.throws(() => addon[name](), TypeError, name)
  assert.throws(() => addon.uniform(0, 0, 0, new Float32Array(2), 0, 1), TypeError)
  assert.throws(() => addon.uniform(0, 0, 0, [1, 2], 0, 1), TypeError)
  assert.throws(() => addon.permutation(Number.NaN, 0, 0, counts), RangeError)
  assert.throws(() => addon.beta(0, 0, 0, reals, Number.NaN, 1), RangeError)
  assert.throws(() => addon.beta(0, 0, 0, reals, 1, 0.5), RangeError)
  assert.throws(() => addon.binomial(0, 0, 0, counts, 2 ** 31, 0.5), RangeError)
  assert.throws(() => addon.binomial(0, 0, 0, counts, 10, Number.NaN), RangeError)
  assert.throws(() => addon.multinomial(0, 0, 0, counts, 10, new Float64Array(0)), RangeError)
  assert.throws(() => addon.multinomial(0, 0, 0, counts, 10, Float64Array.of(1, -1)), RangeError)
  assert.throws(() => addon.multinomial(0, 0, 0, counts, 10, Float64Array.of(1, Number.NaN)), RangeError)
  assert.throws(() => addon.multinomial(0, 0, 0, counts, 10, Float64Array.of(1, 1, 1)), RangeError)
  assert.throws(() => addon.hypergeometric(0, 0, 0, counts, 2 ** 31 - 1, 1, 1), RangeError)
  assert.throws(() => addon.hypergeometric(0, 0, 0, counts, 1, 1, 3), RangeError)
  const out = new Float64Array(4)
  structuredClone(out.buffer, { transfer: [out.buffer] })
  assert.equal(addon.uniform(0, 0, 0, out, 0, 1), undefined)
})
