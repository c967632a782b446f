import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAbout, formatCount } from '../src/counted.js'

test('formatAbout has three digits from 10,000 on, never less than the number, and all of smaller ones', () => {
  assert.deepEqual([9_999, 10_001, 5_076_746, 1e15].map(formatAbout), [
    '9,999',
    '10,100',
    '5,080,000',
    '1,000,000,000,000,000',
  ])
  assert.equal(formatAbout(Number.POSITIVE_INFINITY), formatCount(Number.POSITIVE_INFINITY))
})
