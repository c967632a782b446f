// Runs the kernels' tests under CTest, then every test/**/*.test.ts, compiled once, those that take longest first: what is
// left when the others are done runs alone on its processor. The short ones share processes, folder by folder.
// With arguments, runs only the test files whose paths contain one of them: npm test -- report cli
// With --long, runs only those that are long by nature.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join, relative, sep } from 'node:path'
import { root, run } from './run.mjs'
import { compiled, transpile } from './transpile.mjs'

/** Long by nature: only where they are asked for, by `npm test -- --long` or by their paths. .ci/run does. */
const apart = [
  'test/answers/table7.test.ts',
  'test/answers/trained.test.ts',
  'test/bench/coverageOracle.test.ts',
  'test/bench/groups.test.ts',
  'test/bench/parts.test.ts',
  'test/bench/plannedPower.test.ts',
  'test/bench/runs.test.ts',
  'test/bench/seeds.test.ts',
  'test/cli/fullDisk.test.ts',
  'test/cli/killStudy.test.ts',
  'test/cli/kills.test.ts',
  'test/cli/pipes.test.ts',
  'test/cli/reproduceCommand.test.ts',
  'test/cluster/shardKinds.test.ts',
  'test/converge/converge.test.ts',
  'test/converge/convergeScores.test.ts',
  'test/data/fashionMnist.test.ts',
  'test/docs/cluster.test.ts',
  'test/docs/commandsPage.test.ts',
  'test/docs/examples.test.ts',
  'test/docs/exportedTypes.test.ts',
  'test/docs/files.test.ts',
  'test/docs/gate.test.ts',
  'test/docs/labelledAnomalies.test.ts',
  'test/docs/options.test.ts',
  'test/docs/otherLanguages.test.ts',
  'test/models/plainRuntime.test.ts',
  'test/package/rooms.test.ts',
  'test/package/withoutOptional.test.ts',
  'test/paper/fashionMnistQuick.test.ts',
  'test/paper/reproduceFigures.test.ts',
  'test/paper/reproduceTable.test.ts',
  'test/queue/survives.test.ts',
  'test/queue/sweep.test.ts',
  'test/report/compare/compareReportInBrowser.test.ts',
  'test/report/pagesInBrowser.test.ts',
  'test/runtime/checkDevice.test.ts',
  'test/study/fingerprint.test.ts',
  'test/study/namedDatasets.test.ts',
  'test/study/published.test.ts',
  'test/study/storedDevice.test.ts',
  'test/study/storedTraining.test.ts',
  'test/theory/hardArguments.test.ts',
  'test/theory/planKinds.test.ts',
  'test/theory/planSamples.test.ts',
]

/** By falling time, each above four seconds. */
const longest = [
  'test/queue/survives.test.ts',
  'test/runtime/checkDevice.test.ts',
  'test/cli/kills.test.ts',
  'test/paper/fashionMnistQuick.test.ts',
  'test/answers/table7.test.ts',
  'test/answers/trained.test.ts',
  'test/models/plainRuntime.test.ts',
  'test/paper/reproduceFigures.test.ts',
  'test/study/published.test.ts',
  'test/docs/cluster.test.ts',
  'test/docs/commandsPage.test.ts',
  'test/converge/converge.test.ts',
  'test/package/rooms.test.ts',
  'test/theory/planSamples.test.ts',
  'test/cluster/shardKinds.test.ts',
  'test/study/storedTraining.test.ts',
  'test/cli/jsonOutputs.test.ts',
  'test/docs/pages.test.ts',
  'test/study/ownDetectors.test.ts',
  'test/study/fingerprint.test.ts',
  'test/data/fashionMnist.test.ts',
  'test/cli/reproduceCommand.test.ts',
  'test/theory/planKinds.test.ts',
  'test/report/sameBytes.test.ts',
  'test/theory/hardArguments.test.ts',
  'test/cluster/shards.test.ts',
  'test/converge/convergeScores.test.ts',
  'test/detectors/networks.test.ts',
  'test/docs/files.test.ts',
  'test/study/storedDevice.test.ts',
  'test/study/standardisation.test.ts',
  'test/study/duckdbStore.test.ts',
  'test/study/normalClasses.test.ts',
  'test/cli/main.test.ts',
  'test/cli/planCommand.test.ts',
  'test/docs/examples.test.ts',
  'test/report/pagesInBrowser.test.ts',
  'test/package/withoutOptional.test.ts',
  'test/cli/pipes.test.ts',
  'test/docs/otherLanguages.test.ts',
  'test/compare/summary/summaries.test.ts',
  'test/study/namedDatasets.test.ts',
  'test/docs/gate.test.ts',
  'test/cluster/runUnit.test.ts',
  'test/compare/readScores.test.ts',
  'test/cli/sweepCommand.test.ts',
  'test/queue/sweep.test.ts',
  'test/cli/convergeCommand.test.ts',
  'test/cli/runCli.test.ts',
  'test/bench/plannedPower.test.ts',
  'test/converge/convergeData.test.ts',
  'test/cli/trainingFlags.test.ts',
  'test/detectors/ownFeatures.test.ts',
  'test/data/tables/binaryTables.test.ts',
  'test/detectors/golden.test.ts',
  'test/cli/badInput.test.ts',
  'test/study/datasets.test.ts',
  'test/docs/exportedTypes.test.ts',
  'test/docs/options.test.ts',
  'test/report/compare/compareReportInBrowser.test.ts',
  'test/report/compare/compareReport.test.ts',
  'test/study/damagedStore.test.ts',
  'test/report/compare/lawPart.test.ts',
  'test/detectors/networkByShape.test.ts',
  'test/report/study/studyReport.test.ts',
  'test/detectors/train.test.ts',
  'test/docs/extending.test.ts',
  'test/queue/room.test.ts',
  'test/queue/tls.test.ts',
  'test/queue/stopped.test.ts',
  'test/queue/refusals.test.ts',
  'test/cli/reportCommand.test.ts',
]

/** They change what is one for a whole process, such as its environment. */
const alone = [
  'test/compare/readScores.test.ts',
  'test/detectors/hostileFiles.test.ts',
  'test/report/reportRoom.test.ts',
  'test/runtime/crash.test.ts',
  'test/study/damagedStore.test.ts',
]

/** Where a file stands among the longest; behind them all for the others. */
function placeOf(path) {
  const place = longest.indexOf(path)
  return place === -1 ? longest.length : place
}

const jobs = String(availableParallelism())
const wanted = process.argv.slice(2).filter((argument) => argument !== '--long')
const long = process.argv.includes('--long')
const files = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => relative(root, join(entry.path, entry.name)))
  .filter((path) => (wanted.length === 0 ? apart.includes(path) === long : wanted.some((part) => path.includes(part))))
  .sort((a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b))
if (files.length === 0) {
  console.error(`no test file's path contains ${wanted.join(' or ')}`)
  process.exit(2)
}

if (wanted.length === 0 && !long) {
  // Where the addon was compiled here, its kernels are; with prebuilt addons they are compiled for their tests alone.
  const folder = existsSync(join(root, 'build', 'CMakeCache.txt')) ? 'build' : 'build/kernels'
  run('cmake', ['-S', '.', '-B', folder, '-DSCORING_BIAS_TESTS=ON'])
  run('cmake', ['--build', folder, '--parallel', jobs])
  run('ctest', ['--test-dir', folder, '--output-on-failure', '--parallel', jobs])
}

/** What each process loads: a long test's file, or a file that imports some short ones of one folder. */
function programsOf(paths) {
  const own = paths.filter((path) => longest.includes(path) || alone.includes(path) || hasHooks(path))
  const groups = []
  for (const path of paths.filter((candidate) => !own.includes(candidate))) {
    const last = groups.at(-1)
    if (last !== undefined && last.length < 10 && roomOf(last[0]) === roomOf(path)) last.push(path)
    else groups.push([path])
  }
  const folder = join(compiled, 'groups')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const shared = groups.map((group, i) => {
    const program = join(folder, `${roomOf(group[0])}-${i}.test.js`)
    writeFileSync(program, loading(group.map((path) => `../${compiledName(path)}`)))
    return program
  })
  return [...own.map((path) => join(compiled, compiledName(path))), ...shared].map((path) => relative(root, path))
}

/**
 * A program that loads modules one after the other. Its first test lasts until all are there: once no test is left, Node
 * ends the process's hooks, and would do so while a module still awaits something.
 */
function loading(modules) {
  return `import { test } from 'node:test'
const load = async () => {
  for (const module of ${JSON.stringify(modules)}) await import(module)
}
const loaded = load()
test('the files of a group load', () => loaded)
`
}

/** The folder of test/ that a file lies in, or below; its name where it lies in none. */
function roomOf(path) {
  return basename(path.split(sep)[1], '.test.ts')
}

/** Whether a file has something done around each test, which Node does around each of the whole process. */
function hasHooks(path) {
  return /^(before|after)Each\(/m.test(readFileSync(join(root, path), 'utf8'))
}

/** Where a test's JavaScript lies in the folder of all. */
function compiledName(path) {
  return path.replace(/\.ts$/, '.js')
}

await transpile()
// Without it Node leaves a processor to itself: of two, one is idle.
const concurrency = `--test-concurrency=${jobs}`
run('node', ['--enable-source-maps', '--test', concurrency, ...programsOf(files)])
