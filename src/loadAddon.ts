import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reasonOf, ScoringBiasError } from './errors.js'

/** The package's folder, seen from src/ and from dist/. */
const packageFolder = fileURLToPath(new URL('..', import.meta.url))

/** Name of this machine's folder in prebuilds/. */
export function machineName(): string {
  const isMusl = process.platform === 'linux' && readFileSync('/proc/self/maps', 'utf8').includes('/ld-musl-')
  return `${process.platform}-${process.arch}${isMusl ? '-musl' : ''}`
}

/**
 * Loads the addon that was built here or, without one, the one that the package brings for this machine.
 *
 * Errors: `NOT_INSTALLED`, with the command that builds it, when there is none, or one that does not load or belongs to
 * another version of the package.
 */
export function loadAddon<Addon extends { readonly version: string }>(
  folder = packageFolder,
  machine = machineName(),
): Addon {
  const places = [join('build', 'Release'), join('prebuilds', machine)].map((place) => join(place, 'scoring_bias.node'))
  const found = places.filter((place) => existsSync(join(folder, place)))
  const refusals: string[] = []
  for (const place of found) {
    try {
      const addon: Addon = createRequire(import.meta.url)(join(folder, place))
      const { version } = manifest(folder)
      if (addon.version === version) return addon
      refusals.push(
        `${place} belongs to version ${addon.version ?? 'before 0.2.0'} of the package, which is ${version}`,
      )
    } catch (error) {
      refusals.push(`${place} does not load: ${reasonOf(error)}`)
    }
  }
  const prebuilds = join(folder, 'prebuilds')
  const brought = existsSync(prebuilds) ? `only for ${readdirSync(prebuilds).sort().join(', ')}` : 'for no machine'
  const reason = found.length > 0 ? refusals.join('; ') : `the package brings its addon ${brought}, not for ${machine}`
  throw new ScoringBiasError(
    'NOT_INSTALLED',
    `${reason}; with CMake and a C++20 compiler, build it by ${buildCommand(folder)}`,
  )
}

interface Manifest {
  readonly version: string
  readonly devDependencies: Readonly<Record<string, string>>
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** What builds the addon: in a clone, and in a package that is installed in the working directory. */
function buildCommand(folder: string): string {
  if (existsSync(join(folder, 'src'))) return '`npm run compile` in the clone'
  const tools = ['cmake-js', 'node-addon-api', 'node-api-headers']
  const pinned = tools.map((name) => `${name}@${manifest(folder).devDependencies[name]}`).join(' ')
  return `\`npm install --no-save ${pinned} && npx cmake-js compile -d node_modules/scoring-bias\``
}
