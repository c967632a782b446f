import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { namesArgument, splitNames } from '../src/flagText.js'

describe('names with commas between them', () => {
  const cases: readonly (readonly [text: string, names: readonly string[]])[] = [
    ['a,b', ['a', 'b']],
    [' a , b c ', ['a', 'b c']],
    ['"size, mm",b', ['size, mm', 'b']],
    ['b, "size, mm" ', ['b', 'size, mm']],
    ['"say ""so"""', ['say "so"']],
    ['""', ['']],
    ['', ['']],
    ['a,', ['a', '']],
    ['5" pipe,a"b', ['5" pipe', 'a"b']],
    ['"a"b,c', ['"a"b', 'c']],
    ['"a,b', ['"a', 'b']],
  ]
  for (const [text, names] of cases) it(JSON.stringify(text), () => assert.deepEqual(splitNames(text), names))
})

it('names written as an argument are read as they were, by a shell too', () => {
  const name = fc.string({ unit: fc.constantFrom('a', ',', '"', "'", ' ', '$', '\\', 'é', '-', '\n') })
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
      const argument = namesArgument(names)
      const given = execFileSync('/bin/sh', ['-c', `printf %s ${argument}`], { encoding: 'utf8' })
      assert.deepEqual(splitNames(given), names)
    }),
    { numRuns: 60, examples: [[['"', '"']], [['']], [[' a']]] },
  )
})
