import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folders = ['src', 'native', 'docs', 'bench', 'test', 'scripts', 'models']

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.path, entry.name))),
)
const guides = ['README.md', 'CHANGELOG.md', ...files.filter((path) => path.endsWith('.md'))]
const programs = files.filter((path) => ['.ts', '.js', '.mjs', '.h', '.cc'].includes(extname(path)))

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const comments = (path: string) => (read(path).match(/\/\*[\s\S]*?\*\/|\/\/.*$/gm) ?? []).join('\n')

/** Paths from the root that a text names; of a pattern the folder that it looks in. */
function pathsIn(text: string): string[] {
  const named = new RegExp(`(?<![\\w./-])(?:${folders.join('|')})/[\\w./*-]*`, 'g')
  return (text.match(named) ?? []).map((path) => path.replace(/[.-]+$/, '').replace(/[^/]*\*.*$/, ''))
}

const missing = (paths: readonly string[]) => paths.filter((path) => !existsSync(join(root, path)))

describe('every path exists that is named', () => {
  it('in README, CHANGELOG and docs', () => {
    assert.ok(pathsIn(read('docs/structure.md')).includes('src/nn/'))
    for (const guide of guides) {
      // Where an example is a file to be added, its first line says which.
      const text = read(guide).replace(/```ts\n\/\/ .*/g, '')
      assert.deepEqual(missing(pathsIn(text)), [], guide)
    }
  })

  it('in comments and in what is printed', () => {
    assert.ok(programs.some((path) => pathsIn(read(path)).includes('docs/theory.md')))
    for (const path of programs) {
      // Tests name files that are not there.
      const text = path.startsWith('test/') ? comments(path) : read(path)
      assert.deepEqual(missing(pathsIn(text)), [], path)
    }
  })

  it('without its folder, in guides', () => {
    const names = new Set(files.map((path) => basename(path)))
    for (const guide of guides) {
      const named = [...read(guide).matchAll(/`([\w.]+\.(?:h|cc|ts))`/g)].map(([, name = '']) => name)
      assert.deepEqual(
        named.filter((name) => !names.has(name)),
        [],
        guide,
      )
    }
  })

  it('as the target of a link', () => {
    for (const guide of guides) {
      const links = [...read(guide).matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) => link)
      const local = links.filter((link) => !/^https?:/.test(link)).map((link) => join(dirname(guide), link))
      assert.deepEqual(missing(local), [], guide)
    }
  })

  it('as the target of a link, with its heading', () => {
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
        .replaceAll(' ', '-')
    const headings = (guide: string) =>
      [...read(guide).matchAll(/^#+ (.*)$|<a id="(.*?)">/gm)].map(([, heading, id]) => id ?? slug(heading ?? ''))
    for (const guide of guides) {
      const links = [...read(guide).matchAll(/\]\(([^)#\s]*\.md|)#([^)\s]+)\)/g)]
      const nowhere = links.filter(([, file = '', heading = '']) => {
        const target = file === '' ? guide : join(dirname(guide), file)
        return !headings(target).includes(heading)
      })
      assert.deepEqual(
        nowhere.map(([link]) => link),
        [],
        guide,
      )
    }
  })
})
