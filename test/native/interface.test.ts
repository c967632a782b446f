import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import ts from 'typescript'
import { addon, enums } from '../../src/native.js'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

/** The functions of `interface Addon`, each with its number of parameters. */
function declared(): Map<string, number> {
  const file = ts.createSourceFile('native.ts', read('src/native.ts'), ts.ScriptTarget.Latest)
  const found = file.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'Addon')
  assert.ok(found !== undefined && ts.isInterfaceDeclaration(found))
  return new Map(
    found.members.filter(ts.isMethodSignature).map(({ name, parameters }) => {
      assert.ok(ts.isIdentifier(name))
      return [name.text, parameters.length]
    }),
  )
}

/** The functions of native/addon.cc, each with the number of arguments that its binding reads. */
function bound(): Map<string, number> {
  const bindings = readdirSync(new URL('native', root)).filter((name) => name.startsWith('bind_'))
  const source = bindings.map((name) => read(`native/${name}`)).join('\n')
  const functions = /^(?:Napi::Value|[\w:<>]+) (\w+)\(const Napi::CallbackInfo& info\b[^{;]*\{(.*?)\}$/gms
  const bodies = new Map([...source.matchAll(functions)].map(([, name, body = '']) => [name, body]))
  return new Map(
    [...read('native/addon.cc').matchAll(/Export\(exports, "(\w+)", (\w+)\)/g)].map(([, name = '', binding]) => {
      const own = bodies.get(binding) ?? assert.fail(`there is no binding ${binding}`)
      // What it hands its arguments on to reads them.
      const body = own + [...own.matchAll(/(\w+)\(info\b/g)].map(([, to]) => bodies.get(to) ?? '').join('')
      const places = [...body.matchAll(/\binfo\[(\d+)\]/g)].map(([, place]) => Number(place))
      return [name, Math.max(-1, ...places) + 1]
    }),
  )
}

test('the addon exports what its interface declares, and nothing else', () => {
  assert.deepEqual(Object.keys(addon).sort(), [...declared().keys(), 'enums', 'version'].sort())
  for (const name of declared().keys()) assert.equal(typeof Reflect.get(addon, name), 'function', name)
})

test('every binding reads as many arguments as the interface declares', () => {
  const inOrder = (functions: Map<string, number>) => Object.fromEntries([...functions].sort())
  assert.deepEqual(inOrder(bound()), inOrder(declared()))
})

test('the choices of TypeScript are those of native code', () => {
  assert.deepEqual(addon.enums, enums)
})
