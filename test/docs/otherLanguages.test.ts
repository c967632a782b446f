import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import { blocksOf, prepared, run } from './page.js'

// Runs docs/python.md and docs/r.md with Debian's pandas and R. Skipped without them, unless the variable is 1: then they fail.

const languages = [
  {
    page: 'docs/python.md',
    language: 'python',
    command: ['/usr/bin/python3', '-'],
    has: ['/usr/bin/python3', '-c', 'import pandas'],
    required: 'REQUIRE_PANDAS',
    hint: '`apt-get install python3-pandas` brings pandas',
  },
  {
    page: 'docs/r.md',
    language: 'r',
    command: ['Rscript', '-'],
    has: ['Rscript', '-e', 'library(jsonlite)'],
    required: 'REQUIRE_R',
    hint: '`apt-get install r-base-core r-cran-jsonlite` brings R and jsonlite',
  },
] as const

for (const { page, language, command, has, required, hint } of languages) {
  const [program, ...args] = has
  const missing = process.env[required] !== '1' && spawnSync(program, args).status !== 0
  it(`${page}: its code runs, and prints what it shows`, { skip: missing ? hint : false }, () => {
    const blocks = blocksOf(page)
    const code = blocks.flatMap((block) => (block.language === language ? [block.text] : [])).join('\n')
    const shown = blocks.flatMap((block) => (block.language === '' ? [block.text] : [])).join('')
    assert.ok(code !== '' && shown !== '')
    const lines = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd())
    const [interpreter, ...options] = command
    assert.deepEqual(lines(run(prepared(page), interpreter, options, code)), lines(shown))
  })
}
