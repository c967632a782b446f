// Compiles src/ to dist/, copies what is not compiled (data files and generated JavaScript), and makes what draws one file.
// With --if-changed, only where the sources are others than those of the last time.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

const wanted = digest()
const made = existsSync(join(dist, 'index.js')) && existsSync(stamp) && readFileSync(stamp, 'utf8')
if (!process.argv.includes('--if-changed') || made !== wanted) {
  run('npm', ['run', 'proto'])
  rmSync(dist, { recursive: true, force: true })
  run('tsc', ['-p', 'tsconfig.build.json'])
  const compiled = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts')
  cpSync(join(root, 'src'), dist, { recursive: true, filter: (path) => !compiled(path) })
  await bundleDrawing(join(dist, 'report', 'charts'))
  mkdirSync(join(root, 'build'), { recursive: true })
  writeFileSync(stamp, wanted)
}
