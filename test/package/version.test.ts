import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { version } from '../../src/version.js'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const first = (name: string, pattern: RegExp) => pattern.exec(read(name))?.[1]

test('package, lock file, citation and the latest heading of the changelog name one version', () => {
  const { version: ofPackage } = JSON.parse(read('package.json'))
  const lock = JSON.parse(read('package-lock.json'))
  const all = {
    program: version,
    'package-lock.json': lock.version,
    'its first package': lock.packages[''].version,
    'CITATION.cff': first('CITATION.cff', /^version: (.+)$/m),
    'CHANGELOG.md': first('CHANGELOG.md', /^## (\S+)/m),
  }
  for (const [where, own] of Object.entries(all)) assert.equal(own, ofPackage, where)
})
