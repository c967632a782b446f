import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, readRecorded, requireRecorded, statistics, trained, withFolders } from './answers.js'

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
  await withFolders(async (folders) => {
    for (const command of trained) await t.test(command.name, () => requireRecorded(command, folders))
  })
})
