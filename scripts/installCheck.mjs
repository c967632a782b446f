// Installs a packed tarball as users would, with each npm and Node there is, and compares two detectors with it:
//   node scripts/installCheck.mjs TARBALL [PART-OF-A-LINE]
// No compiler is in the PATH, the folder's name has a space and an ü, and node_modules is read-only once installed. In the last
// the addon is taken away, and built by the command that the program then names.
import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { root } from './run.mjs'

const nodes = { 20: '20.20.2', 22: '22.23.5', 24: '24.22.3' }
const npms = { 10: '10.9.9', 11: '11.19.1', 12: '12.2.2' }
/** npm 12 does not run on Node 20. */
const pairs = [20, 22, 24].flatMap((node) =>
  [10, 11, 12].filter((npm) => node > 20 || npm < 12).map((npm) => ({ node, npm })),
)
const withoutAddon = 'npm install --omit=optional, without the addon'
const combinations = [
  ...pairs.map((pair) => ({ ...pair, how: 'npm install' })),
  ...['npm install --ignore-scripts', 'npm install --omit=optional', 'npx'].flatMap((how) =>
    [
      { node: 20, npm: 10 },
      { node: 22, npm: 11 },
      { node: 24, npm: 12 },
    ].map((pair) => ({ ...pair, how })),
  ),
  { node: 24, npm: 12, how: withoutAddon },
]

/** Two normal samples of three are not above each threshold: of the anomalies, the baseline flags one and the candidate both. */
const scores = 'label,baseline,candidate\n0,1,1\n0,2,3\n0,3,2\n1,1.5,5\n1,2.5,4\n'
const compareArgs = ['compare', 'scores.csv', '--fpr', '0.34', '--json']

/** A user without rights over what root installed; whoever calls this otherwise. */
const reader = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

/** What npm, where it runs this, tells its scripts is no setting of the installations. */
const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))

function call(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
}

async function succeed(command, args, options) {
  const result = await call(command, args, options)
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ends with ${result.status}:\n${result.stdout}${result.stderr}`)
  return result
}

/** Installs every Node and npm side by side, and has their folder. */
async function installTools() {
  const tools = join(root, 'build', 'installCheck')
  mkdirSync(tools, { recursive: true })
  writeFileSync(join(tools, 'package.json'), '{"private":true}')
  const machine = `${process.platform}-${process.arch}`
  const wanted = [
    ...Object.entries(nodes).map(([major, version]) => `node${major}@npm:node-${machine}@${version}`),
    ...Object.entries(npms).map(([major, version]) => `npm${major}@npm:npm@${version}`),
  ]
  await succeed('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--force', ...wanted], { cwd: tools })
  return join(tools, 'node_modules')
}

/** A PATH of one folder: Node, a shell, and what npm's launchers call. */
async function pathOf(folder, tools, { node, npm }) {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  symlinkSync(join(tools, `node${node}`, 'bin', 'node'), join(bin, 'node'))
  for (const name of ['npm', 'npx']) symlinkSync(join(tools, `npm${npm}`, 'bin', `${name}-cli.js`), join(bin, name))
  for (const name of ['sh', 'env']) symlinkSync((await succeed('which', [name])).stdout.trim(), join(bin, name))
  return bin
}

function makeReadOnly(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) makeReadOnly(path)
    else if (!entry.isSymbolicLink()) chmodSync(path, statSync(path).mode & 0o555)
  }
  chmodSync(folder, 0o555)
}

function bytesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.path, entry.name)).size, 0)
}

function requireAnswer({ status, stdout, stderr }) {
  const answer = status === 0 ? JSON.parse(stdout).overall.xi : undefined
  if (answer !== 0.5) throw new Error(`compare ends with ${status} and ξ = ${answer}:\n${stdout}${stderr}`)
}

/** Every room imports, and training either runs or says in one line what to install. */
async function requireRooms(project, options) {
  const { exports } = createRequire(import.meta.url)(join(root, 'package.json'))
  const rooms = Object.keys(exports).filter((path) => !path.includes('*') && !path.endsWith('.json'))
  const script = rooms.map((path) => `await import('scoring-bias${path.slice(1)}')`).join('\n')
  await succeed('node', ['--input-type=module', '-e', script], options)
  const args = ['train', 'synthetic', '--detector', 'ae', '--epochs', '1', '--quiet', '-o', join(project, 'ae.onnx')]
  const { status, stderr } = await call(join(project, 'node_modules', '.bin', 'scoring-bias'), args, options)
  if (status === 0) return 'trains'
  if (status === 1 && /^error: .*`npm install --ignore-scripts onnxruntime-node@[\d.]+`\n$/.test(stderr))
    return 'says how to train'
  throw new Error(`train ends with ${status}:\n${stderr}`)
}

/** Takes the addon away, and builds it by the command that the program names. */
async function requireBuild(modules, options) {
  rmSync(join(modules, 'scoring-bias', 'prebuilds'), { recursive: true })
  const program = join(modules, '.bin', 'scoring-bias')
  const { status, stderr } = await call(program, compareArgs, options)
  const [, command] = /^error: .*build it by `(.+)`\n$/.exec(stderr) ?? []
  if (status !== 1 || command === undefined)
    throw new Error(`without its addon compare ends with ${status}:\n${stderr}`)
  const path = [options.env.PATH, process.env.PATH].join(delimiter)
  await succeed('sh', ['-c', command], { ...options, env: { ...options.env, PATH: path } })
  requireAnswer(await call(program, compareArgs, options))
  return 'the right answer, with an addon built here'
}

async function check(combination, tools, tarball) {
  const folder = mkdtempSync(join(tmpdir(), 'install ü '))
  chmodSync(folder, 0o755)
  try {
    const project = join(folder, 'project')
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{"private":true}')
    writeFileSync(join(project, 'scores.csv'), scores)
    const bin = await pathOf(folder, tools, combination)
    const env = { ...outside, PATH: bin, npm_config_update_notifier: 'false' }
    const options = { cwd: project, env }
    if (combination.how === 'npx') {
      // npx keeps an installation by the path of its package: none shares one with another that runs beside it.
      const own = join(folder, 'scoring-bias.tgz')
      copyFileSync(tarball, own)
      requireAnswer(await call('npx', ['--yes', '--package', own, 'scoring-bias', ...compareArgs], options))
      return 'the right answer'
    }
    const [command, ...args] = combination.how.replace(/, .*/, '').split(' ')
    const { stderr } = await succeed(command, [...args, '--no-audit', '--no-fund', tarball], options)
    if (/Unknown project config/.test(stderr)) throw new Error(stderr)
    const modules = join(project, 'node_modules')
    if (combination.how === withoutAddon) return await requireBuild(modules, options)
    makeReadOnly(modules)
    const home = join(folder, 'home')
    mkdirSync(home)
    chmodSync(project, 0o777)
    const asReader = { ...options, ...reader, env: { ...env, HOME: home } }
    requireAnswer(await call(join(modules, '.bin', 'scoring-bias'), compareArgs, asReader))
    const training = await requireRooms(project, asReader)
    return `the right answer, ${training}, ${Math.round(bytesOf(modules) / 1e6)} MB`
  } finally {
    await succeed('chmod', ['-R', 'u+w', folder])
    rmSync(folder, { recursive: true })
  }
}

const [tarball, part = ''] = process.argv.slice(2)
if (tarball === undefined) {
  console.error('which tarball? node scripts/installCheck.mjs scoring-bias-VERSION.tgz')
  process.exit(2)
}
const tools = await installTools()
const waiting = combinations
  .map((combination) => {
    const { node, npm, how } = combination
    return { combination, line: `Node ${nodes[node]}, npm ${npms[npm]}, ${how}` }
  })
  .filter(({ line }) => line.includes(part))
let failed = 0

/** Takes one installation after the other, until none is left. */
async function checkThoseLeft() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const began = performance.now()
    let result
    try {
      result = `ok: ${await check(next.combination, tools, resolve(tarball))}`
    } catch (error) {
      failed += 1
      result = `FAILED: ${error.message}`
    }
    console.log(`${next.line}: ${result} (${((performance.now() - began) / 1000).toFixed(0)} s)`)
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, checkThoseLeft))
console.log(failed === 0 ? 'every installation works' : `${failed} of the installations fail`)
process.exitCode = failed === 0 ? 0 : 1
