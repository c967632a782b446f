import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import * as core from '../../src/index.js'
import * as random from '../../src/rooms/random.js'
import * as theory from '../../src/rooms/theory.js'
import { kendallTest } from '../../src/stats/correlation/kendallTest.js'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** Folders whose examples need neither files nor training. */
const folders = ['stats', 'random', 'theory', 'compare']

/** Those of summaries, which are files. */
const ofFiles = join('compare', 'summary')

/** The sources of a folder. */
function sourcesIn(folder: string): string[] {
  const paths = readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))
  return paths.filter((path) => path.endsWith('.ts') && !path.startsWith(ofFiles)).sort()
}

interface Example {
  readonly code: string
  /** What stands behind the last line: what it gives. */
  readonly said: string | undefined
}

/** The examples of a file's descriptions. */
function examplesOf(path: string): Example[] {
  const found = readFileSync(join(src, path), 'utf8').matchAll(/@example\n((?: \* ?.*\n)+?) \*\//g)
  return Array.from(found, ([, lines = '']) => {
    const code = lines.replaceAll(/^ \* ?/gm, '').trimEnd()
    return { code, said: /.*\/\/ (.*)$/.exec(code)?.[1] }
  })
}

/** The code as a function's body that returns what its last statement gives: a value, or the fields it takes out of one. */
function bodyOf(code: string): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true)
  const last = file.statements.at(-1)
  assert.ok(last !== undefined)
  const before = code.slice(0, last.getStart())
  const own = last.getText()
  const bound = ts.isVariableStatement(last) ? last.declarationList.declarations[0]?.name.getText() : undefined
  const body = bound === undefined ? `${before} return (${own}\n)` : `${before} ${own}\n return ${bound}`
  return ts.transpile(`async function example() {${body}}`, { target: ts.ScriptTarget.Latest })
}

const pair = (stream: number) => ({
  normal: random.normal(2000, { stream }),
  anomalous: random.normal(2000, { stream: stream + 1, mean: 1 }),
})
/** What examples take as given. */
const given = { baseline: pair(1), candidate: pair(3), ...pair(5) }

async function resultOf(code: string): Promise<unknown> {
  const scope = { ...core, kendallTest, random, theory, ...given }
  const run = new Function(
    'scope',
    `const {${Object.keys(scope).join()}} = scope; { ${bodyOf(code)}; return example() }`,
  )
  return run(scope)
}

/** Requires a number as it is printed: rounded, or cut off. */
function requireNumber(found: unknown, said: string, what: string): void {
  const digits = said.replace('…', '')
  const decimals = /\.(\d+)/.exec(digits)?.[1]?.length ?? 0
  assert.ok(Math.abs(Number(found) - Number(digits)) <= 10 ** -decimals * (decimals === 0 ? 0 : 1), `${what}: ${found}`)
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?…?$/.test(text)

/** Requires the fields that are said, and the numbers among them. */
function requireSaid(found: unknown, said: string): void {
  const fields = /^\{ (.*) \}$/.exec(said)?.[1]
  if (fields !== undefined) {
    assert.ok(typeof found === 'object' && found !== null)
    for (const [, name = '', value = ''] of fields.matchAll(/(\w+): ((?:\w+ )?\[[^\]]*\]|[^,]+)/g)) {
      assert.ok(name in found, `there is no ${name}`)
      requireSaid(Reflect.get(found, name), value)
    }
    return
  }
  const [, kind, list = ''] = /^(\w+Array)? ?\[(.*)\]$/.exec(said) ?? []
  if (kind !== undefined) assert.equal(Object(found).constructor.name, kind)
  const numbers = list.split(', ')
  // Of a long array its shape is said.
  if (numbers.every(isNumber) && numbers.length === Reflect.get(Object(found), 'length') && numbers.length > 1) {
    for (const [i, number] of numbers.entries()) requireNumber(Reflect.get(Object(found), i), number, `[${i}]`)
  }
  if (isNumber(said)) requireNumber(found, said, 'the value')
}

describe('examples in descriptions run and give what they say', () => {
  let n = 0
  for (const folder of folders) {
    for (const path of sourcesIn(folder)) {
      for (const { code, said } of examplesOf(path)) {
        n++
        it(`${path}: ${code.split('\n').at(-1)}`, async () => {
          const found = await resultOf(code)
          for (const [name, value] of Object.entries(Object(found))) assert.notEqual(value, undefined, name)
          if (said !== undefined) requireSaid(found, said)
        })
      }
    }
  }
  it('are found', () => assert.ok(n > 30, `${n} examples`))
})
