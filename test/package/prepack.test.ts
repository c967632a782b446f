import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prepack-'))
  for (const name of ['scripts', 'native', 'CMakeLists.txt', 'package.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Puts the addon that was built here, as that of a target, and the hash of these sources or of others. */
function put(target: string, hash: string) {
  const place = join(folder, 'prebuilds', target)
  mkdirSync(place, { recursive: true })
  copyFileSync(join(root, 'build/Release/scoring_bias.node'), join(place, 'scoring_bias.node'))
  writeFileSync(join(place, 'sources.sha256'), hash)
}

function run(...args: string[]) {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
}

function sourcesHash(): string {
  const script = "import { sourcesHash } from './scripts/checkPrebuild.mjs'\nprocess.stdout.write(sourcesHash())"
  const { stdout } = run('--input-type=module', '-e', script)
  assert.match(stdout, /^[0-9a-f]{64}$/)
  return stdout
}

const command = '`npm run addons -- linux-x64 linux-arm64`'

test('a package without the addons for Linux is not packed', () => {
  const { status, stderr } = run('scripts/prepack.mjs')
  assert.equal(status, 1)
  const missing = 'prebuilds/linux-x64 is missing; prebuilds/linux-arm64 is missing'
  assert.equal(stderr, `The package is not packed: ${missing}. Build them by ${command}\n`)
})

test('nor is one with addons of other sources', () => {
  put('linux-x64', sourcesHash())
  put('linux-arm64', sourcesHash())
  writeFileSync(join(folder, 'native', 'more.cc'), '// changed\n')
  const { status, stderr } = run('scripts/prepack.mjs')
  assert.equal(status, 1)
  assert.match(stderr, /prebuilds\/linux-x64 is not built from these sources; prebuilds\/linux-arm64 is not built/)
})

test('nor is one whose addon is for another processor than its folder says', () => {
  const [other, processor] = process.arch === 'arm64' ? ['linux-x64', 'x86_64'] : ['linux-arm64', 'aarch64']
  put(other, sourcesHash())
  const { status, stderr } = run('scripts/prepack.mjs')
  assert.equal(status, 1)
  const fault = `prebuilds/${other} does not run everywhere: .*scoring_bias\\.node is not for ${processor}`
  assert.match(stderr, new RegExp(fault))
})

test('nor is one with a folder that is no target', () => {
  put('linux-s390x', sourcesHash())
  const { status, stderr } = run('scripts/prepack.mjs')
  assert.equal(status, 1)
  assert.match(stderr, /prebuilds\/linux-s390x is no target/)
  assert.ok(stderr.endsWith(`Build them by ${command}\n`))
})

test('nor is one that needs libraries which not every machine has', () => {
  // Node itself takes GNU's C++ library from the system.
  const script = `import { checkPrebuild } from './scripts/checkPrebuild.mjs'
    checkPrebuild('linux-${process.arch}', process.execPath)`
  const { status, stderr } = run('--input-type=module', '-e', script)
  assert.equal(status, 1)
  assert.match(stderr, /needs libstdc\+\+\.so\.6;.* needs GLIBCXX_[\d.]+/)
})

test('an unknown target is not built, and those there are are listed', () => {
  const { status, stderr } = run('scripts/prebuild.mjs', 'linux-x64', 'plan9-x64')
  assert.equal(status, 2)
  assert.match(stderr, /^no target is named plan9-x64; there are linux-x64, linux-arm64,/)
})

test('without a target nothing is built, since npm run build calls the script too', () => {
  const { status, stdout } = run('scripts/prebuild.mjs')
  assert.equal(status, 0)
  assert.match(stdout, /^npm run addons -- TARGET… builds the addon for linux-x64, linux-arm64,.*\n$/)
})
