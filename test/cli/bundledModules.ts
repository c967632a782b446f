import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The modules of this package in files that were loaded, by their paths in dist/. A file that the build puts modules together in names
 * each before its code.
 */
export function bundledModules(urls: readonly string[]): string[] {
  const files = urls.filter((url) => /^file:.*\/dist\/.*\.js$/.test(url))
  const own = files.map((url) => url.replace(/.*\/dist\/(.*)\.js$/, '$1'))
  const together = files.flatMap((url) => [
    ...readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ dist\/(.*)\.js$/gm),
  ])
  return [...own, ...together.map(([, path = '']) => path)]
}
