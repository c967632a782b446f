import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { blocksOf, read, root } from './page.js'
import { commandsOf, notRun, runsAsShown } from './runsAsShown.js'

// Runs what the README and the guides tell users to type, page by page and from the top.

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** Tests that read pages of their own, and run what is in them. */
const otherTests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !name.endsWith('pages.test.ts'))
  .map((name) => read(join('test', name)))
  .filter((text) => /\b(spawnSync|execFile|run|runsAsShown)\(/.test(text))
// The README's name is that of galleries, too.
const isElsewhere = (page: string) =>
  page !== 'README.md' &&
  otherTests.some((text) => text.includes(`'${page}'`) || text.includes(`'docs', '${basename(page)}'`))

for (const page of pages.filter(
  (name) => !isElsewhere(name) && blocksOf(name).some(({ language }) => /^(js|sh)$/.test(language)),
)) {
  runsAsShown(page)
}

describe('the tests of pages', () => {
  it('leave out only what a page has', () => {
    const all = new Set(pages.flatMap((page) => blocksOf(page).flatMap(commandsOf)))
    const inText = pages.map(read).join('\n')
    assert.deepEqual(
      Object.keys(notRun).filter((command) => !all.has(command) && !inText.includes(`\`${command}\``)),
      [],
    )
  })

  it('run most pages, and know those that others run', () => {
    const others = pages.filter(isElsewhere)
    for (const page of ['docs/commands.md', 'docs/labelled-anomalies.md', 'docs/python.md', 'docs/training.md'])
      assert.ok(others.includes(page), page)
    for (const page of ['README.md', 'docs/plan.md', 'docs/library.md']) assert.ok(!others.includes(page), page)
  })
})

describe('the README', () => {
  it('has fewer than 120 lines', () => {
    assert.ok(read('README.md').split('\n').length - 1 < 120)
  })

  it('begins with the two commands of a clone', () => {
    const [first] = blocksOf('README.md').filter(({ language }) => language === 'sh')
    assert.deepEqual(first?.text, 'npm ci && npm start\nnpm test\n')
  })

  it('has every command in its table', () => {
    const { stdout } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), '--help'], { encoding: 'utf8' })
    const commands = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}(\w+) /gm)].map(
      ([, name = '']) => name,
    )
    const table = /\| command \| does \|\n(.*?)\n\n/s.exec(read('README.md'))?.[1] ?? ''
    const shown = table
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    assert.deepEqual(shown.toSorted(), commands.filter((name) => name !== 'help').toSorted())
  })
})
