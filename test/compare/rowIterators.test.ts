import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare } from '../../src/index.js'

const rows = (of: unknown, key: symbol = Symbol.iterator) => ({ [key]: () => of }) as never

describe('an iterable that gives no rows is refused by name', () => {
  for (const key of [Symbol.iterator, Symbol.asyncIterator]) {
    it(String(key), async () => {
      for (const [iterator, message] of [
        [null, /^the iterator of scores must be an object, got null$/],
        [undefined, /^the iterator of scores must be an object, got undefined$/],
        [{}, /^the iterator of scores: next must be a function, got undefined$/],
        [{ next: () => null }, /^what the iterator of scores gives must be an object \{ value, done \}, got null$/],
        [{ next: () => 5, return: () => assert.fail('not this') }, /^what the iterator of scores gives .+, got 5$/],
      ] as const) {
        const code = 'WRONG_TYPE'
        await assert.rejects(compare(rows(iterator, key)), { name: 'ScoringBiasError', code, message })
      }
    })
  }

  it('while one that is async in name alone is read as it can be', async () => {
    const own = Array.from({ length: 80 }, (_, i) => ({ label: i % 2, baseline: Math.sin(i), candidate: Math.cos(i) }))
    const mixed = Object.assign([...own], { [Symbol.asyncIterator]: null }) as never
    const { elapsedSeconds: _, ...answer } = await compare(own, { resamples: 200 })
    const { elapsedSeconds: __, ...same } = await compare(mixed, { resamples: 200 })
    assert.deepEqual(same, answer)
  })
})
