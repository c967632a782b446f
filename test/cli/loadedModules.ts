import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The modules of this package in files that were loaded, by their paths in dist/. One of the files that the build puts modules together in
 * names each before its code.
 */
export function loadedModules(urls: readonly string[]): string[] {
  const paths = urls.flatMap((url) => url.match(/\/dist\/(.*)\.js$/)?.[1] ?? [])
  const together = urls.filter((url) => url.includes('/dist/program/'))
  const names = together.flatMap((url) => [
    ...readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ dist\/(.*)\.js$/gm),
  ])
  return [...paths, ...names.map(([, path = '']) => path)]
}
