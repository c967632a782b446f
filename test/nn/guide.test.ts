import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const guide = readFileSync(new URL('docs/training.md', root), 'utf8')

/** What the guide's example under a heading prints, as a user of the built package would see it. */
function output(heading: string): string {
  const [, code = ''] = new RegExp(`## ${heading}\n.*?\`\`\`js\n(.*?)\`\`\``, 's').exec(guide) ?? []
  assert.notEqual(code, '')
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    cwd: fileURLToPath(root),
    input: code,
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  return stdout
}

test("the guide's own network trains", () => {
  const classes = 'red soil, cotton crop, grey soil, damp grey soil, vegetation stubble'
  assert.equal(output('Your own network'), `wide 36-64-4 true ${classes}\n`)
})

test("the guide's graph prints, and gives the derivative", () => {
  const lines = output('The graph builder').trimEnd().split('\n')
  assert.match(lines[0] ?? '', /^x: float32\[B, 2\] = input\(\)$/)
  // Σ(x·w)² with x·w = (−1, −1) and derivative 2·xᵀ(x·w).
  assert.equal(lines.at(-1), '2 -8 -12')
})
