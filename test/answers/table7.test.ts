import { test } from 'node:test'
import { requireRecorded, table7, withFolders } from './answers.js'

test('Table 7 answers as recorded: to the bit on a processor of the same kind, else nearly', () =>
  withFolders((folders) => requireRecorded(table7, folders)))
