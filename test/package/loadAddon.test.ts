import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadAddon, machineName } from '../../src/loadAddon.js'
import { type Addon, enums } from '../../src/native.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folders = mkdtempSync(join(tmpdir(), 'load addon ü-'))
after(() => rmSync(folders, { recursive: true }))

const built = join('build', 'Release', 'scoring_bias.node')
const prebuilt = (machine: string) => join('prebuilds', machine, 'scoring_bias.node')

/** A package of a version with addons at some places: true ones, or files that are none. */
function packageWith(version: string, addons: Record<string, 'addon' | 'text'>): string {
  const folder = mkdtempSync(join(folders, 'package-'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }))
  for (const [place, kind] of Object.entries(addons)) {
    const path = join(folder, place)
    mkdirSync(dirname(path), { recursive: true })
    if (kind === 'addon') copyFileSync(join(root, built), path)
    else writeFileSync(path, 'no addon')
  }
  return folder
}

const tools = ['cmake-js', 'node-addon-api', 'node-api-headers']
const pinned = tools.map((name) => `${name}@${manifest.devDependencies[name]}`).join(' ')
const command = `\`npm install --no-save ${pinned} && npx cmake-js compile -d node_modules/scoring-bias\``
const way = `; with CMake and a C++20 compiler, build it by ${command}`

const works: [string, Record<string, 'addon' | 'text'>][] = [
  ['the one that the package brings', { [prebuilt('linux-x64')]: 'addon' }],
  ['the one that was built here', { [built]: 'addon' }],
  ['the one that was built here, before one that does not load', { [built]: 'addon', [prebuilt('linux-x64')]: 'text' }],
  [
    'the one that the package brings, where what was built does not load',
    { [built]: 'text', [prebuilt('linux-x64')]: 'addon' },
  ],
]
for (const [what, addons] of works) {
  test(`loads ${what}`, () => {
    assert.deepEqual(loadAddon<Addon>(packageWith(manifest.version, addons), 'linux-x64').enums, enums)
  })
}

test('says which machines it knows on another one, and how to build', () => {
  const addons = { [prebuilt('linux-x64')]: 'addon', [prebuilt('linux-arm64')]: 'addon' } as const
  assert.throws(() => loadAddon(packageWith(manifest.version, addons), 'freebsd-x64'), {
    name: 'ScoringBiasError',
    code: 'NOT_INSTALLED',
    message: `the package brings its addon only for linux-arm64, linux-x64, not for freebsd-x64${way}`,
  })
})

test('says how to build where it brings none', () => {
  assert.throws(() => loadAddon(packageWith(manifest.version, {}), 'linux-x64'), {
    code: 'NOT_INSTALLED',
    message: `the package brings its addon for no machine, not for linux-x64${way}`,
  })
})

test('refuses an addon of another version, by both versions', () => {
  assert.throws(() => loadAddon(packageWith('9.8.7', { [prebuilt('linux-x64')]: 'addon' }), 'linux-x64'), {
    code: 'NOT_INSTALLED',
    message: `${prebuilt('linux-x64')} belongs to version ${manifest.version} of the package, which is 9.8.7${way}`,
  })
})

test('says why none of several loads', () => {
  const folder = packageWith(manifest.version, { [built]: 'text', [prebuilt('linux-x64')]: 'text' })
  assert.throws(
    () => loadAddon(folder, 'linux-x64'),
    (error: Error) => {
      assert.match(
        error.message,
        /^build.Release.scoring_bias\.node does not load: .+; prebuilds.linux-x64.scoring_bias\.node does not load: .+; with CMake/,
      )
      assert.ok(error.message.endsWith(way))
      return true
    },
  )
})

test('a clone is built by its own command', () => {
  const folder = packageWith(manifest.version, {})
  mkdirSync(join(folder, 'src'))
  assert.throws(() => loadAddon(folder, 'linux-x64'), /build it by `npm run compile` in the clone$/)
})

test('the name of a machine is its folder in prebuilds', () => {
  assert.match(machineName(), new RegExp(`^${process.platform}-${process.arch}(-musl)?$`))
})
