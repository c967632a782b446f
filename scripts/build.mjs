// Compiles src/ to dist/, copies what is not compiled (data files and generated JavaScript), makes what draws one file, and the program
// a few.
// With --if-changed, only where the sources are others than those of the last time.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { build } from 'esbuild'
import { filesIn, root, run } from './run.mjs'

const dist = join(root, 'dist')
const stamp = join(root, 'build', 'dist.sha256')

/** Of what decides the bytes of dist/, but for what `npm run proto` makes of it. */
function digest() {
  const hash = createHash('sha256')
  const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs']
  for (const path of [...settings, ...filesIn('src').filter((path) => !/onnx\.(d\.ts|js)$/.test(path))].sort())
    hash.update(`${path}\n`).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

/** Puts what draws and all that it takes of its packages into one file, and the licences of these beside it. */
async function bundleDrawing(folder) {
  const file = join(folder, 'vega.js')
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    minify: true,
    legalComments: 'none',
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  })
  const packages = Object.keys(metafile.inputs).flatMap(
    (path) => /.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  )
  const licences = [...new Set(packages)].sort().map((path) => {
    const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
    const [licence] = readdirSync(join(root, path)).filter((one) => /^licen[cs]e/i.test(one))
    if (licence === undefined) throw new Error(`${path} has no licence`)
    return `${name} ${version}\n\n${readFileSync(join(root, path, licence), 'utf8').trim()}\n`
  })
  writeFileSync(join(folder, 'vega.LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`))
}

/**
 * Puts the modules of the program side by side into some files, in dist/program/: those that are always loaded together into one, and
 * those that a command loads when it comes to them into others: loading hundreds of files takes a third of the time of
 * a short command. What users import from the package stays as it is.
 */
async function bundleProgram(folder) {
  const entry = join(folder, 'cli', 'main.js')
  const drawing = join(folder, 'report', 'charts', 'vega.js')
  const fromProgram = (path) => `../${relative(folder, path).replaceAll(sep, '/')}`
  const ownPlaces = {
    name: 'own places',
    setup({ onLoad, onResolve }) {
      // What a module finds by its own place stays where it is.
      onLoad({ filter: /[/\\]dist[/\\].*\.js$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8')
        return {
          contents: source.replaceAll('import.meta.url', `new URL('${fromProgram(path)}', import.meta.url).href`),
        }
      })
      onResolve({ filter: /[/]vega\.js$/ }, () => ({ path: fromProgram(drawing), external: true }))
    },
  }
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: join(folder, 'program'),
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [ownPlaces],
  })
  writeFileSync(entry, `#!/usr/bin/env node\nimport '../program/main.js'\n`)
}

const wanted = digest()
const made = existsSync(join(dist, 'index.js')) && existsSync(stamp) && readFileSync(stamp, 'utf8')
if (!process.argv.includes('--if-changed') || made !== wanted) {
  run('npm', ['run', 'proto'])
  rmSync(dist, { recursive: true, force: true })
  run('tsc', ['-p', 'tsconfig.build.json'])
  const compiled = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts')
  cpSync(join(root, 'src'), dist, { recursive: true, filter: (path) => !compiled(path) })
  await bundleDrawing(join(dist, 'report', 'charts'))
  await bundleProgram(dist)
  mkdirSync(join(root, 'build'), { recursive: true })
  writeFileSync(stamp, wanted)
}
