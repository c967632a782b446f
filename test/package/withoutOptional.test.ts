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
  if (!name.startsWith('onnxruntime')) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
}
writeFileSync(join(folder, 'scores.csv'), 'label,baseline,candidate\n0,1,1\n0,2,3\n0,3,2\n1,1.5,5\n1,2.5,4\n')

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  return { status, stdout, stderr }
}
const cli = (...args: string[]) => run(join(folder, 'dist/cli/main.js'), ...args)

test('every room imports without onnxruntime-node', () => {
  const paths = Object.entries<string | { default: string }>(manifest.exports).flatMap(([, target]) =>
    typeof target === 'string' ? [] : [target.default],
  )
  assert.ok(paths.length > 5)
  const script = paths.map((path) => `await import('${path}')`).join('\n')
  assert.deepEqual(run('--input-type=module', '-e', script), { status: 0, stdout: '', stderr: '' })
})

test('compare answers without it, on a page too', () => {
  const { status, stdout, stderr } = cli('compare', 'scores.csv', '--fpr', '0.34', '--json', '--report', 'page.html')
  assert.equal(status, 0, stderr)
  assert.equal(JSON.parse(stdout).overall.xi, 0.5)
  assert.match(readFileSync(join(folder, 'page.html'), 'utf8'), /<html/)
})

test('plans, data sets and models need it no more', () => {
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
