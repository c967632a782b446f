import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Files of the package, as npm would pack them. */
function packedFiles(): string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const { stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' })
  const [packed] = stdout === '' ? assert.fail(stderr) : (JSON.parse(stdout) as [{ files: { path: string }[] }])
  return packed.files.map(({ path }) => path)
}

test('every link of a page in the package leads to a file in the package', () => {
  const files = packedFiles()
  const places = new Set(files.flatMap((path) => [path, posix.dirname(path)]))
  const pages = files.filter((path) => path.endsWith('.md'))
  assert.ok(pages.includes('README.md') && pages.includes('docs/README.md'))
  const dangling = pages.flatMap((page) => {
    const text = readFileSync(`${root}${page}`, 'utf8')
    const links = [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) => link)
    const local = links.filter((link) => !/^[a-z]+:/.test(link))
    return local
      .filter((link) => !places.has(posix.join(posix.dirname(page), link).replace(/\/$/, '')))
      .map((link) => `${page}: ${link}`)
  })
  assert.deepEqual(dangling, [])
})
