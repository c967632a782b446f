import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(fileURLToPath(new URL(path, root)), 'utf8')

/** Subpaths that are modules, '' for the package itself. */
const rooms = Object.keys(JSON.parse(read('package.json')).exports)
  .filter((path) => /^\.(\/\w+)?$/.test(path))
  .map((path) => path.slice(1))

test("the library guide's table has every room, and the rooms export what it says", async () => {
  const [, table = ''] = /\| room \| function \|.*\n.*\n((?:\|.*\n)+)/.exec(read('docs/library.md')) ?? []
  const seen = new Set<string>()
  let modules: object[] = []
  for (const row of table.trimEnd().split('\n')) {
    const [, room = '', functions = ''] = row.split('|')
    const named = [...room.matchAll(/`(?:scoring-bias)?(\/\w+)?`/g)].map(([, path = '']) => path)
    if (named.length > 0)
      modules = await Promise.all(
        named.map((path) => import(path === '' ? '../../src/index.js' : `../../src/rooms${path}.js`)),
      )
    for (const path of named) seen.add(path)
    for (const [, name = ''] of functions.matchAll(/`(\w+)`/g)) {
      assert.ok(
        modules.some((module) => name in module),
        `${name} in ${[...seen].at(-1)}`,
      )
    }
  }
  assert.deepEqual([...seen].toSorted(), rooms.toSorted())
})
