import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isRoundedDecimal, isRoundedText, numberInBytes, numberOf } from '../../../src/data/tables/parseNumber.js'

/** As the middle of a longer text, whose other bytes are digits too. */
function parsed(text: string): number {
  const bytes = Buffer.from(`9${text}9`)
  return numberInBytes(bytes, 1, bytes.length - 1)
}

/** The decimal expansion of the middle between a positive float64 in [1, 2⁵³) and the next, cut to some digits. */
function middle(x: number, digits: number): string {
  const [bits] = new BigUint64Array(Float64Array.of(x).buffer)
  const significand = ((bits ?? 0n) & ((1n << 52n) - 1n)) | (1n << 52n)
  const shift = 1076n - ((bits ?? 0n) >> 52n)
  // (2m + 1)/2^shift, in units of 10^-30.
  const value = shift < 0n ? (2n * significand + 1n) << -shift : ((2n * significand + 1n) * 10n ** 30n) >> shift
  const text = value.toString().padStart(31, '0')
  return shift < 0n ? text : `${text.slice(0, -30)}.${text.slice(-30).slice(0, digits)}`
}

describe('numbers in text', () => {
  it('are the float64 that JavaScript reads, however they are written', () => {
    const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((one) => {
      const [x = 0] = new Float64Array(BigUint64Array.of(one).buffer)
      return x
    })
    const written = fc.oneof(
      bits.filter(Number.isFinite).map(String),
      fc.double({ min: -1, max: 1, noNaN: true }).map(String),
      fc
        .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 25 }))
        .map(([x, n]) => x.toFixed(n)),
      fc
        .tuple(fc.double({ min: 1, max: 1e6, noNaN: true }), fc.integer({ min: 10, max: 30 }))
        .map(([x, n]) => middle(x, n)),
      fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 24 })).map(([digits, point]) => {
        const text = digits.toString().padStart(point + 1, '0')
        return `${text.slice(0, text.length - point)}.${text.slice(text.length - point)}`
      }),
    )
    fc.assert(
      fc.property(written, (text) => {
        assert.ok(Object.is(parsed(text), Number(text)), `${text}: ${parsed(text)} for ${Number(text)}`)
      }),
      { numRuns: 30_000, seed: 1 },
    )
  })

  it('have a point, or a comma where it cannot part thousands', () => {
    for (const [text, number] of [
      ['1.5', 1.5],
      ['+.5', 0.5],
      ['-5.', -5],
      [' 007\t', 7],
      ['1,5', 1.5],
      ['-0,1257', -0.1257],
      ['1234,567', 1234.567],
      ['0,125', 0.125],
      [',5', 0.5],
      ['2,5e-3', 0.0025],
      ['-INF', Number.NEGATIVE_INFINITY],
      ['infinity', Number.POSITIVE_INFINITY],
      ['-0', -0],
      ['1e-999', 0],
    ] as const) {
      assert.ok(Object.is(parsed(text), number), `${text}: ${parsed(text)}`)
      assert.ok(Object.is(numberOf(text), number), text)
    }
  })

  it('are nothing else', () => {
    const others = [
      '',
      ' ',
      '.',
      '-',
      'e5',
      '1e',
      '1_000',
      '0x10',
      '1,234',
      '-12,345',
      '1,234.5',
      '1.234,5',
      '1e999',
      '-1e999',
    ]
    for (const text of [
      ...others,
      '1.2.3',
      'nan',
      'NA',
      'true',
      '5%',
      '1.5f',
      '٣',
      '−1',
      '\u00a01',
      '1 2',
      '9'.repeat(1001),
    ]) {
      assert.ok(Number.isNaN(parsed(text)), `${text}: ${parsed(text)}`)
      assert.ok(Number.isNaN(numberOf(text)), text)
    }
  })

  it('that are whole are told from those that float64 rounds, and from what float64 is written as', () => {
    const near = fc.tuple(fc.bigInt({ min: -(2n ** 13n), max: 2n ** 13n }), fc.integer({ min: 50, max: 200 }))
    const numbers = fc.oneof(
      near.map(([i, power]) => 2n ** BigInt(power) + i),
      near.map(([i, power]) => -(2n ** BigInt(power)) - i),
      fc.bigInt({ min: 0n, max: 10n ** 25n }),
      fc.integer({ min: 16, max: 25 }).map((power) => 123n * 10n ** BigInt(power)),
    )
    fc.assert(
      fc.property(numbers, (whole) => {
        const number = Number(whole)
        const isChanged = BigInt(number) !== whole
        // The full length of what it is at its shortest.
        const [digits = '', exponent = '0'] = number.toExponential().split('e')
        const decimals = digits.split('.')[1]?.length ?? 0
        const shortest = BigInt(digits.replace('.', '')) * 10n ** BigInt(Math.max(0, Number(exponent) - decimals))
        for (const text of [String(whole), `${whole}.`, `${whole}.00`]) {
          assert.equal(isRoundedDecimal(text, number), isChanged, text)
          assert.equal(isRoundedText(` ${text}`, number), isChanged && whole !== shortest, text)
        }
        assert.equal(isRoundedText(String(BigInt(number)), number), false)
        assert.equal(isRoundedText(String(shortest), number), false)
      }),
      { numRuns: 5000, seed: 1 },
    )
  })
})
