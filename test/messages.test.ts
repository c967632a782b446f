import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unionName } from '../src/data/splits/normalClasses.js'
import { ScoringBiasError } from '../src/errors.js'
import { kendallTau } from '../src/stats/correlation/kendallTest.js'
import { rank } from '../src/stats/ranks/rank.js'

const long = 'x'.repeat(100_000)

test('a message quotes the beginning of a long value, and how long it is', async () => {
  const options = { ties: long as 'min' }
  await assert.rejects(rank(Float64Array.of(1), options), {
    code: 'UNKNOWN_NAME',
    message: `unknown tie rule '${'x'.repeat(200)}…' (100000 letters); known: average, min, max, dense, ordinal`,
  })
})

test('of a message that quotes many or long names the middle is left out, and the way out stays', () => {
  const { message } = new ScoringBiasError('BAD_FILE', `no column '${long}'; leave it out`)
  assert.ok(message.length <= 2000)
  assert.match(message, /^no column 'x+ … x+'; leave it out$/)
  assert.equal(new ScoringBiasError('BAD_FILE', 'short').message, 'short')
})

test('lists of what are no numbers, and classes that are no texts, are refused by name', () => {
  for (const [wrong, message] of [
    [null, /^y must be an array, got null$/],
    [['1'], /^y\[0\] must be a number, got '1'$/],
    [BigInt64Array.of(1n), /^y must be an array, got BigInt64Array$/],
    [new DataView(new ArrayBuffer(8)), /^y must be an array, got DataView$/],
  ] as const) {
    assert.throws(() => kendallTau([1], wrong as never), { code: 'WRONG_TYPE', message })
  }
  const table = { name: 'table', classes: [null] as never }
  assert.throws(() => unionName(table, 'normal'), {
    code: 'WRONG_TYPE',
    message: /^classes\[0\] must be a string, got null$/,
  })
})
