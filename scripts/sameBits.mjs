// Requires that the addons for two processors compute the same bits: of every variate, engine and law on x64, and on arm64
// under qemu-aarch64. Each is run from prebuilds/, which `npm run prebuild -- linux-x64 linux-arm64` makes.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'

const nodeVersion = '20.20.2'
/** Debian's libraries for arm64, of the package g++-aarch64-linux-gnu. */
const libraries = '/usr/aarch64-linux-gnu'

const folder = join(root, 'build', 'sameBits')
const tools = join(folder, 'tools')
const nodeOf = (arch) => join(tools, 'node_modules', `node-linux-${arch}`, 'bin', 'node')

/** A package whose addon is that of one machine, whatever was built here. */
function packageOf(arch) {
  const place = join(folder, arch)
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(place, name), { recursive: true })
  cpSync(join(root, 'prebuilds', `linux-${arch}`), join(place, 'prebuilds', `linux-${arch}`), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
  return place
}

function hashesOf(arch, launcher) {
  const [command, ...args] = [...launcher, nodeOf(arch), join(root, 'scripts', 'hashOutputs.mjs'), packageOf(arch)]
  const lines = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .trim()
    .split('\n')
  return new Map(lines.map((line) => [line.slice(0, -65), line.slice(-64)]))
}

mkdirSync(tools, { recursive: true })
for (const arch of ['x64', 'arm64']) {
  const options = ['--prefix', tools, '--no-save', '--force', '--ignore-scripts', '--no-audit', '--no-fund']
  if (!existsSync(nodeOf(arch)))
    run('npm', ['install', ...options, ...['x64', 'arm64'].map((each) => `node-linux-${each}@${nodeVersion}`)])
}
const x64 = hashesOf('x64', [])
const arm64 = hashesOf('arm64', ['qemu-aarch64', '-L', libraries])
const different = [...x64].filter(([name, hash]) => arm64.get(name) !== hash).map(([name]) => name)
if (x64.size === 0 || x64.size !== arm64.size || different.length > 0) {
  console.error(`x64 and arm64 differ in ${different.join(', ') || 'what they print'}`)
  process.exit(1)
}
console.log(`the same bits on x64 and arm64: ${[...x64.keys()].join(', ')}`)
