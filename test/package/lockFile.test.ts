import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))

interface Entry {
  readonly integrity?: string
  readonly resolved?: string
}

test('the lock file has the checksum of every package, and names no registry but npm', () => {
  const packages: Record<string, Entry> = read('package-lock.json').packages
  const entries = Object.entries(packages).filter(([path]) => path !== '')
  assert.ok(entries.length > 100)
  assert.deepEqual(
    entries.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')),
    [],
  )
  assert.deepEqual(
    entries.filter(
      ([, { resolved }]) => !(resolved ?? 'https://registry.npmjs.org/').startsWith('https://registry.npmjs.org/'),
    ),
    [],
  )
})

test('an installation of the package runs no script of its own', () => {
  const { scripts } = read('package.json')
  assert.deepEqual(
    ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts),
    [],
  )
})

test('onnxruntime-node is the one optional package, and building needs no package at run time', () => {
  const { dependencies, optionalDependencies } = read('package.json')
  assert.deepEqual(Object.keys(optionalDependencies), ['onnxruntime-node'])
  for (const name of ['cmake-js', 'node-addon-api', 'node-api-headers']) assert.ok(!(name in dependencies), name)
})
