// Compiles src/, test/, bench/ and scripts/ once for a whole run of the tests, without types, to plain JavaScript under
// build/tests: loading TypeScript anew took most of the processor time of most test files.
// Source maps let stack traces name the TypeScript lines (`node --enable-source-maps`).
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { transform, version } from 'esbuild'
import { filesIn, root } from './run.mjs'

/** Where the JavaScript lies, in the folders of its sources. */
export const compiled = join(root, 'build', 'tests')

const folders = ['src', 'test', 'bench', 'scripts']
const tsconfigRaw = readFileSync(join(root, 'tsconfig.json'), 'utf8')

/** The JavaScript of a source and its source map, or the source itself where it is no TypeScript. */
async function compile(path, source) {
  const target = join(compiled, path.replace(/\.ts$/, '.js'))
  mkdirSync(dirname(target), { recursive: true })
  if (!path.endsWith('.ts')) return writeFileSync(target, source)
  // In tests and benchmarks `import.meta.url` stays the place of the source, beside which their data lie; the sources of
  // the package look beside themselves for what is compiled or copied with them.
  const place = JSON.stringify(pathToFileURL(join(root, path)).href)
  const { code, map } = await transform(String(source), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    sourcefile: relative(dirname(target), join(root, path)),
    tsconfigRaw,
    define: path.startsWith('src') ? {} : { 'import.meta.url': place },
  })
  writeFileSync(`${target}.map`, map)
  writeFileSync(target, `${code}//# sourceMappingURL=${basename(target)}.map\n`)
}

/** Compiles what has changed since the last time, and starts anew where a file is gone. */
export async function transpile() {
  const manifestFile = join(compiled, 'manifest.json')
  const digest = (content) => createHash('sha256').update(content).digest('hex')
  const paths = folders
    .flatMap(filesIn)
    .filter((path) => !path.endsWith('.d.ts') && (path.endsWith('.ts') || path.startsWith('src')))
  const compiler = digest(
    JSON.stringify([version, tsconfigRaw, root, readFileSync(fileURLToPath(import.meta.url), 'utf8')]),
  )
  let known = existsSync(manifestFile) ? JSON.parse(readFileSync(manifestFile, 'utf8')) : {}
  const kept = new Set(paths)
  if (known.compiler !== compiler || Object.keys(known.files).some((path) => !kept.has(path))) {
    rmSync(compiled, { recursive: true, force: true })
    known = { files: {} }
  }
  const files = {}
  const changed = []
  for (const path of paths) {
    const source = readFileSync(join(root, path))
    files[path] = digest(source)
    if (known.files[path] !== files[path]) changed.push(compile(path, source))
  }
  await Promise.all(changed)
  // What sources and tests find beside their folders: the version, the program,
  // the examples of the guides, the addon.
  cpSync(join(root, 'package.json'), join(compiled, 'package.json'))
  mkdirSync(join(compiled, 'build'), { recursive: true })
  for (const folder of ['dist', 'docs', 'build/Release']) {
    rmSync(join(compiled, folder), { force: true })
    symlinkSync(join(root, folder), join(compiled, folder), 'junction')
  }
  writeFileSync(manifestFile, JSON.stringify({ compiler, files }))
}
