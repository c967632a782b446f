import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs a command in the root folder with its output shown, and ends this process with the command's exit code unless
 * that is 0. Programs of npm packages are found with or without npm.
 */
export function run(command, args) {
  const path = join(root, 'node_modules', '.bin') + delimiter + process.env.PATH
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: 'inherit',
    // npm's launchers are .cmd files on Windows, which only a shell can start.
    shell: process.platform === 'win32',
  })
  if (result.error !== undefined) {
    console.error(`${command}: ${result.error.message}`)
    process.exit(127)
  }
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/** Files in a folder and below, by their paths in the repository. */
export function filesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.path, entry.name)))
}
