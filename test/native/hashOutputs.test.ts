import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

test('the outputs that are compared between processors come from every function of the addon', () => {
  const args = ['--import', path('uncalled.mjs'), path('../../scripts/hashOutputs.mjs')]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  // What it sets is no number.
  assert.deepEqual(JSON.parse(stderr), ['setDefaultEnvironment'])
  const lines = stdout.trim().split('\n')
  for (const line of lines) assert.match(line, /^\S.* [0-9a-f]{64}$/)
  const names = lines.map((line) => line.slice(0, -65))
  assert.equal(new Set(names).size, names.length, 'every output has a name of its own')
})
