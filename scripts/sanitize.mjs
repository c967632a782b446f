// Builds the kernels and their tests under sanitizers, each in a folder of its own, and runs them: address and undefined
// behaviour in one build, which find each other's faults no less for it, and threads in another, which excludes the first.
// With an argument, only the builds whose names contain it: npm run sanitize -- thread
import { availableParallelism } from 'node:os'
import { run } from './run.mjs'

const jobs = String(availableParallelism())
const builds = ['address,undefined', 'thread']
const wanted = process.argv[2] ?? ''
const chosen = builds.filter((name) => name.includes(wanted))
if (chosen.length === 0) {
  console.error(`no build's name contains ${wanted}; there are ${builds.join(' and ')}`)
  process.exit(2)
}

for (const sanitizers of chosen) {
  const folder = `build/sanitize-${sanitizers.replace(',', '-')}`
  // Optimised, or the simulations among the tests would take minutes, but no further: compiling would. With the lines of the
  // source in every report.
  const options = [
    '-DSCORING_BIAS_TESTS=ON',
    `-DSCORING_BIAS_SANITIZE=${sanitizers}`,
    '-DCMAKE_BUILD_TYPE=RelWithDebInfo',
    '-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1 -DNDEBUG',
  ]
  run('cmake', ['-S', '.', '-B', folder, ...options])
  run('cmake', ['--build', folder, '--parallel', jobs])
  run('ctest', ['--test-dir', folder, '--output-on-failure', '--parallel', jobs])
}
