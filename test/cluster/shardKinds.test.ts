import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { quick, requireSameAnswer, shardsOf, small } from './shardCommands.js'

const root = mkdtempSync(join(tmpdir(), 'shard-kinds-'))
after(() => rmSync(root, { recursive: true }))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'))
})

describe('shards of a command, merged, answer as one process does', () => {
  for (const [name, command, count] of [
    [
      'a matrix, whose rows share the baseline',
      ['matrix', 'statlog', '--runs', '2', '--resamples', '200', ...small],
      3,
    ],
    ['a table of the paper, of more detectors than two', ['reproduce', 'table4', '--runs', '2', ...small], 2],
    [
      'several items, a figure of one run and one by sample size among them',
      ['reproduce', 'figure17', 'figure1', 'table2', ...quick, '--share', '0.02', '--workers', '1'],
      3,
    ],
    [
      'a convergence study, of data that are drawn',
      ['converge', '--train-normals', '300', '--runs', '5', '--n', '100', ...quick, '--workers', '1'],
      2,
    ],
    ['a convergence study, of a pool', ['converge', 'statlog', '--runs', '5', ...quick, '--workers', '1'], 2],
  ] as const) {
    it(name, async () => requireSameAnswer(folder, command, await shardsOf(folder, command, count)))
  }
})
