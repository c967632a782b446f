import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The package as it is installed with `--omit=optional`. */
const folder = mkdtempSync(join(tmpdir(), 'without-optional-'))
after(() => rmSync(folder, { recursive: true }))
for (const name of ['dist', 'models', 'package.json', 'build/Release'])
  cpSync(join(root, name), join(folder, name), { recursive: true })
mkdirSync(join(folder, 'node_modules'))
for (const name of readdirSync(join(root, 'node_modules'))) {
  if (!/^(onnxruntime|@duckdb)/.test(name))
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
}
// Copies, as a link would find beside it what is left out here: DuckDB's code for this machine.
for (const name of ['@duckdb/node-api', '@duckdb/node-bindings'])
  cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true })
writeFileSync(join(folder, 'scores.csv'), 'label,baseline,candidate\n0,1,1\n0,2,3\n0,3,2\n1,1.5,5\n1,2.5,4\n')

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  return { status, stdout, stderr }
}
const cli = (...args: string[]) => run(join(folder, 'dist/cli/main.js'), ...args)

test('every room imports without them', () => {
  const paths = Object.entries<string | { default: string }>(manifest.exports).flatMap(([, target]) =>
    typeof target === 'string' ? [] : [target.default],
  )
  assert.ok(paths.length > 5)
  const script = paths.map((path) => `await import('${path}')`).join('\n')
  assert.deepEqual(run('--input-type=module', '-e', script), { status: 0, stdout: '', stderr: '' })
})

test('compare answers without them, on a page too', () => {
  const { status, stdout, stderr } = cli('compare', 'scores.csv', '--fpr', '0.34', '--json', '--report', 'page.html')
  assert.equal(status, 0, stderr)
  assert.equal(JSON.parse(stdout).overall.xi, 0.5)
  assert.match(readFileSync(join(folder, 'page.html'), 'utf8'), /<html/)
})

test('plans, data sets and models need them no more', () => {
  const plan = ['plan', '--tpr-baseline', '0.5', '--tpr-candidate', '0.7', '--precision', '0.1']
  for (const args of [
    plan,
    ['data', 'list'],
    ['data', 'show', 'statlog'],
    ['models', '--export', 'out'],
    ['--version'],
  ]) {
    const { status, stderr } = cli(...args)
    assert.equal(status, 0, `${args.join(' ')}: ${stderr}`)
  }
})

const detector = ['--detector', 'ae', '-o', 'ae.onnx']
const training = [
  ['train', 'synthetic', ...detector],
  ['study', 'statlog', '--no-report'],
  ['matrix', 'statlog'],
  ['converge', 'synthetic'],
  ['reproduce', 'table4', '--quick'],
]
for (const args of training) {
  test(`${args[0]} says in one sentence what to install`, () => {
    const version = manifest.optionalDependencies['onnxruntime-node']
    const message =
      'error: detectors train and score with onnxruntime-node, which is not installed; ' +
      `install it with \`npm install --ignore-scripts onnxruntime-node@${version}\`\n`
    assert.deepEqual(cli(...args, ...(args[0] === 'reproduce' ? [] : ['--quiet'])), {
      status: 1,
      stdout: '',
      stderr: message,
    })
  })
}

/** Of a part of DuckDB that is missing. */
const duckdbMissing = (name: string) =>
  `Parquet files and stores need ${name}, which is not installed; ` +
  `install it with \`npm install ${name}@${manifest.dependencies['@duckdb/node-api']}\``
const bindings = /@duckdb\/node-bindings-[\w-]+/
for (const name of ['a.duckdb', 'b.duckdb']) writeFileSync(join(folder, name), '')
// With a footer that says nothing: what is in it is for DuckDB to tell.
writeFileSync(join(folder, 'scores.parquet'), 'PAR1\0\x01\0\0\0PAR1')
const ofDuckdb = [
  ['compare', 'scores.parquet', '--quiet'],
  ['report', 'a.duckdb'],
  ['merge', 'c.duckdb', 'a.duckdb', 'b.duckdb'],
  ['study', 'statlog', '--store', 'd.duckdb', '--no-report', '--quiet'],
  ['study', 'statlog', '--shard', '1/2', '--store', 'd.duckdb', '--no-report', '--quiet'],
  ['study', 'statlog', '--keep-scores', 'kept.parquet', '--no-report', '--quiet'],
]
for (const args of ofDuckdb) {
  test(`${args.slice(0, 3).join(' ')} says in one sentence how to get DuckDB`, () => {
    const { status, stdout, stderr } = cli(...args)
    const name = bindings.exec(stderr)?.[0] ?? ''
    assert.deepEqual([status, stdout, stderr], [1, '', `error: ${duckdbMissing(name)}\n`])
  })
}

test('so do the functions of the library, with a code', () => {
  const script = `import { readScores } from './dist/index.js'
import { runStudy, storedStudies } from './dist/rooms/study.js'
const calls = [
  () => readScores('scores.parquet'),
  () => storedStudies('a.duckdb'),
  () => runStudy({ dataset: 'statlog', store: 'd.duckdb' }),
]
for (const call of calls) await call().catch(({ name, code, message }) => console.log(name, code, message))`
  const { status, stdout, stderr } = run('--input-type=module', '-e', script)
  const name = bindings.exec(stdout)?.[0] ?? ''
  const line = `ScoringBiasError NOT_INSTALLED ${duckdbMissing(name)}\n`
  assert.deepEqual([status, stdout, stderr], [0, line.repeat(3), ''])
})
