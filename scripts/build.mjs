// Compiles src/ to dist/, and copies what is not compiled: data files and generated JavaScript.
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'

const dist = join(root, 'dist')
rmSync(dist, { recursive: true, force: true })
run('tsc', ['-p', 'tsconfig.build.json'])
const compiled = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts')
cpSync(join(root, 'src'), dist, { recursive: true, filter: (path) => !compiled(path) })
