import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchedTrainings } from '../../src/compare/trainingColumns.js'

const names = ['svdd_1', 'svdd_2', 'sad_1', 'sad_10', 'a*b', 'axb', 'label2']
const known = { source: 'scores.csv', kind: 'column', names }
const match = (baseline: string[], candidate: string[]) => matchedTrainings({ baseline, candidate }, known)

test('patterns match whole names, in the order of the file, each once', () => {
  assert.deepEqual(match(['svdd_*'], ['sad_*']), { baseline: ['svdd_1', 'svdd_2'], candidate: ['sad_1', 'sad_10'] })
  assert.deepEqual(match(['svdd_2', 's*dd_*'], ['*_10']), { baseline: ['svdd_1', 'svdd_2'], candidate: ['sad_10'] })
  assert.deepEqual(match(['*2'], ['sad_1']), { baseline: ['svdd_2', 'label2'], candidate: ['sad_1'] })
  // A name that is the pattern's very text is that name.
  assert.deepEqual(match(['a*b'], ['ax*']), { baseline: ['a*b'], candidate: ['axb'] })
})

test('what matches nothing names the nearest, and what is on both sides is named', () => {
  const refuses = (baseline: string[], candidate: string[], code: string, message: RegExp) =>
    assert.throws(() => match(baseline, candidate), { code, message })
  refuses(['svd_*'], ['sad_*'], 'UNKNOWN_NAME', /no column that matches 'svd_\*' \(did you mean 'svdd_1', 'svdd_2'\?\)/)
  refuses(['svdd_3'], ['sad_*'], 'UNKNOWN_NAME', /no column 'svdd_3' \(did you mean 'svdd_1'/)
  refuses(['*_1'], ['sad_*'], 'OUT_OF_RANGE', /column 'sad_1' is meant by both/)
  refuses(['svdd_1'], ['svdd_1'], 'OUT_OF_RANGE', /column 'svdd_1' is meant by both/)
})

const letters = (...all: string[]) => fc.string({ unit: fc.constantFrom(...all), maxLength: 8 })

test('patterns match what regular expressions do', () => {
  fc.assert(
    fc.property(letters('a', 'b', '*'), fc.uniqueArray(letters('a', 'b', '.'), { maxLength: 12 }), (pattern, some) => {
      const own = { source: 'f', kind: 'column', names: [...some, 'other'] }
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's')
      const expected = own.names.filter((name) => expression.test(name))
      let found: readonly string[] = []
      try {
        found = matchedTrainings({ baseline: [pattern], candidate: [] }, own).baseline
      } catch (error) {
        assert.equal((error as { code: string }).code, 'UNKNOWN_NAME')
      }
      assert.deepEqual(found, expected)
    }),
  )
})

test('a pattern of many parts takes no longer than its length', () => {
  const long = { source: 'f', kind: 'column', names: ['a'.repeat(1000)] }
  assert.throws(() => matchedTrainings({ baseline: [`${'a*'.repeat(500)}b`], candidate: [] }, long), {
    code: 'UNKNOWN_NAME',
  })
})
