import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readIdx } from '../../src/data/sets/fashionMnist/fashionMnistFiles.js'

const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9)

test('an IDX file is its shape and its elements', () => {
  assert.deepEqual(readIdx(labels, 'labels'), { shape: [3], data: Uint8Array.of(7, 8, 9) })
  const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6)
  assert.deepEqual(readIdx(images, 'images'), { shape: [2, 1, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) })
})

test('what is no IDX file of bytes, or is cut short, is refused with the place', () => {
  const cases: [Uint8Array, RegExp][] = [
    [labels.subarray(0, 2), /^labels: is cut short: 2 bytes/],
    [labels.subarray(0, 6), /^labels: is cut short at byte 6: its header takes 8/],
    [labels.subarray(0, 10), /^labels: is cut short at byte 10: its shape 3 takes 11/],
    [Uint8Array.of(...labels, 1), /^labels: has 1 bytes too many after byte 11/],
    [labels.with(2, 0x0d), /^labels: begins with the bytes 00000d01/],
    [labels.with(0, 0x1f), /begins with the bytes 1f000801/],
    [labels.with(3, 0), /begins with the bytes 00000800/],
  ]
  for (const [bytes, message] of cases) assert.throws(() => readIdx(bytes, 'labels'), { code: 'BAD_FILE', message })
})
