// Compiles src/ to dist/, and copies what is not compiled: data files and generated JavaScript.
// With --if-changed, only where the sources are others than those of the last time.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

const wanted = digest()
const made = existsSync(join(dist, 'index.js')) && existsSync(stamp) && readFileSync(stamp, 'utf8')
if (!process.argv.includes('--if-changed') || made !== wanted) {
  run('npm', ['run', 'proto'])
  rmSync(dist, { recursive: true, force: true })
  run('tsc', ['-p', 'tsconfig.build.json'])
  const compiled = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts')
  cpSync(join(root, 'src'), dist, { recursive: true, filter: (path) => !compiled(path) })
  mkdirSync(join(root, 'build'), { recursive: true })
  writeFileSync(stamp, wanted)
}
