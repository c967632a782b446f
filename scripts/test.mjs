// Runs the kernels' tests under CTest, then every test/**/*.test.ts, compiled once, those that take longest first: what is
// left when the others are done runs alone on its processor.
// With arguments, runs only the test files whose paths contain one of them: npm test -- report cli
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { root, run } from './run.mjs'
import { compiled, transpile } from './transpile.mjs'

/** Long by nature: only where their paths are asked for, as .ci/run does. */
const apart = ['test/paper/fashionMnistQuick.test.ts', 'test/answers/table7.test.ts']

/** By falling processor time, each above seven seconds. */
const longest = [
  'test/cli/kills.test.ts',
  'test/study/published.test.ts',
  'test/answers/answers.test.ts',
  'test/models/plainRuntime.test.ts',
  'test/cli/planCommand.test.ts',
  'test/paper/reproduceFigures.test.ts',
  'test/package/rooms.test.ts',
  'test/converge/normalLaw.test.ts',
  'test/paper/reproduceTable.test.ts',
  'test/converge/converge.test.ts',
  'test/data/fashionMnist.test.ts',
  'test/cli/fullDisk.test.ts',
  'test/cli/main.test.ts',
  'test/converge/convergeScores.test.ts',
  'test/props/relativeBias.test.ts',
  'test/cli/reproduceCommand.test.ts',
  'test/cli/killStudy.test.ts',
  'test/docs/labelledAnomalies.test.ts',
  'test/cli/pipes.test.ts',
  'test/fuzz/fuzz.test.ts',
  'test/bench/plannedPower.test.ts',
  'test/study/ownDetectors.test.ts',
  'test/detectors/networks.test.ts',
]

/** Where a file stands among the longest; behind them all for the others. */
function placeOf(path) {
  const place = longest.indexOf(path)
  return place === -1 ? longest.length : place
}

const jobs = String(availableParallelism())
const wanted = process.argv.slice(2)
const files = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => relative(root, join(entry.path, entry.name)))
  .filter((path) => (wanted.length === 0 ? !apart.includes(path) : wanted.some((part) => path.includes(part))))
  .sort((a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b))
if (files.length === 0) {
  console.error(`no test file's path contains ${wanted.join(' or ')}`)
  process.exit(2)
}

if (wanted.length === 0) {
  run('cmake', ['-S', '.', '-B', 'build/kernels', '-DSCORING_BIAS_TESTS=ON'])
  run('cmake', ['--build', 'build/kernels', '--parallel', jobs])
  run('ctest', ['--test-dir', 'build/kernels', '--output-on-failure', '--parallel', jobs])
}
transpile()
// Without it Node leaves a processor to itself: of two, one is idle.
const concurrency = `--test-concurrency=${jobs}`
const paths = files.map((path) => relative(root, join(compiled, path.replace(/\.ts$/, '.js'))))
run('node', ['--enable-source-maps', '--test', concurrency, ...paths])
