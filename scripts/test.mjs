// Runs the kernels' tests under CTest, then every test/**/*.test.ts, compiled once, those that take longest first: what is
// left when the others are done runs alone on its processor.
// With arguments, runs only the test files whose paths contain one of them: npm test -- report cli
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { root, run } from './run.mjs'
import { compiled, transpile } from './transpile.mjs'

/** Long by nature: only where their paths are asked for, as .ci/run does in steps of its own. */
const apart = [
  'test/answers/table7.test.ts',
  'test/answers/trained.test.ts',
  'test/cli/fullDisk.test.ts',
  'test/cli/killStudy.test.ts',
  'test/cli/kills.test.ts',
  'test/docs/cluster.test.ts',
  'test/docs/labelledAnomalies.test.ts',
  'test/models/plainRuntime.test.ts',
  'test/paper/fashionMnistQuick.test.ts',
  'test/paper/reproduceFigures.test.ts',
  'test/paper/reproduceTable.test.ts',
  'test/queue/survives.test.ts',
  'test/runtime/checkDevice.test.ts',
  'test/study/published.test.ts',
]

/** By falling processor time, each above seven seconds. */
const longest = [
  'test/cli/kills.test.ts',
  'test/paper/fashionMnistQuick.test.ts',
  'test/answers/table7.test.ts',
  'test/answers/trained.test.ts',
  'test/models/plainRuntime.test.ts',
  'test/paper/reproduceFigures.test.ts',
  'test/study/published.test.ts',
  'test/docs/cluster.test.ts',
  'test/cluster/shards.test.ts',
  'test/docs/pages.test.ts',
  'test/converge/converge.test.ts',
  'test/theory/planSamples.test.ts',
  'test/converge/convergeScores.test.ts',
  'test/data/fashionMnist.test.ts',
  'test/study/storedTraining.test.ts',
  'test/cli/planCommand.test.ts',
  'test/package/rooms.test.ts',
  'test/theory/hardArguments.test.ts',
  'test/compare/readScores.test.ts',
  'test/study/datasets.test.ts',
  'test/cli/reproduceCommand.test.ts',
  'test/docs/otherLanguages.test.ts',
  'test/study/ownDetectors.test.ts',
  'test/study/duckdbStore.test.ts',
  'test/study/storedDevice.test.ts',
  'test/cli/pipes.test.ts',
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
  // Where the addon was compiled here, its kernels are; with prebuilt addons they are compiled for their tests alone.
  const folder = existsSync(join(root, 'build', 'CMakeCache.txt')) ? 'build' : 'build/kernels'
  run('cmake', ['-S', '.', '-B', folder, '-DSCORING_BIAS_TESTS=ON'])
  run('cmake', ['--build', folder, '--parallel', jobs])
  run('ctest', ['--test-dir', folder, '--output-on-failure', '--parallel', jobs])
}
transpile()
// Without it Node leaves a processor to itself: of two, one is idle.
const concurrency = `--test-concurrency=${jobs}`
const paths = files.map((path) => relative(root, join(compiled, path.replace(/\.ts$/, '.js'))))
run('node', ['--enable-source-maps', '--test', concurrency, ...paths])
