// Requires that every machine computes the same bits of every variate, engine and law: this one, an x64 processor of 2008
// without fused multiply-add and AVX, and arm64, both under qemu. Each addon is from prebuilds/, which
// `npm run addons -- linux-x64 linux-arm64` makes.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

async function hashesOf(arch, launcher) {
  const [command, ...args] = [...launcher, nodeOf(arch), join(root, 'scripts', 'hashOutputs.mjs'), packages[arch]]
  const { stdout } = await promisify(execFile)(command, args)
  const lines = stdout.trim().split('\n')
  return new Map(lines.map((line) => [line.slice(0, -65), line.slice(-64)]))
}

mkdirSync(tools, { recursive: true })
for (const arch of ['x64', 'arm64']) {
  const options = ['--prefix', tools, '--no-save', '--force', '--ignore-scripts', '--no-audit', '--no-fund']
  if (!existsSync(nodeOf(arch)))
    run('npm', ['install', ...options, ...['x64', 'arm64'].map((each) => `node-linux-${each}@${nodeVersion}`)])
}
const packages = { x64: packageOf('x64'), arm64: packageOf('arm64') }
const [here, ...others] = await Promise.all([
  hashesOf('x64', []),
  hashesOf('x64', ['qemu-x86_64', '-cpu', 'Nehalem']),
  hashesOf('arm64', ['qemu-aarch64', '-L', libraries]),
])
for (const [i, machine] of ['x64 of 2008', 'arm64'].entries()) {
  const hashes = others[i]
  const different = [...here].filter(([name, hash]) => hashes.get(name) !== hash).map(([name]) => name)
  if (here.size > 0 && here.size === hashes.size && different.length === 0) continue
  console.error(`x64 and ${machine} differ in ${different.join(', ') || 'what they print'}`)
  process.exitCode = 1
}
if (process.exitCode !== 1) console.log(`the same bits everywhere: ${[...here.keys()].join(', ')}`)
