import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  betaCdf,
  betaQuantile,
  betaQuantileUpper,
  betaSurvival,
  normalCdf,
  normalDensity,
  normalQuantile,
  studentTQuantile,
} from '../../src/special.js'

type Row = readonly [name: string, given: readonly number[], r: number, mpmath: number]

const rows: Row[] = JSON.parse(readFileSync(new URL('../oracle/special.json', import.meta.url), 'utf8'))

/** Which function of TypeScript is which row of the fixture that native/kernels/special/special_test.cc reads too. */
const functions: Readonly<Record<string, (...given: number[]) => number>> = {
  betaLower: (x = 0, a = 0, b = 0) => betaCdf(x, a, b),
  betaUpper: (x = 0, a = 0, b = 0) => betaSurvival(x, a, b),
  betaQuantile: (p = 0, a = 0, b = 0) => betaQuantile(p, a, b),
  betaQuantileUpper: (q = 0, a = 0, b = 0) => betaQuantileUpper(q, a, b),
  normalLower: (x = 0) => normalCdf(x),
  normalDensity: (x = 0) => normalDensity(x),
  normalQuantile: (p = 0) => normalQuantile(p),
  studentQuantile: (p = 0, df = 0) => studentTQuantile(p, df),
}

for (const [name, call] of Object.entries(functions)) {
  test(`${name} is exact to 1e-12 from TypeScript too`, () => {
    const own = rows.filter((row) => row[0] === name)
    assert.ok(own.length > 10)
    for (const [, given, , exact] of own) {
      const value = call(...given)
      assert.ok(value === exact || Math.abs(value / exact - 1) < 1e-12, `${name}(${given}): ${value} for ${exact}`)
    }
  })
}

test('arguments outside their range are refused by name', () => {
  const cases: [() => number, RegExp][] = [
    [() => betaCdf(1.1, 1, 1), /x must lie in \[0, 1\], got 1.1/],
    [() => betaSurvival(0.5, 0, 1), /a must lie in \[1e-10, 2⁵³\], got 0/],
    [() => betaQuantile(0.5, 1, Number.POSITIVE_INFINITY), /b must lie in \[1e-10, 2⁵³\], got Infinity/],
    [() => betaQuantileUpper(Number.NaN, 1, 1), /q must lie in \[0, 1\], got NaN/],
    [() => normalQuantile(-1), /p must lie in \[0, 1\], got -1/],
    [() => studentTQuantile(0.5, 0), /df must be at least 1e-9, got 0/],
  ]
  for (const [call, message] of cases) assert.throws(call, { code: 'OUT_OF_RANGE', message })
})
