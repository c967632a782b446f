import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, readRecorded, statistics, withFolders } from './answers.js'

test('statistics answer as recorded, to the bit, from files of every format', async (t) => {
  await withFolders(async (folders) => {
    for (const command of statistics) {
      await t.test(command.name, async () => {
        assert.deepEqual(await answer(command, folders), await readRecorded(command.name))
      })
    }
  })
})
