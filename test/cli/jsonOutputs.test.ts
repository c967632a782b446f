import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { commands } from '../../src/cli/commands.js'
import { jsonSchemas } from '../../src/report/schemas.js'
import { complaints } from '../report/publishedSchemas.js'
import { cli, cliWith } from './commandLine.js'

// What every command prints with --json is as the schema says that it names.

const folder = await mkdtemp(join(tmpdir(), 'json-outputs-'))
after(() => rm(folder, { recursive: true }))
const file = (name: string) => join(folder, name)

const wave = (i: number, k: number) => Math.sin(k * (i + 1))
const lines = (n: number, head: string, cells: (i: number) => readonly unknown[]) =>
  `${head}\n${Array.from({ length: n }, (_, i) => cells(i).join(',')).join('\n')}\n`
const kindOf = (i: number) => (i % 3 > 0 ? 'fine' : i % 2 > 0 ? 'dent' : 'crack')
const label = (i: number) => Number(kindOf(i) !== 'fine')
const score = (i: number, k: number) => (wave(i, k) + 0.5 * label(i)).toFixed(4)
const scored = (i: number) => [label(i), kindOf(i), `p${i % 40}`, ...[2, 3, 5, 7].map((k) => score(i, k))]
await writeFile(file('scores.csv'), lines(240, 'label,class,patient,a1,a2,b1,b2', scored))
const split = (i: number) => (i % 4 === 0 ? 'test' : 'validation')
await writeFile(
  file('split.csv'),
  lines(240, 'label,split,baseline,candidate', (i) => [label(i), split(i), score(i, 2), score(i, 3)]),
)
await writeFile(
  file('parts.csv'),
  lines(120, 'kind,x,y', (i) => [kindOf(i), score(i, 2), score(i, 5)]),
)

const scores = ['compare', file('scores.csv'), '--group', 'patient']
const early = ['--validation-share', '0.2', '--patience', '1']
const plain = ['compare', file('scores.csv'), '--ignore', 'patient', '--baseline', 'a1']
const pair = [...plain, '--candidate', 'b1']
const short = ['--runs', '2', '--epochs', '1', '--pretrain-epochs', '1', '--workers', '2']
const small = ['statlog', '--share', '0.1', '--resamples', '200', ...short]
const model = file('detector.onnx')
const labelled = ['--label', 'kind', '--normal', 'fine', '--anomaly', 'crack']
const once = ['--epochs', '1', '--pretrain-epochs', '1']

/** Command lines by the schema that their output names, in an order in which each finds the files that it needs. */
const cases: readonly (readonly [schema: string, args: readonly string[]])[] = [
  ['compare-1', pair],
  ['compare-1', [...scores, '--baseline', 'a1', '--candidate', 'b1']],
  ['compare-1', [...pair, '--margin', '0.2', '--undecided', 'pass']],
  ['compare-1', [...pair, '--mix', 'dent=0.3,crack=0.7', '--prevalence', '0.01', '--per-day', '1000']],
  ['compare-1', [...plain, '--candidate', 'b1,b2', '--curve', '--resamples', '200', '--margin', 'crack=0.9']],
  ['compare-1', ['compare', file('split.csv'), '--engine', 'tree', '--interval-method', 'bca', '--resamples', '200']],
  ['compare-targets-1', [...pair, '--fpr', '0.05,0.2', '--margin', '0.1', '--undecided', 'pass']],
  ['compare-range-1', [...pair, '--fpr-range', '0.02..0.2', '--margin', '0.2', '--undecided', 'pass']],
  ['compare-range-1', [...scores, '--baseline', 'a1', '--candidate', 'b1,b2', '--fpr-range', '0.02..0.2']],
  ['compare-seeds-1', ['compare', file('scores.csv'), '--ignore', 'patient', '--baseline', 'a*', '--candidate', 'b*']],
  ['compare-seeds-1', [...scores, '--baseline', 'a*', '--candidate', 'b*', '--resamples', '200']],
  ['plan-1', ['plan', '--tpr-baseline', '0.6', '--tpr-candidate', '0.7', '--precision', '0.1']],
  ['plan-1', ['plan', file('split.csv'), '--xi', '0.2', '--power', '0.8']],
  ['plan-seeds-1', ['plan', '--sample-error', '0.012', '--training-sd', '0.03', '--xi', '5%']],
  ['plan-seeds-1', ['plan', ...scores.slice(1), '--baseline', 'a*', '--candidate', 'b*', '--margin', '0.3']],
  ['study-1', ['study', ...small, '--no-report', '--store', file('study.duckdb')]],
  ['study-1', ['report', file('study.duckdb'), '--no-report']],
  ['shard-1', ['study', ...small, '--no-report', '--shard', '1/2', '--store', file('part.duckdb')]],
  // The other part is missing.
  ['merge-1', ['merge', file('merged.duckdb'), file('part.duckdb')]],
  ['matrix-1', ['matrix', ...small]],
  ['sweep-1', ['sweep', ...small, '--labelled', '5', '--contamination', '0']],
  ['converge-1', ['converge', 'statlog', '--n', '20,50', '--alpha', '0.1', ...short]],
  ['converge-1', ['converge', file('parts.csv'), ...labelled, '--test', 'fixed', '--n', '10,20', ...short]],
  ['train-1', ['train', file('parts.csv'), '--detector', 'deep-sad', ...labelled, ...once, '-o', model]],
  ['score-1', ['score', model, file('parts.csv'), '-o', file('flags.csv')]],
  [
    'train-1',
    [
      'train',
      file('parts.csv'),
      '--detector',
      'ae',
      ...labelled,
      ...once,
      '-o',
      file('early.onnx'),
      '--impute',
      'median',
      ...early,
    ],
  ],
  ['study-1', ['study', file('parts.csv'), ...labelled, ...short, '--no-report', '--impute', 'median', ...early]],
  ['models-1', ['models', '--network', 'mlp']],
  ['data-list-1', ['data', 'list']],
  ['data-fetch-1', ['data', 'fetch', 'statlog']],
  ['data-verify-1', ['data', 'verify', 'statlog']],
  ['data-show-1', ['data', 'show', file('parts.csv'), '--label', 'kind', '--normal', 'fine']],
  ['data-show-1', ['data', 'show', 'statlog']],
  ['reproduce-list-1', ['reproduce', 'list']],
  ['reproduce-1', ['reproduce', 'table2']],
  ['reproduce-1', ['reproduce', 'table4', ...short]],
  ['reproduce-1', ['reproduce', 'figure17', '--quick', ...short]],
  // Of data that are nowhere the second cannot be made.
  ['reproduce-items-1', ['reproduce', 'table2', 'table3', '--data-dir', file('nowhere'), ...short]],
]

for (const [schema, args] of cases) {
  const shown = args.join(' ').replaceAll(`${folder}/`, '')
  test(`${shown} prints what ${schema} says`, async () => {
    const { stdout, stderr } = await cli(...args, '--json')
    assert.ok(stdout !== '', stderr)
    const json: unknown = JSON.parse(stdout)
    assert.equal((json as { schema: string }).schema, schema)
    assert.equal(complaints(json), '')
  })
}

test('every schema has an output here', () => {
  const named = [...jsonSchemas().keys()].map((name) => name.replace('.json', ''))
  assert.deepEqual([...new Set(cases.map(([schema]) => schema))].toSorted(), named.toSorted())
})

/** Every command as the program has it. */
async function* loaded() {
  const context = { args: [], stdout: { write: () => {} }, stderr: { write: () => {} } }
  const given = { ...context, signal: new AbortController().signal, end: () => {} }
  for (const { name, load } of commands) {
    yield { name, command: (await load())({ ...given, runStudy: () => assert.fail('no study is asked for') }) }
  }
}

test('docs/json.md has every command that takes --shard in the row of a shard', async () => {
  const page = await readFile(new URL('../../docs/json.md', import.meta.url), 'utf8')
  const [, row = ''] = /^\| (.*?) with `--shard`; .*`shard-1`/m.exec(page) ?? []
  const named = [...row.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
  const taking: string[] = []
  for await (const { name, command } of loaded())
    if (command.options.some(({ long }) => long === '--shard')) taking.push(name)
  assert.deepEqual(named.toSorted(), taking.toSorted())
})

test('every command with --json has an output here', async () => {
  const tried = cases.map(([, args]) => args)
  for await (const { name, command } of loaded()) {
    for (const one of [command, ...command.commands]) {
      if (!one.options.some(({ long }) => long === '--json')) continue
      const words = one === command ? [name] : [name, one.name()]
      assert.ok(
        tried.some((args) => words.every((word, i) => args[i] === word)),
        words.join(' '),
      )
    }
  }
  assert.ok((await cliWith({}, '--version')).stdout !== '')
})
