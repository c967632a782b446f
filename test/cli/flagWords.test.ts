import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'flag-words-'))
after(() => rm(folder, { recursive: true }))
const [table, scores] = [join(folder, 'table.csv'), join(folder, 'scores.csv')]
await writeFile(table, 'a,label\n1,fine\n2,crack\n3,fine\nbroken,fine\n')
await writeFile(scores, 'label,baseline,candidate\nok,1,2\nbad,2,3\n')

describe('the way out names the flag of the command', () => {
  const ofColumn = /'broken', not a number\. .* out with --ignore\. If it holds the classes .* name it with --label\n$/
  const ofLabel =
    /must be 0 \(normal\) or 1 \(anomalous\)\. The labels of the file are [^.]*\. If 'ok' is normal, say --normal ok\n$/
  const commands: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['study', table], ofColumn],
    [['matrix', table], ofColumn],
    [['converge', table], ofColumn],
    [['train', table, '--detector', 'hsc'], ofColumn],
    [['compare', scores], ofLabel],
    [['plan', scores, '--precision', '0.1'], ofLabel],
  ]
  for (const [args, message] of commands) {
    it(args[0] ?? '', async () => {
      const { code, stderr } = await cli(...args)
      assert.equal(code, 2)
      assert.match(stderr, message)
    })
  }

  it('and the option of the function', async () => {
    await assert.rejects(readLabelledTable(table), { message: /with the option ignore\. .* with the option label$/ })
  })
})
