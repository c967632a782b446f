import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'flag-words-'))
after(() => rm(folder, { recursive: true }))
const [table, scores, classes] = ['table.csv', 'scores.csv', 'classes.csv'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
await writeFile(classes, 'a,label\n1,fine\n2,crack\n')
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
    [['data', 'show', classes], /are fine, crack\. Say with --normal which class is normal\n$/],
  ]
  for (const [args, message] of commands) {
    it(args[0] ?? '', async () => {
      const { code, stderr } = await cli(...args)
      assert.equal(code, 2)
      assert.match(stderr, message)
    })
  }

  it('with names that have commas as they are to be given', async () => {
    const path = join(folder, 'commas.csv')
    const rows = Array.from({ length: 6 }, (_, i) => `${i},${i % 2 === 0 ? 'big' : 'small'},x${i},fine\n`)
    await writeFile(path, `a,"size, mm",id,label\n${rows.join('')}`)
    const refused = await cli('data', 'show', path)
    assert.match(
      refused.stderr,
      /Leave them out: --ignore '"size, mm",id'\. Or make a feature of each category: --one-hot '"size, mm"'\n$/,
    )
    const shown = await cli(
      'data',
      'show',
      path,
      '--ignore',
      'id',
      '--one-hot',
      '"size, mm"',
      '--normal',
      'fine',
      '--json',
    )
    assert.deepEqual([shown.code, shown.stderr], [0, ''])
    assert.deepEqual(JSON.parse(shown.stdout).sample, [3])
  })

  it('and the option of the function', async () => {
    await assert.rejects(readLabelledTable(table), { message: /with the option ignore\. .* with the option label$/ })
  })
})
