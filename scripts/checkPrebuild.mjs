import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'
import { targets } from './targets.mjs'

/** RHEL 8's, and older than that of every system that Node 20 runs on. */
const newestGlibc = [2, 28]

/** Libraries that every machine of a kind has: nothing else may be asked for. */
const systemLibraries = {
  Linux: /^(libc|libm|libpthread|libdl|librt|ld-linux-[\w-]+)\.so(\.\d+)?$/,
  Windows: /^(node\.exe|kernel32\.dll|ntdll\.dll|msvcrt\.dll|api-ms-win-crt-[\w-]+\.dll)$/i,
}

const machines = { x86_64: 'X86-64', aarch64: 'AArch64' }

function read(command, args) {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, env: { ...process.env, LC_ALL: 'C' } })
}

function newer([major, minor], [thanMajor, thanMinor]) {
  return major > thanMajor || (major === thanMajor && minor > thanMinor)
}

/** What a built addon for Linux asks of the machine beyond what it may, by readelf of GNU binutils. */
function linuxFaults({ processor }, path) {
  const header = read('readelf', ['--wide', '--file-header', path])
  const dynamic = read('readelf', ['--wide', '--dynamic', path])
  const symbols = read('readelf', ['--wide', '--version-info', path])
  const needed = [...dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name)
  const versions = [
    ...new Set([...symbols.matchAll(/Name: (\w+?)_([\d.]+)\b/g)].map(([, set, version]) => `${set}_${version}`)),
  ]
  return [
    ...(header.includes(machines[processor]) ? [] : [`is not for ${processor}`]),
    ...needed.filter((name) => !systemLibraries.Linux.test(name)).map((name) => `needs ${name}`),
    ...versions
      .filter((name) => !name.startsWith('GLIBC_') || newer(name.slice(6).split('.').map(Number), newestGlibc))
      .map((name) => `needs ${name}, and glibc ${newestGlibc.join('.')} is the newest that may be needed`),
  ]
}

function windowsFaults(path) {
  const needed = [...read('objdump', ['-p', path]).matchAll(/DLL Name: (\S+)/g)].map(([, name]) => name)
  // Names of libraries have no case there.
  if (!needed.some((name) => /^node\.exe$/i.test(name))) return ['takes nothing from node.exe']
  return needed.filter((name) => !systemLibraries.Windows.test(name)).map((name) => `needs ${name}`)
}

/** The load commands of a file for macOS: each one's kind, and the name that it holds, if it does. */
function loadCommands(bytes) {
  const commands = []
  let at = 32
  for (let left = bytes.readUInt32LE(16); left > 0; left--) {
    const [kind, size] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)]
    const start = at + bytes.readUInt32LE(at + 8)
    commands.push({ kind, name: bytes.toString('utf8', start, at + size).replace(/\0.*/s, '') })
    at += size
  }
  return commands
}

function darwinFaults({ processor }, path) {
  const kinds = { x86_64: 0x01000007, arm64: 0x0100000c }
  const [ofLibrary, loadsLibrary, codeSignature] = [0x0d, 0x0c, 0x1d]
  const bytes = readFileSync(path)
  if (bytes.readUInt32LE(0) !== 0xfeedfacf || bytes.readUInt32LE(4) !== kinds[processor])
    return [`is not for macOS on ${processor}`]
  const commands = loadCommands(bytes)
  const names = (wanted) => commands.filter(({ kind }) => kind === wanted).map(({ name }) => name)
  return [
    ...names(loadsLibrary)
      .filter((name) => name !== '/usr/lib/libSystem.B.dylib')
      .map((name) => `needs ${name}`),
    ...names(ofLibrary)
      .filter((name) => !name.startsWith('@rpath/'))
      .map((name) => `is called ${name}, a path of the machine that built it`),
    // A processor of Apple's runs no code without one.
    ...(processor === 'arm64' && names(codeSignature).length === 0 ? ['has no signature'] : []),
  ]
}

/** Requires that an addon built for a target runs on every such machine. */
export function checkPrebuild(name, path) {
  const target = targets[name]
  const faultsOf = { Linux: linuxFaults, Windows: (_, file) => windowsFaults(file), Darwin: darwinFaults }
  const faults = faultsOf[target.system](target, path)
  if (faults.length > 0) throw new Error(`${path} ${faults.join('; ')}`)
}

/** SHA-256 of all that an addon is built from, its version included. */
export function sourcesHash() {
  const hash = createHash('sha256')
  const native = readdirSync(join(root, 'native'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.path, entry.name))
  for (const path of [...native.sort(), join(root, 'CMakeLists.txt')]) hash.update(readFileSync(path))
  const { version, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return hash.update([version, devDependencies['node-addon-api']].join(' ')).digest('hex')
}
