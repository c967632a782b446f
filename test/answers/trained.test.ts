import { test } from 'node:test'
import { requireRecorded, trained, withFolders } from './answers.js'

test('what is trained answers as recorded: to the bit on a processor of the same kind, else nearly', async (t) => {
  await withFolders(async (folders) => {
    for (const command of trained) await t.test(command.name, () => requireRecorded(command, folders))
  })
})
