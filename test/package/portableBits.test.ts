import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { exp, expm1, log, log1p, pow } from '../../src/elementary.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Code of the files in a folder and below, without comments. */
function codeOf(folder: string, wanted: RegExp): readonly (readonly [string, string])[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => wanted.test(name))
    .map((name) => [join(folder, name), readFileSync(join(root, folder, name), 'utf8')] as const)
    .map(([name, text]) => [name, text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')] as const)
}

test('kernels call no function of the C library that rounds differently by machine', () => {
  const functions =
    /std::(exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|a?(sin|cos|tan)h?|cbrt|hypot|erfc?|[lt]gamma)\(/g
  const kernels = codeOf('native', /^(?!.*(_test\.cc|testing[\\/])).*\.(cc|h)$/)
  assert.ok(kernels.length > 100)
  for (const [name, code] of kernels) assert.deepEqual(code.match(functions), null, name)
})

test('statistics call no function of JavaScript that rounds differently by machine', () => {
  const functions = /Math\.(exp|expm1|log\w*|pow|a?(sin|cos|tan)h?|atan2|cbrt)\(|[^2\d] \*\* (?!2\b(?!\.))[^ ,;)]+/g
  const folders = ['stats', 'theory', 'compare', 'converge', 'random', 'scores', 'study']
  const statistics = folders.flatMap((folder) => codeOf(join('src', folder), /\.ts$/))
  assert.ok(statistics.length > 100)
  for (const [name, code] of statistics) assert.deepEqual(code.match(functions), null, name)
})

test('the elementary functions end as those of Math do', () => {
  const ends = [Number.NEGATIVE_INFINITY, -1e300, -746, -1, -0, 0, 1, 710, 1e300, Number.POSITIVE_INFINITY, Number.NaN]
  const near = (own: number, other: number) =>
    Object.is(own, other) || own === other || Math.abs(own - other) <= 2 ** -50 * Math.abs(other)
  for (const [own, other] of [
    [exp, Math.exp],
    [expm1, Math.expm1],
    [log, Math.log],
    [log1p, Math.log1p],
  ] as const) {
    for (const x of [...ends, 1e-300, 1e-9, 0.3, 2.7, 55]) assert.ok(near(own(x), other(x)), `${other.name}(${x})`)
  }
  for (const [x, y] of [
    [0, 3],
    [1, 1e9],
    [0.999, 1000],
    [7, 0.2],
  ] as const)
    assert.ok(Math.abs(pow(x, y) - x ** y) <= 1e-13 * x ** y, `${x} ** ${y}`)
})
