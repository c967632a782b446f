// Runs the kernels' tests under CTest, then every test/**/*.test.ts.
// With arguments, runs only the test files whose paths contain one of them: npm test -- report cli
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root, run } from './run.mjs'

const wanted = process.argv.slice(2)
const files = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => relative(root, join(entry.path, entry.name)))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .sort()
if (files.length === 0) {
  console.error(`no test file's path contains ${wanted.join(' or ')}`)
  process.exit(2)
}

if (wanted.length === 0) {
  run('cmake', ['-S', '.', '-B', 'build/kernels', '-DSCORING_BIAS_TESTS=ON'])
  run('cmake', ['--build', 'build/kernels', '--parallel'])
  run('ctest', ['--test-dir', 'build/kernels', '--output-on-failure'])
}
run('node', ['--import', './test/loadTypescript.mjs', '--test', ...files])
