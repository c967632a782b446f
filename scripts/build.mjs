// Compiles src/ to dist/, copies what is not compiled (data files and generated JavaScript), makes what draws one file, and the program
// a few.
// With --if-changed, only where the sources are others than those of the last time.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
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

/** For files in folders of dist/: what a module finds by its own place stays where it is, and what draws is a file already. */
function ownPlaces(folder) {
  const from = (path) => `../${relative(folder, path).replaceAll(sep, '/')}`
  return {
    name: 'own places',
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /[/\\]dist[/\\].*\.js$/ }, ({ path }) => {
        const place = `new URL('${from(path)}', import.meta.url).href`
        return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place) }
      })
      onResolve({ filter: /[/](vega|tryDevice)\.js$/ }, ({ path, importer, kind }) =>
        kind === 'dynamic-import' ? { path: from(join(dirname(importer), path)), external: true } : undefined,
      )
    },
  }
}

/**
 * Puts modules side by side into few files: those of the program into dist/program/, where those that are always loaded together are in
 * one file, and those that a command loads when it comes to them in others; and those that a worker thread starts with. Loading
 * hundreds of files takes a third of the time of a short command. What users import from the package stays as it is.
 */
async function bundleProgram(folder) {
  const entry = join(folder, 'cli', 'main.js')
  const worker = join(folder, 'runtime', 'worker.js')
  const options = {
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [ownPlaces(folder)],
  }
  const names = { entryNames: '[name]', chunkNames: '[name]-[hash]' }
  await build({ ...options, ...names, entryPoints: [entry], outdir: join(folder, 'program'), splitting: true })
  writeFileSync(entry, `#!/usr/bin/env node\nimport '../program/main.js'\n`)
  await build({ ...options, entryPoints: [worker], outfile: worker, allowOverwrite: true })
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
