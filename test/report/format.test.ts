import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counted } from '../../src/counted.js'
import {
  formatColumnP,
  formatDigits,
  formatDuration,
  formatErrors,
  formatGiven,
  formatGivenXi,
  formatInterval,
  formatMeanSd,
  formatP,
  formatPercent,
  formatPower,
  formatRate,
  formatSetting,
  formatShare,
  formatShortCount,
  formatSigned,
  formatSignedPlusMinus,
  formatUnsignedInterval,
  formatWholePercent,
} from '../../src/report/format.js'

test('signed numbers have a true minus and no sign when they round to 0', () => {
  assert.deepEqual(
    [0.655, -0.2, 0.004, -0.004, 0, -0].map((value) => formatSigned(value)),
    ['+0.66', '−0.20', '0.00', '0.00', '0.00', '0.00'],
  )
  assert.equal(formatInterval([-0.03, 0.331]), '[−0.03, +0.33]')
})

test('means, percentages and settings are written with the digits they need', () => {
  assert.equal(formatMeanSd({ mean: 0.154, sd: 0.031 }), '0.15 ± 0.03')
  assert.deepEqual([0.05, 0.975, 0.001, 0.07, 0.95].map(formatPercent), ['5 %', '97.5 %', '0.1 %', '7 %', '95 %'])
  assert.deepEqual([1e-3, 5e-7, 5e-4, 1, 0].map(formatSetting), ['0.001', '5e-7', '5e-4', '1', '0'])
})

test('what was given is written as it was given, however near 0 or 1', () => {
  assert.deepEqual(
    [0.05, 0.07, 0.29, 0.0495, 1e-6, 1e-7, 0.9999999, 0.999999999999, 0.123456789012, 1 - 2 ** -53].map(formatGiven),
    [
      ...['5 %', '7 %', '29 %', '4.95 %', '0.0001 %', '0.00001 %', '99.99999 %', '99.9999999999 %', '12.3456789012 %'],
      '99.99999999999999 %',
    ],
  )
  // Not given, but computed.
  assert.deepEqual([1 / 3, 0.1 + 0.2].map(formatGiven), ['33.33333333 %', '30 %'])
  assert.deepEqual([0.2, -0.095, 0.0001, 1e-7, 0.6 - 0.5, 1 / 30].map(formatGivenXi), [
    '+0.20',
    '−0.095',
    '+0.0001',
    '+0.0000001',
    '+0.10',
    '+0.033',
  ])
})

test('a measured rate is 0 or 1 only where it is that', () => {
  assert.deepEqual([0, 4e-6, 5e-6, 0.99999, 0.999996, 1].map(formatPercent), [
    '0 %',
    '< 0.001 %',
    '0.001 %',
    '99.999 %',
    '> 99.999 %',
    '100 %',
  ])
  assert.deepEqual([0, 0.004, 0.71, 0.996, 1].map(formatWholePercent), ['0 %', '< 1 %', '71 %', '> 99 %', '100 %'])
  assert.deepEqual(
    [0, 1e-6, 0.00003, 0.0512, 0.99998, 1 - 1e-12, 1].map((rate) => formatRate(rate, 4)),
    ['0.0000', '0.000001', '0.00003', '0.0512', '0.99998', '1.0000', '1.0000'],
  )
  assert.equal(formatUnsignedInterval([0.00002, 0.99997], 4), '[0.00002, 0.99997]')
  assert.deepEqual([0, 0.0004].map(formatPower), ['0 %', 'less than 0.1 %'])
})

test('intervals and errors have the decimals asked for', () => {
  assert.equal(formatInterval([-0.0304, 0.3311], 3), '[−0.030, +0.331]')
  assert.equal(formatUnsignedInterval([0.04, 0.0642], 4), '[0.0400, 0.0642]')
  assert.equal(formatSignedPlusMinus(-0.5031, 0.0049, 3), '−0.503 ± 0.005')
  assert.equal(formatMeanSd({ mean: 0.154, sd: 0 }, 1), '0.15')
  assert.deepEqual([0, 1.26, -0.04, -1 / 0].map(formatErrors), ['0', '+1.3', '−0.0', '−∞'])
})

test('p-values and shares that are nearly 0 or 1 say so', () => {
  assert.deepEqual([0.00099, 0.001, 0.0312, 1].map(formatP), ['< 0.001', '0.001', '0.031', '1'])
  assert.deepEqual([0.00009, 0.0001, 0.5].map(formatColumnP), ['<0.0001', '0.0001', '0.5000'])
  assert.deepEqual([0, 0.0009, 0.5, 0.9991, 1].map(formatShare), ['0 %', '< 0.1 %', '50.0 %', '> 99.9 %', '100 %'])
  assert.deepEqual([0.80004, 0.9991].map(formatPower), ['80 %', 'more than 99.9 %'])
})

test('counts, digits and times are as long as they must be', () => {
  assert.deepEqual(
    [1, 2, 1234].map((n) => counted(n, 'run')),
    ['1 run', '2 runs', '1,234 runs'],
  )
  assert.deepEqual([500, 1500, 1234, 10_000].map(formatShortCount), ['500', '1.5K', '1,234', '10K'])
  assert.deepEqual(
    [0.12345, 12345, -1.2346e-8].map((value) => formatDigits(value, 3)),
    ['0.123', '12300', '-1.23e-8'],
  )
  assert.deepEqual([4.21, 40.4, 99.5, 5969, 7560].map(formatDuration), ['4.2 s', '40 s', '2 min', '99 min', '2.1 h'])
})
