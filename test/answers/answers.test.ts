import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, kindOfProcessor, readRecorded, statistics, trained, withFolders } from './answers.js'

test('statistics answer as recorded, to the bit, from files of every format', async (t) => {
  await withFolders(async (folders) => {
    for (const command of statistics) {
      await t.test(command.name, async () => {
        assert.deepEqual(await answer(command, folders), await readRecorded(command.name))
      })
    }
  })
})

test('what is trained answers as recorded: to the bit on a processor of the same kind, else nearly', async (t) => {
  const same = (await readRecorded('processor')) === kindOfProcessor()
  await withFolders(async (folders) => {
    for (const command of trained) {
      await t.test(command.name, async () => {
        const [now, then] = [await answer(command, folders), await readRecorded(command.name)]
        if (same) assert.deepEqual(now, then)
        else assert.deepEqual(shapeOf(now), shapeOf(then))
      })
    }
  })
})

/** Keys, texts and lengths, without numbers and what is worded from them. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 || typeof value[0] !== 'object' ? 'list' : value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]))
}
