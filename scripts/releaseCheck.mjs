// What a release has to pass beside .ci/run: npm run release-check. Packs, checks the manifest and the types of every subpath,
// shows sizes, and installs and runs the package with every Node and npm.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'

const folder = join(root, 'build', 'release')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

// Packing refuses without the addons of `npm run addons`.
const packed = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
})
// What `prepare` prints comes before it.
const [{ filename, size, unpackedSize, files }] = JSON.parse(packed.slice(packed.lastIndexOf('\n[') + 1))
const tarball = join(folder, filename)

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`
console.log(`${filename}: ${megabytes(size)} packed, ${megabytes(unpackedSize)} unpacked, ${files.length} files`)
const parts = new Map()
for (const { path, size: bytes } of files) {
  const part = path.startsWith('prebuilds/') ? path.split('/').slice(0, 2).join('/') : path.split('/')[0]
  parts.set(part, (parts.get(part) ?? 0) + bytes)
}
for (const [part, bytes] of [...parts].sort(([, a], [, b]) => b - a)) console.log(`  ${part}: ${megabytes(bytes)}`)

run('npx', ['--yes', 'publint@0.3.25', 'run', tarball, '--strict'])
// Everything is an ES module; `models/*`, `schema/*` and package.json have no types.
const untyped = ['models/*', 'schema/*', 'package.json']
run('npx', [
  '--yes',
  '@arethetypeswrong/cli@0.18.5',
  tarball,
  '--profile',
  'esm-only',
  '--exclude-entrypoints',
  ...untyped,
])
run('node', ['scripts/installCheck.mjs', tarball])

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const left = ['repository', 'bugs', 'homepage'].filter((name) => !(name in manifest))
if (left.length > 0) console.log(`left to the publisher, in package.json: ${left.join(', ')} (see CONTRIBUTING.md)`)
const dated = new RegExp(`^## ${manifest.version.replaceAll('.', '[.]')} \\(\\d{4}-\\d\\d-\\d\\d\\)$`, 'm')
if (!dated.test(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')))
  console.log(`left to the publisher, in CHANGELOG.md: the date of ${manifest.version}`)
